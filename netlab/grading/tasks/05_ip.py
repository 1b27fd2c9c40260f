"""Lesson 05: the Internet checksum, the way of a packet, and packets in pieces."""

import random
import struct
from collections.abc import Iterator, Sequence
from typing import Any

from netlab import dissect, read, recording
from netlab.checksum import ones_complement_sum
from netlab.grading.task import Case, Misconception, Task
from netlab.packet import stack
from netlab.wire import ICMP, UDP, IPv4
from netlab.wire.ipv4_options import NoOperation

REQUEST = list(read(recording("http.pcap")))[5]
IP_HEADER = REQUEST.data[14:34]
PIECES = list(read(recording("fragments.pcap")))[2:5]
"""A ping of 4000 bytes as Linux has cut it up for an MTU of 1500."""

CUT = tuple(
    (piece[IPv4].fragment_offset, bool(piece[IPv4].flags & 1), piece[IPv4].payload)
    for piece in PIECES
)
ECHO = b"".join(data for _, _, data in CUT)

STARTS = (64, 128, 255)
"""The TTLs with which nearly all systems send."""

Read = tuple[int, bytes, bytes]

RFC_1071 = bytes.fromhex("00 01 f2 03 f4 f5 f6 f7")
"""The example of RFC 1071 section 3."""


# Cases beyond those of the recordings.


def ttls(chance: random.Random) -> Iterator[Case]:
    """TTLs at both sides of each start, and any."""
    for ttl in (*STARTS, *(start + 1 for start in STARTS[:2]), *(start - 1 for start in STARTS), 1):
        yield (ttl,)
    yield from ((chance.randrange(1, 256),) for _ in range(8))


def even(chance: random.Random) -> Iterator[Case]:
    """Words without a carry, with one, with many, with one that comes of adding the carry in."""
    for text in ("", "0001 0002", "ffff", "ffff ffff 0001", "8000 8000", "ffff 0001", "00ff ff00"):
        yield (bytes.fromhex(text),)
    yield (b"\xff" * 1000,)
    for size in (2, 4, 10, 20, 20, 40, 60, 300):
        yield (chance.randbytes(size),)


def header_to_check(chance: random.Random) -> Iterator[Case]:
    """Headers as senders have them, with 0 for the checksum, and as receivers have them."""
    for _ in range(4):
        src, dst = ("192.168.{}.{}".format(*chance.randbytes(2)) for _ in range(2))
        ip = IPv4(src=src, dst=dst, identification=chance.randrange(65536))
        yield (bytes(ip.replace(checksum=0)),)
        yield (bytes(ip.replace(ttl=chance.randrange(1, 65))),)


def packet(chance: random.Random, options: int, size: int, **fields: Any) -> bytes:
    """An IPv4 packet with that many bytes of options and of payload."""
    src, dst = ("10.{}.{}.{}".format(*chance.randbytes(3)) for _ in range(2))
    ip = IPv4(
        src=src, dst=dst, ttl=chance.randrange(1, 256), dscp=chance.randrange(1, 64),
        options=[NoOperation()] * options, **fields,
    )  # fmt: skip
    return bytes(stack(ip, chance.randbytes(size)))


def packets(chance: random.Random) -> Iterator[Case]:
    """Sound packets, with options, without payload, with padding behind; then broken ones."""
    for options, size, padding in (
        (0, 0, 0), (0, 0, 26), (0, 5, 21), (0, 40, 0), (4, 30, 0), (12, 7, 3), (40, 9, 0),
        (40, 0, 0),
    ):  # fmt: skip
        yield (packet(chance, options, size) + bytes(padding),)
    sound = packet(chance, 8, 30)
    for left in (0, 1, 3, 12, 19, 20, 27, 28, 57):
        yield (sound[:left],)
    for broken in (
        {"ihl": 0}, {"ihl": 4}, {"ihl": 15}, {"version": 6}, {"version": 5}, {"version": 0},
        {"total_length": 19}, {"total_length": 27}, {"total_length": 28},
        {"total_length": 59}, {"total_length": 0xFFFF},
    ):  # fmt: skip
        yield (packet(chance, 8, 30, **broken),)


