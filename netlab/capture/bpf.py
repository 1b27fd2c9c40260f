"""Capture filters as tcpdump writes them, compiled by libpcap for the kernel to run."""

import ctypes
import ctypes.util
from typing import Any, NamedTuple

from netlab.capture.errors import CaptureError

ETHERNET, RAW = 1, 12
"""libpcap's numbers for what packets begin with: DLT_EN10MB and DLT_RAW."""


WHOLE = 1 << 18
"""Bytes of a packet that a filter lets through: all of them."""


class _Program(ctypes.Structure):
    """struct bpf_program, which libpcap fills in."""

    _fields_ = (("length", ctypes.c_uint), ("instructions", ctypes.c_void_p))


class _Kernels(ctypes.Structure):
    """struct sock_fprog, which SO_ATTACH_FILTER takes."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


class Filter(NamedTuple):
    """A compiled filter: the socket option's value, and the instructions that it points to."""

    option: bytes
    instructions: Any


def compiled(text: str, *, raw: bool = False) -> Filter:
    """The filter in the kernel's instructions, for Ethernet frames or `raw` IP packets.

    CaptureError with libpcap's own words for a text that is no filter, and when libpcap is
    missing.
    """
    library = _library()
    dead = library.pcap_open_dead(RAW if raw else ETHERNET, WHOLE)
    program = _Program()
    try:
        any_netmask = 0xFFFFFFFF
        if library.pcap_compile(dead, ctypes.byref(program), text.encode(), 1, any_netmask):
            words = library.pcap_geterr(dead).decode(errors="replace")
            raise CaptureError(f"{text!r} is no capture filter: {words}")
        size = program.length * 8
        instructions = ctypes.create_string_buffer(
            ctypes.string_at(program.instructions, size), size
        )
        library.pcap_freecode(ctypes.byref(program))
    finally:
        library.pcap_close(dead)
    kernels = _Kernels(size // 8, ctypes.addressof(instructions))
    return Filter(bytes(kernels), instructions)


def _library() -> Any:
    name = ctypes.util.find_library("pcap")
    if name is None:
        raise CaptureError(
            "capture filters need libpcap, which is not here: apt-get install libpcap0.8, or "
            "capture everything and choose afterwards"
        )
    library = ctypes.CDLL(name)
    library.pcap_open_dead.restype = ctypes.c_void_p
    library.pcap_open_dead.argtypes = (ctypes.c_int, ctypes.c_int)
    library.pcap_compile.argtypes = (
        ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int, ctypes.c_uint,
    )  # fmt: skip
    library.pcap_geterr.restype = ctypes.c_char_p
    library.pcap_geterr.argtypes = (ctypes.c_void_p,)
    library.pcap_freecode.argtypes = (ctypes.c_void_p,)
    library.pcap_close.argtypes = (ctypes.c_void_p,)
    return library
