"""What TCP and UDP share: ports, and a checksum that covers IP's addresses too."""

from netlab.checksum import ones_complement_sum
from netlab.field import NUMBERS
from netlab.header import Header
from netlab.wire.ipv6 import Extension
from netlab.wire.pseudo import PseudoIPv6

SERVICES = {
    20: "FTP data",
    21: "FTP",
    22: "SSH",
    23: "Telnet",
    25: "mail (SMTP)",
    110: "mail (POP3)",
    123: "time (NTP)",
    143: "mail (IMAP)",
    161: "SNMP",
    179: "BGP",
    443: "HTTPS",
    514: "syslog",
    587: "mail submission",
    853: "DNS over TLS",
    993: "mail (IMAP over TLS)",
    1900: "SSDP",
    3306: "MySQL",
    5353: "mDNS",
    5432: "PostgreSQL",
    6379: "Redis",
}
"""What usually listens on a port, https://www.iana.org/assignments/service-names-port-numbers."""


def by_port(header: Header, space: str) -> type[Header] | None:
    """The header that the payload begins with, by its ports or else by what it looks like."""
    data = header._data
    start, end = header.reach(data, header._start, header._end) or (0, 0)
    if start == end:
        return None
    table = NUMBERS[space]
    to, source = table.get(header.dst_port), table.get(header.src_port)  # type: ignore[attr-defined]
    for kind in (to, source, *GUESSES[space]):
        found = kind.recognise(data, start, end) if kind else None
        if found:
            return found
    return None


TUNNELS = {
    2152: "GTP tunnel",
    4341: "LISP tunnel",
    4789: "VXLAN tunnel",
    4790: "VXLAN-GPE tunnel",
    6080: "GUE tunnel",
    6081: "Geneve tunnel",
    6635: "MPLS tunnel",
}
"""Tunnels over UDP, which may leave out the checksum even on IPv6 (RFC 6935)."""

SERVICES |= TUNNELS

GUESSES: dict[str, list[type[Header]]] = {"tcp port": [], "udp port": []}
"""Headers that can be recognised on any port, by number space."""


def pseudo_header(header: Header) -> Header | None:
    """What IP below adds to the transport's checksum; None when there is no IP below, or when
    the final addresses are not known.

    Of headers that extend IPv6, only the addresses count (RFC 8200 section 8.1).
    """
    lower = header.below
    final: dict[str, str | None] = {}
    while isinstance(lower, Extension):
        final |= lower.stands_for()
        lower = lower.below
    make = getattr(lower, "pseudo_header", None)
    if make is None or None in final.values():
        return None
    pseudo: Header = make(header.numbers["ip protocol"], header.payload_end - header.offset)
    return pseudo.replace(**final) if isinstance(pseudo, PseudoIPv6) else pseudo


def left_to_hardware(header: Header) -> str:
    """How it shows that the sender's network card was to finish a wrong checksum, and the capture
    saw the packet before that (checksum and segmentation offload), as a sentence; "" otherwise."""
    pseudo = pseudo_header(header)
    if pseudo is None:
        return ""
    if header.checksum == ones_complement_sum(bytes(pseudo)):  # type: ignore[attr-defined]
        return "the sender left the checksum to its network card: it is the pseudo-header's sum"
    if length_left_open(header):
        return "the sender left lengths and checksum to its network card: IP's length is 0"
    return ""


def length_left_open(header: Header) -> bool:
    """Whether no header down to IP's says where the payload ends."""
    lower = header.below
    while isinstance(lower, Extension):
        if lower.jumbo_end is not None:
            return False
        lower = lower.below
    return lower is not None and lower.stated_end is None
