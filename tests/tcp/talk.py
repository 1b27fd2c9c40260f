"""Small scripts for one endpoint: what arrives, what it sends, what its user does, the time.

    talk = Talk.server()                     # after the handshake
    talk.arrives("ACK seq=1 ack=1 length=100")
    talk.passes(0.2)
    talk.sends("ACK seq=1 ack=101")

Segments are written as `Segment.summary` writes them, with sequence numbers counted from the
initial ones, THEIRS in what arrives and OURS in what is sent, so that the SYN has 0.
`length=100` stands for the bytes that belong there in the stream `stream()`.

`sends` compares what is named; what is not must be absent, PSH, window and timestamps excepted.
"""

from netlab.tcp import Endpoint, Segment, State
from netlab.tcp.segment import ACK, PSH, URG
from netlab.tcp.timers import SECOND

OURS, THEIRS = 5000, 9000


def stream(start: int, end: int) -> bytes:
    """The bytes that the tests send in either direction, from one position to another."""
    return bytes(i * i % 251 for i in range(start, end))


def span(text: str, base: int) -> tuple[tuple[int, int], ...]:
    """SACK blocks: "100-200,300-400"."""
    edges = (block.split("-") for block in text.split(","))
    return tuple(((base + int(a)) % 2**32, (base + int(b)) % 2**32) for a, b in edges)


