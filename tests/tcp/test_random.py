"""Two endpoints over a bad network: every byte once and in order, or an error; never a deadlock.

The network loses, duplicates, reorders and delays as it likes.  When it has done so for a while it
becomes a good one, and the connection has to come to an end.
"""

from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from talk import stream

from netlab.tcp import Endpoint, Refused, Segment, State
from netlab.tcp.states import ROWS
from netlab.tcp.timers import MILLISECOND, SECOND

STREAM = stream(0, 100_000)

OVER = (State.CLOSED, State.LISTEN)


@dataclass
class User:
    """A program with its endpoint: what it has written and read, and what it has told it."""

    endpoint: Endpoint
    written: int = 0
    read: bytearray = field(default_factory=bytearray)
    aborted: bool = False
    closed: bool = False
    error: str = ""

    def write(self, count: int, now: int) -> None:
        try:
            count = self.endpoint.send(STREAM[self.written : self.written + count], now)
        except Refused:
            return
        self.written += count

    def receive(self, count: int, now: int) -> None:
        try:
            self.read += self.endpoint.receive(count, now)
        except Refused:
            assert not self.endpoint.readable

    def close(self, now: int) -> None:
        if self.endpoint.state in (State.LISTEN, State.SYN_SENT):
            self.aborted = True  # there is no connection: what was written is given up
        try:
            self.endpoint.close(now)
            self.closed = True
        except Refused:
            assert self.closed or self.endpoint.state in OVER

    def abort(self, now: int) -> None:
        try:
            self.endpoint.abort(now)
            self.aborted = True
        except Refused:
            assert self.endpoint.state is State.CLOSED


options = st.fixed_dictionaries({
    "mss": st.sampled_from([50, 300, 1460]),
    "receive_buffer": st.sampled_from([60, 500, 5000, 65_535, 200_000]),
    "send_buffer": st.sampled_from([100, 4000, 65_535]),
    "congestion": st.sampled_from(["newreno", "reno", "cubic", "none"]),
    "initial_window": st.sampled_from([1, 4, 10]),
    "window_scaling": st.booleans(),
    "timestamps": st.booleans(),
    "sack": st.booleans(),
    "nagle": st.booleans(),
    "delayed_ack": st.booleans(),
    "keep_alive": st.sampled_from([None, 20 * SECOND]),
    "msl": st.just(30 * SECOND),
    "iss": st.sampled_from([0, 5000, 2**31 - 200, 2**32 - 1, 2**32 - 700]),
})  # fmt: skip


