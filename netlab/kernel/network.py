"""A network stack of the Linux kernel's own, to talk to over a TUN device."""

import contextlib
import json
import os
import select
import socket
import struct
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Iterable
from ipaddress import IPv4Interface, IPv6Interface
from pathlib import Path
from socket import AF_INET, AF_INET6, SOCK_STREAM
from typing import Any, Self

from netlab.kernel import counters, sockets
from netlab.kernel.errors import elsewhere, refusal

ADDRESS, PEER = "192.168.77.1", "192.168.77.2"
ADDRESS6, PEER6 = "fd00:77::1", "fd00:77::2"
"""The kernel's addresses, and those at which one speaks to it."""

ABORT = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing such a socket forgets the connection at once, with an RST."""

LARGEST = 65535
"""Bytes in an IP packet at most."""

Socket = socket.socket


class Kernel:
    """A Linux network stack in a namespace of its own, and the far end of its only cable.

    Packets written with `write` arrive at the kernel, and `read` gives what it sends; each is an
    IP packet, IPv4 or IPv6, without a link-layer header, with all checksums filled in.  On the
    kernel's side `socket`, `listen` and `connect` give real sockets of that stack, used as any
    other; everything else (counters, tables, settings) is that stack's own too.

    It needs no root and touches nothing of the machine's own network.  It lives until `close`,
    or the end of the `with` block or of the program.  KernelError, one sentence with the remedy,
    where it is not possible.

    address, address6  the kernel's addresses, with the length of the network's prefix
    peer, peer6        the next addresses, from which one is thought to speak; any other works too
    mtu                bytes in the largest packet that the kernel sends
    """

    def __init__(
        self, address: str = f"{ADDRESS}/24", address6: str = f"{ADDRESS6}/64", mtu: int = 1500
    ) -> None:
        if sys.platform != "linux":
            raise elsewhere(sys.platform)
        try:
            own, own6 = IPv4Interface(address), IPv6Interface(address6)
        except ValueError as error:
            raise ValueError(f"{error}: give an address such as '{ADDRESS}/24'") from None
        self.address, self.address6, self.mtu = str(own.ip), str(own6.ip), mtu
        self.peer, self.peer6 = str(own.ip + 1), str(own6.ip + 1)
        self._lock, self._number = threading.Lock(), 0
        self._sockets: list[Socket] = []
        self._files: dict[str, int] = {}
        self._control, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        program = [sys.executable, "-I", "-S", str(Path(__file__).with_name("inside.py"))]
        with far:
            self._process = subprocess.Popen(
                program, stdin=far.fileno(), stdout=subprocess.DEVNULL, start_new_session=True
            )
        try:
            plan = {"address": str(own), "address6": str(own6), "mtu": mtu}
            self._control.send(json.dumps(plan).encode())
            reply, passed = self._reply()
            if not passed:
                raise refusal(reply.get("refused", "namespaces"), reply.get("errno", 0))
            self._tun = passed[0]
        except BaseException:
            self._end_process()
            raise
        self.ipv6: bool = reply["ipv6"]
        os.set_blocking(self._tun, False)
        self._close = weakref.finalize(self, os.close, self._tun)

    # The cable.

    def fileno(self) -> int:
        """The TUN device's file descriptor, for `select`; it does not block."""
        return self._tun

    def write(self, packet: bytes) -> None:
        """Send an IP packet to the kernel.  OSError (EINVAL) when it is neither IPv4 nor IPv6:
        the device itself refuses it."""
        os.write(self._tun, packet)

    def read(self, timeout: float = 0) -> bytes | None:
        """The next IP packet that the kernel sends; None when none comes within so many seconds."""
        deadline = time.monotonic() + timeout
        while True:
            with contextlib.suppress(BlockingIOError):
                return os.read(self._tun, LARGEST)
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._tun], [], [], left)[0]:
                return None

    def exchange(self, packet: bytes, wait: float = 0.25, pause: float = 0.01) -> list[bytes]:
        """Send a packet; what the kernel answers.

        Waits so many seconds for the first answer, and after each one `pause` for another.
        """
        self.write(packet)
        answers: list[bytes] = []
        while (answer := self.read(pause if answers else wait)) is not None:
            answers.append(answer)
        return answers

    # The kernel's side.

    def socket(
        self,
        family: int = AF_INET,
        kind: int = SOCK_STREAM,
        protocol: int = 0,
    ) -> Socket:
        """A socket of the kernel's side; it stays open until it or this network is closed."""
        made = Socket(fileno=self._ask(socket=[int(family), int(kind), protocol]))
        if family == AF_INET6 and kind != socket.SOCK_RAW:  # leave IPv4 to a socket of its own
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        self._sockets = [each for each in self._sockets if each.fileno() >= 0] + [made]
        return made

    def listen(self, port: int, family: int = AF_INET, backlog: int = 64) -> Socket:
        """A TCP socket of the kernel's that listens on a port."""
        listener = self.socket(family)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("", port))
        listener.listen(backlog)
        return listener

    def connect(self, port: int, address: str = "") -> Socket:
        """A TCP socket of the kernel's that has begun to connect to us, and does not block."""
        peer = address or self.peer
        opening = self.socket(AF_INET6 if ":" in peer else AF_INET)
        opening.setblocking(False)
        opening.connect_ex((peer, port))
        return opening

    def counters(self) -> dict[str, int]:
        """The kernel's counters by the names that `nstat` has, such as TcpInCsumErrors."""
        return counters.read(self.proc("snmp"), self.proc("netstat"), self.proc("snmp6"))

    def connections(self) -> list[sockets.Connection]:
        """The kernel's TCP sockets, from /proc/net/tcp and tcp6."""
        return [*sockets.connections(self.proc("tcp")), *sockets.connections(self.proc("tcp6"))]

    def proc(self, name: str) -> str:
        """The text of a file in /proc/net of this network; "" when there is none."""
        path = f"/proc/net/{name}"
        if path not in self._files:
            try:
                self._files[path] = self._ask(file=path)
            except FileNotFoundError:
                return ""
        pieces, place = [], 0
        while piece := os.pread(self._files[path], 1 << 16, place):
            pieces.append(piece)
            place += len(piece)
        return b"".join(pieces).decode()

    def sysctl(self, name: str, value: str | int | None = None) -> str:
        """A setting of this network, such as "net.ipv4.tcp_sack"; set first if a value is given.

        FileNotFoundError when the kernel has no such setting.
        """
        path = "/proc/sys/" + name.replace(".", "/")
        if value is not None:
            with open(self._ask(file=path, write=True), "w", encoding="ascii") as file:
                file.write(str(value))
        with open(self._ask(file=path), encoding="ascii") as file:
            return file.read().strip()

    def run(self, *command: str) -> str:
        """The output of a command that runs inside the network, such as `ss -tni`.

        FileNotFoundError when there is no such program.
        """
        with open(self._ask(run=list(command)), encoding="utf-8") as output:
            return output.read()

    def _ask(self, **task: Any) -> int:
        """The file descriptor that the program inside answers with; OSError as it met it."""
        with self._lock:
            self._number += 1
            self._control.send(json.dumps({"number": self._number, **task}).encode())
            reply, passed = self._reply()
            while reply.get("number") != self._number:  # of a request that was broken off
                _close(passed)
                reply, passed = self._reply()
        if not passed:
            what = task.get("file") or task.get("run", [None])[0]
            raise OSError(reply["errno"], os.strerror(reply["errno"]), what)
        return passed[0]

    def _reply(self) -> tuple[dict[str, Any], list[int]]:
        message, passed, _, _ = socket.recv_fds(self._control, 65536, 1)
        if not message:
            raise OSError("the private network has ended")
        return json.loads(message), passed

    # The end.

    @property
    def process_id(self) -> int:
        """Of the process that runs inside, for `nsenter --target`."""
        return self._process.pid

    def close(self) -> None:
        """End the network and whatever in it is still open."""
        for each in self._sockets:
            each.close()
        _close(self._files.values())
        self._files.clear()
        self._close()
        self._end_process()

    def _end_process(self) -> None:
        self._control.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Kernel at {self.address} and {self.address6}>"


def _close(descriptors: Iterable[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