def to_cut(chance: random.Random) -> Iterator[Case]:
    """Payloads that just fit, that just do not, that fill their last piece, and any."""
    for mtu, size in (
        (1500, 1480),
        (1500, 1481),
        (1500, 2960),
        (1500, 2961),
        (1500, 0),
        (1300, 1),
        (99, 79),
    ):
        yield chance.randbytes(size), mtu
    # A last piece of 8 bytes or more: a shorter one may or may not go with the one before.
    for mtu, pieces, rest in ((576, 2, 100), (577, 1, 8), (29, 5, 8), (31, 3, 8), (99, 2, 72)):
        room = (mtu - 20) // 8 * 8
        yield chance.randbytes(pieces * room + rest), mtu
    for _ in range(4):
        mtu = 20 + chance.randrange(8, 100) * 8
        yield chance.randbytes(chance.randrange(600, 1500)), mtu


def arrived(chance: random.Random) -> Iterator[Case]:
    """Fragments in any order, doubled, lost, and such as have never been more than one."""
    for doubled, lost in ((0, 0), (0, 0), (1, 0), (2, 0), (0, 1), (2, 1), (0, 2), (1, 3), (4, 4)):
        whole = chance.randbytes(chance.randrange(200, 300))
        pieces = fragment(whole, 20 + 8 * chance.randrange(4, 7))
        places = chance.sample(range(len(pieces)), len(pieces))
        places = [*places[lost:], *chance.choices(places[lost:], k=doubled)]
        yield ([pieces[place] for place in places],)
    pieces = fragment(chance.randbytes(100), 60)
    yield from ((pieces[1:],), (pieces[:-1],), (pieces[:1] + pieces[2:],), (pieces[::-1],))
    yield ([pieces[0], pieces[0], pieces[1], pieces[2]],)
    yield ([pieces[1], pieces[2], pieces[2], pieces[0]],)
    yield ([(0, False, b"alone")],)
    yield ([(0, True, bytes(8))],)
    yield ([(1, False, b"the end")],)
    yield ([],)


# The right answers.


def routers_passed(ttl: int) -> int:
    return min(start for start in STARTS if start >= ttl) - ttl


def words(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"!{len(data) // 2}H", data)


