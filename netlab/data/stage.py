"""The stage on which recordings are made: hosts, cables between them, and programs that run there.

A host is a network namespace without a name.  It lives as long as a process that waits in it for
its input to end, and programs are told to end with the script that started them: nothing is left
when a recording fails or is killed, and any number of recordings may be made at once.  Offloading
is off unless asked for, so that checksums and frame sizes are those of a real wire.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

PACKAGES = {
    "ip": "iproute2", "ss": "iproute2", "ethtool": "ethtool", "tcpdump": "tcpdump",
    "dumpcap": "wireshark-common", "unshare": "util-linux", "nsenter": "util-linux",
    "setpriv": "util-linux",
    "sysctl": "procps", "ping": "iputils-ping", "traceroute": "traceroute", "curl": "curl",
    "nginx": "nginx-light", "openssl": "openssl", "dnsmasq": "dnsmasq-base",
    "dig": "bind9-dnsutils", "busybox": "busybox",
}  # fmt: skip
"""The Debian package of each program that takes part."""

HERE = Path(__file__).parent
RECORDINGS: dict[str, Callable[[Path], None]] = {}
"""The recordings by file name."""

QUIET = {
    "net.ipv6.conf.default.accept_dad": 0,
    "net.ipv6.conf.default.router_solicitations": 0,
    "net.ipv6.conf.default.autoconf": 0,
}
"""Hosts do not speak of their own accord."""

OFFLOADS = ("tx", "rx", "tso", "gso", "gro")


SERVER, SERVER6 = "192.168.1.20", "2001:db8:1::14"
FAR, FAR6 = "192.168.2.20", "2001:db8:2::14"
"""The server's addresses, joined to the client directly or through a router."""

CURL = ("curl", "--silent", "--max-time", "10", "--output", "/dev/null")
PING = ("ping", "-i", "0.2", "-W", "1")
NO_MLD = ("not", "ip6[6] == 0")
"""A filter for tcpdump: without IPv6 hosts telling at their start to which multicast groups they
listen."""


def recording(name: str) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    """Make the function known as the one that records this file."""

    def keep(function: Callable[[Path], None]) -> Callable[[Path], None]:
        RECORDINGS[name] = function
        return function

    return keep


