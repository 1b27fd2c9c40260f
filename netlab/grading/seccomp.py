"""What the kernel refuses to a learner's code: a seccomp filter, put together here byte by byte.

The walls hide files and the network.  This closes the ways around them: namespaces of one's own, in
which one would be root again; other processes' memory; memory that no limit counts; sockets that
no network namespace holds, such as those to the host of a virtual machine.
"""

import errno
import platform
import struct

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

REFUSED = {
    "x86_64": {
        "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "kcmp": 312,
        "pidfd_getfd": 438, "unshare": 272, "setns": 308, "mount": 165, "umount2": 166,
        "pivot_root": 155, "chroot": 161, "open_tree": 428, "move_mount": 429, "fsopen": 430,
        "fsconfig": 431, "fsmount": 432, "fspick": 433, "mount_setattr": 442,
        "open_by_handle_at": 304, "name_to_handle_at": 303, "memfd_create": 319,
        "memfd_secret": 447, "shmget": 29, "shmat": 30, "msgget": 68, "semget": 64,
        "mq_open": 240, "add_key": 248, "request_key": 249, "keyctl": 250, "bpf": 321,
        "perf_event_open": 298, "userfaultfd": 323, "io_uring_setup": 425, "io_uring_enter": 426,
        "io_uring_register": 427, "kexec_load": 246, "kexec_file_load": 320, "init_module": 175,
        "finit_module": 313, "delete_module": 176, "syslog": 103, "acct": 163, "swapon": 167,
        "swapoff": 168, "reboot": 169, "quotactl": 179,
    },
    "aarch64": {
        "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272,
        "pidfd_getfd": 438, "unshare": 97, "setns": 268, "mount": 40, "umount2": 39,
        "pivot_root": 41, "chroot": 51, "open_tree": 428, "move_mount": 429, "fsopen": 430,
        "fsconfig": 431, "fsmount": 432, "fspick": 433, "mount_setattr": 442,
        "open_by_handle_at": 265, "name_to_handle_at": 264, "memfd_create": 279,
        "memfd_secret": 447, "shmget": 194, "shmat": 196, "msgget": 186, "semget": 190,
        "mq_open": 180, "add_key": 217, "request_key": 218, "keyctl": 219, "bpf": 280,
        "perf_event_open": 241, "userfaultfd": 282, "io_uring_setup": 425, "io_uring_enter": 426,
        "io_uring_register": 427, "kexec_load": 104, "kexec_file_load": 294, "init_module": 105,
        "finit_module": 273, "delete_module": 106, "syslog": 116, "acct": 89, "swapon": 224,
        "swapoff": 225, "reboot": 142, "quotactl": 60,
    },
}  # fmt: skip
"""System calls by their numbers; no exercise needs them."""

CALLS = {
    "x86_64": {"clone": 56, "clone3": 435, "socket": 41, "socketpair": 53},
    "aarch64": {"clone": 220, "clone3": 435, "socket": 198, "socketpair": 199},
}
"""System calls that are refused for some arguments."""

NAMESPACES = 0x7E020080
"""The flags of clone that make namespaces (CLONE_NEWNS, NEWUSER, NEWNET and so on)."""
FAMILIES = (1, 2, 10)
"""Unix, IPv4, IPv6: sockets that stay within the walls."""

# struct seccomp_data: the call's number, the architecture, the instruction, six arguments.
NUMBER, ARCHITECTURE, ARGUMENT = 0, 4, 16
LOAD, EQUAL, AT_LEAST, HAS_BIT, GIVE = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, FAIL, KILL = 0x7FFF0000, 0x00050000, 0x80000000
OTHER_NUMBERS = 0x40000000
"""From here on x86_64 counts the same calls a second time (x32)."""


def program(machine: str = "") -> bytes:
    """The filter as the kernel takes it, b"" for a machine whose numbers are not known here."""
    machine = machine or platform.machine()
    if machine not in ARCHITECTURES:
        return b""
    calls = CALLS[machine]
    refuse = _step(GIVE, FAIL | errno.EPERM)
    lines = [
        _step(LOAD, ARCHITECTURE),
        _step(EQUAL, ARCHITECTURES[machine], no=0, yes=1),
        _step(GIVE, KILL),
        _step(LOAD, NUMBER),
    ]
    if machine == "x86_64":
        lines += [_step(AT_LEAST, OTHER_NUMBERS, no=1), refuse]
    for number in REFUSED[machine].values():
        lines += [_step(EQUAL, number, no=1), refuse]
    # clone3 hides its flags behind a pointer: "no such call" lets the C library take clone.
    lines += [_step(EQUAL, calls["clone3"], no=1), _step(GIVE, FAIL | errno.ENOSYS)]
    lines += [
        _step(EQUAL, calls["clone"], no=4), _step(LOAD, ARGUMENT),
        _step(HAS_BIT, NAMESPACES, no=1), refuse, _step(GIVE, ALLOW),
    ]  # fmt: skip
    for call in ("socket", "socketpair"):
        families = [_step(EQUAL, family, yes=4 - at, no=0) for at, family in enumerate(FAMILIES, 1)]
        lines += [
            _step(EQUAL, calls[call], no=6), _step(LOAD, ARGUMENT), *families,
            _step(GIVE, FAIL | errno.EAFNOSUPPORT), _step(GIVE, ALLOW),
        ]  # fmt: skip
    return b"".join([*lines, _step(GIVE, ALLOW)])


def _step(code: int, value: int, *, yes: int = 0, no: int = 0) -> bytes:
    """One instruction; of a comparison, how many are skipped if it holds and if not."""
    return struct.pack("=HBBI", code, yes, no, value)
