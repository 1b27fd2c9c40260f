"""Lesson 08: the table, what it makes of a row of events, resets, and who has to wait."""

import random
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise

from netlab import dissect
from netlab.flows import Connections
from netlab.grading.task import Case, Misconception, Task
from netlab.tcp.states import ROWS, TABLE, Event, State
from netlab.wire import TCP

Frames = list[tuple[int, bytes]]


BY_NAMES = {(str(row.state), str(row.event)): row for row in TABLE}
"""The table's rows; of the few pairs that have two, none is asked for."""


# Blanks of the table.

BLANKS = (
    ("CLOSED", "active OPEN"),
    ("LISTEN", "SYN"),
    ("SYN-SENT", "SYN,ACK"),
    ("ESTABLISHED", "FIN"),
    ("CLOSE-WAIT", "CLOSE"),
    ("FIN-WAIT-1", "ACK of our FIN"),
    ("FIN-WAIT-2", "FIN"),
    ("TIME-WAIT", "2 MSL passed"),
)


def next_of() -> dict[str, str]:
    return {f"{state} + {event}": BY_NAMES[state, event].next.value for state, event in BLANKS}


# The life of a client, whose server closes first.

LIFE = (
    "client = Machine()",
    "client.step(Event.ACTIVE_OPEN)",
    "client.step(Event.SYN_ACK)",
    "client.step(Event.FIN)",
    "client.step(Event.CLOSE)",
    "client.step(Event.ACK_OF_FIN)",
)
LIFE_EXTRA = (
    "client.step(Event.PASSIVE_OPEN)",
    "client.step(Event.ACK_OF_SYN)",
    "client.step(Event.TIME_WAIT_TIMEOUT)",
)


# The table as a function.

EVENTS = (
    "passive OPEN", "active OPEN", "CLOSE", "SYN", "SYN,ACK", "ACK of our SYN", "FIN",
    "ACK of our FIN", "FIN that acknowledges ours", "2 MSL passed",
)  # fmt: skip

OPEN_TO_DOUBT = ("SYN-RECEIVED", "SYN")
"""Where a SYN leads from there depends on who called: not asked for."""

PAIRS: tuple[Case, ...] = tuple(
    (str(state), event) for state in State for event in EVENTS if (state, event) != OPEN_TO_DOUBT
)


def next_state(state: str, event: str) -> str | None:
    """None where the event leads to no other state."""
    row = BY_NAMES.get((state, event))
    return str(row.next) if row and row.next != row.state else None


def mistaken(state: str, event: str, *, instead: dict[tuple[str, str], str | None]) -> str | None:
    """The table with some of its rows wrong."""
    return instead.get((state, event), next_state(state, event))


TOO_EARLY: dict[tuple[str, str], str | None] = {("SYN-SENT", "SYN"): "ESTABLISHED"}
NO_CLOSING: dict[tuple[str, str], str | None] = {("FIN-WAIT-1", "FIN"): "TIME-WAIT"}
NO_WAY_OUT: dict[tuple[str, str], str | None] = {("CLOSING", "ACK of our FIN"): None}
WAITS_TOO: dict[tuple[str, str], str | None] = {("LAST-ACK", "ACK of our FIN"): "TIME-WAIT"}


# A row of events.


def states(events: list[str]) -> list[str]:
    passed = ["CLOSED"]
    for event in events:
        passed.append(next_state(passed[-1], event) or passed[-1])
    return passed


def without_the_first(events: list[str]) -> list[str]:
    return states(events)[1:]


def only_changes(events: list[str]) -> list[str]:
    passed = states(events)
    return [passed[0], *(new for old, new in pairwise(passed) if new != old)]


def stops(events: list[str]) -> list[str]:
    """Gives up at the first event that leads nowhere."""
    passed = ["CLOSED"]
    for event in events:
        following = next_state(passed[-1], event)
        if following is None:
            break
        passed.append(following)
    return passed


