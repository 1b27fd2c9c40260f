"""The handshake of TLS: how two sides that never met agree on keys."""

from typing import Any

from netlab.field import REST
from netlab.header import Header
from netlab.lists import Options
from netlab.wire.fields import bits, many, octets, tail, u8, u16, u32
from netlab.wire.tls_extensions import (
    ALPN,
    CLIENT,
    SERVER,
    HostName,
    ProtocolName,
    SelectedVersion,
    ServerName,
    SupportedVersions,
    UnknownExtension,
)
from netlab.wire.tls_names import CIPHER_SUITES, COMPRESSION, HANDSHAKES, VERSIONS


class Message(Header):
    """A message of the handshake."""

    rfc = "RFC 8446 section 4"

    msg_type = u8("the kind of message", itself="tls handshake", names=HANDSHAKES)
    length = bits(24, "bytes after this field", measures=REST)

    def summary(self) -> str:
        return HANDSHAKES.get(self.msg_type, f"handshake message {self.msg_type}")


class UnknownMessage(Message):
    """A message of which netlab knows but the kind."""

    data = tail("what the message says")


class HelloRequest(Message, on={"tls handshake": 0}):
    """The server asks for another handshake."""

    rfc = "RFC 5246 section 7.4.1.1"


def version() -> Any:
    """The field that says which version it is, or was before TLS 1.3."""
    about = "the version; in TLS 1.3 always 1.2, the true one is in an extension"
    return u16(about, default=0x0303, names=VERSIONS, hexadecimal=True)


class Hello(Message):
    """What both hellos are made of."""

    legacy_version = version()
    random = octets(32, "bytes that nobody could foresee")
    session_id_length = u8("bytes in the next field")
    session_id = octets("session_id_length", "an earlier session to go on with")

    def extension(self, kind: type[Header]) -> Any:
        """The extension of that class; None when there is none."""
        return next((each for each in self.extensions or () if isinstance(each, kind)), None)  # type: ignore[attr-defined]

    @property
    def alpn(self) -> tuple[str, ...]:
        """The protocols to be spoken inside, by name: all that the client offers, or the one that
        the server has chosen."""
        found = self.extension(ALPN)
        names = found.protocol_names or () if found else ()
        return tuple(each.name for each in names if isinstance(each, ProtocolName))


class ClientHello(Hello, on={"tls handshake": 1}):
    """The client says what it can do, and to whom it wants to speak."""

    rfc = "RFC 8446 section 4.1.2"

    cipher_suites_length = u16("bytes in the list")
    cipher_suites = many(
        u16("a cipher suite", names=CIPHER_SUITES, hexadecimal=True), "the preferred one first",
        length="cipher_suites_length",
    )  # fmt: skip
    compression_methods_length = u8("bytes in the list")
    compression_methods = many(
        u8("a method", names=COMPRESSION), "ways to compress; none since TLS 1.3",
        length="compression_methods_length", default=(0,),
    )  # fmt: skip
    extensions_length = u16("bytes in the extensions", optional=True)
    extensions = Options(
        "what else the client can do", CLIENT, UnknownExtension, length="extensions_length"
    )

    @property
    def server_name(self) -> str | None:
        """The server that is meant, by name; None when the client does not say."""
        found = self.extension(ServerName)
        names = found.server_names or () if found else ()
        return next((each.host_name for each in names if isinstance(each, HostName)), None)

    @property
    def cipher_suite_names(self) -> tuple[str, ...]:
        """The cipher suites by name, the preferred one first."""
        return _names(type(self).cipher_suites.of, self.cipher_suites)

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions that the client speaks, by name, the preferred one first."""
        found = self.extension(SupportedVersions)
        if found:
            return _names(SupportedVersions.versions.of, found.versions)
        return _names(ClientHello.legacy_version, (self.legacy_version,))

    def summary(self) -> str:
        return f"client_hello {self.server_name or ''}".rstrip()


class ServerHello(Hello, on={"tls handshake": 2}):
    """The server chooses from what the client has offered."""

    rfc = "RFC 8446 section 4.1.3"

    cipher_suite = u16("the cipher suite", default=0x1301, names=CIPHER_SUITES, hexadecimal=True)
    compression_method = u8("the way to compress", names=COMPRESSION)
    extensions_length = u16("bytes in the extensions", optional=True)
    extensions = Options(
        "what else was chosen", (SERVER, CLIENT), UnknownExtension, length="extensions_length"
    )

    @property
    def retry(self) -> bool:
        """Whether the server asks for another hello: by a random that is none (section 4.1.3)."""
        return bool(self.random == RETRY)

    @property
    def cipher_suite_names(self) -> tuple[str, ...]:
        """The cipher suite by name."""
        return _names(ServerHello.cipher_suite, (self.cipher_suite,))

    @property
    def versions(self) -> tuple[str, ...]:
        """The version that was chosen, by name."""
        found = self.extension(SelectedVersion)
        number = found.selected_version if found else self.legacy_version
        return _names(ServerHello.legacy_version, (number,))

    def summary(self) -> str:
        chosen = (*self.versions, *self.cipher_suite_names)
        return " ".join(["hello_retry_request" if self.retry else "server_hello", *chosen])


RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
"""SHA-256 of "HelloRetryRequest"."""


def _names(field: Any, values: Any) -> tuple[str, ...]:
    """What the values stand for, or the values themselves."""
    there = [value for value in values or () if value is not None]
    return tuple(field.meaning(value) or field.text(value) for value in there)


class NewSessionTicket(Message, on={"tls handshake": 4}):
    """Something with which the client can go on with this session later."""

    rfc = "RFC 5077 section 3.3"

    lifetime_hint = u32("seconds for which it may be kept")
    ticket_length = u16("bytes in the ticket")
    ticket = octets("ticket_length", "what only the server can read")


class CertificateEntry(Header):
    """A certificate."""

    rfc = "RFC 5246 section 7.4.2"

    length = bits(24, "bytes in the certificate", measures=REST)
    certificate = tail("the certificate, X.509 in DER")


class Certificate(Message, on={"tls handshake": 11}):
    """Who the server is, as somebody signed whom the client trusts.  (Encrypted in TLS 1.3.)"""

    rfc = "RFC 5246 section 7.4.2"

    certificates_length = bits(24, "bytes in the list")
    certificates = many(
        CertificateEntry, "the server's own first, then those of who signed it",
        length="certificates_length",
    )  # fmt: skip


class ServerHelloDone(Message, on={"tls handshake": 14}):
    """The server has said all it had to say."""

    rfc = "RFC 5246 section 7.4.5"
