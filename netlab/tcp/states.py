"""TCP's state machine, declared once (RFC 9293 sections 3.3.2, 3.6 and 3.10).

The rules of this file:

- Everything that affects the state machine lives in this file.  The endpoint, the diagram, the
  widget and the tests are made from its table; nothing else moves a connection to another state.
- The machine is the table `RULES`, literally.  A pair of state and event that is not in it cannot
  happen: the machine refuses the event, says why, and changes nothing.
- An event is what is left when a segment has been looked at: whoever drives the machine compares
  numbers (is it in the window? does it acknowledge our FIN?) and names the event.  The machine
  knows no numbers and no time.
- What an event does depends on the state alone, with one exception that RFC 9293 makes: whether
  the connection was opened passively, which SYN-RECEIVED and TIME-WAIT must remember.
- A segment that acknowledges our SYN or FIN and also brings a FIN is one event.  All else that a
  segment can be at once is told apart in the order of RFC 9293 section 3.10.7: first RST, then SYN,
  then ACK, then data.
- STATUS, zero-window probes, keep-alives and delayed acknowledgements change no state and are no
  events.
"""

from collections import deque
from collections.abc import Iterable
from enum import Enum, StrEnum
from typing import NamedTuple

RFC = "RFC 9293"


class State(StrEnum):
    """The states of a connection, RFC 9293 section 3.3.2."""

    CLOSED = "CLOSED"
    LISTEN = "LISTEN"
    SYN_SENT = "SYN-SENT"
    SYN_RECEIVED = "SYN-RECEIVED"
    ESTABLISHED = "ESTABLISHED"
    FIN_WAIT_1 = "FIN-WAIT-1"
    FIN_WAIT_2 = "FIN-WAIT-2"
    CLOSE_WAIT = "CLOSE-WAIT"
    CLOSING = "CLOSING"
    LAST_ACK = "LAST-ACK"
    TIME_WAIT = "TIME-WAIT"


class Source(StrEnum):
    """Where an event comes from."""

    CALL = "call"
    SEGMENT = "segment"
    TIMEOUT = "timeout"


class Event(Enum):
    """What can happen to a connection: a user's call, a segment that arrives, a timeout.

    `text` is the event in words, `source` where it comes from, `missing` why it cannot happen in
    a state that has no row for it (a call has the RFC's error instead).
    """

    PASSIVE_OPEN = "passive OPEN", Source.CALL
    ACTIVE_OPEN = "active OPEN", Source.CALL
    SEND = "SEND", Source.CALL
    RECEIVE = "RECEIVE", Source.CALL
    CLOSE = "CLOSE", Source.CALL
    ABORT = "ABORT", Source.CALL

    SYN = "SYN", Source.SEGMENT
    SYN_ACK = "SYN,ACK", Source.SEGMENT
    SYN_AGAIN = "the same SYN again", Source.SEGMENT, "no SYN awaits an answer"
    NEW_SYN = "SYN of a new connection", Source.SEGMENT, "no old connection is over"
    ACK_OF_SYN = "ACK of our SYN", Source.SEGMENT, "no SYN,ACK awaits an answer"
    ACK = "ACK", Source.SEGMENT, "every ACK is either that of our SYN or a wrong one"
    DATA = "data", Source.SEGMENT, "data count once our SYN is acknowledged"
    FIN = "FIN", Source.SEGMENT
    ACK_OF_FIN = "ACK of our FIN", Source.SEGMENT, "no FIN of ours awaits an answer"
    FIN_AND_ACK_OF_FIN = (
        "FIN that acknowledges ours",
        Source.SEGMENT,
        "not both are due: a FIN of the other side and an answer to ours",
    )
    BAD_ACK = "ACK of what was not sent", Source.SEGMENT, "nothing was sent: any ACK is wrong"
    BARE = "neither SYN, ACK nor RST", Source.SEGMENT
    OUTSIDE = "segment outside the window", Source.SEGMENT, "there is no window yet"
    RST = "RST", Source.SEGMENT
    RST_IN_WINDOW = "RST in the window, not at its start", Source.SEGMENT, "there is no window yet"
    STRAY_RST = "RST that fits nothing", Source.SEGMENT, "every RST is ignored here"

    RETRANSMISSION_TIMEOUT = (
        "retransmission timeout", Source.TIMEOUT, "nothing of ours is unacknowledged",
    )  # fmt: skip
    RETRANSMISSION_LIMIT = (
        "retransmission limit", Source.TIMEOUT, "nothing of ours is unacknowledged",
    )  # fmt: skip
    USER_TIMEOUT = "user timeout", Source.TIMEOUT, "nothing of ours is unacknowledged"
    TIME_WAIT_TIMEOUT = "2 MSL passed", Source.TIMEOUT, "that timer runs in TIME-WAIT alone"

    def __init__(self, text: str, source: Source, missing: str = "") -> None:
        self.text, self.source, self.missing = text, source, missing

    def __str__(self) -> str:
        return self.text

    __hash__ = object.__hash__  # by identity: quicker, for an event is looked up for each segment


