"""Lesson 12: counting packets by host, by connection and by time."""

import random
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from time import time_ns
from typing import Any

from netlab import read, recording
from netlab.flows import Connections
from netlab.grading.task import Case, Misconception, Task
from netlab.monitor import Monitor
from netlab.packet import Packet, dissect, stack
from netlab.wire import TCP, UDP, Ethernet, IPv4, IPv6

SECOND = 1_000_000_000

FiveTuple = tuple[str, str, int, int, int]
Timed = list[tuple[int, int]]
"""Packets as time in nanoseconds and length."""

Sent = list[tuple[str, str, int]]
"""Packets as source, destination and length."""

DNS = list(read(recording("dns.pcap")))
WEB = [packet.data for packet in read(recording("http.pcap"))]
REFUSED = [packet.data for packet in read(recording("refused.pcap"))]
HOSTS = ("192.168.1.10", "192.168.1.20", "10.0.0.7", "2001:db8:1::a", "8.8.8.8", "192.168.1.9")


# Packets as they come.


def back(one: FiveTuple) -> FiveTuple:
    source, destination, protocol, source_port, destination_port = one
    return destination, source, protocol, destination_port, source_port


def five_tuples(chance: random.Random) -> Iterator[Case]:
    """Few hosts and few ports, so that much is nearly alike; both directions of each."""
    for _ in range(10):
        hosts = chance.sample(HOSTS, 2)
        made: list[FiveTuple] = []
        for _ in range(8):
            source, destination = chance.sample(hosts, 2)
            ports = (chance.choice((53, 80, 40000, 40001)), chance.choice((53, 80, 40000)))
            made.append((source, destination, chance.choice((6, 17)), *ports))
        answered = [back(one) for one in chance.sample(made, 5)]
        yield ([*made, *answered],)


def moments(chance: random.Random) -> Timed:
    """Packets with pauses between them; two in twenty come a little out of order."""
    start = chance.randrange(10**18, 2 * 10**18)
    pauses = [chance.choice((0, 7, 250, 500, 1000, 3000)) * 1_000_000 for _ in range(14)]
    times = [start, *accumulate(pauses, initial=start)]
    if chance.randrange(2):
        times[-1], times[-2] = times[-2], times[-1]
        times[0], times[2] = times[2], times[0]
    return [(time, chance.randrange(60, 1515)) for time in times]


def windows(chance: random.Random) -> Iterator[Case]:
    for _ in range(24):
        yield moments(chance), chance.choice((1, 2, 3, 5, 10))


def stretches(chance: random.Random) -> Iterator[Case]:
    return ((moments(chance),) for _ in range(24))


def senders(chance: random.Random) -> Iterator[Case]:
    """Few lengths, so that some hosts are equal; some packets are no IP and have no addresses."""
    for _ in range(20):
        sent: Sent = []
        for _ in range(chance.randrange(16)):
            source, destination = chance.sample(HOSTS, 2)
            sent.append((source, destination, chance.choice((60, 60, 100, 1514))))
        sent += [("", "", 1000)] * chance.randrange(3)
        chance.shuffle(sent)
        yield sent, chance.choice((1, 2, 3, 10))


@cache
def frame(source: str, target: str, ports: tuple[int, int], flags: str, size: int) -> bytes:
    """A frame of TCP, or of UDP where there are no flags, with so many bytes of data."""
    here = {"src_port": ports[0], "dst_port": ports[1]}
    ip: type[IPv4 | IPv6] = IPv6 if ":" in source else IPv4
    transport: TCP | UDP = TCP(**here, flags=flags) if flags else UDP(**here)
    return bytes(
        stack(stack(stack(Ethernet(), ip(src=source, dst=target)), transport), bytes(size))
    )


def talk(chance: random.Random, one: str, other: str, ports: tuple[int, int]) -> list[bytes]:
    """A conversation over UDP, or over TCP with or without the beginning."""
    spoken = (">SYN <SYN-ACK >ACK >PSH-ACK <PSH-ACK <ACK", "> < <")[
        chance.randrange(3) == 0
    ].split()
    frames = []
    for word in spoken[chance.choice((0, 0, 1, 1, 4)) if len(spoken) > 3 else 0 :]:
        flags, size = word[1:].replace("-", " "), 0 if "SYN" in word else chance.choice((10, 99))
        if word[0] == ">":
            frames.append(frame(one, other, ports, flags, size))
        else:
            frames.append(frame(other, one, ports[::-1], flags, size))
    return frames


