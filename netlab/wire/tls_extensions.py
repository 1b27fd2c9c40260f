"""The extensions of TLS's hellos: in a few of them, client and server write different things."""

from typing import Any

from netlab.field import REST, Field
from netlab.header import Header
from netlab.lists import Many
from netlab.wire.fields import many, octets, tail, tail_text, text, u8, u16, u32
from netlab.wire.tls_names import (
    CERTIFICATE_COMPRESSION,
    EXTENSIONS,
    GROUPS,
    POINT_FORMATS,
    PSK_MODES,
    SIGNATURES,
    VERSIONS,
)

CLIENT, SERVER = "tls extension", "tls server extension"
"""The number spaces: extensions of both, and those that servers write otherwise."""


def type_and_length(space: str) -> tuple[Any, Field]:
    """The fields that say which extension it is and how long."""
    number = u16("which extension", itself=space, names=EXTENSIONS)
    return number, u16("bytes after this field", measures=REST)


class Extension(Header):
    """Something that not all implementations know: who does not, passes over it."""

    rfc = "RFC 8446 section 4.2"

    extension_type, length = type_and_length(CLIENT)

    def summary(self) -> str:
        return EXTENSIONS.get(self.extension_type, f"extension {self.extension_type}")


class ServerExtension(Header):
    """An extension that the server writes otherwise than the client."""

    rfc = "RFC 8446 section 4.2"

    extension_type, length = type_and_length(SERVER)

    summary = Extension.summary


class UnknownExtension(Extension):
    """An extension that netlab does not know, or GREASE."""

    data = tail("what the extension says")


class HostName(Header):
    """The name of a server."""

    rfc = "RFC 6066 section 3"

    name_type = u8("the kind of name", names={0: "host_name"})
    name_length = u16("bytes in the name")
    host_name = text("name_length", "the name")

    def summary(self) -> str:
        return str(self.host_name)


class ServerName(Extension, on={CLIENT: 0}):
    """Which of the servers at this address is meant; the server answers with nothing."""

    rfc = "RFC 6066 section 3"

    list_length = u16("bytes in the list", optional=True)
    server_names = many(HostName, "one name in practice", length="list_length")

    def summary(self) -> str:
        return f"server_name {', '.join(each.summary() for each in self.server_names or ())}"


class StatusRequest(Extension, on={CLIENT: 5}):
    """Whether the server shall prove that its certificate was not withdrawn."""

    rfc = "RFC 6066 section 8"

    status_type = u8("the kind of proof", default=1, names={1: "OCSP"}, optional=True)
    responder_id_list_length = u16("bytes in the list")
    responder_id_list = octets("responder_id_list_length", "who may prove it")
    request_extensions_length = u16("bytes in the request's own extensions")
    request_extensions = octets("request_extensions_length", "the request's own extensions")


class SupportedGroups(Extension, on={CLIENT: 10}):
    """The groups in which keys can be agreed on."""

    rfc = "RFC 8446 section 4.2.7"

    list_length = u16("bytes in the list")
    named_groups = many(
        u16("a group", names=GROUPS, hexadecimal=True), "the preferred one first",
        length="list_length",
    )  # fmt: skip


class ECPointFormats(Extension, on={CLIENT: 11}):
    """How points of elliptic curves may be written."""

    rfc = "RFC 8422 section 5.1.2"

    list_length = u8("bytes in the list")
    point_formats = many(
        u8("a format", names=POINT_FORMATS), "the preferred one first", length="list_length"
    )


def algorithms() -> Many:
    """A list of signature algorithms."""
    one = u16("an algorithm", names=SIGNATURES, hexadecimal=True)
    return many(one, "the preferred one first", length="list_length")


class SignatureAlgorithms(Extension, on={CLIENT: 13}):
    """The signatures that the sender can check."""

    rfc = "RFC 8446 section 4.2.3"

    list_length = u16("bytes in the list")
    signature_algorithms = algorithms()


class SignatureAlgorithmsCert(Extension, on={CLIENT: 50}):
    """The signatures that the sender can check in certificates."""

    rfc = "RFC 8446 section 4.2.3"

    list_length = u16("bytes in the list")
    signature_algorithms = algorithms()


class ProtocolName(Header):
    """The name of a protocol."""

    rfc = "RFC 7301 section 3.1"

    length = u8("bytes in the name", measures=REST)
    name = tail_text("the name")

    def summary(self) -> str:
        return str(self.name)


class ALPN(Extension, on={CLIENT: 16}):
    """Application-layer protocol negotiation: which protocol is to be spoken inside."""

    rfc = "RFC 7301 section 3.1"

    list_length = u16("bytes in the list")
    protocol_names = many(ProtocolName, "the preferred one first", length="list_length")

    def summary(self) -> str:
        return f"ALPN {', '.join(each.summary() for each in self.protocol_names or ())}"


class Padding(Extension, on={CLIENT: 21}):
    """Filling, for servers that mishandle hellos of some lengths."""

    rfc = "RFC 7685 section 3"

    padding = tail("zeros")


class EncryptThenMAC(Extension, on={CLIENT: 22}):
    """Records are encrypted first and then protected against changes."""

    rfc = "RFC 7366 section 2"


class ExtendedMasterSecret(Extension, on={CLIENT: 23}):
    """The keys depend on the whole handshake."""

    rfc = "RFC 7627 section 5.1"