class BadNetwork(RuleBasedStateMachine):
    """What two users and the network between them do, in any order."""

    @initialize(ours=options, theirs=options, both_call=st.booleans(), queued=st.integers(0, 900))
    def begin(self, ours: dict, theirs: dict, both_call: bool, queued: int) -> None:
        self.now = 0
        self.users = [User(Endpoint(local_port=1, remote_port=2, **ours)),
                      User(Endpoint(local_port=2, remote_port=1, **theirs))]  # fmt: skip
        self.flying: list[tuple[int, Segment]] = []
        self.users[0].endpoint.open(0)
        self.users[0].write(queued, 0)
        if both_call:
            self.users[1].endpoint.open(0)
        else:
            self.users[1].endpoint.listen(0)
        self.collect()

    def collect(self) -> None:
        """Take what the endpoints send: it flies to the other end."""
        for number, user in enumerate(self.users):
            for segment in user.endpoint.outgoing():
                self.flying.append((1 - number, segment))

    def deliver(self, index: int) -> None:
        number, segment = self.flying[index]
        self.users[number].endpoint.arrive(segment, self.now)

    sides = st.integers(0, 1)
    far = st.integers(0, 1 << 16)

    @rule(side=sides, count=st.sampled_from([1, 10, 400, 3000]))
    def writes(self, side: int, count: int) -> None:
        self.users[side].write(count, self.now)

    @rule(side=sides, count=st.sampled_from([1, 100, 100_000]))
    def reads(self, side: int, count: int) -> None:
        self.users[side].receive(count, self.now)

    @rule(side=sides, really=st.integers(0, 3))
    def closes(self, side: int, really: int) -> None:
        if really == 3:
            self.users[side].close(self.now)

    @rule(side=sides, really=st.integers(0, 9))
    def aborts(self, side: int, really: int) -> None:
        if really == 9:
            self.users[side].abort(self.now)

    @precondition(lambda self: self.flying)
    @rule(count=st.integers(1, 20))
    def segments_arrive(self, count: int) -> None:
        for _ in range(min(count, len(self.flying))):
            self.deliver(0)
            del self.flying[0]
            self.collect()

    @precondition(lambda self: self.flying)
    @rule(which=far)
    def a_late_one_comes_first(self, which: int) -> None:
        index = which % len(self.flying)
        self.deliver(index)
        del self.flying[index]

    @precondition(lambda self: self.flying)
    @rule(which=far)
    def one_is_lost(self, which: int) -> None:
        del self.flying[which % len(self.flying)]

    @rule()
    def all_are_lost(self) -> None:
        self.flying.clear()

    @precondition(lambda self: self.flying)
    @rule(which=far)
    def one_comes_twice(self, which: int) -> None:
        self.deliver(which % len(self.flying))

    @rule(chance=st.integers(0, 1 << 32).map(Random), loss=st.sampled_from([0.1, 0.3, 0.6]))
    def a_storm(self, chance: Random, loss: float) -> None:
        """A while of everything: writing, reading, losing, doubling, overtaking."""
        for _ in range(chance.randrange(40)):
            user = chance.choice(self.users)
            if chance.random() < 0.2:
                user.write(chance.choice([1, 40, 500, 5000]), self.now)
            if chance.random() < 0.3:
                user.receive(chance.choice([1, 50, 10_000]), self.now)
            self.collect()
            if self.flying:
                index = 0 if chance.random() < 0.8 else chance.randrange(len(self.flying))
                if chance.random() > loss:
                    self.deliver(index)
                if chance.random() < 0.9:
                    del self.flying[index]
            if chance.random() < 0.3:
                self.time_passes(chance.choice([1, 20, 300]))

    @rule(milliseconds=st.sampled_from([1, 50, 300, 1000]))
    def time_passes(self, milliseconds: int) -> None:
        self.now += milliseconds * MILLISECOND
        self.expire()

    def expire(self) -> None:
        for user in self.users:
            due = user.endpoint.deadline
            if due is not None and due <= self.now:
                user.endpoint.expire(self.now)

    @invariant()
    def all_is_well(self) -> None:
        if not hasattr(self, "users"):
            return
        self.collect()
        for user, other in (self.users, reversed(self.users)):
            read = len(user.read)
            assert read <= other.written
            assert user.read == STREAM[:read]
            self.check(user)

    def check(self, user: User) -> None:
        """The state is where the table's rows have led; the variables are sound."""
        endpoint = user.endpoint
        history = endpoint.machine.history
        if history:
            assert history[-1].next is endpoint.state
        if endpoint.error:
            user.error = endpoint.error
        board = endpoint.sender.board
        assert 0 <= board.pipe <= 2 * board.outstanding
        assert board.sacked_bytes + board.lost_bytes <= board.outstanding
        if endpoint.state not in OVER:
            assert board.outstanding == endpoint.sender.snd_nxt - endpoint.sender.snd_una

    def teardown(self) -> None:
        """A good network from here on: what was written arrives, and the connection ends."""
        if not hasattr(self, "users"):
            return
        self.run_on()
        self.judge()
        for user in self.users:
            if not user.closed and user.endpoint.state not in OVER:
                user.close(self.now)
        self.run_on()
        self.judge()
        for user, other in (self.users, reversed(self.users)):
            state = user.endpoint.state
            gone = other.aborted  # and what told us so was lost
            assert state in OVER or (state is State.FIN_WAIT_2 and gone), "it never ends"

    def run_on(self) -> None:
        """Until nothing is on its way and nothing more will be sent but keep-alives."""
        for _ in range(20_000):
            for user in self.users:
                user.receive(1 << 20, self.now)
            self.all_is_well()
            due = [
                when
                for user in self.users
                for name, when in user.endpoint.timers.running.items()
                if name != "keep_alive"
            ]
            if self.flying:
                self.now += 10 * MILLISECOND
                flying, self.flying = self.flying, []
                for number, segment in flying:
                    self.users[number].endpoint.arrive(segment, self.now)
            elif due:
                self.now = max(self.now, min(due))
            else:
                return
            self.expire()
        raise AssertionError("they never come to rest")

    def judge(self) -> None:
        """All rows that were taken are the table's, one after the other.

        Nothing is missing and nobody is told of an error, unless one of the two broke off.

        The bad network does not last long enough for a timeout.
        """
        for user in self.users:
            history = user.endpoint.machine.history
            for row in history:
                ways = (ROWS.get((row.state, row.event, passive)) for passive in (True, False))
                assert row in ways
            for before, after in pairwise(history):
                assert before.next is after.state
        if not any(user.aborted for user in self.users):
            for user, other in (self.users, reversed(self.users)):
                assert not user.error
                assert len(other.read) == user.written


TestBadNetwork = BadNetwork.TestCase
TestBadNetwork.settings = settings(max_examples=2000, stateful_step_count=25, deadline=None)