def conversations_made(chance: random.Random) -> Iterator[Case]:
    """Conversations between ports that tell nothing, one after the other and mixed."""
    for _ in range(5):
        pair = chance.choice((("192.168.1.10", "192.168.1.20"), ("2001:db8::1", "2001:db8::2")))
        spoken = []
        for port in range(40000, 40003):
            ports = chance.choice(((port, 9999), (9999, port), (port, port)))
            source, target = chance.sample(pair, 2)
            spoken.append(talk(chance, source, target, ports))
        mixed = []
        while any(spoken):
            mixed.append(chance.choice([one for one in spoken if one]).pop(0))
        yield (mixed,)


Seen = list[tuple[int, str, int]]
"""Packets as time in seconds, key of their conversation, and length."""


def arrivals(chance: random.Random) -> Iterator[Case]:
    """Conversations that come, go on, fall silent, and are more than may be kept."""
    for _ in range(24):
        pauses = [chance.choice((1, 1, 2, 5, 10, 11)) for _ in range(20)]
        names = "ABCDEF"[: chance.randrange(2, 7)]
        seen = [
            (time, chance.choice(names), chance.randrange(60, 1515)) for time in accumulate(pauses)
        ]
        yield chance.choice((3, 5, 10, 20)), chance.choice((1, 2, 3, 4)), seen


# The right answers.


def monitor_of(packets: list[Packet]) -> Monitor:
    monitor = Monitor()
    for packet in packets:
        monitor.add(packet)
    return monitor


def dns() -> dict[str, Any]:
    monitor = monitor_of(DNS)
    [(address, host)] = monitor.talkers(1)
    protocols = Counter(connection.protocol for connection in monitor.connections)
    return {
        "TCP connections": protocols["TCP"],
        "UDP conversations": protocols["UDP"],
        "busiest host": address,
        "its bytes": host.bytes,
    }


def key_of(five_tuple: FiveTuple) -> Any:
    source, destination, protocol, source_port, destination_port = five_tuple
    return protocol, frozenset({(source, source_port), (destination, destination_port)})


def rate(packets: Timed, seconds: int) -> float:
    times = [time for time, _ in packets]
    recent = [
        length
        for time, length in packets
        if all(other - time < seconds * SECOND for other in times)
    ]
    return 8 * sum(recent) / seconds


def per_second(packets: Timed) -> list[int]:
    first = min([time for time, _ in packets], default=None)
    if first is None:
        return []
    counted: Counter[int] = Counter()
    for time, length in packets:
        counted[(time - first) // SECOND] += length
    return [counted[second] for second in range(max(counted) + 1)]


def talkers(packets: Sent, count: int) -> list[tuple[str, int]]:
    totals: Counter[str] = Counter()
    for source, destination, length in packets:
        totals[source] += length
        totals[destination] += length
    del totals[""]
    return sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:count]


def conversations(frames: list[bytes]) -> list[Any]:
    followed = Connections()
    for number, data in enumerate(frames):
        followed.add(Packet(data, "ethernet", number))
    return [
        (tuple(one.client), tuple(one.server), one.sent.bytes, one.received.bytes)
        for one in sorted(followed, key=lambda connection: connection.start)
        if one.protocol in ("TCP", "UDP")
    ]


class Tracker:
    def __init__(self, idle: int, most: int) -> None:
        self.idle, self.most = idle, most
        self.kept: dict[str, int] = {}
        self.last: dict[str, int] = {}
        self.expired = self.evicted = 0

    def add(self, time: int, key: str, length: int) -> None:
        for silent in [one for one, last in self.last.items() if time - last > self.idle]:
            self.leave(silent)
            self.expired += 1
        if key not in self.kept and len(self.kept) >= self.most:
            self.leave(min(self.kept, key=self.last.__getitem__))
            self.evicted += 1
        self.kept[key] = self.kept.get(key, 0) + length
        self.last[key] = time

    def leave(self, key: str) -> None:
        del self.kept[key], self.last[key]


