"""Packets as they pass an interface of this machine: Linux, by AF_PACKET sockets (packet(7)).

Other systems would need a driver that netlab does not bring: there, record with Wireshark or
tcpdump, and read the file.
"""

import os
import select
import socket
import struct
import sys
import time
from collections.abc import Iterator
from errno import ENETDOWN, ENODEV
from types import TracebackType
from typing import NamedTuple, Self

from netlab.capture import bpf
from netlab.capture.errors import CaptureError
from netlab.packet import Packet

ETH_P_ALL = 0x0003
SOL_PACKET, PACKET_STATISTICS, PACKET_AUXDATA, PACKET_IGNORE_OUTGOING = 263, 6, 8, 23
SO_TIMESTAMPNS, SO_RCVBUFFORCE, SO_ATTACH_FILTER = 35, 33, 26
SIOCGIFHWADDR = 0x8927
PACKET_OUTGOING = 4
"""Numbers of Linux's if_packet.h, sockios.h and socket.h that Python's socket does not name."""

AUXILIARY = struct.Struct("=IIIHHHH")
"""struct tpacket_auxdata: status, length on the wire, length here, places of the headers, and the
VLAN tag that the kernel took off: its 16 bits and its EtherType."""
VLAN_THERE, VLAN_TYPE_THERE = 0x10, 0x40
VLAN_TYPE = 0x8100

LINKS = {1: "ethernet", 772: "ethernet", 65534: "raw", 768: "raw", 769: "raw", 776: "raw"}
"""Link types by the kind of hardware, linux/if_arp.h: Ethernet, loopback, TUN, tunnels."""
LOOPBACK = 772

LONGEST = 1 << 18
BUFFER = 32 << 20
"""Bytes that the kernel is asked to keep for us while we are busy."""

TICK = 0.2
"""Seconds after which a wait looks whether it is over."""


class Statistics(NamedTuple):
    """Packets that the kernel handed to us, and those it dropped because we were too slow."""

    received: int
    dropped: int


