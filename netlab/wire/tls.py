"""Transport Layer Security: the records, in which all else is packed, and what they show."""

from collections.abc import Iterator

from netlab.counts import counted
from netlab.field import REST
from netlab.header import Fault, Header
from netlab.lists import Options
from netlab.wire.fields import tail, u8, u16
from netlab.wire.ports import GUESSES
from netlab.wire.tls_handshake import ClientHello, ServerHello, UnknownMessage
from netlab.wire.tls_names import (
    ALERT_LEVELS,
    ALERTS,
    CONTENT_TYPES,
    HANDSHAKES,
    VERSIONS,
)

LONGEST = 2**14 + 2048
"""Bytes in a record: TLS 1.2 allows so many with all that encryption adds (RFC 5246 section
6.2.3)."""

LONGEST_MESSAGE = 2**17
"""Bytes in a handshake message at most, as far as we believe it: a longer one is encrypted."""


class Record(Header):
    """A record: a piece of what is to be carried, perhaps encrypted."""

    rfc = "RFC 8446 section 5.1"

    content_type = u8("what is in the record", itself="tls content", names=CONTENT_TYPES)
    version = u16(
        "TLS 1.2, or 1.0 in a first hello: no longer told here", default=0x0303, names=VERSIONS,
        hexadecimal=True,
    )  # fmt: skip
    length = u16("bytes after this field", measures=REST)

    def summary(self) -> str:
        return f"{type(self).__name__}, {counted(self.length, 'byte')}"


class UnknownRecord(Record):
    """A record of a kind that netlab does not know."""

    fragment = tail("what is in it")

    def faults(self) -> Iterator[Fault]:
        if self.content_type not in CONTENT_TYPES:
            yield self.fault("content_type", f"{self.content_type} is no content type")
        yield from super().faults()


class ChangeCipherSpec(Record, on={"tls content": 20}):
    """From here on the sender encrypts; in TLS 1.3 without meaning, for old boxes on the way."""

    rfc = "RFC 5246 section 7.1"

    type = u8("1, always", default=1)


class Alert(Record, on={"tls content": 21}):
    """Something is wrong, or the connection ends."""

    rfc = "RFC 8446 section 6"

    level = u8("how bad it is", default=1, names=ALERT_LEVELS)
    description = u8("what it is", names=ALERTS)

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """An alert has two bytes, an encrypted one more."""
        return cls if data[start + 3 : start + 5] == b"\0\2" else EncryptedAlert

    def summary(self) -> str:
        level = ALERT_LEVELS.get(self.level, self.level)
        return f"alert: {level}, {ALERTS.get(self.description, self.description)}"


class EncryptedAlert(Record):
    """An alert that only the two sides can read."""

    numbers = Alert.numbers
    encrypted = tail("what only the two sides can read")


class Handshake(Record, on={"tls content": 22}):
    """Messages of the handshake, still to be read by everybody."""

    rfc = "RFC 8446 section 4"
    streams = True

    messages = Options("the messages", "tls handshake", UnknownMessage)

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """Encrypted messages, and the later parts of long ones, have no beginning that could be
        one of a message."""
        position = start + cls.size
        last = position + int.from_bytes(data[start + 3 : position])
        end = min(end, last)
        while position < end:
            length = int.from_bytes(data[position + 1 : position + 4])
            whole = position + 4 <= last
            if data[position] not in HANDSHAKES or not whole or length > LONGEST_MESSAGE:
                return EncryptedHandshake
            position += 4 + length
        return cls

    def summary(self) -> str:
        return ", ".join(each.summary() for each in self.messages or ()) or super().summary()


class EncryptedHandshake(Record):
    """Messages of the handshake that only the two sides can read, or a part of a long one."""

    numbers = Handshake.numbers
    encrypted = tail("what only the two sides can read")


class ApplicationData(Record, on={"tls content": 23}):
    """What the connection is for, encrypted; in TLS 1.3 most of the handshake too."""

    rfc = "RFC 8446 section 5.2"

    encrypted = tail("what only the two sides can read")


class TLS(Header, on={"tcp port": 443}):
    """Transport Layer Security: nobody on the way can read or change what is said."""

    rfc = "RFC 8446 section 5"
    streams = True

    records = Options("the records that begin in this segment", "tls content", UnknownRecord)

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header] | None:
        """A segment may also begin in the middle of a record."""
        sound = (
            end - start >= 5
            and 20 <= data[start] <= 24
            and data[start + 1] == 3
            and data[start + 2] <= 4
            and data[start + 3] << 8 | data[start + 4] <= LONGEST
        )
        return cls if sound else None

    @property
    def client_hello(self) -> ClientHello | None:
        """The client's hello, None when it is not in this segment."""
        return next((m for m in self._messages() if isinstance(m, ClientHello)), None)

    @property
    def server_hello(self) -> ServerHello | None:
        """The server's hello, None when it is not in this segment."""
        return next((m for m in self._messages() if isinstance(m, ServerHello)), None)

    def _messages(self) -> Iterator[Header]:
        for record in self.records:
            if isinstance(record, Handshake):
                yield from record.messages or ()

    @property
    def server_name(self) -> str | None:
        """The server that the client means, by name; None when that is not said here."""
        return self.client_hello.server_name if self.client_hello else None

    @property
    def alpn(self) -> tuple[str, ...]:
        """The protocols to be spoken inside: what a client offers, or what a server chose."""
        return self._hello.alpn if self._hello else ()

    @property
    def cipher_suites(self) -> tuple[str, ...]:
        """The cipher suites by name: what a client offers, or what a server chose."""
        return self._hello.cipher_suite_names if self._hello else ()

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions by name: what a client offers, or what a server chose."""
        return self._hello.versions if self._hello else ()

    @property
    def _hello(self) -> ClientHello | ServerHello | None:
        return self.client_hello or self.server_hello

    def summary(self) -> str:
        return ", ".join(record.summary() for record in self.records) or "the start of a record"


GUESSES["tcp port"].append(TLS)