# What people write instead.


def lower_first(five_tuple: FiveTuple) -> Any:
    """Each pair sorted for itself: which port belongs to which address is lost."""
    source, destination, protocol, *ports = five_tuple
    return protocol, *sorted((source, destination)), *sorted(ports)


def by_port(five_tuple: FiveTuple) -> Any:
    """The side with the lower port is taken for the server."""
    return five_tuple if five_tuple[3] > five_tuple[4] else back(five_tuple)


def rate_until(now: int, packets: Timed, seconds: int) -> float:
    recent = [length for time, length in packets if now - time < seconds * SECOND]
    return 8 * sum(recent) / seconds


def rate_with_bound(packets: Timed, seconds: int) -> float:
    now = max((time for time, _ in packets), default=0)
    return 8 * sum(length for time, length in packets if now - time <= seconds * SECOND) / seconds


def rate_over_span(packets: Timed, seconds: int) -> float:
    """All packets, by the time from the first to the last."""
    times = [time for time, _ in packets]
    return 8 * sum(length for _, length in packets) / ((max(times) - min(times)) / SECOND)


def by_calendar(packets: Timed) -> list[int]:
    """Seconds of the clock, not of the capture."""
    counted: Counter[int] = Counter()
    for time, length in packets:
        counted[time // SECOND] += length
    first = min(counted, default=0)
    return [counted[second] for second in range(first, max(counted, default=-1) + 1)]


def without_gaps(packets: Timed) -> list[int]:
    first = min((time for time, _ in packets), default=0)
    counted: Counter[int] = Counter()
    for time, length in packets:
        counted[(time - first) // SECOND] += length
    return [counted[second] for second in sorted(counted)]


def ranked(totals: Counter[str], count: int) -> list[tuple[str, int]]:
    return sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:count]


def one_side(packets: Sent, count: int, side: int) -> list[tuple[str, int]]:
    totals: Counter[str] = Counter()
    for packet in packets:
        if packet[side]:
            totals[str(packet[side])] += packet[2]
    return ranked(totals, count)


def with_nobody(packets: Sent, count: int) -> list[tuple[str, int]]:
    totals: Counter[str] = Counter()
    for source, destination, length in packets:
        totals[source] += length
        totals[destination] += length
    return ranked(totals, count)


def as_they_came(packets: Sent, count: int) -> list[tuple[str, int]]:
    totals: Counter[str] = Counter()
    for source, destination, length in packets:
        totals[source] += length
        totals[destination] += length
    del totals[""]
    return totals.most_common(count)


def per_direction(frames: list[bytes]) -> list[Any]:
    """A flow for each 5-tuple: every connection comes twice."""
    found: dict[FiveTuple, int] = {}
    for data in frames:
        one = dissect(data).five_tuple
        if one[2] in (6, 17):
            found[one] = found.get(one, 0) + len(data)
    return [((one[0], one[3]), (one[1], one[4]), sent, 0) for one, sent in found.items()]


def by_opener(frames: list[bytes], *, first: bool = False, ports: bool = False) -> list[Any]:
    """Conversations whose client is who speaks first, or who has the higher port."""
    found: dict[Any, list[Any]] = {}
    for data in frames:
        packet = dissect(data)
        one = packet.five_tuple
        if one[2] not in (6, 17):
            continue
        here, there = (one[0], one[3]), (one[1], one[4])
        key = one[2], frozenset({here, there})
        client = here if first or here[1] > there[1] else there
        server = there if client == here else here
        row = found.setdefault(key, [client, server, 0, 0])
        row[2 if row[0] == here else 3] += len(data)
    return [tuple(row) for row in found.values()]


def only_tcp(frames: list[bytes]) -> list[Any]:
    return conversations([data for data in frames if TCP in dissect(data)])


class Careless(Tracker):
    """A tracker each care of which may be left out."""

    def __init__(
        self, idle: int, most: int, *, expires: bool = True, bound: bool = False,
        since_start: bool = False, evicts: str = "silent", counts: bool = True,
        full_first: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(idle, most)
        self.expires, self.bound, self.since_start = expires, bound, since_start
        self.evicts, self.counts, self.full_first = evicts, counts, full_first
        self.start: dict[str, int] = {}

    def add(self, time: int, key: str, length: int) -> None:
        if self.full_first:
            self.make_room(key)
        since = self.start if self.since_start else self.last
        limit = self.idle - (1 if self.bound else 0)
        for silent in [one for one in self.kept if time - since[one] > limit]:
            if self.expires:
                self.drop(silent)
                self.expired += 1
        if not self.make_room(key):
            return
        self.kept[key] = self.kept.get(key, 0) + length
        self.last[key] = time
        self.start.setdefault(key, time)

    def make_room(self, key: str) -> bool:
        if key in self.kept or len(self.kept) < self.most:
            return True
        if self.evicts == "new":
            return False
        order = {"silent": self.last, "oldest": self.start, "smallest": self.kept}[self.evicts]
        self.drop(min(self.kept, key=order.__getitem__))
        if self.counts:
            self.evicted += 1
        else:
            self.expired += 1
        return True

    def drop(self, key: str) -> None:
        self.leave(key)
        del self.start[key]


EXAMPLE = [(0, "A", 100), (2, "B", 60), (3, "A", 100), (4, "C", 70)]


TASKS = (
    Task(
        "12/dns",
        answer="dns",
        reference=dns,
        hints=(
            "`Connections` and `Monitor` of the lesson know all of it: give them the packets.",
            "`connection.protocol` of each member of `monitor.connections` is what you count.",
            "`monitor.talkers(1)` gives the busiest host; its `bytes` are those it sent and "
            "received.",
        ),
        misconceptions=(
            Misconception(
                dns() | {"TCP connections": 2, "UDP conversations": 2 * dns()["UDP conversations"]},
                "The host is right. You count each direction for itself: question and answer are "
                "one conversation.",
            ),
            Misconception(
                dns() | {"its bytes": monitor_of(DNS).talkers(1)[0][1].sent.bytes},
                "Those are the bytes that it sent. What it received counts too.",
            ),
            Misconception(
                dns() | {"UDP conversations": 32, "TCP connections": 10},
                "You count packets. How many conversations are they?",
            ),
        ),
    ),
    Task(
        "12/key-of",
        answer="key_of",
        reference=key_of,
        drive="monitor.groups",
        examples=(
            ([("a", "b", 6, 1000, 80), ("b", "a", 6, 80, 1000)],),
            ([("a", "b", 6, 1000, 80), ("a", "b", 6, 80, 1000)],),
            ([("a", "b", 6, 53, 53), ("b", "a", 6, 53, 53), ("a", "b", 17, 53, 53)],),
        ),
        more=five_tuples,
        hints=(
            "What is the same for the question and the answer, and different for all others?",
            "An end is an address and its port, together. A conversation has two ends and a "
            "protocol.",
            "A `frozenset` does not care which of its members comes first, and can be a key.",
        ),
        misconceptions=(
            Misconception(
                lambda five_tuple: five_tuple,
                "Each direction has a 5-tuple of its own: so every conversation is counted twice.",
            ),
            Misconception(
                lower_first,
                "You sort addresses and ports apart, and forget which port belongs to which "
                "address: a:80 with b:1000 is not a:1000 with b:80.",
            ),
            Misconception(
                lambda five_tuple: (five_tuple[2], frozenset(five_tuple[:2])),
                "Two hosts may have many conversations at once: the ports tell them apart.",
            ),
            Misconception(
                lambda five_tuple: key_of(five_tuple)[1],
                "TCP's port 53 and UDP's port 53 are different ends: the protocol belongs to the "
                "key.",
            ),
            Misconception(
                by_port,
                "You decide by which port is lower. Where both are the same, as in some protocols, "
                "each direction stays for itself.",
            ),
        ),
    ),
    Task(
        "12/rate",
        answer="rate",
        reference=rate,
        points=2,
        examples=(
            ([], 5),
            ([(0, 1000), (SECOND, 1000)], 1),
            ([(0, 1000), (SECOND, 1000)], 2),
            ([(5 * SECOND, 500), (4 * SECOND, 300), (SECOND, 100)], 2),
        ),
        more=windows,
        hints=(
            "Which clock does `now` come from, and which one wrote down the packets' times?",
            "Now is when the latest packet came. It need not be the last of the list.",
            "`max(..., default=0)` finds the latest time, in an empty list too.",
        ),
        misconceptions=(
            Misconception(
                lambda packets, seconds: rate_until(time_ns(), packets, seconds),
                "The capture is older than a few seconds: by the clock none of its packets is "
                "recent. Take the time from the packets.",
            ),
            Misconception(
                lambda packets, seconds: rate(packets, seconds) / 8,
                "Those are bytes a second. Rates are told in bits.",
            ),
            Misconception(
                lambda packets, seconds: 8 * sum(length for _, length in packets) / seconds,
                "You count all packets. Only those of the last seconds belong to the window.",
            ),
            Misconception(
                lambda packets, seconds: rate_until(packets[-1][0], packets, seconds),
                "You take the last packet of the list for the latest. Packets may stand a little "
                "out of order, and a list may be empty.",
            ),
            Misconception(
                lambda packets, seconds: rate_until(
                    packets[-1][0] if packets else 0, packets, seconds
                ),
                "You take the last packet of the list for the latest. Captures of more than one "
                "interface may stand a little out of order.",
            ),
            Misconception(
                rate_with_bound,
                "A packet that is exactly as old as the window is long does not belong to it any "
                "more: it would count in two windows.",
            ),
            Misconception(
                rate_over_span,
                "You divide all bytes by the time from the first packet to the last: that is an "
                "average of everything, not the rate of now.",
            ),
        ),
    ),
    Task(
        "12/per-second",
        answer="per_second",
        reference=per_second,
        points=2,
        examples=(
            ([(0, 100), (SECOND - 1, 50), (SECOND, 10), (3 * SECOND, 7)],),
            ([],),
            ([(10**18 + SECOND // 2, 60), (10**18 + 3 * SECOND // 2 - 1, 60)],),
        ),
        more=stretches,
        hints=(
            "Which number has the second in which a packet came, if the earliest came in second 0?",
            "`(time - first) // 1_000_000_000` is that number. Add up the lengths under it.",
            "Make the list from second 0 to the highest number, with 0 where nothing was counted.",
        ),
        misconceptions=(
            Misconception(
                without_gaps,
                "Seconds in which nothing came are missing: so the pause is not seen, and all "
                "that follows stands too early.",
            ),
            Misconception(
                by_calendar,
                "You cut at the full seconds of the clock. Second 0 begins with the earliest "
                "packet, whatever the clock shows.",
            ),
            Misconception(
                lambda packets: per_second([(time, 1) for time, _ in packets]),
                "You count packets. Asked for are bytes.",
            ),
            Misconception(
                lambda packets: per_second(packets)[:-1],
                "The last second is missing: the end of a `range` does not belong to it.",
            ),
            Misconception(
                lambda packets: per_second([(round(time, -9), size) for time, size in packets]),
                "You round, so that half of each second is counted to the next. Divide with `//`.",
            ),
        ),
    ),
    Task(
        "12/talkers",
        answer="talkers",
        reference=talkers,
        points=2,
        examples=(
            ([("a", "b", 100), ("b", "a", 1000), ("a", "c", 60), ("", "", 60)], 2),
            ([("b", "a", 100), ("c", "d", 100)], 3),
            ([], 3),
        ),
        more=senders,
        hints=(
            "Each packet counts for two hosts: who sent it, and who received it.",
            "Collect in a `Counter` by address, and pass over packets without addresses.",
            "`sorted(..., key=lambda item: (-item[1], item[0]))` puts the most first, and equal "
            "ones in the order of their addresses.",
        ),
        misconceptions=(
            Misconception(
                lambda packets, count: one_side(packets, count, 0),
                "You count what hosts sent. Who only downloads uses the network as well.",
            ),
            Misconception(
                lambda packets, count: one_side(packets, count, 1),
                "You count what hosts received. What they sent counts too.",
            ),
            Misconception(
                lambda packets, count: talkers([(one, two, 1) for one, two, _ in packets], count),
                "You count packets. A packet may have 60 bytes or 1,514.",
            ),
            Misconception(
                with_nobody,
                'Packets without IP have "" for addresses: that is no host.',
            ),
            Misconception(
                lambda packets, count: talkers(packets, 1000)[::-1][:count],
                "The quietest come first. `sorted` begins with the lowest.",
            ),
            Misconception(
                as_they_came,
                "Nearly. Hosts with the same number of bytes stand in the order in which they "
                "appeared: another capture of the same traffic would give another list.",
            ),
        ),
    ),
    Task(
        "12/conversations",
        answer="conversations",
        reference=conversations,
        points=3,
        examples=((WEB,), (REFUSED,), ([packet.data for packet in DNS[:8]],), (WEB[3:],), ([],)),
        more=conversations_made,
        hints=(
            "Keep a table by the key of task 2; what stands in it are the two ends and two counts.",
            "When a conversation is new, decide who is the client. Later ask of each frame only "
            "whether its source is that end.",
            "A frame with both SYN and ACK is the answer to a SYN: then the client is its "
            "destination.",
        ),
        misconceptions=(
            Misconception(
                per_direction,
                "Each conversation stands there twice, once for each direction. Put both under "
                "the same key.",
            ),
            Misconception(
                lambda frames: by_opener(frames, first=True),
                "You take whoever speaks first for the client. Where the capture begins a moment "
                "too late, that is the server with its SYN,ACK.",
            ),
            Misconception(
                by_opener,
                "You take the side with the higher port for the client. Ports say nothing of who "
                "began.",
            ),
            Misconception(
                only_tcp,
                "UDP is missing: DNS has conversations as well, of a question and an answer.",
            ),
            Misconception(
                lambda frames: [
                    (client, server, received, sent)
                    for client, server, sent, received in conversations(frames)
                ],
                "The ends are right. What the client sent comes before what it received.",
            ),
        ),
    ),
    Task(
        "12/tracker",
        answer="Tracker",
        reference=Tracker,
        points=4,
        drive="monitor.track",
        examples=(
            (10, 2, EXAMPLE),
            (1, 5, EXAMPLE),
            (2, 5, EXAMPLE),
            (5, 2, [(0, "A", 60), (1, "B", 60), (7, "C", 60)]),
            (5, 2, [(0, "A", 60), (6, "A", 61)]),
            (9, 2, [(0, "A", 1000), (1, "B", 60), (2, "C", 60)]),
        ),
        more=arrivals,
        hints=(
            "Remember for each conversation the time of its latest packet, beside its bytes.",
            "Three steps in this order: let go of the silent ones, make room if a new one needs "
            "it, count the packet.",
            "`min(self.kept, key=...)` finds the one whose latest packet is longest ago; go "
            "through a copy, `list(self.kept)`, when you take some away.",
        ),
        misconceptions=(
            Misconception(
                lambda idle, most: Careless(idle, most, expires=False),
                "Nothing ever leaves because it is silent. After days your table is full of "
                "conversations that ended long ago.",
            ),
            Misconception(
                lambda idle, most: Careless(idle, most, bound=True),
                "Silent for exactly `idle` seconds is not too long yet: longer than that is.",
            ),
            Misconception(
                lambda idle, most: Careless(idle, most, since_start=True),
                "You count from a conversation's first packet. One that talks all day would be "
                "cut off: its latest packet counts.",
            ),
            Misconception(
                lambda idle, most: Careless(idle, most, evicts="oldest"),
                "The one that came first makes room, even if it is talking right now. Take the one "
                "that was silent longest.",
            ),
            Misconception(
                lambda idle, most: Careless(idle, most, evicts="smallest"),
                "The one with the fewest bytes makes room: that may be the newest. Take the one "
                "that was silent longest.",
            ),
            Misconception(
                lambda idle, most: Careless(idle, most, evicts="new"),
                "When the table is full you overlook what is new. Then an attacker fills it once, "
                "and you see nothing any more.",
            ),
            Misconception(
                lambda idle, most: Careless(idle, most, counts=False),
                "You count those that made room as silent ones. Keep the counts apart: the one "
                "says that your table is too small.",
            ),
            Misconception(
                lambda idle, most: Careless(idle, most, full_first=True),
                "You make room before you let go of the silent ones. Perhaps they had made room "
                "already.",
            ),
        ),
    ),
)