class Talk:
    """An endpoint and the time; options that an endpoint has can be given, most are off."""

    def __init__(self, ours: int = OURS, theirs: int = THEIRS, **options) -> None:
        self.ours, self.theirs, self.now = ours, theirs, 0
        quiet = {"window_scaling": False, "timestamps": False, "sack": False, "remote_port": 7}
        self.endpoint = Endpoint(iss=ours, **{**quiet, **options})
        self.written = 0
        self.out: list[Segment] = []

    @classmethod
    def client(cls, answer: str = "", **options) -> "Talk":
        """In ESTABLISHED by an active OPEN."""
        talk = cls(**options)
        talk.opens()
        talk.drops()
        talk.arrives(f"SYN,ACK seq=0 ack=1 {answer or 'mss=1460'}")
        talk.drops()
        assert talk.state is State.ESTABLISHED
        return talk

    @classmethod
    def server(cls, call: str = "", **options) -> "Talk":
        """In ESTABLISHED by a passive OPEN."""
        talk = cls(**options)
        talk.listens()
        talk.arrives(f"SYN seq=0 {call or 'mss=1460'}")
        talk.drops()
        talk.arrives("ACK seq=1 ack=1")
        assert talk.state is State.ESTABLISHED
        return talk

    # The user.

    def listens(self) -> None:
        self.endpoint.listen(self.now)

    def opens(self) -> None:
        self.endpoint.open(self.now)

    def writes(self, count: int) -> int:
        """SEND the next bytes of the stream; how many were taken."""
        taken = self.endpoint.send(stream(self.written, self.written + count), self.now)
        self.written += taken
        return taken

    def reads(self, count: int = 1 << 30) -> bytes:
        return self.endpoint.receive(count, self.now)

    def closes(self) -> None:
        self.endpoint.close(self.now)

    def aborts(self) -> None:
        self.endpoint.abort(self.now)

    # The network.

    def arrives(self, text: str) -> None:
        self.endpoint.arrive(self.segment(text), self.now)

    def segment(self, text: str) -> Segment:
        """A segment of the other side, from its description."""
        flags, *rest = text.split()
        segment = Segment(flags="" if flags == "none" else flags)
        count = 0
        for word in rest:
            name, _, value = word.partition("=")
            match name:
                case "seq":
                    segment.seq = (self.theirs + int(value)) % 2**32
                case "ack":
                    segment.ack = (self.ours + int(value)) % 2**32
                case "length":
                    count = int(value)
                case "window":
                    segment.window = int(value)
                case "mss":
                    segment.mss = int(value)
                case "scale":
                    segment.window_scale = int(value)
                case "sack-permitted":
                    segment.sack_permitted = True
                case "sack":
                    segment.sack = span(value, self.ours)
                case "ts":
                    clock, _, echo = value.partition("/")
                    segment.timestamps = (int(clock), int(echo))
                case "urgent":
                    segment.urgent_pointer = int(value)
                case _:
                    raise ValueError(f"{word!r} is nothing that a segment has")
        start = (segment.seq - self.theirs) % 2**32 - 1 if count else 0
        segment.payload = stream(start, start + count) if start < 1 << 30 else bytes(count)
        segment.length += count
        return segment

    def collect(self) -> None:
        self.out += self.endpoint.outgoing()

    def sends(self, *texts: str) -> list[Segment]:
        """Exactly these segments have been sent since the last look."""
        self.collect()
        sent, self.out = self.out, []
        shown = "\n".join(map(self.show, sent)) or "nothing"
        wanted = "\n".join(texts) or "nothing"
        assert len(sent) == len(texts), f"sent is:\n{shown}\nexpected:\n{wanted}"
        for segment, text in zip(sent, texts, strict=True):
            self.compare(segment, text, f"sent is:\n{shown}\nexpected:\n{wanted}")
        return sent

    def silent(self) -> None:
        """Nothing has been sent since the last look."""
        self.sends()

    def drops(self) -> int:
        """Whatever was sent does not matter, or is lost; how many segments it were."""
        self.collect()
        count = len(self.out)
        self.out = []
        return count

    def show(self, segment: Segment) -> str:
        """What was sent, with numbers from the initial ones on."""
        words = segment.summary().split()
        for i, word in enumerate(words):
            name, _, value = word.partition("=")
            if name == "seq":
                words[i] = f"seq={(segment.seq - self.ours) % 2**32}"
            elif name == "ack":
                words[i] = f"ack={(int(value) - self.theirs) % 2**32}"
            elif name == "sack":
                blocks = ((a - self.theirs, b - self.theirs) for a, b in segment.sack)
                words[i] = "sack=" + ",".join(f"{a % 2**32}-{b % 2**32}" for a, b in blocks)
        return " ".join(words)

    def compare(self, segment: Segment, text: str, message: str) -> None:
        flags, *words = text.split()
        wanted = Segment(flags="" if flags == "none" else flags).flags
        ignored = 0 if wanted & PSH else PSH
        assert segment.flags | ignored == wanted | ignored, message
        said = self.show(segment).split()[1:]
        names = {word.partition("=")[0] for word in words}
        for word in words:
            assert word in said, f"{message}\n({word} differs)"
        for word in said:
            name = word.partition("=")[0]
            if name not in names | {"seq", "ack", "window", "ts", "mss", "scale"}:
                assert name == "sack-permitted", f"{message}\n({word} was not expected)"
        if segment.payload and segment.flags & (ACK | URG):
            start = (segment.seq - self.ours) % 2**32 - 1
            assert segment.payload == stream(start, start + len(segment.payload)), message

    # Time.

    def passes(self, seconds: float) -> None:
        """Time goes by; timers expire when they are due."""
        until = self.now + round(seconds * SECOND)
        while (due := self.endpoint.deadline) is not None and due <= until:
            self.now = max(due, self.now)
            self.endpoint.expire(self.now)
            self.collect()
        self.now = until

    def waits(self) -> float:
        """Until the next timer expires; how many seconds that took."""
        due = self.endpoint.deadline
        assert due is not None, "no timer runs"
        took = (due - self.now) / SECOND
        self.now = due
        self.endpoint.expire(due)
        self.collect()
        return took

    @property
    def state(self) -> State:
        return self.endpoint.state

    @property
    def error(self) -> str:
        return self.endpoint.error

    def __getattr__(self, name: str):
        """The endpoint's variables; sequence numbers counted from the initial ones."""
        value = getattr(self.endpoint, name)
        if name in ("snd_una", "snd_nxt"):
            return (value - self.ours) % 2**32
        if name == "rcv_nxt":
            return (value - self.theirs) % 2**32
        return value
