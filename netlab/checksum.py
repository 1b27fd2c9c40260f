"""The Internet checksum, RFC 1071: a ones' complement sum of 16-bit words."""

import struct


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