class Sends(StrEnum):
    """What a step puts on the wire."""

    NOTHING = ""
    SYN = "SYN"
    SYN_ACK = "SYN,ACK"
    ACK = "ACK"
    ACK_SOON = "ACK, at once or soon"
    CHALLENGE_ACK = "challenge ACK"
    DATA = "data"
    FIN = "FIN"
    RST = "RST"
    AGAIN = "the oldest segment again"


class Opened(StrEnum):
    """How the connection was opened, for the rows that depend on it."""

    EITHER = ""
    PASSIVE = "opened passively"
    ACTIVE = "opened actively"


class Row(NamedTuple):
    """One row of the table.

    `error` is what the user is told, "" for nothing; `rfc` the source, with its section.
    """

    state: State
    event: Event
    sends: Sends
    next: State
    rfc: str
    why: str
    error: str = ""
    opened: Opened = Opened.EITHER


class Rule(NamedTuple):
    """Rows that say the same of several states or events; `next` None: the state remains."""

    states: tuple[State, ...]
    events: tuple[Event, ...]
    sends: Sends
    next: State | None
    rfc: str
    why: str
    error: str = ""
    opened: Opened = Opened.EITHER

    def rows(self) -> Iterable[Row]:
        for state in self.states:
            for event in self.events:
                yield Row(state, event, self.sends, self.next or state, *self[4:])


(CLOSED, LISTEN, SYN_SENT, SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING,
 LAST_ACK, TIME_WAIT) = State  # fmt: skip

SYNCHRONIZED = (
    ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT,
)  # fmt: skip
"""The states in which both sides know each other's sequence numbers, RFC 9293 section 3.3.2."""

NUMBERED = (SYN_RECEIVED, *SYNCHRONIZED)
"""The states that know the other side's sequence number and check each segment against it."""

UNACKNOWLEDGED = (
    SYN_SENT, SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, CLOSE_WAIT, CLOSING, LAST_ACK,
)  # fmt: skip
"""The states in which something of ours may await its acknowledgement."""

_E, _S = Event, Sends

