"""One end of a TCP connection, RFC 9293: no sockets, no clock.

Segments, the user's calls and the time go in; segments and the next deadline come out:

    client = Endpoint(local_port=40000, remote_port=80, iss=1000)
    client.open(now)
    for segment in client.outgoing():  # the SYN: send it
        ...
    client.arrive(segment, now)        # when one comes
    client.expire(now)                 # when client.deadline is reached

After each of these calls `outgoing` has what is to be sent and `deadline` may have changed.
"""

from collections.abc import Callable
from typing import Any

from netlab.tcp import timers
from netlab.tcp.arriving import LEAST_MSS, Arriving
from netlab.tcp.congestion import Congestion, congestion_control
from netlab.tcp.connection import MAXIMUM_SHIFT
from netlab.tcp.expiring import Expiring
from netlab.tcp.sequence import MASK
from netlab.tcp.states import Event, Refused, State

VARIABLES: dict[str, Callable[["Endpoint"], Any]] = {
    "state": lambda end: end.machine.state,
    "error": lambda end: end.error,
    "iss": lambda end: end.sender.iss & MASK,
    "snd_una": lambda end: end.sender.snd_una & MASK,
    "snd_nxt": lambda end: end.sender.snd_nxt & MASK,
    "snd_wnd": lambda end: end.sender.snd_wnd,
    "snd_wl1": lambda end: end.sender.snd_wl1 & MASK,
    "snd_wl2": lambda end: end.sender.snd_wl2 & MASK,
    "irs": lambda end: end.receiver and end.receiver.irs & MASK,
    "rcv_nxt": lambda end: end.receiver and end.receiver.rcv_nxt & MASK,
    "rcv_wnd": lambda end: end.receiver and end.receiver.rcv_wnd,
    "cwnd": lambda end: end.congestion.cwnd,
    "ssthresh": lambda end: end.congestion.ssthresh,
    "flight_size": lambda end: end.sender.board.outstanding,
    "pipe": lambda end: end.sender.board.pipe,
    "srtt": lambda end: end.sender.timeout.srtt,
    "rttvar": lambda end: end.sender.timeout.rttvar,
    "rto": lambda end: end.sender.timeout.rto,
    "send_queue": lambda end: len(end.sender.buffer),
    "receive_queue": lambda end: end.readable,
    "timers_running": lambda end: dict(end.timers.running),
}
"""What STATUS tells, under the RFCs' names: sequence numbers as on the wire, times in ns.

Those of the other side are None before its SYN has come; so is `srtt` before a measurement.
"""


