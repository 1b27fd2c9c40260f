"""The Linux kernel as referee: is a hand-built packet right?  `judge` it and see.

    from netlab import IPv4, TCP, referee

    syn = IPv4(src=referee.YOU, dst=referee.KERNEL) / TCP(src_port=4000, dst_port=80, flags="SYN")
    referee.judge(syn)        # also bytes: any IP packet, IPv4 or IPv6

The packet goes over a TUN device to a kernel of its own (`netlab.kernel`), at the address KERNEL
or KERNEL6; to it we are YOU or YOU6, or whoever the packet says.  TCP_PORT and UDP_PORT are open;
the program on UDP_PORT sends back what it gets.  What the kernel answers, and which of its
counters moved, comes back as a `Verdict`.

Why not simply the loopback device `lo`?  There every packet appears twice in a capture, once sent
and once received.  And there nobody checks a checksum: `lo` has checksum offload, so the kernel
leaves them unfinished and takes every one for right.  Behind a TUN device it counts and verifies
each, as it does with what comes from a wire.
"""

import atexit
import threading

from netlab.kernel import ADDRESS as KERNEL
from netlab.kernel import ADDRESS6 as KERNEL6
from netlab.kernel import PEER as YOU
from netlab.kernel import PEER6 as YOU6
from netlab.kernel import KernelError
from netlab.packet import Packet
from netlab.referee.match import TCP_PORT, UDP_PORT, Referee
from netlab.referee.recorded import recall
from netlab.referee.verdict import Verdict

__all__ = [
    "KERNEL", "KERNEL6", "TCP_PORT", "UDP_PORT", "YOU", "YOU6",
    "KernelError", "Referee", "Verdict", "judge", "judge_or_recall",
]  # fmt: skip

_lock = threading.Lock()
_referee: Referee | None = None


def judge(data: bytes | Packet) -> Verdict:
    """What the kernel makes of an IP packet; all calls speak to the same kernel.

    So a connection can be opened in one call and used in the next.  KernelError where there is no
    such kernel; ValueError for what is no IP packet at all: an Ethernet frame.
    """
    global _referee
    with _lock:
        if _referee is None:
            _referee = Referee()
            atexit.register(_referee.close)
        return _referee.judge(data)


def judge_or_recall(data: bytes | Packet) -> Verdict:
    """The same; where there is no such kernel, the verdict that was recorded for these bytes."""
    try:
        return judge(data)
    except KernelError:
        return recall(data)