def with_none(events: list[str]) -> list[str | None]:
    """None is taken for a state, from which nothing leads on."""
    passed: list[str | None] = ["CLOSED"]
    for event in events:
        passed.append(next_state(passed[-1], event) if passed[-1] else None)
    return passed


def from_the_start(events: list[str]) -> list[str]:
    """Each event is looked up in the state at the beginning."""
    return ["CLOSED", *(next_state("CLOSED", event) or "CLOSED" for event in events)]


LIVES: tuple[Case, ...] = (
    (["active OPEN", "SYN,ACK", "CLOSE", "ACK of our FIN", "FIN", "2 MSL passed"],),
    (["passive OPEN", "SYN", "ACK of our SYN", "FIN", "CLOSE", "ACK of our FIN"],),
    (["active OPEN", "SYN", "SYN,ACK", "CLOSE", "FIN", "ACK of our FIN", "2 MSL passed"],),
    (["active OPEN", "FIN", "SYN,ACK"],),
    ([],),
)


def lives(chance: random.Random) -> Iterator[Case]:
    """Ways through the table, now and then with an event that leads nowhere."""
    for _ in range(20):
        state, events = "CLOSED", []
        for _ in range(chance.randrange(1, 10)):
            leads_on = [event for event in EVENTS if next_state(state, event)]
            event = chance.choice(leads_on if chance.random() < 0.8 else EVENTS)
            if (state, event) != OPEN_TO_DOUBT:
                state = next_state(state, event) or state
                events.append(event)
        yield (events,)


# Both at once.

CROSSING = {
    "open": ("active OPEN", "SYN", "SYN,ACK"),
    "close": ("CLOSE", "FIN", "ACK of our FIN"),
}


def crossing() -> dict[str, str]:
    """The state after each event, from CLOSED and from ESTABLISHED."""
    found = {}
    for state, events in zip(("CLOSED", "ESTABLISHED"), CROSSING.values(), strict=True):
        for event in events:
            state = str(BY_NAMES[state, event].next)
            found[event] = state
    return found


# Resets, RFC 9293 section 3.10.7.4 and RFC 5961 section 3.2.

RESET_IN = (
    "SYN-RECEIVED", "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "CLOSING", "LAST-ACK",
)  # fmt: skip


def after_rst(
    state: str, passive: bool, number: int, expected: int, window: int
) -> tuple[str, str]:
    if number == expected:
        event = Event.RST
    elif expected < number < expected + window:
        event = Event.RST_IN_WINDOW
    else:
        event = Event.STRAY_RST
    taken = ROWS[State(state), event, passive]
    return str(taken.next), str(taken.sends)


RESETS: tuple[Case, ...] = (
    ("ESTABLISHED", False, 5000, 5000, 1000),
    ("ESTABLISHED", False, 5001, 5000, 1000),
    ("ESTABLISHED", False, 5999, 5000, 1000),
    ("ESTABLISHED", False, 6000, 5000, 1000),
    ("ESTABLISHED", True, 4999, 5000, 1000),
    ("ESTABLISHED", True, 5000, 5000, 0),
    ("SYN-RECEIVED", True, 5000, 5000, 1000),
    ("SYN-RECEIVED", False, 5000, 5000, 1000),
)


def resets(chance: random.Random) -> Iterator[Case]:
    for state in RESET_IN:
        expected, window = chance.randrange(10_000, 1_000_000), chance.choice((1, 500, 65535))
        for number in (expected, expected + 1, expected + window, expected - 1, expected + 99):
            yield state, chance.random() < 0.5, number, expected, window


def resets_at(
    state: str, passive: bool, number: int, expected: int, window: int,
    *, hits: Callable[[int, int, int], bool],
) -> tuple[str, str]:  # fmt: skip
    """Every RST for which that holds ends the connection."""
    if hits(number, expected, window):
        return after_rst(state, passive, expected, expected, window)
    return after_rst(state, passive, number, expected, window)


def always_closed(
    state: str, passive: bool, number: int, expected: int, window: int
) -> tuple[str, str]:
    """Forgets that a listening server goes on listening."""
    return after_rst(state, False, number, expected, window)


