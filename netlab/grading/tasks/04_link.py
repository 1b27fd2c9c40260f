"""Lesson 04: Ethernet with its tags and its padding, hardware addresses, ARP."""

import random
import struct
from collections.abc import Iterator
from typing import Any

from netlab import dissect, read, recording
from netlab.grading.task import Case, Misconception, Task
from netlab.header import Header
from netlab.packet import stack
from netlab.wire import ARP, UDP, VLAN, Ethernet, IPv4, IPv6
from netlab.wire.ethernet import VLAN8023, Ethernet8023
from netlab.wire.ethertypes import LONGEST_LENGTH, LOWEST_ETHERTYPE

EVERYBODY = "ff:ff:ff:ff:ff:ff"
NOBODY = "0.0.0.0"
SHORTEST = 60

TAGGED = [packet.data for packet in read(recording("vlan.pcap"))]
WEB = [packet.data for packet in read(recording("http.pcap"))]
BRIDGES = [packet.data for packet in read(recording("spanning_tree.pcap"))]
PADDED = next(packet.data for packet in read(recording("loss.pcap")) if packet.trailer)

ADDRESSES = (
    EVERYBODY, "02:00:00:00:00:0a", "01:80:c2:00:00:00", "33:33:00:00:00:01", "00:00:5e:00:53:01",
)  # fmt: skip
"""Everybody; a recording's client; all bridges; an IPv6 group; one for documentation (RFC 9542)."""

AT_12 = ("0x0026", "0x05dc", "0x05dd", "0x05ff", "0x0600", "0x0806")

ME, OTHER, THIRD = "192.168.1.10", "192.168.1.20", "192.168.1.30"
A, B = "02:00:00:00:00:14", "02:00:00:00:00:66"


# Cases beyond those of the recordings.


def addresses(chance: random.Random) -> Iterator[Case]:
    """All four kinds, and bits set elsewhere in the address."""
    for low in (0, 1, 2, 3) * 4:
        first = chance.randrange(64) << 2 | low
        yield (bytes([first, *chance.randbytes(5)]).hex(":"),)
    yield ("ff:ff:ff:ff:ff:fe",)
    yield ("fe:ff:ff:ff:ff:ff",)


def mac(chance: random.Random) -> str:
    return "02:" + chance.randbytes(5).hex(":")


def tag(chance: random.Random) -> VLAN:
    return VLAN(
        priority=chance.randrange(8), drop_eligible=chance.randrange(2),
        vlan_id=chance.choice((0, 5, 255, 256, 4094, chance.randrange(4096))),
    )  # fmt: skip


def contents(chance: random.Random) -> Iterator[Header]:
    yield IPv4(src="192.0.2.1", dst=f"192.0.2.{chance.randrange(2, 255)}")
    yield ARP(sender_ip="192.0.2.1", target_ip="192.0.2.2")
    yield IPv6(src="2001:db8::1", dst="2001:db8::2")


def tagged(chance: random.Random) -> Iterator[bytes]:
    """No tag, one, two and three, around different contents."""
    for count in (0, 1, 1, 2, 2, 3):
        for content in contents(chance):
            frame = stack(Ethernet(dst=mac(chance), src=mac(chance)), content)
            tags = [tag(chance) for _ in range(count)]
            if tags:
                outer = Ethernet(
                    dst=mac(chance), src=mac(chance), ethertype=chance.choice((0x8100, 0x88A8))
                )
                frame = stack(outer, *tags, content)
            yield bytes(frame).ljust(SHORTEST, b"\0")


def to_be_tagged(chance: random.Random) -> Iterator[Case]:
    """Priorities and networks at both ends of what fits."""
    for priority, vlan_id in ((0, 1), (7, 4094), (0, 0), (1, 255), (4, 256), (5, 7)):
        kind = chance.choice((0x0800, 0x0806, 0x88B5))
        frame = stack(Ethernet(dst=mac(chance), src=mac(chance), ethertype=kind), bytes(50))
        yield bytes(frame), priority, vlan_id