class Live:
    """Packets as they pass, to be drawn like those of a file:

        with Live("eth0", filter="tcp port 80", count=10) as live:
            for packet in live: ...

    interface   its name; "" or "any": all of them
    filter      what to capture, as tcpdump writes it; needs libpcap.  The kernel runs it when it
                has taken VLAN tags off already
    count       end after so many packets
    seconds     end after so much time
    snap_length bytes of a packet at most

    `statistics` tells what was received and what the kernel had to drop.  CaptureError with the
    remedy when it is not permitted, when there is no such interface, and for a filter that is none.
    """

    def __init__(
        self,
        interface: str = "any",
        *,
        filter: str = "",
        count: int | None = None,
        seconds: float | None = None,
        snap_length: int = LONGEST,
    ) -> None:
        self.interface = "" if interface == "any" else interface
        self.count, self.seconds, self.snap_length = count, seconds, snap_length
        self._received = self._dropped = 0
        self._socket = _socket("captured")
        try:
            self._listen(filter)
        except BaseException:
            self._socket.close()
            raise

    def _listen(self, filter: str) -> None:
        """Set everything up before the first packet can come: none passes the filter by."""
        listener = self._socket
        if filter:
            raw = LINKS.get(_hardware(listener, self.interface)) == "raw"
            program = bpf.compiled(filter, raw=raw)
            listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program.option)
        listener.setblocking(False)
        if _hardware(listener, self.interface) == LOOPBACK:
            listener.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        listener.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
        listener.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        try:
            listener.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER)
        except PermissionError:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        try:
            listener.bind((self.interface, ETH_P_ALL))
        except OSError as error:
            raise _no_interface(self.interface, error) from None

    def receive(self, timeout: float | None = None) -> Packet | None:
        """The next packet; None when none comes within `timeout` seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            try:
                data, ancillary, _, place = self._socket.recvmsg(self.snap_length, 256)
            except BlockingIOError:
                left = None if end is None else end - time.monotonic()
                if left is not None and left <= 0:
                    return None
                try:
                    select.select([self._socket], [], [], left)
                except ValueError:  # closed meanwhile, by another thread
                    return None
                continue
            except OSError as error:
                if self._socket.fileno() < 0:
                    return None
                raise _no_interface(self.interface, error) from None
            name, _, kind, hardware, *_ = place
            if kind == PACKET_OUTGOING and hardware == LOOPBACK:
                continue  # it comes a second time, on its way in
            return _packet(data, ancillary, name, LINKS.get(hardware, f"linktype {hardware}"))

    def __iter__(self) -> Iterator[Packet]:
        end = None if self.seconds is None else time.monotonic() + self.seconds
        seen = 0
        while (self.count is None or seen < self.count) and self._socket.fileno() >= 0:
            left = TICK if end is None else min(TICK, end - time.monotonic())
            if left <= 0:
                return
            packet = self.receive(left)
            if packet is not None:
                seen += 1
                yield packet

    @property
    def statistics(self) -> Statistics:
        """What the kernel has counted since the beginning; it forgets on being asked, we do not."""
        if self._socket.fileno() >= 0:
            raw = self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8)
            received, dropped = struct.unpack("=II", raw)
            self._received, self._dropped = self._received + received, self._dropped + dropped
        return Statistics(self._received, self._dropped)

    def close(self) -> None:
        """Stop capturing; `statistics` keeps what it was."""
        _ = self.statistics
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self.close()


def send(packet: Packet | bytes, interface: str, *, to_the_world: bool = False) -> None:
    """Put a frame on an interface as it is, link header and all.

    Only on loopback, or in a network namespace that was made to try things in: bytes made by hand
    can disturb others.  `to_the_world` says that another network is meant.  CaptureError when that
    was not said, when it is not permitted, or when there is no such interface.
    """
    if not (to_the_world or interface == "lo" or in_own_namespace()):
        raise CaptureError(
            f"{interface} leads to other machines: send on lo, or in a network namespace of your "
            "own (unshare -rn), or say to_the_world=True"
        )
    with _socket("sent") as sender:
        try:
            sender.bind((interface, 0))
            sender.send(bytes(packet))
        except OSError as error:
            raise _no_interface(interface, error) from None


def in_own_namespace() -> bool:
    """Whether this process has a network of its own, apart from that of the machine."""
    try:
        return os.readlink("/proc/self/ns/net") != os.readlink("/proc/1/ns/net")
    except PermissionError:  # as another user: then it is one of our own if our users are
        with open("/proc/self/uid_map", encoding="ascii") as mapping:
            return mapping.read().split() != ["0", "0", "4294967295"]
    except OSError:
        return False


def _socket(what: str) -> socket.socket:
    if not hasattr(socket, "AF_PACKET"):
        raise CaptureError(
            f"live traffic can be {what} on Linux only, not on {sys.platform}: record it with "
            "Wireshark or tcpdump, and read the file"
        )
    try:
        # With protocol 0 nothing comes before the socket is bound.
        return socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    except PermissionError:
        raise CaptureError(
            f"packets can be {what} by root only: sudo, or once and for all sudo setcap "
            f"cap_net_raw+ep {os.path.realpath(sys.executable)}, or try in a network of your own "
            "(unshare -rn), or replay a recording"
        ) from None


def _hardware(listener: socket.socket, interface: str) -> int:
    """The kind of hardware that an interface is; Ethernet for all of them together."""
    import fcntl  # Windows has none

    if not interface:
        return 1
    try:
        answer = fcntl.ioctl(listener, SIOCGIFHWADDR, interface.encode()[:15].ljust(40, b"\0"))
    except OSError as error:
        raise _no_interface(interface, error) from None
    return int.from_bytes(answer[16:18], sys.byteorder)


def _no_interface(name: str, error: OSError) -> CaptureError:
    if error.errno == ENODEV:
        known = ", ".join(name for _, name in socket.if_nameindex())
        return CaptureError(f"there is no interface {name!r}: there are {known}")
    if error.errno == ENETDOWN:
        return CaptureError(f"the interface {name!r} is down: ip link set {name} up")
    return CaptureError(f"the interface {name!r} fails: {error.strerror or error}")


def _packet(
    data: bytes, ancillary: list[tuple[int, int, bytes]], interface: str, link: str
) -> Packet:
    """What came, with the kernel's own time and, put back in, the VLAN tag that it took off."""
    moment, wire_length = None, len(data)
    for level, kind, value in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            seconds, nanoseconds = struct.unpack("=qq", value)
            moment = seconds * 1_000_000_000 + nanoseconds
        elif (level, kind) == (SOL_PACKET, PACKET_AUXDATA):
            status, wire_length, _, _, _, tag, tag_type = AUXILIARY.unpack(value[:20])
            if status & VLAN_THERE and link == "ethernet":
                told = tag_type if status & VLAN_TYPE_THERE else VLAN_TYPE
                data = data[:12] + struct.pack(">HH", told, tag) + data[12:]
                wire_length += 4
    return Packet(data, link, moment, wire_length, interface=interface)