def one_too_far(
    state: str, passive: bool, number: int, expected: int, window: int
) -> tuple[str, str]:
    return after_rst(state, passive, number, expected, window + 1)


def answers_all(
    state: str, passive: bool, number: int, expected: int, window: int
) -> tuple[str, str]:
    following, sends = after_rst(state, passive, number, expected, window)
    return following, sends if number == expected else "challenge ACK"


# Who waits.


def waiting(frames: Frames) -> dict[int, str]:
    """By the client's port, which end is in TIME-WAIT."""
    connections = Connections()
    for time, frame in frames:
        packet = dissect(frame)
        packet.time = time
        connections.add(packet)
    found = {}
    for connection in connections:
        assert connection.states
        ends = [state is State.TIME_WAIT for state in connection.states]
        found[connection.client.port] = WHO[tuple(ends)]
    return found


WHO: dict[tuple[bool, ...], str] = {
    (True, False): "client", (False, True): "server", (True, True): "both",
    (False, False): "nobody",
}  # fmt: skip

SERVER_PORTS = (80, 81)


def first(frames: Frames, flags: str) -> dict[int, str]:
    """By the client's port, who was the first to send a segment with one of these flags."""
    found: dict[int, str] = {}
    for _, frame in frames:
        tcp = dissect(frame)[TCP]
        server = tcp.src_port in SERVER_PORTS
        port = tcp.dst_port if server else tcp.src_port
        found.setdefault(port, "nobody")
        names = TCP.flags.text(tcp.flags).split()
        if found[port] == "nobody" and any(flag in names for flag in flags.split()):
            found[port] = "server" if server else "client"
    return found


def the_other(frames: Frames) -> dict[int, str]:
    swap = {"client": "server", "server": "client"}
    return {port: swap.get(who, who) for port, who in waiting(frames).items()}


def first_fin(frames: Frames) -> dict[int, str]:
    """Whoever is first, also where both are."""
    right = waiting(frames)
    return right | {p: w for p, w in first(frames, "FIN").items() if right[p] == "both"}


def half_too(frames: Frames) -> dict[int, str]:
    """Whoever has sent the first FIN waits, whatever became of it."""
    right = waiting(frames)
    return right | {p: w for p, w in first(frames, "FIN").items() if right[p] == "nobody"}


def resets_too(frames: Frames) -> dict[int, str]:
    """Whoever breaks off waits as well."""
    right = waiting(frames)
    return right | {p: w for p, w in first(frames, "RST").items() if right[p] == "nobody"}


