"""What TCP and UDP share: ports, and a checksum that covers IP's addresses too."""

from netlab.checksum import ones_complement_sum
from netlab.field import NUMBERS
from netlab.header import Header
from netlab.wire.ipv6 import Extension

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
    for kind in filter(None, (to, source)) if to or source else GUESSES[space]:
        found = kind.recognise(data, start, end)
        if found:
            return found
    return None


GUESSES: dict[str, list[type[Header]]] = {"tcp port": [], "udp port": []}
"""Headers that can be recognised on any port, by number space."""


def pseudo_header(header: Header) -> Header | None:
    """What IP below adds to the transport's checksum; None when there is no IP below.

    Headers that extend IPv6 do not count (RFC 8200 section 8.1).
    """
    lower = header.below
    while isinstance(lower, Extension):
        lower = lower.below
    make = getattr(lower, "pseudo_header", None)
    length = header.payload_end - header.offset
    return make(header.numbers["ip protocol"], length) if make else None


def left_to_hardware(header: Header) -> bool:
    """Whether the checksum is but the pseudo-header's sum: the sender's network card was to add
    the rest, and the capture saw the packet before that (checksum offload)."""
    pseudo = pseudo_header(header)
    return pseudo is not None and header.checksum == ones_complement_sum(bytes(pseudo))  # type: ignore[attr-defined]