def filled(chance: random.Random) -> Iterator[bytes]:
    """Frames with contents of several sizes, with and without tags, filled up where too short."""
    for size, filling in zip((0, 3, 10, 17, 18, 19, 60), (b"\0", b"\xa5") * 4, strict=False):
        around = Ethernet(dst=mac(chance), src=mac(chance))
        data = chance.randbytes(size) + bytes(chance.randrange(3))
        datagram = stack(IPv4(src="192.0.2.1", dst="192.0.2.2"), UDP(dst_port=9), data)
        tags = [tag(chance) for _ in range(chance.randrange(3))]
        for inner in (stack(*tags, datagram) if tags else datagram, ARP(sender_ip="192.0.2.1")):
            yield bytes(stack(around, inner)).ljust(SHORTEST, filling)
    for size, filling in ((3, b"\0"), (38, b"\xa5"), (46, b"\0"), (LONGEST_LENGTH, b"\0")):
        addresses = bytes(stack(Ethernet(dst=mac(chance), src=mac(chance)), b""))[:12]
        tags_8023 = bytes(stack(tag(chance), b""))[:2]
        inside = struct.pack("!H", size) + b"\x42\x42\x03".ljust(size, b"\1")
        yield (addresses + inside).ljust(SHORTEST, filling)
        yield (addresses + b"\x81\0" + tags_8023 + inside).ljust(SHORTEST, filling)
    yield bytes(stack(Ethernet(ethertype=0x88B5), b"unknown")).ljust(SHORTEST, b"\0")


def hear(ip: str, address: str, target: str, now: int) -> tuple[Any, ...]:
    return "hear", ip, address, target, now


def look_up(ip: str, now: int) -> tuple[Any, ...]:
    return "look_up", ip, now


STORIES: tuple[list[tuple[Any, ...]], ...] = (
    [look_up(OTHER, 0), hear(OTHER, A, ME, 1), look_up(OTHER, 2), look_up(THIRD, 2)],
    [hear(OTHER, A, ME, 0), look_up(OTHER, 59), look_up(OTHER, 60), look_up(OTHER, 1000)],
    [hear(OTHER, A, ME, 0), hear(OTHER, A, ME, 40), look_up(OTHER, 80), look_up(OTHER, 100)],
    [hear(OTHER, A, ME, 0), look_up(OTHER, 50), look_up(OTHER, 70)],
    [hear(OTHER, A, THIRD, 0), look_up(OTHER, 1)],
    [hear(OTHER, A, ME, 0), hear(OTHER, B, THIRD, 10), look_up(OTHER, 65), look_up(OTHER, 70)],
    [hear(NOBODY, A, ME, 0), look_up(NOBODY, 1)],
    [hear(OTHER, A, ME, 0), hear(OTHER, A, THIRD, 60), look_up(OTHER, 61)],
    [hear(OTHER, A, ME, 0), hear(THIRD, B, ME, 5), look_up(OTHER, 62), look_up(THIRD, 62)],
)
"""First in order; a boundary; fresh again; looked up only; not for me; moved; nobody; too late."""


def lives(chance: random.Random) -> Iterator[Case]:
    """Longer lives of a cache, at random."""
    hosts = [OTHER, THIRD, "192.168.1.40", NOBODY]
    for _ in range(12):
        now, events = 0, []
        for _ in range(20):
            now += chance.choice((0, 1, 5, 10, 20))
            ip = chance.choice(hosts)
            if chance.random() < 0.5:
                events.append(hear(ip, chance.choice((A, B)), chance.choice((ME, THIRD)), now))
            else:
                events.append(look_up(ip, now))
        yield ME, chance.choice((10, 20, 60)), events


# The right answers.


def at_12() -> dict[str, str]:
    return {text: what_is(int(text, 16)) for text in AT_12}


def what_is(number: int) -> str:
    if number <= LONGEST_LENGTH:
        return "length"
    return "type" if number >= LOWEST_ETHERTYPE else "neither"


def kind(address: str) -> str:
    if address == EVERYBODY:
        return "everybody"
    return ("maker", "group", "chosen", "group")[int(address[:2], 16) & 0b11]


