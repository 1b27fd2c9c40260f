"""Walls made by the kernel's namespaces alone, where bubblewrap is not installed.

It is started as a script, by `sandbox.start`: it moves into namespaces of its own, builds a tree of
files that holds what is to be seen and no more, and runs the worker in it.
"""

import ctypes
import fcntl
import json
import os
import socket
import struct
import sys
from pathlib import Path
from typing import Any

NEW_USER = 0x10000000
NEW_OTHERS = 0x6E020000  # mounts, host name, processes, network, messages, cgroups
READ_ONLY, NO_SUID, NO_DEVICES = 1, 2, 4
BIND, RECURSIVE, PRIVATE, REMOUNT = 0x1000, 0x4000, 0x40000, 32
DETACH = 2
MOUNT_SETATTR, HERE, ALL_BELOW = 442, -100, 0x8000
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
NO_NEW_PRIVILEGES, FILTER, DIES_WITH_PARENT, KILL = 38, 22, 1, 9
SET_FLAGS, UP = 0x8914, 0x41  # of a network interface

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def done(result: int) -> None:
    """Raise what the C library reports."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def mount(kind: str, place: str, flags: int, options: str = "", source: str = "") -> None:
    """Mount a file system, or with BIND a part of one."""
    done(
        libc.mount(
            (source or kind).encode(), place.encode(), kind.encode() or None,
            ctypes.c_ulong(flags), options.encode() or None,
        )
    )  # fmt: skip


def pivot(root: str, old: str) -> None:
    """Make `root` the root; the one before is then found at `old`."""
    number = ctypes.c_long(PIVOT_ROOT[os.uname().machine])
    done(libc.syscall(number, root.encode(), old.encode()))


def close_to_writing(place: str, others: int = 0) -> None:
    """Make a mount and all mounts below it read-only."""
    attributes = struct.pack("=QQQQ", READ_ONLY | NO_SUID | others, 0, 0, 0)
    done(
        libc.syscall(
            ctypes.c_long(MOUNT_SETATTR), ctypes.c_int(HERE), place.encode(),
            ctypes.c_uint(ALL_BELOW), attributes, ctypes.c_size_t(len(attributes)),
        )
    )  # fmt: skip


def separate(as_root: bool) -> None:
    """Move into namespaces of one's own; whoever is not root gets a user namespace too."""
    user, group = os.getuid(), os.getgid()
    done(libc.unshare(NEW_OTHERS | (0 if as_root else NEW_USER)))
    if not as_root:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"1000 {user} 1")
        Path("/proc/self/gid_map").write_text(f"1000 {group} 1")


def build(plan: dict[str, Any]) -> None:
    """Build the tree of files and move into it; the old one is gone."""
    shown = [(os.path.realpath(source), place) for source, place in plan["shown"]]
    mount("", "/", RECURSIVE | PRIVATE)
    mount("tmpfs", "/tmp", NO_SUID | NO_DEVICES, "size=65536,mode=755")
    for folder in ("/tmp/old", "/tmp/new"):
        os.mkdir(folder)
    pivot("/tmp", "/tmp/old")
    mount("tmpfs", "/new", NO_SUID | NO_DEVICES, "size=1048576,mode=755")
    os.mkdir("/new/tmp")
    folder = f"size={plan['bytes']},nr_inodes={plan['files']},mode=1777"
    mount("tmpfs", "/new/tmp", NO_SUID | NO_DEVICES, folder)
    for source, place in shown:
        show(f"/old{source}", f"/new{place}")
        close_to_writing(f"/new{place}", NO_DEVICES)
    for place in plan["hidden"]:
        mount("tmpfs", f"/new{place}", NO_SUID | NO_DEVICES | READ_ONLY, "size=4096,nr_inodes=4")
    for place in plan["devices"]:
        show(f"/old{place}", f"/new{place}")
    os.chdir("/new")
    pivot(".", ".")
    done(libc.umount2(b".", DETACH))
    mount("", "/", REMOUNT | BIND | READ_ONLY | NO_SUID | NO_DEVICES)
    os.chdir("/tmp")


def show(source: str, place: str) -> None:
    """Let a file or a folder appear at another place."""
    if os.path.isdir(source):
        os.makedirs(place, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(place), exist_ok=True)
        os.close(os.open(place, os.O_CREAT | os.O_WRONLY, 0o644))
    mount("", place, BIND | RECURSIVE, source=source)


def name_and_loop() -> None:
    """A host name, and 127.0.0.1: the only address that there is."""
    socket.sethostname("sandbox")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sH14x", b"lo", UP))


def refuse(program: bytes) -> None:
    """Hand the kernel the filter; no program that is started gets more rights."""
    done(libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    if program:
        code = ctypes.create_string_buffer(program, len(program))
        header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
        done(libc.prctl(FILTER, 2, header, 0, 0))


def result(process: int) -> int:
    """Wait until a process has ended; any others that end here are let go."""
    while True:
        ended, status = os.wait()
        if ended == process:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def main() -> None:
    """Build the walls and run the command within."""
    plan = json.loads(sys.argv[1])
    with open(plan["program"], "rb") as file:
        program = file.read()
    libc.prctl(DIES_WITH_PARENT, KILL, 0, 0, 0)
    separate(plan["as_root"])
    first = os.fork()
    if first:
        os._exit(result(first))
    libc.prctl(DIES_WITH_PARENT, KILL, 0, 0, 0)
    os.setsid()
    name_and_loop()
    build(plan)
    refuse(program)
    worker = os.fork()
    if worker:
        os._exit(result(worker))
    command = plan["command"]
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
