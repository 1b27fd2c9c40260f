"""The field that Ethernet and many others announce the next protocol with."""

from netlab.field import Field
from netlab.wire.fields import u16

ETHERTYPES = {
    0x0000: "none",
    0x0842: "Wake-on-LAN",
    0x8035: "RARP",
    0x8100: "802.1Q tag",
    0x8863: "PPPoE discovery",
    0x888E: "802.1X",
    0x88A8: "802.1ad tag",
    0x88B5: "local experiment",
    0x88CC: "LLDP",
    0x88F7: "PTP",
    0x9000: "loopback test",
}

LONGEST_LENGTH, LOWEST_ETHERTYPE = 1500, 0x0600
"""Up to the one, the field holds the length of an 802.3 frame; from the other on, an EtherType
(IEEE 802.3 clause 3.2.6)."""


def ethertype(default: int = 0x88B5) -> Field:
    """The field that says what the frame carries; 0x88b5 is set aside for experiments."""
    about = "which protocol the payload belongs to"
    return u16(about, selects="ethertype", default=default, names=ETHERTYPES, hexadecimal=True)


def is_length(data: bytes, place: int) -> bool:
    """Whether the type field at this place holds a length."""
    return data[place] < 6 and int.from_bytes(data[place : place + 2]) <= LONGEST_LENGTH


def neither(number: int) -> str:
    """What is wrong with a number that is neither an EtherType nor a length; "" when it is one."""
    if LONGEST_LENGTH < number < LOWEST_ETHERTYPE:
        return f"0x{number:04x} is neither an EtherType nor a length"
    return ""
