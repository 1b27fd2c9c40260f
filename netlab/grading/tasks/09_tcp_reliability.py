"""Lesson 09: numbers that wrap, timers, gaps, windows, and repairs in a capture."""

import operator
import random
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any

from netlab import dissect
from netlab.grading.task import Case, Misconception, Task
from netlab.tcp.sequence import HALF, MODULUS, before
from netlab.wire import TCP

MSS = 1460

Frames = list[tuple[int, bytes]]


# Windows, RFC 7323 section 2.


def window_bytes(field: int, own: int | None, other: int | None, syn: bool) -> int:
    if syn or own is None or other is None:
        return field
    return field << min(own, 14)


def windows(chance: random.Random) -> Iterator[Case]:
    for own in (None, 0, 1, 7, 13, 14, 15, 255):
        for other in (None, 0, 9):
            for syn in (False, True):
                yield chance.randrange(1, 65536), own, other, syn


# Numbers, RFC 9293 section 3.4.


def is_before(a: int, b: int) -> bool:
    return before(a, b)


def pairs(chance: random.Random) -> Iterator[Case]:
    """Numbers near each other and nearly half the circle apart, across 0 too."""
    for start in (0, 1, HALF, MODULUS - 1, *(chance.randrange(MODULUS) for _ in range(6))):
        for distance in (0, 1, chance.randrange(2, 100_000), HALF - 1):
            yield start, (start + distance) % MODULUS
            yield start, (start - distance) % MODULUS


# The timer, RFC 6298.

RTO_LINES = (
    "def measured(srtt, rttvar, rtt):",
    "    rttvar = 3 / 4 * rttvar + 1 / 4 * abs(srtt - rtt)",
    "    srtt = 7 / 8 * srtt + 1 / 8 * rtt",
    "    rto = srtt + 4 * rttvar",
    "    return srtt, rttvar, max(rto, 1)",
)
RTO_EXTRA = (
    "    srtt = 1 / 8 * srtt + 7 / 8 * rtt",
    "    return srtt, rttvar, min(rto, 1)",
)


def swapped(lines: tuple[str, ...], **places: str) -> tuple[str, ...]:
    """The lines with others at some places: `_2="..."` puts one at place 2."""
    return tuple(places.get(f"_{at}", line) for at, line in enumerate(lines))


def rto(
    events: list[tuple[Any, ...]], *, karn: bool = True, forgets: bool = False,
    backs_off: bool = True, variance_first: bool = True, first: float = 0.5, least: float = 1.0,
    most: float = 60.0,
) -> float:  # fmt: skip
    """The timeout after these events; each keyword makes a mistake."""
    srtt, rttvar, now = 0.0, 0.0, 1.0
    for kind, *more in events:
        if kind == "timeout":
            now = min(2 * now, most) if backs_off else now
            continue
        rtt, times = more
        if times == 1 or not karn:
            before_it = srtt
            srtt = 7 / 8 * srtt + 1 / 8 * rtt if srtt else rtt
            off = abs((before_it if variance_first else srtt) - rtt)
            rttvar = 3 / 4 * rttvar + 1 / 4 * off if before_it else first * rtt
        if times == 1 or not karn or (forgets and srtt):
            now = min(max(srtt + 4 * rttvar, least), most)
    return now


def histories(chance: random.Random) -> Iterator[Case]:
    """Acknowledgments and timeouts, on short lines and on the way to Mars."""
    for size in (0.01, 0.3, 1.0, 4.0, 15.0):
        for length in (1, 2, 5, 9):
            yield ([_event(chance, size) for _ in range(length)],)
    yield ([("timeout",)] * 8,)
    yield ([("ack", chance.uniform(0.5, 0.9), 1)] * chance.randrange(2, 5),)


def _event(chance: random.Random, size: float) -> tuple[Any, ...]:
    if chance.random() < 0.3:
        return ("timeout",)
    return "ack", round(size * chance.uniform(0.5, 2), 4), chance.choice((1, 1, 1, 2, 3))


# What arrives out of order, RFC 9293 section 3.10.7.4.


