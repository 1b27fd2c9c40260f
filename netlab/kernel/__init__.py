"""A Linux kernel's network stack of one's own, without root: the partner, the judge, the peer."""

from netlab.kernel.errors import KernelError
from netlab.kernel.network import ADDRESS, ADDRESS6, PEER, PEER6, Kernel
from netlab.kernel.sockets import Connection, tcp_info

__all__ = [
    "ADDRESS", "ADDRESS6", "PEER", "PEER6",
    "Connection", "Kernel", "KernelError", "tcp_info",
]  # fmt: skip