TASKS = (
    Task(
        "08/table",
        answer="next_of",
        reference=next_of,
        points=2,
        hints=(
            "The table of the lesson has these rows: `netlab.tcp.table()` shows those that lead "
            "to another state.",
            "`Machine(State.LISTEN).explain(Event.SYN)` says what an event does, in a sentence.",
            "Each side's FIN takes two steps to be done with: sent, and acknowledged. Which states "
            "stand between?",
        ),
        misconceptions=(
            Misconception(
                next_of() | {"LISTEN + SYN": "ESTABLISHED"},
                "All but one are right. A server that has got a SYN does not know yet whether the "
                "client hears its answer.",
            ),
            Misconception(
                next_of() | {"ESTABLISHED + FIN": "CLOSED"},
                "All but one are right. A FIN closes one direction only: what may the end that "
                "gets it still do?",
            ),
            Misconception(
                next_of() | {"ESTABLISHED + FIN": "LAST-ACK"},
                "All but one are right. The end that gets the FIN has not sent one of its own yet: "
                "for that it needs a call of its program.",
            ),
            Misconception(
                next_of() | {"FIN-WAIT-2 + FIN": "CLOSED"},
                "All but one are right. The ACK of their FIN may get lost: somebody has to stay "
                "and give it once more (RFC 9293 section 3.6).",
            ),
            Misconception(
                next_of() | {"FIN-WAIT-1 + ACK of our FIN": "TIME-WAIT"},
                "All but one are right. Our direction is closed then, theirs is not.",
            ),
        ),
    ),
    Task(
        "08/life",
        answer="life_order",
        lines=LIFE,
        extra=LIFE_EXTRA,
        hints=(
            "A client opens actively; a server waits. Three lines do not belong.",
            "What answers a client's SYN? And who sends the first FIN here?",
            "After the server's FIN the client's own program has to close; then one segment is "
            "still missing.",
        ),
        misconceptions=(
            Misconception(
                (*LIFE[:3], LIFE[4], LIFE[3], LIFE[5]),
                "So the client closes before the server's FIN has come. Here the server is first.",
            ),
            Misconception(
                (*LIFE[:3], LIFE[4], LIFE[5], LIFE[3]),
                "That is the life of a client that closes first. Here the server does.",
            ),
            Misconception(
                (*LIFE, LIFE_EXTRA[2]),
                "The client does not have to wait in the end: it did not close first.",
            ),
            Misconception(
                (*LIFE[:2], LIFE_EXTRA[1], *LIFE[3:]),
                "A server answers a SYN with one of its own: that is more than an ACK.",
            ),
            Misconception(
                (LIFE[0], LIFE_EXTRA[0], *LIFE[2:]),
                "A passive OPEN waits for a call, as servers do. Who calls here?",
            ),
        ),
    ),
    Task(
        "08/next-state",
        answer="next_state",
        reference=next_state,
        points=2,
        examples=PAIRS,
        hints=(
            "Three rows of `NEXT` lead to a wrong state, and one row is missing altogether.",
            "Look at what happens when both ends do the same at once: both call, both close.",
            "And compare the last two states of the end that closes second with "
            "`netlab.tcp.table()`: has it to wait?",
        ),
        misconceptions=(
            Misconception(
                partial(mistaken, instead=TOO_EARLY | NO_CLOSING | NO_WAY_OUT | WAITS_TOO),
                "Nothing is repaired yet. Begin with the two ends that call each other at once: "
                "does a SYN alone tell that ours has been heard?",
            ),
            Misconception(
                partial(mistaken, instead=NO_CLOSING | NO_WAY_OUT),
                "Still missing is what happens when both close at once (RFC 9293 section 3.6): "
                "their FIN comes, but ours is not acknowledged yet.",
            ),
            Misconception(
                partial(mistaken, instead=NO_WAY_OUT),
                "There is a state now into which a row leads, but none out of it.",
            ),
            Misconception(
                partial(mistaken, instead=TOO_EARLY),
                "When a SYN comes instead of an answer, the other side calls too. It does not "
                "know yet that we hear it, and we do not know whether it has heard us (RFC 9293 "
                "section 3.5).",
            ),
            Misconception(
                partial(mistaken, instead=WAITS_TOO),
                "The end that closed second need not wait: with the ACK of its FIN it knows that "
                "all has arrived.",
            ),
            Misconception(
                partial(mistaken, instead=TOO_EARLY | WAITS_TOO),
                "Closing at once is right now. Look at opening at once, and at the end that closed "
                "second.",
            ),
        ),
    ),
    Task(
        "08/states",
        answer="states",
        reference=states,
        points=2,
        examples=LIVES,
        more=lives,
        hints=(
            "Keep the state in a variable, and a list of all states so far.",
            "For each event ask `next_state(state, event)`; what does it give when the event "
            "leads nowhere?",
            "`or` helps: `None or state` is `state`. Append what comes out, whether it is new or "
            "not.",
        ),
        misconceptions=(
            Misconception(
                without_the_first,
                "The state at the beginning belongs to the list too, before any event.",
            ),
            Misconception(
                only_changes,
                "Where an event leads nowhere the state stays as it is: it stands in the list once "
                "more.",
            ),
            Misconception(
                stops,
                "After an event that leads nowhere life goes on: the next one may lead on.",
            ),
            Misconception(
                with_none,
                "`None` is no state. It says that the event leads nowhere: stay where you are.",
            ),
            Misconception(
                from_the_start,
                "You look up each event in the same state. The next event meets the state to "
                "which the one before has led.",
            ),
        ),
    ),
    Task(
        "08/crossing",
        answer="crossing",
        reference=crossing,
        points=2,
        hints=(
            "Both ends do the same here, so it is enough to follow one of them.",
            "`netlab.tcp.table(State.SYN_SENT)` shows the rows of one state.",
            "A FIN that comes while ours is not acknowledged yet leads to a state of which the "
            "name says what is happening.",
        ),
        misconceptions=(
            Misconception(
                crossing() | {"SYN": "ESTABLISHED"},
                "Closing is right. But a SYN alone does not say that ours has been heard.",
            ),
            Misconception(
                crossing() | {"FIN": "TIME-WAIT"},
                "Opening is right. When the FINs cross, ours is not acknowledged yet as theirs "
                "comes.",
            ),
            Misconception(
                crossing() | {"FIN": "CLOSE-WAIT"},
                "Opening is right. CLOSE-WAIT waits for the program to close: here it has done "
                "that already.",
            ),
            Misconception(
                crossing() | {"ACK of our FIN": "CLOSED"},
                "All but the end: which of the two closed second, so that it need not wait?",
            ),
        ),
    ),
    Task(
        "08/reset",
        answer="after_rst",
        reference=after_rst,
        points=3,
        examples=RESETS,
        more=resets,
        hints=(
            "Three cases: exactly the number that is expected, another one in the window, one "
            "outside.",
            "The window holds the numbers from `expected` on, `window` of them: which is the last?",
            "Only where the number is exact does the state change, and there SYN-RECEIVED asks "
            "how the connection was opened.",
        ),
        misconceptions=(
            Misconception(
                partial(resets_at, hits=lambda number, expected, window: True),
                "With you every RST ends the connection. Then anybody could, with a forged packet "
                "and any number at all.",
            ),
            Misconception(
                partial(
                    resets_at,
                    hits=lambda number, expected, window: expected <= number < expected + window,
                ),
                "You let every number in the window end the connection, as it was before RFC 5961. "
                "A forger hits a window easily: section 3.2 asks for more.",
            ),
            Misconception(
                always_closed,
                "A server that was called goes on waiting for others when the caller takes its "
                "call back (RFC 9293 section 3.10.7.4).",
            ),
            Misconception(
                one_too_far,
                "You are off by one at the window's end: a window of 1 holds one number.",
            ),
            Misconception(
                answers_all,
                "You answer an RST that is outside the window too. It is ignored: nothing says "
                "that it belongs to this connection.",
            ),
        ),
    ),
    Task(
        "08/waiting",
        answer="waiting",
        reference=waiting,
        points=3,
        capture="transfers.endings",
        hints=(
            "Look for the FINs of each connection: who sends the first, and has it been "
            "acknowledged when the other one is sent?",
            "Where an RST ends it, nobody waits. And where a second FIN has never come, nobody "
            "waits yet.",
            "`netlab.flows.Connections` knows the states of both ends, as the lesson showed it: "
            "`connection.states`, and `connection.client.port` for the key.",
        ),
        misconceptions=(
            Misconception(
                the_other,
                "It is the other way round: the end that closes first has to wait, for it sends "
                "the last ACK.",
            ),
            Misconception(
                first_fin,
                "Once two FINs cross: each was sent before the other had arrived. Which end waits "
                "then?",
            ),
            Misconception(
                half_too,
                "In some connection only one side has closed. It is half-closed: the FIN of the "
                "other side has never come.",
            ),
            Misconception(
                resets_too,
                "After an RST there is nothing to wait for: it is never confirmed, and ends all at "
                "once.",
            ),
            Misconception(
                lambda frames: dict.fromkeys(waiting(frames), "client"),
                "It is not the client every time. Who closes first may be either side.",
            ),
        ),
    ),
)
