"""What happens when nothing happens: retransmission, probes, keep-alives, the end of TIME-WAIT."""

from netlab.tcp import timers
from netlab.tcp.connection import Connection
from netlab.tcp.states import Event, State


class Expiring(Connection):
    """A connection whose timers expire."""

    @property
    def deadline(self) -> int | None:
        """When `expire` is to be called, unless something happens before; None: never."""
        return self.timers.deadline

    def expire(self, now: int) -> None:
        """Let the timers expire whose time has come."""
        self._now = now
        for name in self.timers.take_due(now):
            if self.machine.state is not State.CLOSED:
                getattr(self, f"_on_{name}")()
        self._output()

    def _on_retransmission(self) -> None:
        sender = self.sender
        limit, least = timers.RETRANSMISSION_LIMIT, timers.LEAST_RETRANSMISSIONS
        if not sender.syn_acknowledged:
            limit = timers.SYN_LIMIT
        waited = self._now - (sender.waiting_since or 0)
        if waited >= limit and sender.recovery.timeouts >= least:
            self._step(Event.RETRANSMISSION_LIMIT)
        else:
            sender.timed_out(self._now)
            self._step(Event.RETRANSMISSION_TIMEOUT)

    def _on_persist(self) -> None:
        """The window is closed, or too small for more than a trifle (sections 3.8.6.1 and 2.1)."""
        sender = self.sender
        if sender.snd_wnd:
            sender.transmit(self._now, self._emit, override=True)
        elif self._now - self._heard >= timers.RETRANSMISSION_LIMIT:
            self._step(Event.RETRANSMISSION_LIMIT)
        else:
            self._persist = min(self._persist * 2, sender.timeout.maximum)
            sender.probe(self._now, self._emit)

    def _on_delayed_ack(self) -> None:
        if self.receiver:
            self.receiver.ack_now = True

    def _on_time_wait(self) -> None:
        self._step(Event.TIME_WAIT_TIMEOUT)

    def _on_user_timeout(self) -> None:
        self._step(Event.USER_TIMEOUT)

    def _on_keep_alive(self) -> None:
        """Ask a peer that was silent for long (section 3.8.4): the number is one it has had."""
        assert self.keep_alive is not None
        quiet = self._now - self._heard
        if quiet < self.keep_alive:
            self.timers.start("keep_alive", self._heard + self.keep_alive)
        elif self._probes and self.user_timeout is not None and quiet >= self.user_timeout:
            self._step(Event.USER_TIMEOUT)
        elif self._probes >= timers.KEEP_ALIVE_PROBES:
            self._step(Event.RETRANSMISSION_LIMIT)
        else:
            if not self.sender.board.outstanding:
                self._probes += 1
                self._emit(self.sender.snd_nxt - 1, 0, b"")
            self.timers.start("keep_alive", self._now + timers.KEEP_ALIVE_INTERVAL)
