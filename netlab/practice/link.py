"""Practice on the link layer: an ARP cache that is asked over time, a network with a liar in it."""

import random
from collections.abc import Callable, Iterator
from typing import Any

from netlab.packet import stack
from netlab.wire import ARP, Ethernet

EVERYBODY = "ff:ff:ff:ff:ff:ff"
NOBODY, UNKNOWN = "0.0.0.0", "00:00:00:00:00:00"

Host = tuple[str, str]
"""An IP address and a hardware address."""


def arp_cache(
    cache: Callable[[str, int], Any], my_ip: str, keep: int, events: list[tuple[Any, ...]]
) -> list[Any]:
    """What a learner's ARP cache answers.

    events  in the order in which they happen: ("hear", sender_ip, sender_mac, target_ip, now) or
            ("look_up", ip, now); the answers to the latter are the result
    """
    mine = cache(my_ip, keep)
    answers = []
    for method, *arguments in events:
        answer = getattr(mine, method)(*arguments)
        if method == "look_up":
            answers.append(answer)
    return answers


def _frame(to: str, sender: Host, target: Host, operation: int) -> bytes:
    (ip, mac), (target_ip, target_mac) = sender, target
    message = ARP(
        operation=operation, sender_ip=ip, sender_mac=mac, target_ip=target_ip,
        target_mac=target_mac,
    )  # fmt: skip
    return bytes(stack(Ethernet(src=mac, dst=to), message)).ljust(60, b"\0")


def _ask(asker: Host, owner: Host) -> Iterator[bytes]:
    """A question and its answer."""
    yield _frame(EVERYBODY, asker, (owner[0], UNKNOWN), 1)
    yield _frame(asker[1], owner, asker, 2)


def _start(host: Host) -> Iterator[bytes]:
    """A host starts: it probes its address, and then announces it (RFC 5227)."""
    ip, mac = host
    yield _frame(EVERYBODY, (NOBODY, mac), (ip, UNKNOWN), 1)
    yield _frame(EVERYBODY, host, (ip, UNKNOWN), 1)


def spoofed(chance: random.Random) -> list[tuple[int, bytes]]:
    """ARP on one network: hosts start and ask for each other, and one takes over an address that
    is another's; its owner goes on speaking."""
    net = f"10.{chance.randrange(256)}.{chance.randrange(256)}."
    numbers = chance.sample(range(2, 255), 7)
    hosts = [(net + str(number), "02:" + chance.randbytes(5).hex(":")) for number in numbers]
    victim, liar, deceived, *others = hosts
    frames = [frame for host in chance.sample(hosts, 7) for frame in _start(host)]
    for _ in range(chance.randrange(4, 9)):
        frames += _ask(*chance.sample(hosts, 2))
    frames += _ask(deceived, victim)
    frames += _ask(*chance.sample(others, 2))
    frames.append(_frame(deceived[1], (victim[0], liar[1]), deceived, 2))
    frames += _ask(*chance.sample(others, 2))
    frames += _ask(victim, chance.choice(others))
    for _ in range(chance.randrange(2, 6)):
        frames += _ask(*chance.sample([liar, deceived, *others], 2))
    now, captured = 1_700_000_000_000_000_000, []
    for frame in frames:
        now += chance.randrange(50_000, 2_000_000_000)
        captured.append((now, frame))
    return captured
