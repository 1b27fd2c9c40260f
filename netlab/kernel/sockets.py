"""The kernel's TCP sockets as it sees them: /proc/net/tcp and TCP_INFO."""

import socket
import struct
import sys
from typing import Any, NamedTuple

STATES = {
    1: "ESTABLISHED", 2: "SYN-SENT", 3: "SYN-RECEIVED", 4: "FIN-WAIT-1", 5: "FIN-WAIT-2",
    6: "TIME-WAIT", 7: "CLOSED", 8: "CLOSE-WAIT", 9: "LAST-ACK", 10: "LISTEN", 11: "CLOSING",
    12: "SYN-RECEIVED",
}  # fmt: skip
"""The kernel's numbers of the states (include/net/tcp_states.h), by the names of RFC 9293."""

INFO = (
    ("B", "state ca_state retransmits probes backoff options scales limits"),
    ("I", "rto ato snd_mss rcv_mss unacked sacked lost retrans fackets"),
    ("I", "last_data_sent last_ack_sent last_data_recv last_ack_recv"),
    ("I", "pmtu rcv_ssthresh rtt rttvar snd_ssthresh snd_cwnd advmss reordering"),
    ("I", "rcv_rtt rcv_space total_retrans"),
    ("Q", "pacing_rate max_pacing_rate bytes_acked bytes_received"),
    ("I", "segs_out segs_in notsent_bytes min_rtt data_segs_in data_segs_out"),
    ("Q", "delivery_rate busy_time rwnd_limited sndbuf_limited"),
    ("I", "delivered delivered_ce"),
    ("Q", "bytes_sent bytes_retrans"),
    ("I", "dsack_dups reord_seen rcv_ooopack snd_wnd"),
)
"""`struct tcp_info` of linux/tcp.h as far as Linux 5.4 has it, without the prefix `tcpi_`."""

OPTIONS = {1: "timestamps", 2: "SACK", 4: "window scale", 8: "ECN", 16: "ECN seen", 32: "SYN data"}
RECOVERY = ("open", "disorder", "CWR", "recovery", "loss")
INFINITE = 0x7FFFFFFF
"""What the kernel has as ssthresh before the first loss."""


def tcp_info(connection: socket.socket) -> dict[str, Any]:
    """TCP_INFO of a socket of the kernel's, by the names of `struct tcp_info` (tcp(7)).

    Times are in microseconds, `rto`, `rtt` and `rttvar` among them, except for `last_...`, which
    are in milliseconds; cwnd and ssthresh are in segments, and an ssthresh not yet set is None.
    """
    names, forms = [], "="
    for form, fields in INFO:
        names += fields.split()
        forms += form * len(fields.split())
    size = struct.calcsize(forms)
    data = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, size)
    found: dict[str, Any] = dict(
        zip(names, struct.unpack(forms, data.ljust(size, b"\0")), strict=True)
    )
    found["state"] = STATES[found["state"]]
    found["ca_state"] = RECOVERY[found["ca_state"]]
    found["options"] = [name for bit, name in OPTIONS.items() if found["options"] & bit]
    scales, _ = found.pop("scales"), found.pop("limits")
    little = sys.byteorder == "little"
    low, high = scales & 15, scales >> 4
    found["snd_wscale"], found["rcv_wscale"] = (low, high) if little else (high, low)
    if found["snd_ssthresh"] == INFINITE:
        found["snd_ssthresh"] = None
    return found


class Connection(NamedTuple):
    """A line of /proc/net/tcp: a TCP socket as the kernel sees it.

    local, remote    address and port
    state            as RFC 9293 names it
    send_queue       bytes that are not yet acknowledged
    receive_queue    bytes that no program has read yet; of a listener, connections not accepted
    retransmissions  of the oldest segment that is not yet acknowledged
    """

    local: tuple[str, int]
    remote: tuple[str, int]
    state: str
    send_queue: int
    receive_queue: int
    retransmissions: int

    def __str__(self) -> str:
        ends = " ".join(f"{address}:{port}" for address, port in (self.local, self.remote))
        return f"{self.state:12} {ends}"


def connections(text: str) -> list[Connection]:
    """The sockets in the text of /proc/net/tcp or tcp6."""
    found = []
    for line in text.splitlines()[1:]:
        _, local, remote, state, queues, _, times, *_ = line.split()
        sending, receiving = (int(queue, 16) for queue in queues.split(":"))
        name = STATES[int(state, 16)]
        found.append(
            Connection(_end(local), _end(remote), name, sending, receiving, int(times, 16))
        )
    return found


def _end(text: str) -> tuple[str, int]:
    """Address and port; the address is printed as 32-bit words in the machine's own order."""
    digits, port = text.split(":")
    words = [int(digits[i : i + 8], 16) for i in range(0, len(digits), 8)]
    octets = b"".join(word.to_bytes(4, sys.byteorder) for word in words)
    family = socket.AF_INET if len(octets) == 4 else socket.AF_INET6
    return socket.inet_ntop(family, octets), int(port, 16)
