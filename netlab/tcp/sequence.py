"""Sequence numbers, which wrap around at 2^32 (RFC 9293 section 3.4).

On the wire a sequence number is 32 bits.  Inside the endpoint numbers are counted on without
wrapping, so that they compare and subtract like any others: `unwrap` finds, for a number from the
wire, the one that is meant, and `& MASK` makes it fit for the wire again.
"""

MODULUS = 1 << 32
MASK = MODULUS - 1
HALF = 1 << 31


def unwrap(number: int, near: int) -> int:
    """The number equal to `number` modulo 2^32 that is nearest to `near`: at most 2^31 away."""
    return near + ((number - near + HALF) & MASK) - HALF


def before(a: int, b: int) -> bool:
    """Whether the 32-bit number `a` comes before `b`, which is less than 2^31 ahead."""
    return bool((a - b) & HALF)