# fmt: off
RULES = (
    # CLOSED: no connection.
    Rule((CLOSED,), (_E.PASSIVE_OPEN,), _S.NOTHING, LISTEN, "section 3.10.1",
         "a server waits for whoever calls; nothing is sent"),
    Rule((CLOSED,), (_E.ACTIVE_OPEN,), _S.SYN, SYN_SENT, "section 3.10.1",
         "a client names its first sequence number"),
    Rule((CLOSED,), (_E.SYN, _E.SYN_ACK, _E.ACK, _E.DATA, _E.FIN, _E.BARE), _S.RST, None,
         "section 3.10.7.1", "nobody is here: the sender shall stop"),
    Rule((CLOSED,), (_E.RST,), _S.NOTHING, None, "section 3.10.7.1",
         "an RST is never answered, or two sides could reset each other for ever"),

    # LISTEN: waiting for any client.
    Rule((LISTEN,), (_E.SYN,), _S.SYN_ACK, SYN_RECEIVED, "section 3.10.7.2",
         "the client's number is noted and answered with ours; it has yet to show that it hears"),
    Rule((LISTEN,), (_E.SYN_ACK, _E.ACK, _E.DATA, _E.FIN), _S.RST, None, "section 3.10.7.2",
         "nothing was sent that could be acknowledged: this is left from an older connection"),
    Rule((LISTEN,), (_E.RST, _E.BARE), _S.NOTHING, None, "section 3.10.7.2",
         "there is no connection that it could concern"),
    Rule((LISTEN,), (_E.ACTIVE_OPEN, _E.SEND), _S.SYN, SYN_SENT, "sections 3.10.1 and 3.10.2",
         "the server calls by itself: its passive OPEN becomes an active one"),
    Rule((LISTEN,), (_E.CLOSE, _E.ABORT), _S.NOTHING, CLOSED, "sections 3.10.4 and 3.10.5",
         "nobody has called, so there is nobody to tell"),

    # SYN-SENT: the client waits for the server's answer.
    Rule((SYN_SENT,), (_E.SYN_ACK,), _S.ACK, ESTABLISHED, "section 3.10.7.3",
         "the server has heard us and named its number; the ACK shows that we heard it"),
    Rule((SYN_SENT,), (_E.SYN,), _S.SYN_ACK, SYN_RECEIVED, "sections 3.5 and 3.10.7.3",
         "both sides call at once: simultaneous open"),
    Rule((SYN_SENT,), (_E.BAD_ACK,), _S.RST, None, "section 3.10.7.3",
         "the other side believes in an older connection; the RST clears it away"),
    Rule((SYN_SENT,), (_E.RST,), _S.NOTHING, CLOSED, "section 3.10.7.3",
         "its ACK shows that it answers our SYN: nobody listens there", "connection reset"),
    Rule((SYN_SENT,), (_E.STRAY_RST,), _S.NOTHING, None, "section 3.10.7.3",
         "without an ACK of our SYN anybody could have sent it"),
    Rule((SYN_SENT,), (_E.ACK, _E.DATA, _E.FIN, _E.BARE), _S.NOTHING, None, "section 3.10.7.3",
         "without a SYN its numbers mean nothing yet"),
    Rule((SYN_SENT,), (_E.CLOSE, _E.ABORT), _S.NOTHING, CLOSED, "sections 3.10.4 and 3.10.5",
         "no connection was made, so none needs ending"),

    # SYN-RECEIVED: both have called, our SYN is not acknowledged.
    Rule((SYN_RECEIVED,), (_E.ACK_OF_SYN,), _S.NOTHING, ESTABLISHED, "section 3.10.7.4",
         "the third step of the handshake: the client has our number"),
    Rule((SYN_RECEIVED,), (_E.SYN_ACK,), _S.NOTHING, ESTABLISHED, "section 3.5, figure 8",
         "in a simultaneous open the other side's SYN,ACK acknowledges our SYN"),
    Rule((SYN_RECEIVED,), (_E.SYN_AGAIN,), _S.SYN_ACK, None, "section 3.10.7.4",
         "our answer to it was lost or is late, and is given again"),
    Rule((SYN_RECEIVED,), (_E.SYN,), _S.NOTHING, LISTEN, "section 3.10.7.4",
         "one of the two SYNs is old, and we cannot tell which: wait for it to be sent again",
         opened=Opened.PASSIVE),
    Rule((SYN_RECEIVED,), (_E.SYN,), _S.CHALLENGE_ACK, None, "RFC 5961 section 4",
         "a real peer that started anew answers the ACK with an RST, a forger cannot",
         opened=Opened.ACTIVE),
    Rule((SYN_RECEIVED,), (_E.BAD_ACK,), _S.RST, None, "section 3.10.7.4",
         "it does not acknowledge our SYN, so it belongs to no connection of ours"),
    Rule((SYN_RECEIVED,), (_E.RST,), _S.NOTHING, LISTEN, "section 3.10.7.4",
         "the SYN was an old duplicate or the client gave up; the server waits for the next",
         opened=Opened.PASSIVE),
    Rule((SYN_RECEIVED,), (_E.RST,), _S.NOTHING, CLOSED, "section 3.10.7.4",
         "the other side takes back its call", "connection refused", Opened.ACTIVE),
    Rule((SYN_RECEIVED,), (_E.CLOSE,), _S.FIN, FIN_WAIT_1, "section 3.10.4",
         "with data queued the call waits for ESTABLISHED, otherwise the FIN follows our SYN"),

    # ESTABLISHED: data flow both ways.
    Rule((SYN_RECEIVED, ESTABLISHED), (_E.FIN,), _S.ACK, CLOSE_WAIT, "section 3.10.7.4",
         "the other side has no more to say; we may go on sending"),
    Rule((ESTABLISHED,), (_E.CLOSE,), _S.FIN, FIN_WAIT_1, "section 3.10.4",
         "the FIN follows the last queued byte; we may go on receiving"),
    Rule((ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2), (_E.DATA,), _S.ACK_SOON, None,
         "section 3.10.7.4", "what arrives is kept; one ACK serves for two segments"),
    Rule((ESTABLISHED, CLOSE_WAIT), (_E.SEND,), _S.DATA, None, "section 3.10.2",
         "the data go out as the windows permit"),

    # We closed first.
    Rule((FIN_WAIT_1,), (_E.ACK_OF_FIN,), _S.NOTHING, FIN_WAIT_2, "section 3.10.7.4",
         "our direction is closed; the other may stay open for long"),
    Rule((FIN_WAIT_1,), (_E.FIN,), _S.ACK, CLOSING, "sections 3.6 and 3.10.7.4",
         "both close at once: their FIN came before the acknowledgement of ours"),
    Rule((FIN_WAIT_1,), (_E.FIN_AND_ACK_OF_FIN,), _S.ACK, TIME_WAIT, "section 3.10.7.4",
         "one segment closes their direction and confirms that ours is closed"),
    Rule((FIN_WAIT_2,), (_E.FIN,), _S.ACK, TIME_WAIT, "section 3.10.7.4",
         "both directions are closed; our last ACK may yet be lost, so we stay to repeat it"),
    Rule((CLOSING,), (_E.ACK_OF_FIN,), _S.NOTHING, TIME_WAIT, "section 3.10.7.4",
         "both directions are closed; our ACK of their FIN may yet be lost"),

    # They closed first.
    Rule((CLOSE_WAIT,), (_E.CLOSE,), _S.FIN, LAST_ACK, "section 3.10.4",
         "the FIN follows the last queued byte, and then nothing is left but its ACK"),
    Rule((LAST_ACK,), (_E.ACK_OF_FIN,), _S.NOTHING, CLOSED, "section 3.10.7.4",
         "both directions are closed, and the other side waits in our stead"),
    Rule((CLOSE_WAIT, CLOSING, LAST_ACK), (_E.FIN,), _S.ACK, None, "section 3.10.7.4",
         "our ACK of it was lost, and is given again"),
    Rule((CLOSE_WAIT, CLOSING, LAST_ACK, TIME_WAIT), (_E.DATA,), _S.NOTHING, None,
         "section 3.10.7.4", "after a FIN there can be no data: ignored"),

    # TIME-WAIT: both closed; old segments die out.
    Rule((TIME_WAIT,), (_E.FIN,), _S.ACK, None, "section 3.10.7.4",
         "our ACK of it was lost: it is given again, and the 2 MSL begin anew"),
    Rule((TIME_WAIT,), (_E.NEW_SYN,), _S.SYN_ACK, SYN_RECEIVED,
         "RFC 6191 section 2, RFC 1122 section 4.2.2.13",
         "its number or timestamp lies beyond the old connection's: it cannot be an old duplicate",
         opened=Opened.PASSIVE),
    Rule((TIME_WAIT,), (_E.NEW_SYN,), _S.CHALLENGE_ACK, None, "RFC 5961 section 4",
         "a client's end does not take calls", opened=Opened.ACTIVE),
    Rule((TIME_WAIT,), (_E.TIME_WAIT_TIMEOUT,), _S.NOTHING, CLOSED, "section 3.10.8",
         "no segment of this connection can be under way any more"),

    # In every state that checks segments against the other side's numbers.
    Rule(NUMBERED, (_E.OUTSIDE,), _S.ACK, None, "section 3.10.7.4",
         "old or forged: the ACK tells an honest sender what is expected next"),
    Rule(NUMBERED, (_E.STRAY_RST,), _S.NOTHING, None, "RFC 5961 section 3.2, RFC 1337 section 3",
         "its number is outside the window, or it would cut short a TIME-WAIT: ignored"),
    Rule(NUMBERED, (_E.RST_IN_WINDOW,), _S.CHALLENGE_ACK, None, "RFC 5961 section 3.2",
         "a real peer repeats the RST with the number that the ACK names, a forger cannot"),
    Rule(NUMBERED, (_E.BARE,), _S.NOTHING, None, "section 3.10.7.4",
         "once a connection is under way every segment carries an ACK"),
    Rule(SYNCHRONIZED, (_E.ACK,), _S.NOTHING, None, "section 3.10.7.4",
         "room in our queue and news of the other side's window"),
    Rule(SYNCHRONIZED, (_E.BAD_ACK,), _S.CHALLENGE_ACK, None, "RFC 5961 section 5",
         "it acknowledges what we never sent, or what was acknowledged long ago: dropped"),
    Rule(SYNCHRONIZED, (_E.SYN, _E.SYN_ACK), _S.CHALLENGE_ACK, None, "RFC 5961 section 4",
         "a real peer that started anew answers the ACK with an RST, a forger cannot"),
    Rule((ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT, CLOSING, LAST_ACK), (_E.RST,),
         _S.NOTHING, CLOSED, "section 3.10.7.4, RFC 5961 section 3.2",
         "it has exactly the number that we expect: the other side has broken off",
         "connection reset"),
    Rule((TIME_WAIT,), (_E.RST,), _S.NOTHING, CLOSED, "section 3.10.7.4",
         "both sides had closed; an end that heeds RFC 1337 does not let it come to this"),

    # Calls that many states permit.
    Rule((SYN_SENT, SYN_RECEIVED), (_E.SEND,), _S.NOTHING, None, "section 3.10.2",
         "the data wait until the connection is there"),
    Rule((LISTEN, SYN_SENT, SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT),
         (_E.RECEIVE,), _S.NOTHING, None, "section 3.10.3",
         "takes what has arrived; an empty queue after a FIN is the end of the stream"),
    Rule((SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT), (_E.ABORT,), _S.RST,
         CLOSED, "section 3.10.5", "the other side is told at once; what was queued is lost"),
    Rule((CLOSING, LAST_ACK, TIME_WAIT), (_E.ABORT,), _S.NOTHING, CLOSED, "section 3.10.5",
         "both sides have closed already: there is nothing to break off"),

    # Timeouts.
    Rule(UNACKNOWLEDGED, (_E.RETRANSMISSION_TIMEOUT,), _S.AGAIN, None, "section 3.10.8, RFC 6298",
         "it or its acknowledgement was lost; the next wait is twice as long"),
    Rule((*UNACKNOWLEDGED, FIN_WAIT_2), (_E.RETRANSMISSION_LIMIT,), _S.NOTHING, CLOSED,
         "section 3.8.3", "nothing was answered for so long that nobody can be there", "timed out"),
    Rule((*UNACKNOWLEDGED, FIN_WAIT_2), (_E.USER_TIMEOUT,), _S.NOTHING, CLOSED, "section 3.10.8",
         "the user does not want to wait any longer", "timed out"),
)
"""The table, with rows that say the same of several states written once."""
# fmt: on


