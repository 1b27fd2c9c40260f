"""One match: the packet, the kernel's answer, what its programs received, what it counted."""

import socket
import time
from socket import AF_INET, AF_INET6, SOCK_DGRAM
from typing import Self

from netlab.kernel import Kernel
from netlab.kernel.counters import moved
from netlab.kernel.network import ABORT
from netlab.packet import Packet, dissect
from netlab.referee.verdict import RECEIVED, Verdict
from netlab.wire.tcp import TCP, TCPFlags

TCP_PORT, UDP_PORT = 80, 7
"""The open ports: a program that reads, and one that sends back what it gets (RFC 862)."""

WAIT, PAUSE = 0.06, 0.01
"""Seconds: how long silence lasts before it is believed (ACKs are delayed for up to 0.04), and for
how long more may follow."""

PATIENCE = 1.0
"""Seconds that a busy machine may take until it has counted the packet."""


class Referee:
    """A kernel with open ports that judges packets.  Close it, or use it in a `with` block."""

    def __init__(self, kernel: Kernel | None = None) -> None:
        self.kernel = kernel or Kernel()
        self.kernel.sysctl("net.ipv4.tcp_synack_retries", 100)  # a learner's ACK may take minutes
        families = [AF_INET, AF_INET6] if self.kernel.ipv6 else [AF_INET]
        self._udp = [self.kernel.socket(family, SOCK_DGRAM) for family in families]
        for echo in self._udp:
            echo.setblocking(False)
            echo.bind(("", UDP_PORT))
        self._families = families
        self._connections: list[socket.socket] = []
        self._listen()

    def _listen(self) -> None:
        self._listeners = [self.kernel.listen(TCP_PORT, family, 1024) for family in self._families]
        for listener in self._listeners:
            listener.setblocking(False)

    def judge(self, data: bytes | Packet) -> Verdict:
        """What the kernel makes of this IP packet.  ValueError for an Ethernet frame."""
        octets = bytes(data)
        packet = dissect(octets, "raw")
        refuse_frame(data, octets)
        if self._opens_again(packet):
            self._forget()
        while self.kernel.read() is not None:  # left over from before: sent again meanwhile
            pass
        before = self.kernel.counters()
        try:
            self.kernel.write(octets)
        except OSError:
            return Verdict(packet, refused=True)
        self._await_arrival(before)
        answers = self._answers(WAIT)
        received = self._received()
        answers += self._answers(PAUSE)
        counters = moved(before, self.kernel.counters())
        found = [dissect(answer, "raw") for answer in answers]
        mine = tuple(answer for answer in found if answers_to(packet, answer))
        return Verdict(packet, mine, counters, received)

    def _await_arrival(self, before: dict[str, int]) -> None:
        """Wait until the kernel has counted the packet: only then is silence an answer."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            grown = moved(before, self.kernel.counters())
            if any(name in grown for name in RECEIVED):
                return
            time.sleep(0.002)

    def _answers(self, wait: float) -> list[bytes]:
        """What the kernel sends within so many seconds, and then each within a pause."""
        answers: list[bytes] = []
        while (answer := self.kernel.read(PAUSE if answers else wait)) is not None:
            answers.append(answer)
        return answers

    def _received(self) -> bytes:
        """What the programs on the open ports have got; the one on UDP_PORT sends it back."""
        got = b""
        for listener in self._listeners:
            while (connection := _accepted(listener)) is not None:
                self._connections.append(connection)
        for connection in self._connections:
            got += _read(connection)
        for echo in self._udp:
            try:
                message, sender = echo.recvfrom(65535)
            except OSError:  # nothing there
                continue
            got += message
            try:
                echo.sendto(message, sender)
            except OSError:  # a sender to whom nothing can be sent, such as port 0
                continue
        return got

    def _opens_again(self, packet: Packet) -> bool:
        """Whether the packet opens a connection of which the kernel knows already."""
        if TCP not in packet or packet[TCP].flags & (TCPFlags.SYN | TCPFlags.ACK) != TCPFlags.SYN:
            return False
        src, dst, _, src_port, dst_port = packet.five_tuple
        ends = (dst, dst_port), (src, src_port)
        return any((line.local, line.remote) == ends for line in self.kernel.connections())

    def _forget(self) -> None:
        """Drop all connections: one opens anew as if there had been none, as often as one likes."""
        for open_socket in (*self._listeners, *self._connections):
            open_socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
            open_socket.close()
        self._connections.clear()
        self._listen()

    def close(self) -> None:
        """End the kernel and all its connections."""
        for connection in self._connections:
            connection.close()
        self.kernel.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def refuse_frame(data: bytes | Packet, octets: bytes) -> None:
    """ValueError when these are an Ethernet frame instead of an IP packet."""
    inside = {b"\x08\x00\x45", b"\x86\xdd\x60"}  # an ethertype, and how such a packet begins
    framed = octets[12:15] in inside and int.from_bytes(octets[2:4]) != len(octets)
    if framed or (isinstance(data, Packet) and data.link == "ethernet"):
        raise ValueError(
            "this is an Ethernet frame, and the TUN device carries IP packets: leave out the "
            "Ethernet header, or judge(bytes(frame)[14:])"
        )


def answers_to(packet: Packet, answer: Packet) -> bool:
    """Whether the answer goes to the packet's sender; a segment, to its port too."""
    src, dst, protocol, src_port, dst_port = packet.five_tuple
    if answer.five_tuple[2] != protocol:
        return answer.five_tuple[1] == src
    return answer.five_tuple == (dst, src, protocol, dst_port, src_port)


def _accepted(listener: socket.socket) -> socket.socket | None:
    try:
        connection, _ = listener.accept()
    except OSError:  # nobody there, or gone again
        return None
    connection.setblocking(False)
    return connection


def _read(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65535)
    except OSError:  # nothing there, or reset
        return b""
