"""The kinds of fields that declarations are made of, each named by what it holds."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from operator import methodcaller
from socket import AF_INET6, inet_ntoa, inet_ntop
from typing import Any

from netlab.field import Bytes, Field, LittleEndian
from netlab.header import Header
from netlab.lists import Many
from netlab.variable import Variable


def bits(width: int, about: str, **more: Any) -> Field:
    """A number of `width` bits, 1 to 64, most significant bit first."""
    return Field(width, about, **more)


def u1(about: str, **more: Any) -> Field:
    """One bit."""
    return Field(1, about, **more)


def u4(about: str, **more: Any) -> Field:
    """Half a byte."""
    return Field(4, about, **more)


def u8(about: str, **more: Any) -> Field:
    """One byte."""
    return Field(8, about, **more)


def u16(about: str, **more: Any) -> Field:
    """Two bytes, most significant first."""
    return Field(16, about, **more)


def u32(about: str, **more: Any) -> Field:
    """Four bytes, most significant first."""
    return Field(32, about, **more)


def u64(about: str, **more: Any) -> Field:
    """Eight bytes, most significant first."""
    return Field(64, about, **more)


def little32(about: str, **more: Any) -> Field:
    """Four bytes, least significant first."""
    return LittleEndian(32, about, **more)


def octets(length: int | str, about: str, **more: Any) -> Field:
    """Bytes, kept as bytes: so many, or as many as the field of that name says."""
    if isinstance(length, str):
        return Variable(about, length=length, **more)
    return Bytes(length, about, **more)


def text(length: int | str, about: str, **more: Any) -> Field:
    """Text in UTF-8: so many bytes, filled up with zeros, or as many as the field of that name
    says.  What is no text is shown as `\\x` and two digits."""
    if isinstance(length, str):
        return Variable(about, length=length, show=_text, parse=_text_octets, form="text", **more)
    return Bytes(
        length, about, show=lambda data: _text(data.rstrip(b"\0")),
        parse=lambda value: _text_octets(value).ljust(length, b"\0"), form="text", **more,
    )  # fmt: skip


def tail(about: str, **more: Any) -> Variable:
    """The rest of the header, kept as bytes."""
    return Variable(about, **more)


def tail_text(about: str, **more: Any) -> Field:
    """The rest of the header, as text in UTF-8."""
    return text("", about, **more)


def many(of: type[Header] | Field, about: str, **more: Any) -> Many:
    """A list of headers of that class or of values of that field: as many as the field named by
    `count` says, as many bytes as the one named by `length` says, or all to the header's end."""
    return Many(of, about, **more)


def mac(about: str, **more: Any) -> Bytes:
    """A 48-bit hardware address, as text in the form 02:00:00:00:00:01."""
    form = "an address such as '02:00:00:00:00:01'"
    return Bytes(6, about, show=_mac_text, parse=_mac_octets, form=form, **more)


def ipv4(about: str, **more: Any) -> Bytes:
    """An IPv4 address, as text in the form 192.0.2.1; `ipaddress` objects are taken too."""
    form = "an address such as '192.0.2.1'"
    return Bytes(4, about, show=_ipv4_text, parse=_ipv4_octets, form=form, **more)


def ipv6(about: str, **more: Any) -> Bytes:
    """An IPv6 address, as text in the form 2001:db8::1 (RFC 5952)."""
    form = "an address such as '2001:db8::1'"
    return Bytes(16, about, show=_ipv6_text, parse=_ipv6_octets, form=form, **more)


UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
ESCAPED = re.compile(rb"\\(?:\\|x([0-9a-f]{2}))")


def _text(octets: bytes) -> str:
    shown = octets.replace(b"\\", b"\\\\").decode("utf-8", "backslashreplace")
    return UNPRINTABLE.sub(lambda found: f"\\x{ord(found[0]):02x}", shown)


def _text_octets(text: str) -> bytes:
    if not isinstance(text, str):
        raise TypeError(f"{text!r} is no text")
    return ESCAPED.sub(
        lambda found: bytes([int(found[1], 16)]) if found[1] else b"\\", text.encode()
    )


_mac_text = methodcaller("hex", ":")


def _mac_octets(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", " ").replace("-", " "))


_ipv4_text = lru_cache(maxsize=8192)(inet_ntoa)


@lru_cache(maxsize=8192, typed=True)
def _ipv4_octets(text: Any) -> bytes:
    return IPv4Address(text).packed


@lru_cache(maxsize=8192)  # the same few addresses stand in nearly all packets of a capture
def _ipv6_text(octets: bytes) -> str:
    return inet_ntop(AF_INET6, octets)


@lru_cache(maxsize=8192, typed=True)
def _ipv6_octets(text: Any) -> bytes:
    return IPv6Address(text).packed