class CompressCertificate(Extension, on={CLIENT: 27}):
    """How the certificate may be compressed."""

    rfc = "RFC 8879 section 3"

    list_length = u8("bytes in the list")
    algorithms = many(
        u16("an algorithm", names=CERTIFICATE_COMPRESSION), "the preferred one first",
        length="list_length",
    )  # fmt: skip


class RecordSizeLimit(Extension, on={CLIENT: 28}):
    """The longest record that the sender takes."""

    rfc = "RFC 8449 section 4"

    record_size_limit = u16("bytes", default=16385)


class SessionTicket(Extension, on={CLIENT: 35}):
    """What the server gave to the client, to go on with an earlier session."""

    rfc = "RFC 5077 section 3.2"

    ticket = tail("the ticket, which only the server can read; empty to ask for one")


class PskIdentity(Header):
    """The name of a key that both know."""

    rfc = "RFC 8446 section 4.2.11"

    identity_length = u16("bytes in the name")
    identity = octets("identity_length", "the name, such as a ticket")
    obfuscated_ticket_age = u32("milliseconds since it was got, with something added")


class PskBinder(Header):
    """Proves that the client knows the key."""

    rfc = "RFC 8446 section 4.2.11"

    length = u8("bytes in the proof", measures=REST)
    binder = tail("a sum over the hello and the key")


class PreSharedKey(Extension, on={CLIENT: 41}):
    """Keys from earlier sessions that the client would like to use."""

    rfc = "RFC 8446 section 4.2.11"

    identities_length = u16("bytes in the list")
    identities = many(PskIdentity, "the keys", length="identities_length")
    binders_length = u16("bytes in the list")
    binders = many(PskBinder, "a proof for each key", length="binders_length")


class ServerPreSharedKey(ServerExtension, on={SERVER: 41}):
    """Which of the client's keys it is to be."""

    rfc = "RFC 8446 section 4.2.11"

    selected_identity = u16("the place in the client's list, counted from 0")


class EarlyData(Extension, on={CLIENT: 42}):
    """The client sends data without waiting for the server."""

    rfc = "RFC 8446 section 4.2.10"


class SupportedVersions(Extension, on={CLIENT: 43}):
    """The versions that the client speaks."""

    rfc = "RFC 8446 section 4.2.1"

    list_length = u8("bytes in the list")
    versions = many(
        u16("a version", names=VERSIONS, hexadecimal=True), "the preferred one first",
        length="list_length",
    )  # fmt: skip


class SelectedVersion(ServerExtension, on={SERVER: 43}):
    """The version that the server has chosen."""

    rfc = "RFC 8446 section 4.2.1"

    selected_version = u16("the version", default=0x0304, names=VERSIONS, hexadecimal=True)


class Cookie(Extension, on={CLIENT: 44}):
    """What the client is to send back, so that the server need not remember it."""

    rfc = "RFC 8446 section 4.2.2"

    cookie_length = u16("bytes in the cookie")
    cookie = octets("cookie_length", "the cookie")


class PskKeyExchangeModes(Extension, on={CLIENT: 45}):
    """How a key from an earlier session may be used."""

    rfc = "RFC 8446 section 4.2.9"

    list_length = u8("bytes in the list")
    ke_modes = many(u8("a mode", names=PSK_MODES), "the modes", length="list_length")


class PostHandshakeAuth(Extension, on={CLIENT: 49}):
    """The client can show a certificate later too."""

    rfc = "RFC 8446 section 4.2.6"


def half_a_key() -> tuple[Any, Field, Field]:
    """One side's half of a key: the server's stands alone, the client's in a list."""
    return (
        u16("the group", default=0x001D, names=GROUPS, hexadecimal=True),
        u16("bytes in the half"),
        octets("key_exchange_length", "the half that everybody may see"),
    )


class KeyShareEntry(Header):
    """One side's half of a key, in one group."""

    rfc = "RFC 8446 section 4.2.8"

    group, key_exchange_length, key_exchange = half_a_key()

    def summary(self) -> str:
        return GROUPS.get(self.group, f"group {self.group:#06x}")


class KeyShare(Extension, on={CLIENT: 51}):
    """The client's halves of keys, one for each group that it thinks the server will choose."""

    rfc = "RFC 8446 section 4.2.8"

    list_length = u16("bytes in the list")
    client_shares = many(KeyShareEntry, "the halves", length="list_length")

    def summary(self) -> str:
        return f"key_share {', '.join(each.summary() for each in self.client_shares or ())}"


class ServerKeyShare(ServerExtension, on={SERVER: 51}):
    """The server's half of the key."""

    rfc = "RFC 8446 section 4.2.8"

    group, key_exchange_length, key_exchange = half_a_key()

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """A server that wants another half just names the group."""
        return SelectedGroup if data[start + 2 : start + 4] == b"\0\2" else cls


class SelectedGroup(ServerExtension):
    """The group in which the client shall say hello again."""

    numbers = ServerKeyShare.numbers
    rfc = "RFC 8446 section 4.2.8"

    selected_group = u16("the group", default=0x001D, names=GROUPS, hexadecimal=True)


class RenegotiationInfo(Extension, on={CLIENT: 65281}):
    """What the last handshake on this connection ended with: so nobody can slip in before."""

    rfc = "RFC 5746 section 3.2"

    connection_length = u8("bytes in the next field")
    renegotiated_connection = octets("connection_length", "empty in the first handshake")