def _full(row: Row) -> Row:
    """The row with its source spelled out: a section alone is one of RFC 9293."""
    return row._replace(rfc=row.rfc if row.rfc.startswith("RFC") else f"{RFC} {row.rfc}")


TABLE = tuple(_full(row) for rule in RULES for row in rule.rows())
"""Every row of the table: one state, one event (two rows where `opened` decides)."""

ROWS: dict[tuple[State, Event, bool], Row] = {
    (row.state, row.event, passive): row
    for row in TABLE
    for passive, opened in ((True, Opened.PASSIVE), (False, Opened.ACTIVE))
    if row.opened in (Opened.EITHER, opened)
}
"""The row for a state, an event, and whether the connection was opened passively."""

OPENS = {Event.PASSIVE_OPEN: True, Event.ACTIVE_OPEN: False, Event.SEND: False}
"""The calls that decide, where they change the state, whether a connection is opened passively."""


class Refused(ValueError):
    """An event that the state does not permit; `error` is the one that the RFC names."""

    def __init__(self, message: str, error: str = "") -> None:
        super().__init__(message)
        self.error = error


def refusal(state: State, event: Event) -> Refused:
    """Why there is no row for an event in a state, with the error of RFC 9293 section 3.10."""
    if event.source is not Source.CALL:
        reason, error = event.missing, ""
    elif event in (Event.PASSIVE_OPEN, Event.ACTIVE_OPEN):
        reason = error = "connection already exists"
    elif state is CLOSED:
        reason = error = "connection does not exist"
    else:
        reason = error = "connection closing"
    *most, last = dict.fromkeys(row.state for row in TABLE if row.event is event)
    where = f"{', '.join(most)} and {last}" if most else last
    return Refused(f"{event} is not possible in {state}: {reason}; it is in {where}", error)


