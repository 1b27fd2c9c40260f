"""One source of chance for all random packets, so that a seed gives the same packets again."""

import random
from ipaddress import IPv6Address

DICE = random.Random(0)


FLAWS: list[str] = []
"""What was done wrong on purpose in the packet that is being made."""


def number(bits: int) -> int:
    """A number of up to so many bits."""
    return DICE.getrandbits(bits)


def octets(count: int) -> bytes:
    """Any bytes."""
    return DICE.randbytes(count)


def mac() -> str:
    """A hardware address, sometimes everybody's or a group's."""
    return DICE.choice(["ff:ff:ff:ff:ff:ff", "01:00:5e:00:00:fb"] + [octets(6).hex(":")] * 8)


def ipv4() -> str:
    """An IPv4 address, mostly anybody's."""
    special = ["0.0.0.0", "255.255.255.255", "127.0.0.1", "224.0.0.1"]
    return DICE.choice(special + [".".join(map(str, octets(4))) for _ in range(16)])


def ipv6() -> str:
    """An IPv6 address, mostly anybody's."""
    some = octets(8)
    known = [bytes(16), bytes(15) + b"\1", b"\xff\2" + bytes(13) + b"\1"]
    known.append(b"\xfe\x80" + bytes(6) + some)
    mapped = bytes(10) + b"\xff\xff" + some[:4]
    documentation = [b"\x20\1\x0d\xb8" + bytes(4) + some for _ in range(12)]
    return str(IPv6Address(DICE.choice([*known, mapped, *documentation, octets(16)])))


def wrong(chance: float = 0.04) -> int | None:
    """Mostly None, which lets scapy compute a checksum; sometimes one that is seldom right."""
    if DICE.random() >= chance:
        return None
    FLAWS.append("a wrong checksum")
    return number(16)


def wrong_length() -> bool:
    """Whether to give a wrong length."""
    if DICE.random() >= 0.02:
        return False
    FLAWS.append("a wrong length")
    return True


def word(least: int = 1, most: int = 12) -> str:
    """A word as it stands in names."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEF0123456789-"
    inner = "".join(DICE.choice(letters) for _ in range(DICE.randint(least, most)))
    return "x" + inner + "x" if inner.startswith("-") or inner.endswith("-") else inner


def name() -> str:
    """A domain name."""
    return ".".join(word() for _ in range(DICE.randint(1, 5)))
