"""The kinds of fields that declarations are made of, each named by what it holds."""

from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from socket import AF_INET6, inet_ntoa, inet_ntop
from typing import Any

from netlab.field import Bytes, Field, LittleEndian, Tail


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


def octets(length: int, about: str, **more: Any) -> Bytes:
    """`length` bytes, kept as bytes."""
    return Bytes(length, about, **more)


def tail(about: str, **more: Any) -> Tail:
    """The rest of the header, kept as bytes."""
    return Tail(about, **more)


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


def _mac_text(octets: bytes) -> str:
    return octets.hex(":")


def _mac_octets(text: str) -> bytes:
    return bytes.fromhex(text.replace(":", " ").replace("-", " "))


_ipv4_text = lru_cache(maxsize=8192)(inet_ntoa)


def _ipv4_octets(text: Any) -> bytes:
    return IPv4Address(text).packed


@lru_cache(maxsize=8192)  # the same few addresses stand in nearly all packets of a capture
def _ipv6_text(octets: bytes) -> str:
    return inet_ntop(AF_INET6, octets)


def _ipv6_octets(text: Any) -> bytes:
    return IPv6Address(text).packed
