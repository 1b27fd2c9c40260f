"""Link types: what the packets of a capture file begin with, by the files' numbers."""

from netlab.packet import NAMELESS

LINK_TYPES = {
    0: "null",
    1: "ethernet",
    101: "raw",
    12: "raw",
    14: "raw",
    108: "loop",
    113: "sll",
    228: "ipv4",
    229: "ipv6",
    276: "sll2",
}
"""Names of link types, https://www.tcpdump.org/linktypes.html.  Raw IP is 101 in files; 12, and
on OpenBSD 14, is what the kernel calls it (DLT_RAW), and what some programs write all the same."""

NUMBERS = {name: number for number, name in reversed(LINK_TYPES.items())}


def link_name(number: int) -> str:
    """The link type's name: "ethernet", or "linktype 127" for one that netlab does not know."""
    return LINK_TYPES.get(number) or f"{NAMELESS}{number}"


def link_number(link: object) -> int:
    """The number of a link type in capture files.  ValueError for what has none."""
    name = str(link)
    if name in NUMBERS:
        return NUMBERS[name]
    number = name.removeprefix(NAMELESS)
    if number != name and number.isdecimal() and int(number) < 1 << 16:
        return int(number)
    raise ValueError(f"a capture file cannot begin its packets with {link!r}: wrap them in IP")