class Receiver:
    """Keeps each byte under its number until all before it are there."""

    def __init__(self, start: int) -> None:
        self.ack, self.kept = start, dict[int, int]()

    def take(self, seq: int, data: bytes) -> bytes:
        for place, byte in enumerate(data):
            number = (seq + place) % MODULUS
            if not before(number, self.ack):
                self.kept[number] = byte
        handed = bytearray()
        while self.ack in self.kept:
            handed.append(self.kept.pop(self.ack))
            self.ack = (self.ack + 1) % MODULUS
        return bytes(handed)


class InOrderOnly(Receiver):
    """Takes nothing that comes early."""

    def take(self, seq: int, data: bytes) -> bytes:
        return b"" if before(self.ack, seq) else super().take(seq, data)


class AcknowledgesTheLatest(Receiver):
    """Acknowledges whatever came last, and hands it over."""

    def take(self, seq: int, data: bytes) -> bytes:
        self.ack = (seq + len(data)) % MODULUS
        return data


class WholeSegments(Receiver):
    """Keeps whole segments under their first number: a part that is known loses the rest."""

    def __init__(self, start: int) -> None:
        self.ack, self.waiting = start, dict[int, bytes]()

    def take(self, seq: int, data: bytes) -> bytes:
        if not before(seq, self.ack):
            self.waiting[seq] = data
        return b"".join(iter(self.next_piece, b""))

    def next_piece(self) -> bytes:
        piece = self.waiting.pop(self.ack, b"")
        self.ack = (self.ack + len(piece)) % MODULUS
        return piece


class OnlyTheNext(WholeSegments):
    """Hands over what fills a gap and one segment behind it, not all that wait: if for while."""

    def take(self, seq: int, data: bytes) -> bytes:
        if not before(seq, self.ack):
            self.waiting[seq] = data
        handed = self.next_piece()
        return handed + self.next_piece() if handed else b""


class Unwrapped(Receiver):
    """Counts on beyond the last number."""

    def take(self, seq: int, data: bytes) -> bytes:
        for place, byte in enumerate(data):
            if seq + place >= self.ack:
                self.kept[seq + place] = byte
        handed = bytearray()
        while self.ack in self.kept:
            handed.append(self.kept.pop(self.ack))
            self.ack += 1
        return bytes(handed)


STREAM = b"Half now, half later."

ARRIVALS: tuple[Case, ...] = (
    (1, [(1, b"Half"), (5, b" now")]),
    (1, [(5, b" now"), (1, b"Half")]),
    (1, [(1, b"Half"), (1, b"Half"), (5, b" now")]),
    (1, [(1, b"Half"), (3, b"lf now")]),
    (1, [(9, b", ha"), (5, b" now"), (1, b"Half")]),
    (1, [(3, b"lf no"), (1, b"Half")]),
    (MODULUS - 2, [(MODULUS - 2, b"Half"), (2, b" now")]),
    (MODULUS - 2, [(2, b" now"), (MODULUS - 2, b"Half")]),
)


def arrivals(chance: random.Random) -> Iterator[Case]:
    """A text in pieces: shuffled, doubled, cut in another way the second time."""
    for begin in (0, MODULUS - 9, MODULUS - 1, chance.randrange(MODULUS), chance.randrange(1000)):
        for _ in range(3):
            pieces = [*_cut(chance), *_cut(chance)]
            chance.shuffle(pieces)
            yield begin, [((begin + at) % MODULUS, STREAM[at:end]) for at, end in pieces]


def _cut(chance: random.Random) -> list[tuple[int, int]]:
    edges = [0, *sorted(chance.sample(range(1, len(STREAM)), 4)), len(STREAM)]
    return list(pairwise(edges))


# Duplicate ACKs, RFC 5681 section 2 and 3.2.


