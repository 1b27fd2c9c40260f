"""The Internet checksum, RFC 1071: a ones' complement sum of 16-bit words."""

import struct
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from netlab.header import Header


def ones_complement_sum(data: bytes) -> int:
    """Add up `data` as big-endian 16-bit words, each carry added back in (RFC 1071 section 1).

    An odd last byte counts as the high half of a word whose low half is zero.
    """
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def internet_checksum(data: bytes) -> int:
    """The value that makes `data` and the checksum together sum to 0xFFFF (RFC 1071 section 1).

    The checksum field inside `data` must be zero.
    """
    return ~ones_complement_sum(data) & 0xFFFF


class Addition(NamedTuple):
    """One word added to the running sum: 16-bit numbers, and the bit that did not fit.

    `carry` is 0 or 1; `after` is the sum with the carry added back in, or without it.
    """

    before: int
    word: int
    carry: int
    after: int


def additions(data: bytes, fold: bool = True) -> Iterator[Addition]:
    """The sum step by step: what `ones_complement_sum` adds up, and in the same order.

    Without `fold` the carries are lost, as in programs that forget them.
    """
    total = 0
    for (word,) in struct.iter_unpack(">H", data + b"\0" * (len(data) % 2)):
        carry, rest = divmod(total + word, 1 << 16)
        step = Addition(total, word, carry, rest + carry if fold else rest)
        yield step
        total = step.after


class Checksum:
    """How a header's field `checksum` is computed: RFC 1071 over the header, its payload unless
    told otherwise, and a pseudo-header where the protocol has one.

    payload  whether the payload is covered too
    pseudo   a function of the header that makes its pseudo-header; None when IP is not below
    zero     what is written in place of a 0
    """

    def __init__(
        self,
        payload: bool = True,
        pseudo: "Callable[[Any], Header | None] | None" = None,
        zero: int = 0,
    ) -> None:
        self.payload, self.pseudo, self.zero = payload, pseudo, zero

    def covered(self, header: "Header") -> bytes:
        """The bytes of header and payload that are summed, with the checksum as it stands."""
        end = header.payload_end if self.payload else header.payload_start
        return header._data[header._start : end]

    def __call__(self, header: "Header") -> int | None:
        """The right checksum; None when it covers a pseudo-header that cannot be known."""
        pseudo = self.pseudo(header) if self.pseudo else b""
        if pseudo is None:
            return None
        place = next(field.start // 8 for field in header.fields if field.name == "checksum")
        data = self.covered(header)
        zeroed = data[:place] + b"\0\0" + data[place + 2 :]
        return internet_checksum(bytes(pseudo) + zeroed) or self.zero