class Machine:
    """A connection's state, moved by events along the table.

    `passive` says whether it was opened passively, `history` holds the rows that were taken, the
    last 1,000 of them.
    """

    __slots__ = ("history", "passive", "state")

    def __init__(self, state: State = State.CLOSED, passive: bool = False) -> None:
        self.state, self.passive = state, passive
        self.history: deque[Row] = deque(maxlen=1000)

    def step(self, event: Event) -> Row:
        """Take the row for an event.  Refused, and nothing changed, when there is none."""
        row = ROWS.get((self.state, event, self.passive))
        if row is None:
            raise refusal(self.state, event)
        if row.next is not row.state:
            self.state = row.next
            self.passive = OPENS.get(event, self.passive)
        self.history.append(row)
        return row

    def row(self, event: Event) -> Row | None:
        """The row that the event would take, None when it would be refused."""
        return ROWS.get((self.state, event, self.passive))

    def possible(self) -> tuple[Row, ...]:
        """The rows that can be taken from here."""
        rows = (self.row(event) for event in Event)
        return tuple(row for row in rows if row)

    def explain(self, event: Event) -> str:
        """What the event does in this state, or why it is refused, in a sentence."""
        row = self.row(event)
        if row is None:
            return str(refusal(self.state, event))
        sends = f", sends {row.sends}" if row.sends else ""
        tells = f", tells the user {row.error!r}" if row.error else ""
        return f"{event} in {self.state}{sends}{tells}, {row.next} is next: {row.why} ({row.rfc})"

    def __repr__(self) -> str:
        return f"<Machine {self.state}>"