class Host:
    """A machine with a network of its own; `host` makes one."""

    def __init__(self, name: str, pid: int) -> None:
        self.name, self.pid, self.devices = name, pid, 0

    def command(self, *words: str) -> list[str]:
        """The command, as it is run on this host."""
        return [
            "setpriv",
            "--pdeathsig",
            "TERM",
            "nsenter",
            f"--net=/proc/{self.pid}/ns/net",
            *words,
        ]

    def run(self, *words: str, check: bool = True) -> str:
        """Run a command to its end; what it printed.  CalledProcessError when it fails."""
        done = subprocess.run(
            self.command(*words), capture_output=True, text=True, errors="replace"
        )
        if check and done.returncode:
            sys.stderr.write(done.stderr)
            done.check_returncode()
        return done.stdout

    def set(self, **values: int) -> None:
        """Set kernel parameters, written with __ for the dots."""
        words = [f"{name.replace('__', '.')}={value}" for name, value in values.items()]
        self.run("sysctl", "-q", "-w", *words)

    @contextmanager
    def background(
        self, *words: str, ready: Callable[[], bool] = lambda: True
    ) -> Iterator[subprocess.Popen[bytes]]:
        """A program that runs until the block ends; the block begins when the program is ready."""
        process = subprocess.Popen(
            self.command(*words),
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            until = time.monotonic() + 10
            while not ready():
                if process.poll() is not None or time.monotonic() > until:
                    process.kill()
                    error = process.communicate()[1].decode().strip()
                    raise SystemExit(f"{words[0]} on {self.name} did not start: {error}")
                time.sleep(0.02)
            yield process
        finally:
            process.terminate()
            process.communicate()

    def listens(self, port: int) -> Callable[[], bool]:
        """A function that tells whether some program waits at that port."""
        return lambda: f":{port} " in self.run("ss", "-Hltun")

    @contextmanager
    def capture(
        self, path: Path, *options: str, device: str = "eth0", settle: float = 0.3
    ) -> Iterator[None]:
        """tcpdump writes whatever passes the device into the file, until `settle` seconds after
        the block ended."""
        path.unlink(missing_ok=True)
        words = ("tcpdump", "-i", device, "-U", "--immediate-mode", "-Z", "root", "-w", str(path))
        with self.background(*words, *options, ready=lambda: _holds(path, 24)):
            yield
            time.sleep(settle)


def _holds(path: Path, size: int) -> bool:
    return path.exists() and path.stat().st_size >= size


@contextmanager
def host(name: str) -> Iterator[Host]:
    """A machine that is connected to nothing yet."""
    waiting = subprocess.Popen(["unshare", "--net", "cat"], stdin=subprocess.PIPE)
    try:
        place = f"/proc/{waiting.pid}/ns/net"
        while os.readlink(place) == os.readlink("/proc/self/ns/net"):
            if waiting.poll() is not None:
                raise SystemExit("this machine does not let you make network namespaces")
            time.sleep(0.01)
        made = Host(name, waiting.pid)
        made.run("sysctl", "-q", "-w", *(f"{name}={value}" for name, value in QUIET.items()))
        made.run("ip", "link", "set", "lo", "up")
        yield made
    finally:
        waiting.communicate()


@contextmanager
def hosts(*names: str) -> Iterator[list[Host]]:
    """Several machines."""
    with ExitStack() as stack:
        yield [stack.enter_context(host(name)) for name in names]


def cable(
    near: tuple[Host, int], far: tuple[Host, int], network: int = 1, *, ipv6: bool = False,
    mtu: int = 1500, offload: bool = False,
) -> None:  # fmt: skip
    """Join two hosts by a cable.  Each end gets the host's next device (eth0, eth1, ...); with
    the number n that is given with the host, it has the addresses 192.168.<network>.n,
    2001:db8:<network>::n and 02:00:00:00:<network - 1>:n.  0 is an end without an address."""
    devices = []
    for machine, _ in (near, far):
        devices.append(f"eth{machine.devices}")
        machine.devices += 1
    macs = [f"02:00:00:00:{network - 1:02x}:{number:02x}" for _, number in (near, far)]
    near[0].run(
        "ip", "link", "add", devices[0], "address", macs[0], "mtu", str(mtu), "type", "veth",
        "peer", "name", devices[1], "netns", str(far[0].pid), "address", macs[1], "mtu", str(mtu),
    )  # fmt: skip
    for (machine, number), device in zip((near, far), devices, strict=True):
        machine.run(
            "sysctl",
            "-q",
            "-w",
            f"net.ipv6.conf.{device}.disable_ipv6={int(not (ipv6 and number))}",
        )
        if not offload:
            off = [word for kind in OFFLOADS for word in (kind, "off")]
            machine.run("ethtool", "-K", device, *off)
        if number:
            address(machine, device, network, number, ipv6=ipv6)
        machine.run("ip", "link", "set", device, "up")
    for (machine, number), device in zip((near, far), devices, strict=True):
        _wait_until_up(machine, device, ipv6=ipv6 and number > 0)


def _wait_until_up(machine: Host, device: str, *, ipv6: bool) -> None:
    """Wait until the device carries frames, and has its own IPv6 address if it gets one."""

    def is_up() -> bool:
        said = machine.run("ip", "address", "show", "dev", device)
        return "state UP" in said and "tentative" not in said and ("fe80:" in said or not ipv6)

    wait_for(is_up)


def wait_for(happened: Callable[[], bool], seconds: float = 10) -> None:
    """Wait until something has happened; SystemExit when it does not."""
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            raise SystemExit("a program did not do in time what was asked of it")
        time.sleep(0.02)


def address(machine: Host, device: str, network: int, number: int, *, ipv6: bool = False) -> None:
    """Give a device its addresses."""
    machine.run("ip", "address", "add", f"192.168.{network}.{number}/24", "dev", device)
    if ipv6:
        machine.run("ip", "address", "add", f"2001:db8:{network}::{number:x}/64", "dev", device)


@contextmanager
def two_hosts(*, ipv6: bool = False, offload: bool = False) -> Iterator[tuple[Host, Host]]:
    """A client, 192.168.1.10, and a server, 192.168.1.20, joined by a cable."""
    with hosts("client", "server") as (client, server):
        cable((client, 10), (server, 20), ipv6=ipv6, offload=offload)
        yield client, server


@contextmanager
def routed() -> Iterator[tuple[Host, Host, Host]]:
    """A client in network 1, a server in network 2 and the router between them, which is number 1
    in both."""
    with hosts("client", "router", "server") as (client, router, server):
        cable((client, 10), (router, 1), 1, ipv6=True)
        cable((router, 1), (server, 20), 2, ipv6=True)
        router.set(net__ipv4__ip_forward=1, net__ipv6__conf__all__forwarding=1)
        for machine, network in ((client, 1), (server, 2)):
            machine.run("ip", "route", "add", "default", "via", f"192.168.{network}.1")
            machine.run("ip", "route", "add", "default", "via", f"2001:db8:{network}::1")
        yield client, router, server


@contextmanager
def switch(machine: Host, *options: str) -> Iterator[None]:
    """Let frames pass between the host's two devices (see switch.py)."""
    program = str(HERE / "switch.py")
    before = _packet_sockets(machine)
    words = (sys.executable, program, *options)
    with machine.background(*words, ready=lambda: _packet_sockets(machine) == before + 2):
        yield


def _packet_sockets(machine: Host) -> int:
    return machine.run("cat", "/proc/net/packet").count("\n") - 1


@contextmanager
def switched(*options: str) -> Iterator[tuple[Host, Host]]:
    """A client and a server, joined by a switch, with the options of switch.py."""
    with hosts("client", "switch", "server") as (client, middle, server):
        cable((client, 10), (middle, 0))
        cable((middle, 0), (server, 20))
        with switch(middle, *options):
            yield client, server


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for what a server needs."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def missing() -> list[str]:
    """The Debian packages of programs that this machine lacks."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"  # where Debian keeps some of them
    return sorted({package for program, package in PACKAGES.items() if not shutil.which(program)})
