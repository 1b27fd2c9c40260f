"""The messages of netlab's own chat: a small protocol, declared like any other.  docs/chat.md
says how a conversation goes."""

from collections.abc import Iterator

from netlab.field import REST
from netlab.header import Fault, Header
from netlab.variable import Variable
from netlab.wire.fields import u8, u16

VERSION = 1

HELLO, TEXT, JOINED, LEFT, BYE, PING, PONG, ERROR = range(1, 9)
KINDS = {
    HELLO: "hello: a client gives its name",
    TEXT: "text: somebody says something",
    JOINED: "joined: somebody has come",
    LEFT: "left: somebody has gone",
    BYE: "bye: a client goes",
    PING: "ping: are you there?",
    PONG: "pong: I am",
    ERROR: "error: the server says why it closes",
}


def _text(data: bytes) -> str | bytes:
    """UTF-8 as text; what is none remains bytes, so that nothing is lost."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data


class Chat(Header, on={"tcp port": 50007}):
    """A message of netlab's chat: who says what."""

    rfc = "docs/chat.md"

    version = u8("the version of the protocol: 1", default=VERSION)
    kind = u8("what the message is", default=TEXT, names=KINDS)
    length = u16("bytes after this field", measures=REST)
    name_length = u8("bytes in the name")
    name = Variable(
        "who speaks, UTF-8", length="name_length", show=_text, parse=str.encode, form="text"
    )
    text = Variable("what is said, UTF-8", show=_text, parse=str.encode, form="text")

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header] | None:
        """Other programs may use the port: a message opens with a version and a known kind."""
        known = end - start >= 2 and data[start] == VERSION and data[start + 1] in KINDS
        return cls if known else None

    def next_class(self) -> type[Header] | None:
        """A segment may hold several messages."""
        return Chat if self.payload_start < self.payload_end else None

    def faults(self) -> Iterator[Fault]:
        """A message that breaks off goes on in the next segment."""
        return iter(()) if self.cut else super().faults()

    def summary(self) -> str:
        kind = KINDS.get(self.kind, f"kind {self.kind}").partition(":")[0]
        return f"{kind} {self.name}: {self.text}" if self.text else f"{kind} {self.name}".rstrip()
