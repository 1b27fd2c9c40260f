"""Why a machine has no private kernel to offer, and what helps."""

import errno
import os


class KernelError(Exception):
    """A private network of the Linux kernel cannot be had here: one sentence, with the remedy.

    what    "namespaces" or "TUN" or "device": what the machine refused
    remedy  what helps, without the reason
    """

    def __init__(self, what: str, reason: str, remedy: str) -> None:
        super().__init__(f"{reason}: {remedy}")
        self.what, self.remedy = what, remedy


RECORDED = "without it the lessons use recorded runs"

FORBIDDEN = (
    "this machine does not let ordinary users make network namespaces",
    "sudo sysctl kernel.unprivileged_userns_clone=1 (Debian) or "
    "kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), or run as root; in a container, "
    f"start it with --privileged; {RECORDED}",
)

REFUSED = {
    ("namespaces", errno.EPERM): FORBIDDEN,
    ("namespaces", errno.EACCES): FORBIDDEN,
    ("namespaces", errno.ENOSPC): (
        "this machine permits no more network namespaces",
        f"sudo sysctl user.max_user_namespaces=10000 user.max_net_namespaces=10000; {RECORDED}",
    ),
    ("namespaces", errno.EINVAL): (
        "this machine's kernel was built without user or network namespaces",
        f"use a usual distribution's kernel; {RECORDED}",
    ),
    ("TUN", errno.ENOENT): (
        "there is no /dev/net/tun",
        "sudo modprobe tun, or in a container start it with --device /dev/net/tun; " + RECORDED,
    ),
    ("TUN", errno.ENODEV): ("the kernel has no TUN driver", f"sudo modprobe tun; {RECORDED}"),
    ("TUN", errno.EACCES): (
        "/dev/net/tun is closed to ordinary users",
        f"sudo chmod 0666 /dev/net/tun, as most systems have it, or run as root; {RECORDED}",
    ),
}
"""What a refusal means and what helps, by what was refused and the errno."""


def elsewhere(platform: str) -> KernelError:
    """The error on a system that is not Linux."""
    return KernelError(
        "namespaces",
        f"a private Linux kernel needs Linux, and this is {platform}",
        f"run the lessons in a Linux virtual machine; {RECORDED}",
    )


def refusal(what: str, error: int) -> KernelError:
    """The error for what the machine refused, with this errno."""
    reason, remedy = REFUSED.get(
        (what, error),
        (f"the machine refuses {what} ({os.strerror(error)})", f"run as root; {RECORDED}"),
    )
    return KernelError(what, reason, remedy)
