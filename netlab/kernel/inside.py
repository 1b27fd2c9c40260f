"""The program that runs inside the private network: the one process of its namespace.

It runs by itself (`python -I -S inside.py`), with the standard library alone.  It makes the
namespaces and the TUN device, and then answers requests, each one JSON message on its standard
input, a Unix socket.  What it answers with is a file descriptor: a socket, an open file, the
output of a command.  They belong to the network in which they were opened, whoever uses them, so
that the program which asked needs no rights and goes on without this one.  When the socket closes
it ends, and the network with it.
"""

import ctypes
import errno
import json
import os
import signal
import socket
import struct
import subprocess
import sys
from array import array
from contextlib import suppress
from fcntl import ioctl
from pathlib import Path
from typing import Any

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
SIOCADDRT, SIOCGIFFLAGS, SIOCSIFFLAGS, SIOCSIFADDR = 0x890B, 0x8913, 0x8914, 0x8916
SIOCSIFNETMASK, SIOCSIFMTU, SIOCGIFINDEX = 0x891C, 0x8922, 0x8933
RTM_SETLINK, NLM_F_REQUEST, NLM_F_ACK, IFLA_TXQLEN = 19, 1, 4, 13
IFF_UP, IFF_RUNNING, IFF_MULTICAST, RTF_UP = 0x1, 0x40, 0x1000, 0x1

DEVICE = "tun0"
QUEUE = 10_000
"""Packets that wait in the device until somebody reads them; more are dropped."""

QUIET = {
    "net/ipv4/conf/all/rp_filter": "0",  # any source address may be tried
    "net/ipv4/conf/tun0/rp_filter": "0",
    "net/ipv4/icmp_ratelimit": "0",  # each wrong packet gets its answer, not one in a second
    "net/ipv6/icmp/ratelimit": "0",
    "net/ipv4/tcp_no_metrics_save": "1",  # no connection learns from an earlier one
    "net/ipv6/conf/tun0/accept_ra": "0",  # nothing is sent that nobody asked for
    "net/ipv6/conf/tun0/router_solicitations": "0",
    "net/ipv6/conf/tun0/addr_gen_mode": "1",
    "net/ipv6/conf/tun0/accept_dad": "0",
}
"""Settings of the new network, under /proc/sys; what an older kernel has not is left out."""


class Failure(Exception):
    """A step that the machine refused: which one, and the errno."""


def enter() -> None:
    """Move into a network namespace of one's own, and a user namespace that permits it.

    A user namespace is for everybody; where there are none, root can do without.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0:
        try:
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"0 {user} 1")
            Path("/proc/self/gid_map").write_text(f"0 {group} 1")
        except OSError as error:
            raise Failure("namespaces", error.errno or 0) from None
        return
    refused = ctypes.get_errno()
    if libc.unshare(CLONE_NEWNET) != 0:
        raise Failure("namespaces", refused)


def open_tun() -> int:
    """The TUN device, a file of IP packets: reading gives what the kernel sends, and writing is
    what it receives."""
    try:
        tun = os.open("/dev/net/tun", os.O_RDWR)
    except OSError as error:
        raise Failure("TUN", error.errno or 0) from None
    try:
        ioctl(tun, TUNSETIFF, struct.pack("16sH22x", DEVICE.encode(), IFF_TUN | IFF_NO_PI))
    except OSError as error:  # a namespace that a security module stripped of its rights
        refused = "namespaces" if error.errno == errno.EPERM else "TUN"
        raise Failure(refused, error.errno or 0) from None
    return tun


def request(number: int, form: str, *values: Any, device: str = DEVICE) -> bytes:
    """One of the ioctls of netdevice(7); what comes back, without the device's name before it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        value = struct.pack(form, *values)
        return ioctl(control, number, struct.pack("16s24s", device.encode(), value))[16:]