def fast_retransmits(
    acks: list[tuple[int, int, int]], *,
    due: Callable[[int], bool] = lambda count: count == 3,
    is_duplicate: Callable[[int, bool], bool] = lambda length, same: length == 0 and same,
    comes_before: Callable[[int, int], bool] = before,
    after_late: Callable[[int], int] = lambda count: count,
) -> list[int]:  # fmt: skip
    """What is sent again as these ACKs come; another function at a keyword makes a mistake."""
    found: list[int] = []
    (highest, last_window, _), *others = acks
    count = 0
    for ack, window, length in others:
        if comes_before(highest, ack):
            highest, count = ack, 0
        elif ack != highest:
            count = after_late(count)
        elif is_duplicate(length, window == last_window):
            count += 1
            found += [ack] * due(count)
        last_window = window
    return found


ACKS: tuple[Case, ...] = (
    ([(1, 500, 0), (1461, 500, 0), (1461, 500, 0), (1461, 500, 0), (1461, 500, 0)],),
    ([(1461, 500, 0)] * 3,),
    ([(1461, 500, 0)] * 7,),
    ([(1461, 500, 100)] * 4,),
    ([(1461, 500, 0), (1461, 600, 0), (1461, 700, 0), (1461, 800, 0)],),
    ([(1, 500, 0), (1, 500, 0), (1, 500, 0), (9, 500, 0), (1, 500, 0), (9, 500, 0)],),
    ([(9, 500, 0), (9, 500, 0), (9, 500, 0), (1, 500, 0), (9, 500, 0)],),
)


def what_is_heard(chance: random.Random) -> Iterator[Case]:
    """What a sender hears: ACKs of new data, duplicates, windows that change, data, stragglers."""
    for start in (1, MODULUS - 5000, chance.randrange(MODULUS)):
        for _ in range(6):
            yield (_heard(chance, start),)


def _heard(chance: random.Random, start: int) -> list[tuple[int, int, int]]:
    heard, number, window = [], start, 500
    for _ in range(5):
        straggler = chance.randrange(8)
        for at in range(chance.choice((1, 2, 3, 4, 5, 8))):
            if at and at == straggler:
                heard.append(((number - MSS) % MODULUS, window, 0))
            if chance.random() < 0.1:
                window += 10
            heard.append((number, window, chance.choice((0,) * 9 + (40,))))
        number = (number + MSS) % MODULUS
    return heard


# Congestion control, RFC 5681 section 3.1.


