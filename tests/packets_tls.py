"""TLS at random: what OpenSSL says on both sides, and hellos with extensions of all kinds."""

import ssl
from collections.abc import Callable
from contextlib import suppress

from dice import DICE, name, number, octets, word


def opaque(width: int, data: bytes) -> bytes:
    """Data with their length before them."""
    return len(data).to_bytes(width) + data


def numbers(width: int, values: list[int]) -> bytes:
    """Numbers of 16 bits with the length of all before them."""
    return opaque(width, b"".join(value.to_bytes(2) for value in values))


def suites() -> list[int]:
    return [DICE.choice([0x1301, 0x1302, 0xC02F, 0x009C, 0x0A0A, number(16)]) for _ in range(5)]


def share() -> bytes:
    return DICE.choice([0x001D, 0x0017]).to_bytes(2) + opaque(2, octets(32))


CLIENT: list[tuple[int, Callable[[], bytes]]] = [
    (0, lambda: opaque(2, b"\0" + opaque(2, name().encode()))),
    (5, lambda: b"\1" + opaque(2, b"") + opaque(2, b"")),
    (10, lambda: numbers(2, [0x001D, 0x0017, number(16)])),
    (11, lambda: opaque(1, bytes([0, 1]))),
    (13, lambda: numbers(2, [0x0403, 0x0804, number(16)])),
    (16, lambda: opaque(2, b"".join(opaque(1, word().encode()) for _ in range(2)))),
    (21, lambda: bytes(number(4))),
    (22, bytes),
    (23, bytes),
    (27, lambda: numbers(1, [2])),
    (28, lambda: number(14).to_bytes(2)),
    (35, lambda: octets(number(4))),
    (42, bytes),
    (43, lambda: numbers(1, [0x0304, 0x0303])),
    (44, lambda: opaque(2, octets(8))),
    (45, lambda: opaque(1, b"\1")),
    (49, bytes),
    (50, lambda: numbers(2, [0x0403])),
    (51, lambda: opaque(2, share() + share())),
    (65281, lambda: opaque(1, octets(DICE.choice([0, 12])))),
    (0x7A7A, lambda: octets(number(3))),
]  # fmt: skip
SERVER: list[tuple[int, Callable[[], bytes]]] = [
    (16, lambda: opaque(2, opaque(1, word().encode()))),
    (23, bytes),
    (41, lambda: number(3).to_bytes(2)),
    (43, lambda: b"\3\4"),
    (51, share),
    (65281, lambda: opaque(1, b"")),
]


RETRY = bytes.fromhex("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")
"""The random of a server that wants another hello (RFC 8446 section 4.1.3)."""


def extensions(makers: list[tuple[int, Callable[[], bytes]]]) -> bytes:
    """Extensions, each kind once at most."""
    chosen = dict(DICE.sample(makers, DICE.randint(0, min(9, len(makers)))))
    data = b"".join(kind.to_bytes(2) + opaque(2, make()) for kind, make in chosen.items())
    if makers is CLIENT and DICE.random() < 0.3:  # stands last
        identity = opaque(2, octets(16)) + number(32).to_bytes(4)
        binders = opaque(2, opaque(1, octets(32)))
        data += (41).to_bytes(2) + opaque(2, opaque(2, identity) + binders)
    return opaque(2, data)


def message(kind: int, body: bytes) -> bytes:
    """A record with one message of the handshake."""
    return record(22, bytes([kind]) + opaque(3, body))


def record(kind: int, fragment: bytes) -> bytes:
    return bytes([kind]) + b"\3" + bytes([DICE.choice([1, 3])]) + opaque(2, fragment)


def client_hello() -> bytes:
    """A client's hello with extensions at random."""
    start = b"\3\3" + octets(32) + opaque(1, octets(DICE.choice([0, 32])))
    return message(1, start + numbers(2, suites()) + opaque(1, b"\0") + extensions(CLIENT))


def server_hello() -> bytes:
    """A server's hello with extensions at random."""
    again = DICE.random() < 0.2
    start = b"\3\3" + (RETRY if again else octets(32)) + opaque(1, octets(DICE.choice([0, 32])))
    group = opaque(2, b"\0\x33\0\2\0\x1d")  # with which to try again
    more = group if again else extensions(SERVER)
    return message(2, start + suites()[0].to_bytes(2) + b"\0" + more)


def openssl_hello() -> bytes:
    """A ClientHello of OpenSSL's, with settings at random."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = DICE.choice([ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
    if DICE.random() < 0.7:
        protocols = ["h2", "http/1.1", "spdy/3", word()]
        context.set_alpn_protocols(DICE.sample(protocols, DICE.randint(1, 3)))
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = name() if DICE.random() < 0.8 else None
    with suppress(ssl.SSLWantReadError):
        context.wrap_bio(incoming, outgoing, server_hostname=server).do_handshake()
    return outgoing.read()


def others() -> bytes:
    """Records of other kinds, with bytes that look encrypted."""
    makers: list[Callable[[], bytes]] = [
        lambda: record(20, b"\1"),
        lambda: record(21, bytes([DICE.randint(1, 2), DICE.choice([0, 40, 42, 48, 70, 80])])),
        lambda: record(21, octets(26)),
        lambda: record(23, octets(DICE.randint(16, 60))),
        lambda: record(23, octets(DICE.randint(16, 60))),
        lambda: record(24, b"\1" + opaque(2, octets(4)) + octets(16)),
        lambda: message(0, b""),
        lambda: message(4, number(32).to_bytes(4) + opaque(2, octets(40))),
        lambda: message(14, b""),
    ]
    return b"".join(DICE.choice(makers)() for _ in range(DICE.randint(1, 3)))


def records() -> bytes:
    """A segment of TLS."""
    return DICE.choice([client_hello, client_hello, openssl_hello, server_hello, others])()