def checksum(data: bytes) -> int:
    total = sum(words(data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def read_ipv4(data: bytes) -> Read:
    if len(data) < 20:
        raise ValueError("shorter than a header")
    start, end = data[0] % 16 * 4, int.from_bytes(data[2:4])
    if data[0] >> 4 != 4 or data[0] % 16 < 5 or not start <= end <= len(data):
        raise ValueError("not a whole IPv4 packet")
    return cut_at(data, start, end)


def cut_at(data: bytes, start: int, end: int) -> Read:
    """The TTL, the options, and the payload between those two places."""
    return data[8], data[20:start], data[start:end]


def fragment(payload: bytes, mtu: int) -> list[tuple[int, bool, bytes]]:
    return pieces_of(payload, mtu, (mtu - 20) // 8 * 8)


def pieces_of(payload: bytes, mtu: int, room: int, unit: int = 8) -> list[tuple[int, bool, bytes]]:
    """Pieces with that many bytes, and an offset in that unit."""
    if len(payload) <= mtu - 20:
        return [(0, False, payload)]
    return [
        (start // unit, start + room < len(payload), payload[start : start + room])
        for start in range(0, len(payload), room)
    ]


def reassemble(fragments: Sequence[tuple[int, bool, bytes]]) -> bytes | None:
    whole, more = b"", True
    for offset, follows, data in sorted(fragments):
        if offset * 8 == len(whole):
            whole, more = whole + data, follows
    return None if more else whole


def route(frames: Sequence[tuple[int, bytes]]) -> list[str]:
    """The address that answered to each TTL, "?" for none, up to the one that was looked for."""
    sent: dict[int, int] = {}
    answered, target = {}, ""
    for _, data in frames:
        found = dissect(data)
        ip, port = found[IPv4], found[UDP].dst_port
        if ICMP in found:
            answered[sent[port]] = str(ip.src)
        else:
            sent[port], target = ip.ttl, str(ip.dst)
    asked = [answered.get(ttl, "?") for ttl in sorted(sent.values())]
    return asked[: asked.index(target) + 1]


# What people write instead.


def folded_once(data: bytes) -> int:
    total = sum(words(data))
    return ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF


def one_carry(data: bytes) -> int:
    """One added for whatever did not fit."""
    total = sum(words(data))
    return ~((total & 0xFFFF) + (total > 0xFFFF)) & 0xFFFF


def swapped(data: bytes) -> int:
    return int.from_bytes(checksum(data).to_bytes(2), "little")


def refused(data: bytes, *rules: str) -> Read:
    """A packet read with some of the rules only."""
    start, end = data[0] % 16 * 4, int.from_bytes(data[2:4])
    checks = {
        "version": data[0] >> 4 != 4, "ihl": start < 20,
        "header": start > end, "cut": end > len(data),
    }  # fmt: skip
    if any(checks[rule] for rule in rules):
        raise ValueError
    return cut_at(data, start, end)


def all_but(rule: str) -> Any:
    """A reader that leaves out one rule."""
    rules = {"version", "ihl", "header", "cut"} - {rule}
    return lambda data: refused(data, *rules) if len(data) >= 20 else read_ipv4(data)


def always_cut(payload: bytes, mtu: int) -> list[tuple[int, bool, bytes]]:
    """What fits is cut too where the room is no multiple of 8; nothing becomes no piece."""
    room = (mtu - 20) // 8 * 8
    return pieces_of(payload, 0, room)


def more_at_the_end(payload: bytes, mtu: int) -> list[tuple[int, bool, bytes]]:
    return [(offset, True, data) for offset, _, data in fragment(payload, mtu)]


def more_when_full(payload: bytes, mtu: int) -> list[tuple[int, bool, bytes]]:
    """`<=` for `<`: a last piece that is full says that more follow."""
    room = (mtu - 20) // 8 * 8
    return [
        (offset, more or len(data) == room, data) for offset, more, data in fragment(payload, mtu)
    ]


def joined(fragments: Sequence[tuple[int, bool, bytes]]) -> bytes:
    """In the order of arrival."""
    return b"".join(data for _, _, data in fragments)


def sorted_only(fragments: Sequence[tuple[int, bool, bytes]]) -> bytes:
    return joined(sorted(fragments))


def without_doubles(fragments: Sequence[tuple[int, bool, bytes]]) -> bytes:
    return joined(sorted(set(fragments)))


def end_is_there(fragments: Sequence[tuple[int, bool, bytes]]) -> bytes | None:
    """All is taken to be there when the last one is."""
    last = any(not more for _, more, _ in fragments)
    return without_doubles(fragments) if last else None


def by_count(fragments: Sequence[tuple[int, bool, bytes]]) -> bytes | None:
    """Holes are looked for, but not whether the end is there."""
    whole = without_doubles(fragments)
    ends = [offset * 8 + len(data) for offset, _, data in fragments]
    return whole if fragments and max(ends) == len(whole) else None


def in_bytes(fragments: Sequence[tuple[int, bool, bytes]]) -> bytes | None:
    """The offset taken for a number of bytes."""
    whole, more = b"", True
    for offset, follows, data in sorted(fragments):
        if offset != len(whole):
            return None
        whole, more = whole + data, follows
    return None if more else whole


def in_order_of_arrival(frames: Sequence[tuple[int, bytes]]) -> list[str]:
    """Those that answered, as their answers came."""
    packets = [dissect(data) for _, data in frames]
    return list(dict.fromkeys(str(packet[IPv4].src) for packet in packets if ICMP in packet))


def without_the_silent(frames: Sequence[tuple[int, bytes]]) -> list[str]:
    return [address for address in route(frames) if address != "?"]


def without_the_end(frames: Sequence[tuple[int, bytes]]) -> list[str]:
    return route(frames)[:-1]


def to_the_last_probe(frames: Sequence[tuple[int, bytes]]) -> list[str]:
    """The destination as often as it has answered."""
    return [*route(frames), *route(frames)[-1:] * 2]


FORWARD = (
    "def forward(packet):",
    "    ttl = packet[8] - 1",
    "    if ttl < 1:",
    "        return None",
    '    packet = packet[:8] + bytes([ttl]) + packet[9:10] + b"\\0\\0" + packet[12:]',
    "    number = checksum(packet[:20])",
    '    return packet[:10] + number.to_bytes(2, "big") + packet[12:]',
)
SUM_OF_ALL, TTL_AS_IT_IS = "    number = checksum(packet)", "    ttl = packet[8]"


TASKS = (
    Task(
        "05/routers-passed",
        answer="routers_passed",
        reference=routers_passed,
        examples=((63,), (64,), (113,), (241,)),
        more=ttls,
        hints=(
            "A TTL only ever falls. Can a packet that arrives with 113 have started with 64?",
            "Three starts are to be told apart: up to 64, up to 128, and the rest.",
            "`if ttl > 64:` it has started with 128 at least; `if ttl > 128:` with 255.",
        ),
        misconceptions=(
            Misconception(
                lambda ttl: 64 - ttl,
                "You let all packets start with 64. A TTL only falls: one that is above 64 has "
                "started higher.",
            ),
            Misconception(
                lambda ttl: 255 - ttl,
                "You let all packets start with 255. Then one that arrives with 63 would have "
                "passed 192 routers: hardly.",
            ),
            Misconception(
                lambda ttl: routers_passed(ttl) + 1,
                "You count the last step too. The host that receives the packet takes nothing "
                "off: only routers do.",
            ),
            Misconception(
                lambda ttl: min(start for start in (*STARTS, 256) if start > ttl) - ttl,
                "Nearly: a packet that arrives with its full TTL has passed no router. Is it "
                "`>` or `>=`?",
            ),
        ),
    ),
    Task(
        "05/checksum",
        answer="checksum",
        reference=checksum,
        points=3,
        examples=((RFC_1071,), (IP_HEADER[:10] + bytes(2) + IP_HEADER[12:],), (IP_HEADER,)),
        more=lambda chance: (*even(chance), *header_to_check(chance)),
        hints=(
            "Three steps: add up all words; as long as the sum has more than 16 bits, add what "
            "is above them back in; turn over all bits.",
            'A word is `int.from_bytes(data[place : place + 2], "big")`, for each even `place`. '
            "Of a number, `& 0xFFFF` are the lower 16 bits, and `>> 16` is what is above them.",
            "`while total > 0xFFFF:` the new total is the lower 16 bits plus what is above them. "
            "At the end, `~total & 0xFFFF`.",
        ),
        misconceptions=(
            Misconception(
                lambda data: ~sum(words(data)) & 0xFFFF,
                "The words are right, but your sum drops the carry: add it back, RFC 1071 "
                "section 2.",
            ),
            Misconception(
                folded_once,
                "You add the carry back in once. That can overflow again: go on until no carry is "
                "left (RFC 1071 section 4.1).",
            ),
            Misconception(
                one_carry,
                "You add 1 for the carry. With many words it is larger: add all that is above the "
                "lower 16 bits.",
            ),
            Misconception(
                ones_complement_sum,
                "That is the sum, and it is right. The checksum is its complement: turn over all "
                "16 bits (RFC 1071 section 1).",
            ),
            Misconception(
                swapped,
                "The two bytes are swapped: a word's first byte is the more significant one.",
            ),
            Misconception(
                lambda data: ~sum(data) & 0xFFFF,
                "You add up bytes. Two of them make a word of 16 bits (RFC 1071 section 1).",
            ),
            Misconception(
                lambda data: -ones_complement_sum(data) & 0xFFFF,
                "Nearly: `-total` is one more than turning over the bits, which is `~total`.",
            ),
            Misconception(
                lambda data: 0xFFFF - sum(words(data)) % 0xFFFF,
                "The remainder modulo 0xFFFF is nearly the same, but it makes 0 of a sum of "
                "0xFFFF: an undamaged header would give 0xFFFF.",
            ),
        ),
    ),
    Task(
        "05/forward",
        answer="forward_order",
        points=2,
        lines=FORWARD,
        extra=(SUM_OF_ALL, TTL_AS_IT_IS),
        hints=(
            "First the TTL, then what follows from it. A packet whose TTL is used up is not sent.",
            "The checksum's place must hold 0 while the sum is made, and the new TTL must be in "
            "the packet already.",
            "IPv4's checksum covers the header, so one of the two lines with `checksum(...)` does "
            "not belong. Nor does the one that takes nothing off.",
        ),
        misconceptions=(
            Misconception(
                (*FORWARD[:4], FORWARD[5], FORWARD[4], FORWARD[6]),
                "You sum the packet as it came: with the old TTL and the old checksum. Change "
                "first, then sum.",
            ),
            Misconception(
                (*FORWARD[:5], SUM_OF_ALL, FORWARD[6]),
                "Nearly: IPv4's checksum covers its header, not what it carries (RFC 791 section "
                "3.1).",
            ),
            Misconception(
                (FORWARD[0], TTL_AS_IT_IS, *FORWARD[2:]),
                "This router takes nothing off: packets would run in circles for ever.",
            ),
        ),
    ),
    Task(
        "05/route",
        answer="route",
        reference=route,
        points=2,
        capture="ip.traceroute",
        hints=(
            "An answer's own place in the capture says nothing. What does it quote?",
            "`packet[netlab.UDP].dst_port` is the probe's port, in the probe and in the error that "
            "quotes it. It tells which probe the answer is for.",
            "Make a table of the TTL of each port from the probes, then one of the sender of each "
            "TTL from the errors. A TTL that nobody answers is the silent router.",
        ),
        misconceptions=(
            Misconception(
                in_order_of_arrival,
                "Those are the right addresses, in the order in which their answers came, and "
                "without the one that is silent. An answer's quote says which probe it is for.",
            ),
            Misconception(
                without_the_silent,
                'The order is right. But one probe was never answered: put "?" in that place, or '
                "all after it seem nearer than they are.",
            ),
            Misconception(
                without_the_end,
                "Those are the routers, in their order. The destination has answered as well: it "
                "ends the list.",
            ),
            Misconception(
                to_the_last_probe,
                "Right, but the destination needs to stand there only once: all probes that are "
                "left when it is reached end there.",
            ),
        ),
    ),
    Task(
        "05/read-ipv4",
        answer="read_ipv4",
        reference=read_ipv4,
        points=3,
        examples=((REQUEST.data[14:],), (PIECES[0].data[14:],)),
        more=packets,
        hints=(
            "Two numbers in the header say where it ends and where the packet ends. Both are to "
            "be believed only when they fit each other and the bytes that are there.",
            "`(packet[0] & 0x0F) * 4` is the header's end, `packet[2:4]` the packet's. A check "
            "before the first `packet[0]`: are there 20 bytes at all?",
            "Refuse when the version is not 4, the header's end is below 20 or beyond the "
            "packet's, or the packet's end is beyond `len(packet)`: `raise ValueError(\"...\")`.",
        ),
        misconceptions=(
            Misconception(
                lambda data: cut_at(data, 20, len(data)),
                "You take every header for 20 bytes, and all that follows for payload: `ihl` and "
                "`total_length` say it better. And nothing is refused.",
            ),
            Misconception(
                lambda data: cut_at(data, data[0] % 16 * 4, len(data)),
                "The header's end is right. The packet's is what `total_length` says: behind it, "
                "an Ethernet frame has padding. And nothing is refused.",
            ),
            Misconception(
                refused,
                "Sound packets are read rightly. Now do not believe the others: a packet that is "
                "cut short, or whose lengths cannot be, is to be refused with a `ValueError`.",
            ),
            Misconception(
                lambda data: (*read_ipv4(data)[:2], cut_at(data, data[0] % 16 * 4, len(data))[2]),
                "All is refused that should be. But of a sound packet you take padding for "
                "payload: it ends where `total_length` says.",
            ),
            Misconception(
                lambda data: read_ipv4(data) and cut_at(data, 20, int.from_bytes(data[2:4])),
                "You take every header for 20 bytes: with options it is longer, as `ihl` says.",
            ),
            Misconception(
                all_but("cut"),
                "A slice beyond the end gives what there is, and no error: compare "
                "`total_length` with the bytes that have arrived.",
            ),
            Misconception(
                all_but("ihl"),
                "An `ihl` below 5 is a header of less than 20 bytes: there is none (RFC 791 "
                "section 3.1).",
            ),
            Misconception(
                all_but("header"),
                "A packet cannot end before its own header does: compare `total_length` with it.",
            ),
            Misconception(
                all_but("version"),
                "You believe whatever the version is. Only with 4 is the rest laid out so.",
            ),
        ),
    ),
    Task(
        "05/fragment",
        answer="fragment",
        reference=fragment,
        points=3,
        examples=((ECHO, 1500), (b"short", 1500)),
        more=to_cut,
        hints=(
            "What fits into one packet goes as one piece. Otherwise: how many bytes of payload has "
            "each piece but the last?",
            "A piece has a header of its own, so `mtu - 20` bytes are left, and that is to be "
            "rounded down to a multiple of 8: `// 8 * 8`.",
            "`range(0, len(payload), room)` gives where each piece begins; the offset is that "
            "`// 8`; more follow while `start + room` is before the payload's end.",
        ),
        misconceptions=(
            Misconception(
                lambda payload, mtu: pieces_of(payload, mtu, mtu - 20),
                "The offset counts units of 8 bytes, so each piece but the last must be a "
                "multiple of 8 long (RFC 791 section 3.2).",
            ),
            Misconception(
                lambda payload, mtu: pieces_of(payload, mtu, mtu // 8 * 8),
                "Each piece has a header of 20 bytes, and the MTU is for both.",
            ),
            Misconception(
                lambda payload, mtu: pieces_of(payload, mtu, (mtu - 20) // 8 * 8, 1),
                "The pieces are right, but the offset counts units of 8 bytes, not bytes.",
            ),
            Misconception(
                always_cut,
                "What fits into one packet is not cut, and even an empty payload is one packet.",
            ),
            Misconception(
                more_at_the_end,
                "The pieces are right. But after the last no more follow: how else would the "
                "receiver know that it is complete?",
            ),
            Misconception(
                more_when_full,
                "Nearly: a last piece that happens to be full is still the last. Is it `<` or "
                "`<=`?",
            ),
        ),
    ),
    Task(
        "05/reassemble",
        answer="reassemble",
        reference=reassemble,
        points=3,
        examples=((list(CUT),), (list(CUT[::-1]),), (list(CUT[:2]),)),
        more=arrived,
        hints=(
            "Put them in order first: `sorted(fragments)` goes by the offset.",
            "Then append one after the other. Each has to begin where the last one ended, at "
            "`offset * 8`: later means a hole, earlier means that it is there already.",
            "After a hole nothing fits any more. So at the end all is there only if the fragment "
            "that you appended last says that no more follow; otherwise return `None`.",
        ),
        misconceptions=(
            Misconception(
                joined,
                "You join them as they come. They may come in any order, twice, or not at all: "
                "each says its own place.",
            ),
            Misconception(
                sorted_only,
                "The order is right now. But a fragment may come twice, and one that is missing "
                "makes the whole useless: then return `None`.",
            ),
            Misconception(
                without_doubles,
                "Order and doubles are right. But when a fragment is missing, what is left is not "
                "what was sent: return `None`.",
            ),
            Misconception(
                end_is_there,
                "You see whether the last fragment is there. One in the middle or the first may "
                "be missing as well.",
            ),
            Misconception(
                by_count,
                "You notice a hole. But when the last fragment is missing, no hole is seen: only "
                "the flag tells that more should follow.",
            ),
            Misconception(
                in_bytes,
                "The offset counts units of 8 bytes: no second fragment begins at its offset in "
                "bytes.",
            ),
        ),
    ),
)