LINK = (Ethernet, Ethernet8023, VLAN, VLAN8023)


def link_headers(frame: bytes) -> list[Any]:
    return [header for header in dissect(frame).layers if isinstance(header, LINK)]


def ethertype(frame: bytes) -> int:
    number: int = link_headers(frame)[-1].ethertype
    return number


def tags(frame: bytes) -> list[tuple[int, int, int]]:
    return [
        (header.priority, header.drop_eligible, header.vlan_id)
        for header in link_headers(frame)[1:]
    ]


def add_tag(frame: bytes, priority: int, vlan_id: int) -> bytes:
    inner = dissect(frame)[Ethernet]
    outer = inner.replace(ethertype=0x8100)
    header = VLAN(priority=priority, vlan_id=vlan_id, ethertype=inner.ethertype)
    return bytes(stack(outer, header, frame[14:]))


def content(frame: bytes) -> bytes:
    start = link_headers(frame)[-1].payload_start
    return frame[start : len(frame) - len(dissect(frame).trailer)]


class ArpCache:
    """After RFC 826, Packet Reception, and RFC 1122 section 2.3.2.1."""

    def __init__(self, my_ip: str, keep: int) -> None:
        self.my_ip, self.keep = my_ip, keep
        self.entries: dict[str, tuple[str, int]] = {}

    def hear(self, sender_ip: str, sender_mac: str, target_ip: str, now: int) -> None:
        known = self.look_up(sender_ip, now) is not None
        if sender_ip != NOBODY and (known or target_ip == self.my_ip):
            self.entries[sender_ip] = (sender_mac, now)

    def look_up(self, ip: str, now: int) -> str | None:
        if ip not in self.entries:
            return None
        address, heard = self.entries[ip]
        return address if now - heard < self.keep else None


def takeover(frames: list[tuple[int, bytes]]) -> dict[str, str]:
    return moves(frames)[0]


# What people write instead.


def moves(frames: list[tuple[int, bytes]], ignored: str = NOBODY) -> list[dict[str, str]]:
    """Each time that an address is said to be at another card than before."""
    cache: dict[str, str] = {}
    found = []
    for _, data in frames:
        arp = dissect(data)[ARP]
        ip, address = str(arp.sender_ip), str(arp.sender_mac)
        if ip == ignored:
            continue
        if cache.get(ip, address) != address:
            found.append({"ip": ip, "owner": cache[ip], "liar": address})
        cache[ip] = address
    return found


def the_deceived(frames: list[tuple[int, bytes]]) -> dict[str, str]:
    """The one who is told the lie, not the one about whom it is told."""
    right = takeover(frames)
    for _, data in frames:
        arp = dissect(data)[ARP]
        if (arp.sender_ip, arp.sender_mac) == (right["ip"], right["liar"]):
            return right | {"ip": str(arp.target_ip), "owner": str(arp.target_mac)}
    raise AssertionError("there is a lie in each of these captures")


def kind_by(address: str, number: int, group: int, chosen: int) -> str:
    """By two bits of this number, everybody as it should be."""
    if address == EVERYBODY:
        return "everybody"
    return "group" if number & group else "chosen" if number & chosen else "maker"


def chosen_first(address: str) -> str:
    right, first = kind(address), int(address[:2], 16)
    return "chosen" if first & 2 and right == "group" else right


def type_by(frame: bytes, known: tuple[bytes, ...], most: int = 9, step: int = 4) -> int:
    """Looks behind the tags that it knows, and no more than so many."""
    place = 12
    while most and frame[place : place + 2] in known:
        place, most = place + step, most - 1
    return int.from_bytes(frame[place : place + 2])


BOTH = (b"\x81\0", b"\x88\xa8")


def words(frame: bytes) -> list[int]:
    """The two bytes of each tag as a number."""
    return [
        int.from_bytes(frame[header.offset : header.offset + 2])
        for header in link_headers(frame)[1:]
    ]


def tagged_at(
    place: int, frame: bytes, priority: int, vlan_id: int, end: int | None = None
) -> bytes:
    """The tag put before the byte of that number, which may replace some."""
    word = struct.pack("!HH", 0x8100, priority << 13 | vlan_id)
    return frame[:place] + word + frame[place if end is None else end :]


