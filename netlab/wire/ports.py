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
    """What IP below adds to the transport's checksum; None when there is no IP below.

    Of headers that extend IPv6, only the addresses count (RFC 8200 section 8.1).
    """
    ip, final = _network(header)
    make = getattr(ip, "pseudo_header", None)
    if make is None:
        return None
    pseudo: Header = make(header.numbers["ip protocol"], header.payload_end - header.offset)
    known = {name: address for name, address in final.items() if address is not None}
    return pseudo.replace(**known) if isinstance(pseudo, PseudoIPv6) else pseudo


def excused(header: Header, verdict: tuple[bool | None, str]) -> tuple[bool | None, str]:
    """The verdict on a checksum, or why one that is wrong proves nothing."""
    reason = excuse(header) if verdict[0] is False else ""
    return (None, reason) if reason else verdict


def excuse(header: Header) -> str:
    """Why a wrong checksum is no mistake of the sender's, as a sentence; "" when it is one.

    The capture may have seen the packet before the sender's network card did its part (checksum
    and segmentation offload), or it may not tell the addresses that the checksum was made with.
    """
    pseudo = pseudo_header(header)
    if pseudo is None:
        return ""
    if header.checksum == ones_complement_sum(bytes(pseudo)):  # type: ignore[attr-defined]
        return "the sender left the checksum to its network card: it is the pseudo-header's sum"
    ip, final = _network(header)
    if ip and ip.stated_end is None and not _jumbo(header):
        return "the sender left lengths and checksum to its network card: IP's length is 0"
    if None in final.values():
        return "a routing header of an unknown kind hides the destination that the checksum covers"
    return ""


def _network(header: Header) -> tuple[Header | None, dict[str, str | None]]:
    """The IP header below, and the addresses that stand for its own."""
    lower = header.below
    final: dict[str, str | None] = {}
    while isinstance(lower, Extension):
        final |= lower.stands_for()
        lower = lower.below
    return lower, final


def _jumbo(header: Header) -> bool:
    """Whether a jumbogram's option says where the payload ends."""
    lower = header.below
    while isinstance(lower, Extension):
        if lower.jumbo_end is not None:
            return True
        lower = lower.below
    return False