class Endpoint(Arriving, Expiring):
    """One end of a connection.  Times are int nanoseconds, lengths are bytes.

    local_port, remote_port   ours and theirs; a remote_port of None is yet unknown
    iss                       initial sequence number of the first connection
    mss                       largest payload to take and to send, options not counted
    receive_buffer, send_buffer   how much may wait for the user, and for the network
    congestion                "newreno", "reno", "cubic", "none", or an object of your own
    initial_window            segments to begin with, RFC 6928
    window_scaling, timestamps, sack, nagle, delayed_ack   what to use, if the other side does too
    keep_alive                after how much silence to ask whether the peer is there; None: never
    user_timeout              how long data may stay unacknowledged; None: as long as retransmission
    msl                       maximum segment lifetime: TIME-WAIT lasts twice as long
    minimum_rto               the shortest retransmission timeout
    time_wait_protection      whether TIME-WAIT ignores RSTs, RFC 1337
    """

    def __init__(
        self,
        *,
        local_port: int = 0,
        remote_port: int | None = None,
        iss: int = 0,
        mss: int = 1460,
        receive_buffer: int = 65535,
        send_buffer: int = 65535,
        congestion: str | Congestion = "newreno",
        initial_window: int = 10,
        window_scaling: bool = True,
        timestamps: bool = True,
        sack: bool = True,
        nagle: bool = True,
        delayed_ack: bool = True,
        keep_alive: int | None = None,
        user_timeout: int | None = None,
        msl: int = timers.MSL,
        minimum_rto: int = timers.MINIMUM_RTO,
        time_wait_protection: bool = True,
    ) -> None:
        for name, value, least, most in (
            ("mss", mss, LEAST_MSS, 65535),
            ("receive_buffer", receive_buffer, 1, 65535 << MAXIMUM_SHIFT),
            ("send_buffer", send_buffer, 1, None),
            ("initial_window", initial_window, 1, None),
        ):
            if value < least or (most is not None and value > most):
                limit = f"{least} to {most}" if most else f"{least} or more"
                raise ValueError(f"{name} is {value}: it has to be {limit}")
        self.local_port, self.remote_port = local_port, remote_port
        self.mss, self.receive_buffer, self.send_buffer = mss, receive_buffer, send_buffer
        self.congestion = congestion_control(congestion)
        self.initial_window, self.minimum_rto = initial_window, minimum_rto
        self.window_scaling, self.timestamps, self.sack = window_scaling, timestamps, sack
        self.nagle, self.delayed_ack = nagle, delayed_ack
        self.keep_alive, self.user_timeout, self.msl = keep_alive, user_timeout, msl
        self.time_wait_protection = time_wait_protection
        super().__init__(iss)

    # The user's calls, RFC 9293 section 3.10.

    def listen(self, now: int) -> None:
        """Passive OPEN: wait for a call.  Refused when there is a connection already."""
        self._call(Event.PASSIVE_OPEN, now)

    def open(self, now: int) -> None:
        """Active OPEN: send a SYN.  Refused when there is a connection already."""
        self._need_remote(Event.ACTIVE_OPEN)
        self._call(Event.ACTIVE_OPEN, now)
        self._output()

    def send(self, data: bytes, now: int) -> int:
        """Queue data; how many bytes were taken, less than all when the send buffer is full.

        Refused in CLOSED, and after `close`.
        """
        if self.state is State.LISTEN:
            self._need_remote(Event.SEND)
        if self._close_waits:
            raise Refused(
                "SEND is not possible after CLOSE: connection closing", "connection closing"
            )
        self._call(Event.SEND, now)
        taken = self.sender.put(data)
        self._output()
        return taken

    def receive(self, count: int, now: int) -> bytes:
        """Up to `count` bytes that have arrived; b"" when there are none (yet: see `eof`).

        Refused where nothing can come any more, but what has arrived can always be taken.
        """
        if count < 0:
            raise ValueError(f"receive takes a number of bytes, not {count}")
        receiver = self.receiver
        something = receiver is not None and (receiver.buffer or receiver.finished)
        if not something or self.machine.row(Event.RECEIVE):
            self._call(Event.RECEIVE, now)
        if receiver is None:
            return b""
        self._now = now
        data = bytes(memoryview(receiver.buffer)[:count])
        del receiver.buffer[: len(data)]
        if receiver.window_opens and not receiver.finished:
            receiver.ack_now = True
            self._output()
        return data

    def close(self, now: int) -> None:
        """Send no more: a FIN follows what is queued.  Receiving goes on; Refused when closed."""
        if self._close_waits:
            raise Refused("CLOSE is not possible twice: connection closing", "connection closing")
        if self.state is State.SYN_RECEIVED and self.sender.buffer:
            self._close_waits = True
            return
        self._call(Event.CLOSE, now)
        self._output()

    def abort(self, now: int) -> None:
        """Break off: what is queued is lost, the other side gets an RST."""
        self._call(Event.ABORT, now)

    def status(self) -> dict[str, Any]:
        """The connection's variables (see VARIABLES); each is an attribute of this object, too."""
        return {name: read(self) for name, read in VARIABLES.items()}

    def __getattr__(self, name: str) -> Any:
        if name in VARIABLES:
            return VARIABLES[name](self)
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")

    def __repr__(self) -> str:
        remote = "any" if self.remote_port is None else self.remote_port
        error = f", {self.error}" if self.error else ""
        return f"<Endpoint {self.local_port} → {remote}, {self.state}{error}>"

    @property
    def readable(self) -> int:
        """Bytes that can be received at once."""
        return len(self.receiver.buffer) if self.receiver else 0

    @property
    def writable(self) -> int:
        """Bytes for which the send buffer has room."""
        return self.send_buffer - len(self.sender.buffer)

    @property
    def eof(self) -> bool:
        """Whether the other side has closed and everything before that has been received."""
        receiver = self.receiver
        return receiver is not None and receiver.finished and not receiver.buffer

    @property
    def urgent(self) -> int:
        """How many of the bytes yet to be received lie before the other side's urgent pointer."""
        receiver = self.receiver
        if receiver is None:
            return 0
        return max(receiver.rcv_up - (receiver.rcv_nxt - len(receiver.buffer)), 0)

    def _need_remote(self, event: Event) -> None:
        if self.remote_port is None and self.machine.row(event):
            error = "remote socket unspecified"
            raise Refused(f"{event} is not possible without a remote_port: {error}", error)

    def _call(self, event: Event, now: int) -> None:
        if self.state is State.CLOSED and self.machine.row(event):
            self._begin_anew()
        self._now = now
        self._step(event)