def counted(frame: bytes) -> bytes:
    """All behind the headers, padding too."""
    return frame[link_headers(frame)[-1].payload_start :]


def at_14(frame: bytes) -> bytes:
    """The content's length is right, but tags are taken for content."""
    return frame[14 : 14 + len(content(frame))]


def no_lengths(frame: bytes) -> bytes:
    """A length taken for an unknown type."""
    last = link_headers(frame)[-1]
    return counted(frame) if isinstance(last, Ethernet8023 | VLAN8023) else content(frame)


def arp_unpadded(frame: bytes) -> bytes:
    return counted(frame) if ARP in dissect(frame) else content(frame)


class KeepsForEver(ArpCache):
    def look_up(self, ip: str, now: int) -> str | None:
        return self.entries.get(ip, (None, 0))[0]


class KeepsASecondMore(ArpCache):
    def look_up(self, ip: str, now: int) -> str | None:
        address, heard = self.entries.get(ip, (None, 0))
        return address if now - heard <= self.keep else None


class NeverFresh(ArpCache):
    def hear(self, sender_ip: str, sender_mac: str, target_ip: str, now: int) -> None:
        _, since = self.entries.get(sender_ip, ("", now))
        known = self.look_up(sender_ip, now) is not None
        super().hear(sender_ip, sender_mac, target_ip, since if known else now)


class FreshWhenUsed(ArpCache):
    def look_up(self, ip: str, now: int) -> str | None:
        address = super().look_up(ip, now)
        if address:
            self.entries[ip] = (address, now)
        return address


class LearnsFromAll(ArpCache):
    def hear(self, sender_ip: str, sender_mac: str, target_ip: str, now: int) -> None:
        super().hear(sender_ip, sender_mac, self.my_ip, now)


class OnlyWhenAsked(ArpCache):
    def hear(self, sender_ip: str, sender_mac: str, target_ip: str, now: int) -> None:
        if target_ip == self.my_ip:
            super().hear(sender_ip, sender_mac, target_ip, now)


class KeepsNobody(ArpCache):
    def hear(self, sender_ip: str, sender_mac: str, target_ip: str, now: int) -> None:
        known = self.look_up(sender_ip, now) is not None
        if known or target_ip == self.my_ip:
            self.entries[sender_ip] = (sender_mac, now)


class TrustsTheFirst(ArpCache):
    def hear(self, sender_ip: str, sender_mac: str, target_ip: str, now: int) -> None:
        super().hear(sender_ip, self.look_up(sender_ip, now) or sender_mac, target_ip, now)


class WakesTheOld(ArpCache):
    def hear(self, sender_ip: str, sender_mac: str, target_ip: str, now: int) -> None:
        known = sender_ip in self.entries
        super().hear(sender_ip, sender_mac, self.my_ip if known else target_ip, now)