def configure(address: str, address6: str, mtu: int) -> bool:
    """Give the device its addresses and bring it up; returns whether there is IPv6."""
    for path, value in QUIET.items():
        with suppress(OSError):
            Path("/proc/sys", path).write_text(value)
    family = socket.AF_INET
    host, length = address.split("/")
    mask = (0xFFFFFFFF << 32 - int(length)) & 0xFFFFFFFF
    request(SIOCSIFMTU, "i", mtu)
    (index,) = struct.unpack_from("i", request(SIOCGIFINDEX, "i", 0))
    lengthen_queue(index)
    request(SIOCSIFADDR, "HH4s8x", family, 0, socket.inet_aton(host))
    request(SIOCSIFNETMASK, "HH4s8x", family, 0, mask.to_bytes(4, "big"))
    (flags,) = struct.unpack_from("h", request(SIOCGIFFLAGS, "h", 0))
    request(SIOCSIFFLAGS, "h", flags & ~IFF_MULTICAST | IFF_UP | IFF_RUNNING)
    request(SIOCSIFFLAGS, "h", IFF_UP | IFF_RUNNING, device="lo")
    name = ctypes.create_string_buffer(DEVICE.encode())
    anywhere = struct.pack("HH4s8x", family, 0, bytes(4))
    route = ("@L16s16s16sHhLPhPLLH", 0, anywhere, anywhere, anywhere, RTF_UP, 0, 0, 0, 0)
    with socket.socket(family, socket.SOCK_DGRAM) as control:
        ioctl(control, SIOCADDRT, struct.pack(*route, ctypes.addressof(name), 0, 0, 0))
    return bool(address6) and configure_ipv6(address6, index)


def lengthen_queue(index: int) -> None:
    """Let the device hold QUEUE packets, by rtnetlink(7): the ioctl for it is the real root's."""
    link = struct.pack("=BxHiIIHHI", 0, 0, index, 0, 0, 8, IFLA_TXQLEN, QUEUE)
    head = struct.pack("=IHHII", 16 + len(link), RTM_SETLINK, NLM_F_REQUEST | NLM_F_ACK, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as control:
        control.send(head + link)
        (error,) = struct.unpack_from("=i", control.recv(4096), 16)
    if error:
        raise OSError(-error, os.strerror(-error))


def configure_ipv6(address: str, index: int) -> bool:
    host, length = address.split("/")
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as control:
            octets = socket.inet_pton(socket.AF_INET6, host)
            ioctl(control, SIOCSIFADDR, struct.pack("16sIi", octets, int(length), index))
            no = bytes(16)
            route = struct.pack("@16s16s16sIHHILIi", no, no, no, 0, 0, 0, 1, 0, RTF_UP, index)
            ioctl(control, SIOCADDRT, route)
    except OSError:  # a kernel without IPv6
        return False
    return True


def opened(task: dict[str, Any]) -> int:
    """The file descriptor that a request is answered with."""
    if "socket" in task:
        return socket.socket(*task["socket"]).detach()
    if "file" in task:
        return os.open(task["file"], os.O_WRONLY if task.get("write") else os.O_RDONLY)
    reading, writing = os.pipe()
    with open(writing, "wb") as end:
        subprocess.Popen(task["run"], stdin=subprocess.DEVNULL, stdout=end, stderr=end)
    return reading


def answer(control: socket.socket, reply: dict[str, Any], descriptor: int | None = None) -> None:
    passed = [] if descriptor is None else [descriptor]
    extra = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array("i", passed))] if passed else []
    control.sendmsg([json.dumps(reply).encode()], extra)
    for each in passed:
        os.close(each)


def main() -> None:
    """Make the network that the first message describes; then answer requests to the end."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # commands that have ended leave nothing behind
    control = socket.socket(fileno=0)
    plan = json.loads(control.recv(65536) or b"null")
    if plan is None:
        return
    try:
        enter()
        tun = open_tun()
        ipv6 = configure(plan["address"], plan["address6"], plan["mtu"])
    except Failure as failure:
        name, error = failure.args
        answer(control, {"refused": name, "errno": error})
        return
    except OSError as error:
        answer(control, {"refused": "device", "errno": error.errno})
        return
    answer(control, {"ipv6": ipv6}, tun)
    while message := control.recv(65536):
        task = json.loads(message)
        try:
            descriptor = opened(task)
        except OSError as error:
            answer(control, {"number": task["number"], "errno": error.errno})
        else:
            answer(control, {"number": task["number"]}, descriptor)


if __name__ == "__main__":
    with suppress(BrokenPipeError, ConnectionResetError):
        main()
    sys.stdout = None  # type: ignore[assignment]  # the other end may be gone: nothing to flush