def next_window(cwnd: int, ssthresh: int, event: str, count: int) -> tuple[int, int]:
    if event == "ack":
        if cwnd < ssthresh:
            return cwnd + min(count, MSS), ssthresh
        return cwnd + max(MSS * MSS // cwnd, 1), ssthresh
    half = max(count // 2, 2 * MSS)
    return (MSS if event == "timeout" else half), half


STEPS: tuple[Case, ...] = (
    (14600, 64000, "ack", 1460),
    (14600, 64000, "ack", 2920),
    (14600, 64000, "ack", 100),
    (29200, 29200, "ack", 1460),
    (58400, 64000, "3 duplicates", 40000),
    (58400, 64000, "timeout", 40000),
    (5840, 64000, "3 duplicates", 2920),
    (5840, 64000, "timeout", 1460),
    (3_000_000, 5000, "ack", 1460),
)


def steps(chance: random.Random) -> Iterator[Case]:
    for _ in range(30):
        cwnd = chance.randrange(1, 60) * MSS + chance.choice((0, 0, 333))
        ssthresh = chance.choice((cwnd - 1460, cwnd, cwnd + 1, cwnd + 1460, 100_000))
        event = chance.choice(("ack", "ack", "3 duplicates", "timeout"))
        count = chance.choice((1, 1459, 1460, 1461, 2920))
        yield cwnd, ssthresh, event, count if event == "ack" else chance.randrange(MSS, cwnd + MSS)


def halves_cwnd(cwnd: int, ssthresh: int, event: str, count: int) -> tuple[int, int]:
    return next_window(cwnd, ssthresh, event, count if event == "ack" else cwnd)


# What was sent again, in a capture.


def resent(frames: Frames) -> list[int]:
    """The numbers of the packets with data that were sent before."""
    found, following = [], dict[Any, int]()
    for number, (_, frame) in enumerate(frames, start=1):
        packet = dissect(frame)
        who, tcp = packet.five_tuple, packet[TCP]
        if tcp.payload and before(tcp.seq, following.get(who, tcp.seq)):
            found.append(number)
        elif tcp.payload:
            following[who] = (tcp.seq + len(tcp.payload)) % MODULUS
    return found


def seen_before(frames: Frames) -> list[int]:
    """Every packet whose number has been seen in its direction, with data or not."""
    found, seen = [], set[Any]()
    for number, (_, frame) in enumerate(frames, start=1):
        packet = dissect(frame)
        one = (packet.five_tuple, packet[TCP].seq)
        if one in seen:
            found.append(number)
        seen.add(one)
    return found


def smaller_than_before(frames: Frames) -> list[int]:
    """Every packet with data whose number is smaller than the largest so far."""
    found, largest = [], dict[Any, int]()
    for number, (_, frame) in enumerate(frames, start=1):
        packet = dissect(frame)
        tcp = packet[TCP]
        if tcp.payload and tcp.seq < largest.get(packet.five_tuple, 0):
            found.append(number)
        largest[packet.five_tuple] = max(tcp.seq, largest.get(packet.five_tuple, 0))
    return found


def confirmed_again(frames: Frames) -> list[int]:
    """The duplicate ACKs instead."""
    found, last = [], dict[Any, int]()
    for number, (_, frame) in enumerate(frames, start=1):
        packet = dissect(frame)
        tcp = packet[TCP]
        if last.get(packet.five_tuple) == tcp.ack and not tcp.payload:
            found.append(number)
        last[packet.five_tuple] = tcp.ack
    return found


TASKS = (
    Task(
        "09/window",
        answer="window_bytes",
        reference=window_bytes,
        examples=((63, 10, 10, False), (64240, 10, None, True), (509, None, 10, False)),
        more=windows,
        hints=(
            "Two cases are told apart already: in which of them is the number left as it is?",
            "A shift by 1 doubles a number; Python writes it as `<<`.",
            "The sender's own shift counts, and `min(...)` sees to the limit.",
        ),
        misconceptions=(
            Misconception(
                lambda field, own, other, syn: field,
                "You never scale. Where both have announced a shift, it counts (RFC 7323 "
                "section 2.3): only 16 bits would not do for today's lines.",
            ),
            Misconception(
                lambda field, own, other, syn: (
                    field if syn or own is None or other is None else field << min(other, 14)
                ),
                "You take the other side's shift. Each side announces the one for its own "
                "windows (RFC 7323 section 2.2).",
            ),
            Misconception(
                lambda field, own, other, syn: (
                    field if syn or own is None or other is None else field * min(own, 14)
                ),
                "You multiply by the shift. A shift moves the bits: each step doubles.",
            ),
            Misconception(
                lambda field, own, other, syn: (
                    field if syn or own is None or other is None else field << own
                ),
                "A shift can be too large: RFC 7323 section 2.3 says which is the largest that "
                "counts, so that a window stays below half of all numbers.",
            ),
            Misconception(
                lambda field, own, other, syn: (
                    field >> min(own, 14)
                    if not syn and own is not None and other is not None
                    else field
                ),
                "You shift the wrong way: the window is larger than the number in its field.",
            ),
        ),
    ),
    Task(
        "09/before",
        answer="is_before",
        reference=is_before,
        points=2,
        examples=((1000, 2000), (2000, 1000), (4_294_967_200, 104), (104, 4_294_967_200), (7, 7)),
        more=pairs,
        hints=(
            "How far is it from `a` to `b`, walking upwards on the circle?",
            "`(b - a) % 2**32` is that distance, also across 0. What does a large one mean?",
            "Before means: the distance is not 0, and less than half of the circle.",
        ),
        misconceptions=(
            Misconception(
                lambda a, b: a < b,
                "That is right until the numbers begin again with 0. Look at the distance, "
                "modulo 2³² (RFC 9293 section 3.4).",
            ),
            Misconception(
                lambda a, b: (b - a) % MODULUS < HALF,
                "A number is not before itself: what is the distance then?",
            ),
            Misconception(
                lambda a, b: a != b,
                "On a circle each number lies ahead of each other one, if one walks far enough. "
                "Only the nearer half counts.",
            ),
            Misconception(
                lambda a, b: before(b, a),
                "You answer whether `b` comes before `a`: the distance is counted the other way.",
            ),
            Misconception(
                lambda a, b: 0 < (b - a) % (MODULUS - 1) < HALF,
                "There are 2³² numbers, from 0 to 2³² - 1: after how many does it begin again?",
            ),
        ),
    ),
    Task(
        "09/rto-step",
        answer="rto_step",
        lines=RTO_LINES,
        extra=RTO_EXTRA,
        hints=(
            "First the head of the function, last what it returns. Two lines do not belong.",
            "How far a round trip is off is measured against the average as it was before.",
            "One value hardly moves an average that has seen many; and a timeout has a least "
            "value, not a largest.",
        ),
        misconceptions=(
            Misconception(
                swapped(RTO_LINES, _1=RTO_LINES[2], _2=RTO_LINES[1]),
                "The lines are the right ones. RFC 6298 (2.3) insists on an order of two of them: "
                "the new round trip is to be compared with the old average.",
            ),
            Misconception(
                swapped(RTO_LINES, _2=RTO_EXTRA[0]),
                "With these weights a single round trip would be nearly all of the average. "
                "Smoothing means that the old value weighs more (RFC 6298 (2.3)).",
            ),
            Misconception(
                swapped(RTO_LINES, _4=RTO_EXTRA[1]),
                "`min` makes of each long timeout a short one: on a slow line everything would "
                "be sent again. RFC 6298 (2.4) sets a lower limit.",
            ),
            Misconception(
                swapped(RTO_LINES, _1=RTO_LINES[3], _2=RTO_LINES[1], _3=RTO_LINES[2]),
                "The timeout is worked out before the new round trip has been heeded.",
            ),
        ),
    ),
    Task(
        "09/rto",
        answer="rto",
        reference=rto,
        points=3,
        tolerance=1e-6,
        examples=(
            ([],),
            ([("ack", 0.5, 1)],),
            ([("ack", 0.5, 1), ("ack", 0.7, 1)],),
            ([("ack", 0.1, 1)],),
            ([("timeout",)],),
            ([("timeout",), ("ack", 0.1, 2)],),
            ([("ack", 0.5, 1), ("timeout",), ("ack", 2.0, 2), ("ack", 0.5, 1)],),
        ),
        more=histories,
        hints=(
            "Begin with 1 second and go through the events; which of them changes what?",
            "Three things are kept from event to event: the average, the variation, the timeout. "
            "Before the first measurement there is no average.",
            "An acknowledgment of a segment that was sent more than once changes none of the "
            "three. Limits apply to the timeout alone.",
        ),
        misconceptions=(
            Misconception(
                partial(rto, karn=False),
                "You measure segments that were sent more than once. Their ACK does not say "
                "which of the copies it means: Karn's algorithm (RFC 6298 section 3).",
            ),
            Misconception(
                partial(rto, variance_first=False),
                "Nearly. How far a round trip is off is measured against the average as it was "
                "before: RFC 6298 (2.3) says in which order the two are to be computed.",
            ),
            Misconception(
                partial(rto, first=0),
                "At the first measurement nothing is known of the variation. RFC 6298 (2.2) "
                "begins with a careful guess, not with 0.",
            ),
            Misconception(
                partial(rto, backs_off=False),
                "When the timer runs out, the next wait is to be longer (RFC 6298 (5.5)).",
            ),
            Misconception(
                partial(rto, forgets=True),
                "After a timeout the longer wait stays until there is something new to measure "
                "(RFC 6298 section 5): the ACK of a repeated segment ends nothing.",
            ),
            Misconception(
                partial(rto, least=0),
                "On a short line your timeout comes to less than a second: RFC 6298 (2.4) does "
                "not allow that.",
            ),
            Misconception(
                partial(rto, most=1e9),
                "Your timeout grows without limit. Here 60 seconds are the most, as RFC 6298 "
                "(2.5) permits.",
            ),
        ),
    ),
    Task(
        "09/receiver",
        answer="Receiver",
        reference=Receiver,
        points=3,
        drive="calls.segments",
        examples=ARRIVALS,
        more=arrivals,
        hints=(
            "What is to happen with a segment that comes too early? And with bytes that are "
            "known already?",
            "Keep each byte in the dict under its own number, modulo 2³², unless that number is "
            "before `self.ack`.",
            "Then, as long as the byte with the number `self.ack` is in the dict: take it out, "
            "add it to what you return, and count on.",
        ),
        misconceptions=(
            Misconception(
                AcknowledgesTheLatest,
                "You acknowledge what came last. An acknowledgment number says that all bytes "
                "before it are here (RFC 9293 section 3.4): a gap must not be passed over.",
            ),
            Misconception(
                InOrderOnly,
                "What comes too early you throw away, and it has to be sent again. RFC 9293 "
                "section 3.10.7.4 asks to keep it until the gap is filled.",
            ),
            Misconception(
                OnlyTheNext,
                "When a gap is filled, several segments may wait behind it: look on until there "
                "is none.",
            ),
            Misconception(
                WholeSegments,
                "A segment may begin with bytes that you have and end with new ones: these you "
                "lose. A sender may cut its data in another way when it sends them again.",
            ),
            Misconception(
                Unwrapped,
                "All is right until the numbers begin again with 0: count modulo 2³².",
            ),
        ),
    ),
    Task(
        "09/fast-retransmit",
        answer="fast_retransmits",
        reference=fast_retransmits,
        points=2,
        examples=ACKS,
        more=what_is_heard,
        hints=(
            "Keep three things: the highest number acknowledged so far, how many duplicates of "
            "it have come, and the window before.",
            "A number after the highest one starts anew with no duplicates; an older number is "
            "a straggler and changes nothing.",
            "Count a duplicate only if it has no data and the same window as the ACK before it. "
            "The moment to repeat is when the count reaches three, and only then.",
        ),
        misconceptions=(
            Misconception(
                partial(fast_retransmits, due=lambda count: count == 2),
                "You repeat too early. The first ACK with a number confirms something new; the "
                "duplicates are those that follow (RFC 5681 section 3.2).",
            ),
            Misconception(
                partial(fast_retransmits, due=lambda count: count == 1),
                "You repeat at the first duplicate. Segments may just have overtaken each other: "
                "RFC 5681 section 3.2 waits for more.",
            ),
            Misconception(
                partial(fast_retransmits, due=lambda count: count >= 3),
                "You repeat the segment at each duplicate that still follows. They only say "
                "that more segments have arrived behind the gap.",
            ),
            Misconception(
                partial(fast_retransmits, is_duplicate=lambda length, same: same),
                "A segment with data is no duplicate ACK: the other side sends, and repeats "
                "its acknowledgment number by the way (RFC 5681 section 2).",
            ),
            Misconception(
                partial(fast_retransmits, is_duplicate=lambda length, same: length == 0),
                "An ACK with another window has something else to say: the program has read, "
                "and there is room (RFC 5681 section 2).",
            ),
            Misconception(
                partial(fast_retransmits, after_late=lambda count: 0),
                "An old ACK that comes late says nothing new: it does not end the count.",
            ),
            Misconception(
                partial(fast_retransmits, comes_before=operator.lt),
                "Once the numbers begin again with 0 you take all ACKs for old ones: your "
                "`is_before` knows better.",
            ),
        ),
    ),
    Task(
        "09/congestion",
        answer="next_window",
        reference=next_window,
        points=3,
        examples=STEPS,
        more=steps,
        hints=(
            "Four cases: an ACK below `ssthresh`, an ACK at or above it, three duplicates, a "
            "timeout. Write an `if` for each.",
            "Both losses set `ssthresh` to the same value; they differ in `cwnd`.",
            "`min(...)` bounds what an ACK adds in slow start, `max(...)` keeps the other two "
            "values from becoming too small; `//` divides without a rest.",
        ),
        misconceptions=(
            Misconception(
                halves_cwnd,
                "You halve `cwnd`. RFC 5681 section 3.1 warns of just this: what counts is how "
                "much was on its way.",
            ),
            Misconception(
                lambda cwnd, ssthresh, event, count: (
                    (cwnd + MSS, ssthresh)
                    if event == "ack"
                    else next_window(cwnd, ssthresh, event, count)
                ),
                "You add a whole segment at each ACK. Once `ssthresh` is reached it is one in a "
                "whole round trip, and in slow start no more than was acknowledged.",
            ),
            Misconception(
                lambda cwnd, ssthresh, event, count: (
                    (cwnd + count, ssthresh)
                    if event == "ack" and cwnd < ssthresh
                    else next_window(cwnd, ssthresh, event, count)
                ),
                "In slow start an ACK adds one segment at most, however much it acknowledges: "
                "otherwise ACKs that come rarely let the sender burst (RFC 5681 section 3.1).",
            ),
            Misconception(
                lambda cwnd, ssthresh, event, count: (
                    (2 * cwnd, ssthresh)
                    if event == "ack" and cwnd < ssthresh
                    else next_window(cwnd, ssthresh, event, count)
                ),
                "You double `cwnd` at each ACK. It doubles in a round trip, for each of its "
                "segments adds one when it is acknowledged.",
            ),
            Misconception(
                lambda cwnd, ssthresh, event, count: (
                    (MSS, next_window(cwnd, ssthresh, event, count)[1])
                    if event != "ack"
                    else next_window(cwnd, ssthresh, event, count)
                ),
                "Duplicate ACKs say that segments still arrive: the sender need not begin again "
                "with one, as after a timeout.",
            ),
            Misconception(
                lambda cwnd, ssthresh, event, count: (
                    (MSS if event == "timeout" else count // 2, count // 2)
                    if event != "ack"
                    else next_window(cwnd, ssthresh, event, count)
                ),
                "With little on its way you halve too far: `ssthresh` never falls below two "
                "segments (RFC 5681 equation 4).",
            ),
            Misconception(
                lambda cwnd, ssthresh, event, count: (
                    (cwnd + MSS * MSS // cwnd, ssthresh)
                    if event == "ack" and cwnd >= ssthresh
                    else next_window(cwnd, ssthresh, event, count)
                ),
                "All but very large windows are right: there your division gives 0, and the "
                "window would never grow again (RFC 5681 section 3.1).",
            ),
        ),
    ),
    Task(
        "09/resent",
        answer="resent",
        reference=resent,
        points=3,
        capture="transfers.lossy",
        hints=(
            "Only packets with data count. Keep, for each direction of each connection, the "
            "number after the last byte sent so far.",
            "`packet.five_tuple` tells connections and directions apart; `is_before` compares.",
            "A packet repeats if its `seq` comes before the number that you keep; otherwise keep "
            "`(seq + length) % 2**32`. `enumerate(packets, start=1)` counts as Wireshark does.",
        ),
        misconceptions=(
            Misconception(
                lambda frames: [number - 1 for number in resent(frames)],
                "You found them, but number the packets from 0. Wireshark begins with 1.",
            ),
            Misconception(
                smaller_than_before,
                "From some packet on you take nearly all of one connection for repeated: its "
                "numbers have begun again with 0. Compare with `is_before`.",
            ),
            Misconception(
                seen_before,
                "You count packets without data too. ACKs all carry the same `seq` while their "
                "sender says nothing: nothing is repeated there.",
            ),
            Misconception(
                confirmed_again,
                "Those are the duplicate ACKs, by which the receiver complains. Asked for are "
                "the packets with data that the sender then sends again.",
            ),
            Misconception(
                lambda frames: [dissect(frames[n - 1][1])[TCP].seq for n in resent(frames)],
                "Those are the sequence numbers. Asked for are the packets' own numbers in the "
                "capture.",
            ),
        ),
    ),
)