TASKS = (
    Task(
        "04/at-12",
        answer="at_12",
        reference=at_12,
        hints=(
            "Compare each number with two bounds; the lesson names both, one in decimal and one in "
            "hexadecimal.",
            '`int("0x05dc", 16)` gives a number in decimal. The largest length is what the largest '
            "payload has.",
            "Up to 1500 it is a length, from 0x0600 on a type. What is between them is neither.",
        ),
        misconceptions=(
            Misconception(
                at_12() | {"0x05dd": "type", "0x05ff": "type"},
                "Right but for a gap: not all that is more than the largest length is a type yet "
                "(RFC 9542 section 3).",
            ),
            Misconception(
                at_12() | {"0x05dd": "length", "0x05ff": "length"},
                "Right but for a gap: below the lowest type, not every number is a length yet. How "
                "much can a frame carry?",
            ),
            Misconception(
                at_12() | {"0x0600": "neither"},
                "Look at `0x0600` again: does the bound itself belong to the types?",
            ),
            Misconception(
                dict.fromkeys(AT_12, "type"),
                "Not every frame has a type there: look at what the bridges say to each other.",
            ),
        ),
    ),
    Task(
        "04/kind",
        answer="kind",
        reference=kind,
        points=2,
        examples=tuple((address,) for address in ADDRESSES),
        more=addresses,
        hints=(
            "The address of everybody is the easiest: compare the whole text. For the others you "
            "need the first byte as a number.",
            "`int(address[:2], 16)` is that number. The worked example takes both bits from it.",
            "Ask for everybody first, then for the lowest bit, then for the one left of it.",
        ),
        misconceptions=(
            Misconception(
                lambda address: kind_by(address, int(address[:2], 16), 0x80, 0x40),
                "You look at the highest bits of the first byte. It is the two lowest that mean "
                "something (RFC 9542 section 2.1).",
            ),
            Misconception(
                lambda address: kind_by(address, int(address[-2:], 16), 1, 2),
                "You look at the last byte. The bits that count are in the first.",
            ),
            Misconception(
                lambda address: kind_by(address, int(address[:2], 16), 2, 1),
                "The two bits have changed places: the lowest one marks a group.",
            ),
            Misconception(
                chosen_first,
                "A group whose second bit is 1 as well, as in 33:33:…, is still a group: look at "
                "the lowest bit first.",
            ),
            Misconception(
                lambda address: kind_by("", int(address[:2], 16), 1, 2),
                "Everybody is a group too, but has a name of its own here.",
            ),
            Misconception(
                lambda address: (
                    "group"
                    if address[:2] == "01"
                    else "chosen"
                    if address[:2] == "02"
                    else kind_by(address, 0, 1, 2)
                ),
                "01 and 02 are only examples: half of all first bytes mark a group. Look at the "
                "bits.",
            ),
        ),
    ),
    Task(
        "04/ethertype",
        answer="ethertype",
        reference=ethertype,
        points=2,
        examples=tuple((frame,) for frame in (WEB[0], WEB[5], TAGGED[0], TAGGED[2], TAGGED[21])),
        more=lambda chance: ((frame,) for frame in tagged(chance)),
        hints=(
            "For `ping` it gives 0x8100: that announces a tag, not what is inside.",
            "A tag has four bytes, and ends with the EtherType of what follows. That may be a tag "
            "again.",
            "As long as one of the two tag types stands at `place`, go on by four: a `while` loop.",
        ),
        misconceptions=(
            Misconception(
                lambda frame: type_by(frame, ()),
                "In a frame with a tag that is the type of the tag. What is inside is named behind "
                "it.",
            ),
            Misconception(
                lambda frame: type_by(frame, BOTH, most=1),
                "Right for one tag. There may be two, a provider's around a company's: ask again "
                "behind the first.",
            ),
            Misconception(
                lambda frame: type_by(frame, BOTH[:1]),
                "Right where all tags have the type 0x8100. A provider's tag has another: look at "
                "frame 21 of the recording.",
            ),
            Misconception(
                lambda frame: type_by(frame, BOTH[:1], most=1),
                "Right for one tag with the type 0x8100. A provider's has another type, and there "
                "may be two.",
            ),
            Misconception(
                lambda frame: type_by(frame, BOTH, step=2),
                "You go on by two bytes and read the tag's own number. A tag has four bytes, its "
                "type counted.",
            ),
        ),
    ),
    Task(
        "04/tags",
        answer="tags",
        reference=tags,
        points=3,
        examples=tuple((frame,) for frame in (WEB[5], TAGGED[2], TAGGED[21])),
        more=lambda chance: ((frame,) for frame in tagged(chance)),
        hints=(
            "Go from tag to tag as in task 3, and put what each one holds into a list.",
            "Behind a tag's type stand its two bytes: join them to a number, then shift and mask.",
            "3 bits, 1 bit, 12 bits: right of the priority stand 13, right of the drop bit 12.",
        ),
        misconceptions=(
            Misconception(
                lambda frame: [(word >> 13, word >> 12 & 1, word) for word in words(frame)],
                "The network's number is what is left without the upper four bits: mask them off.",
            ),
            Misconception(
                lambda frame: [(word >> 13, word >> 12 & 1, word & 0xFF) for word in words(frame)],
                "Your mask has 8 ones. The network's number has 12 bits, so it reaches into the "
                "first byte.",
            ),
            Misconception(
                lambda frame: [(word >> 12, word >> 12 & 1, word & 0xFFF) for word in words(frame)],
                "The priority has the drop bit at its end: shift one further.",
            ),
            Misconception(
                lambda frame: [(word >> 13, word >> 12, word & 0xFFF) for word in words(frame)],
                "The second number still has the priority in front of it: mask it off.",
            ),
            Misconception(
                lambda frame: tags(frame)[:1],
                "Right for one tag. Where there are two, the second is missing.",
            ),
            Misconception(
                lambda frame: tags(frame)[::-1],
                "All are there, in the wrong order: the outermost is the one that comes first in "
                "the frame.",
            ),
            Misconception(
                lambda frame: [number for _, _, number in tags(frame)],
                "Those are the networks' numbers. Asked for are three numbers of each tag.",
            ),
        ),
    ),
    Task(
        "04/add-tag",
        answer="add_tag",
        reference=add_tag,
        points=2,
        examples=((WEB[5], 5, 7), (WEB[1], 0, 100)),
        more=to_be_tagged,
        hints=(
            "All bytes of the frame stay as they are and in their order. Four new ones come in "
            "between: where?",
            "They begin with a type, 0x8100, where a receiver looks for the type: behind the two "
            "addresses.",
            "The other two bytes are a number: the priority moved left by 13 bits, and the "
            "network's number. Mind the brackets: `+` binds tighter than `<<`.",
        ),
        misconceptions=(
            Misconception(
                lambda frame, priority, vlan_id: tagged_at(14, frame, priority, vlan_id),
                "You put the tag behind the EtherType. It comes before it, so that its own type "
                "stands where the receiver looks first.",
            ),
            Misconception(
                lambda frame, priority, vlan_id: tagged_at(12, frame, priority, vlan_id, 14),
                "You put the tag in place of the EtherType, so nobody knows any more what is "
                "inside.",
            ),
            Misconception(
                lambda frame, priority, vlan_id: tagged_at(0, frame, priority, vlan_id),
                "A frame still begins with its receiver's address: the tag comes behind both "
                "addresses.",
            ),
            Misconception(
                lambda frame, priority, vlan_id: tagged_at(12, frame, 0, priority << 12 | vlan_id),
                "Right but for the priority: one more bit stands right of it, the one for "
                "dropping.",
            ),
            Misconception(
                lambda frame, priority, vlan_id: (
                    frame[:12] + struct.pack("!HH", 0x8100, priority << 13 + vlan_id) + frame[12:]
                ),
                "In Python `+` binds tighter than `<<`: `a << 13 + b` shifts by `13 + b`. Put "
                "brackets, or use `|`.",
            ),
            Misconception(
                lambda frame, priority, vlan_id: tagged_at(12, frame, 0, vlan_id),
                "The priority is missing.",
            ),
            Misconception(
                lambda frame, priority, vlan_id: (
                    frame[:12]
                    + b"\x81\0"
                    + (priority << 13 | vlan_id).to_bytes(2, "little")
                    + frame[12:]
                ),
                "The tag's two bytes are swapped.",
            ),
        ),
    ),
    Task(
        "04/content",
        answer="content",
        reference=content,
        points=3,
        examples=tuple((frame,) for frame in (PADDED, WEB[5], TAGGED[0], TAGGED[2], BRIDGES[0])),
        more=lambda chance: ((frame,) for frame in filled(chance)),
        hints=(
            "First find where the content begins, behind all tags; then where it ends.",
            "The two bytes before the content say which rule holds: a length, ARP, IPv4, or "
            "something else.",
            "A length of up to 1500 is the size of the content; ARP has 28 bytes; IPv4 says in "
            "bytes 2 and 3 of its own header how long it is.",
        ),
        misconceptions=(
            Misconception(
                counted,
                "It begins right. But you take all that follows for content, and a short frame "
                "is filled up.",
            ),
            Misconception(
                lambda frame: counted(frame).rstrip(b"\0"),
                "Zeros at the end may be content, and padding need not be zeros. Ask the header "
                "inside how long it is.",
            ),
            Misconception(
                lambda frame: frame[14:],
                "You count to 14 and take all that follows: a tag moves the content by four bytes, "
                "and a short frame is filled up.",
            ),
            Misconception(
                at_14,
                "The length is right, but with a tag the content begins four bytes later.",
            ),
            Misconception(
                no_lengths,
                "Right for EtherTypes. A number of up to 1500 is no type: it says how long the "
                "content is (RFC 9542 section 3).",
            ),
            Misconception(
                arp_unpadded,
                "Right for IPv4 and for lengths. ARP does not state its length, but it always has "
                "28 bytes here.",
            ),
        ),
    ),
    Task(
        "04/arp-cache",
        answer="ArpCache",
        reference=ArpCache,
        points=4,
        drive="link.arp_cache",
        examples=tuple((ME, 60, story) for story in STORIES),
        more=lives,
        hints=(
            "Keep two things for each IP address: the hardware address, and when it was heard. A "
            "dict of pairs will do.",
            "`look_up` compares `now` with the time of the entry. `hear` may ask `look_up` whether "
            "there is an entry that still counts.",
            "`hear` writes an entry when the sender is not 0.0.0.0 and either is known or speaks "
            "to `my_ip`. It writes both: address and time.",
        ),
        misconceptions=(
            Misconception(
                KeepsForEver,
                "Entries never grow old in yours. A machine may get another card: after `keep` "
                "seconds an entry no longer counts (RFC 1122 section 2.3.2.1).",
            ),
            Misconception(
                KeepsASecondMore,
                "Nearly: when exactly `keep` seconds have passed, the entry is no longer younger "
                "than that.",
            ),
            Misconception(
                NeverFresh,
                "An entry that is heard again keeps its old time in yours. Whoever speaks is still "
                "there: note the time anew.",
            ),
            Misconception(
                FreshWhenUsed,
                "Looking up makes an entry young again in yours. That you use it is no sign that "
                "the other machine is still there.",
            ),
            Misconception(
                LearnsFromAll,
                "You make an entry for everybody who asks for somebody. RFC 826 (Packet "
                "Reception) has a new one made only when the packet is for you.",
            ),
            Misconception(
                OnlyWhenAsked,
                "You ignore what is not for you. RFC 826 (Packet Reception) has an entry that is "
                "there already take over the new address, whomever the packet is for.",
            ),
            Misconception(
                KeepsNobody,
                "0.0.0.0 is in your cache. It is nobody's address: who probes says so, and has "
                "none yet (RFC 5227 section 2.1.1).",
            ),
            Misconception(
                TrustsTheFirst,
                "An address that moves to another card stays where it was in yours. That would "
                "be wise against liars, but RFC 826 (Packet Reception) takes over the new one.",
            ),
            Misconception(
                WakesTheOld,
                "An entry that had grown too old comes back to life when its owner speaks to "
                "somebody else. Too old is as good as not there.",
            ),
        ),
    ),
    Task(
        "04/takeover",
        answer="takeover",
        reference=takeover,
        points=3,
        capture="link.spoofed",
        hints=(
            "Keep a cache as the lesson does, and look before you overwrite an entry: was it at "
            "another card?",
            "0.0.0.0 stands in the probes of many machines. It is nobody's address: leave it out.",
            "The first time that an address moves is the lie; the second time its owner speaks "
            "again.",
        ),
        misconceptions=(
            Misconception(
                lambda frames: moves(frames, "")[0],
                "0.0.0.0 did not move: it is what each machine says that only probes an address "
                "(RFC 5227 section 2.1.1).",
            ),
            Misconception(
                lambda frames: moves(frames)[-1],
                "That is the move back, when the owner speaks again. Who was first at this "
                "address?",
            ),
            Misconception(
                the_deceived,
                "That is the machine to which the lie is told. Whose address is it that the lie "
                "is about?",
            ),
        ),
    ),
)
