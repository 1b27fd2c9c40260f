"""Where netlab and tshark may differ without either being wrong: one list, each with its reason.

An allowance is a function of what differs and of the packet as both read it.  `ALLOWANCES` is the
list of all; `test_tshark` fails for one that no packet needs.
"""

import re
from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

from tshark import Reading
from tshark_internet import DISSECTED
from tshark_table import LAYERS, NAMES

import netlab
from netlab.header import Header
from netlab.wire.ethernet import VLAN8023
from netlab.wire.gre import PPP
from netlab.wire.ipv6_routing import Routing
from netlab.wire.loopback import Null
from netlab.wire.mpls import MPLS

ABSENT, ONLY, LONGER, OTHER = "absent", "only", "longer", "other"
"""What tshark does not see, what only tshark sees, of what it sees more, what it sees otherwise."""

PADDING, CHECKSUM, SOUND = "padding", "checksum", "sound"
"""Differences in what is padding, whether a checksum is right, whether the packet is malformed."""

START_LINE = re.compile(rb"HTTP/1\.[01] \d{3} |[A-Z]+ [^\s]+ HTTP/1\.[01]\r\n")
"""With what a message of HTTP begins."""

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "HTTP/1.0", "HTTP/1.1")
"""What HTTP begins with for tshark."""

RECORD = re.compile(rb"[\x14-\x18]\x03[\x00-\x04]")
"""With what a record of TLS begins."""

LONGEST_RECORD = 2**14 + 2048
"""Bytes in a record (RFC 5246 section 6.2.3)."""

PROVIDER = 0x88A8
"""The EtherType of a provider's tag."""


class Difference(NamedTuple):
    """In what the two differ: the kind of difference, the name of the layer or field, the byte
    where it stands, the header that it is in (None when in none of ours), and a sentence."""

    kind: str
    name: str
    place: int
    header: Header | None
    text: str


class Case:
    """A packet as both read it, and what is asked of it for several differences."""

    def __init__(self, packet: netlab.Packet, theirs: Reading) -> None:
        self.packet, self.theirs = packet, theirs
        self.layers = packet.layers
        self.last = packet.layers[-1] if packet.layers else None

    @cached_property
    def odd(self) -> bool:
        """Whether netlab finds something malformed, if only in what is quoted."""
        return bool(self.packet.problems) or any(any(each.faults()) for each in self.layers)

    @cached_property
    def stopped(self) -> bool:
        """Whether tshark stops in the middle of a protocol, or of a name."""
        return bool(self.theirs.gave_up) or self.theirs.unreadable

    @cached_property
    def quoted(self) -> tuple[Header, ...]:
        """The headers of a packet that this one quotes."""
        first = next((i for i, each in enumerate(self.layers) if each.quotes), len(self.layers))
        return self.layers[first + 1 :]

    @cached_property
    def broken_off(self) -> tuple[type[Header] | None, int]:
        """The header that follows the last one but is not all there, and where it begins."""
        if self.last is None:
            return netlab.packet.link_class(self.packet.link, self.packet.data), 0
        return self.last.beyond()[:2]


Allowance = Callable[[Difference, Case], bool]

ALLOWANCES: list[Allowance] = []


def allowance(function: Allowance) -> Allowance:
    """Put the function on the list."""
    ALLOWANCES.append(function)
    return function


def kind_of(header: Header | None) -> str:
    return type(header).__name__


# What is malformed, or not all there.


@allowance
def behind_a_problem(found: Difference, case: Case) -> bool:
    """Where netlab finds something malformed, the two may go on differently: what both read must be
    equal, but one may read more than the other."""
    if found.kind == SOUND:
        return bool(case.packet.problems)
    return case.odd and found.kind in (ABSENT, ONLY, LONGER, PADDING)


@allowance
def the_header_breaks_off(found: Difference, case: Case) -> bool:
    """tshark names a layer of which not all bytes are there; netlab makes no header of them."""
    kind, start = case.broken_off
    names = LAYERS[kind.__name__].split() if kind else []
    return found.kind == ONLY and found.place == start and found.name in names


@allowance
def in_a_piece(found: Difference, case: Case) -> bool:
    """In a fragment or a quotation, tshark may stop in the middle of a protocol that goes on."""
    piece = any(header.partial or header.quotes for header in case.layers)
    piece = piece or "_ws.unreassembled" in case.theirs.gave_up
    return piece and (found.kind == SOUND or (case.stopped and found.kind in (ABSENT, ONLY)))


@allowance
def little_is_quoted(found: Difference, case: Case) -> bool:
    """Of what a redirect or a source quench quotes, tshark shows 8 bytes behind IP."""
    short = {"ICMPRedirect", "ICMPSourceQuench"} & set(map(kind_of, case.layers))
    application = found.header is not None and found.header.layer == "application"
    return bool(short) and (found.kind in (ABSENT, ONLY) or application)


# What only one of the two knows.


@allowance
def netlab_knows_less(found: Difference, case: Case) -> bool:
    """Of protocols and options that netlab leaves as bytes, tshark may find one malformed."""
    last = case.last
    rest = last and last.layer in ("link", "internet") and (case.packet.payload or not last.is_body)
    texts = [repr(header.values()) for header in case.layers]
    unknown = bool(rest) or any("Unknown" in each or "MultipathTCP" in each for each in texts)
    return unknown and (found.kind == SOUND or (case.stopped and found.kind in (ABSENT, ONLY)))


@allowance
def inside_an_option(found: Difference, case: Case) -> bool:
    """tshark dissects what netlab leaves as the bytes of a field, and may find it malformed."""
    parts = [
        part
        for layer in (case.packet.spans() if case.layers else ())
        for field in layer.children
        for option in field.children
        for part in option.children
        if NAMES.get(f"{option.name}.{part.name}") == DISSECTED
    ]
    there = any(part.start <= found.place * 8 <= part.start + part.bits for part in parts)
    return bool(parts) and (found.kind == SOUND or (found.kind == ONLY and there))


@allowance
def the_bit_of_pptp(found: Difference, case: Case) -> bool:
    """tshark takes it for PPTP's in any GRE that carries PPP; by RFC 2637 that takes version 1 and
    a key, too, and elsewhere receivers pass over it (RFC 2784)."""
    return any(
        header.protocol == PPP and header.reserved >> 4 and found.place >= header.offset
        for header in case.layers
        if isinstance(header, netlab.GRE)
    )


@allowance
def a_length_behind_a_providers_tag(found: Difference, case: Case) -> bool:
    """tshark takes it for an EtherType; by IEEE 802.1Q a length may stand behind any tag."""
    lengths = [header.below for header in case.layers if isinstance(header, VLAN8023)]
    behind = any(getattr(below, "ethertype", 0) == PROVIDER for below in lengths)
    return behind and found.kind in (ABSENT, ONLY, PADDING)


@allowance
def padding_behind_pppoe(found: Difference, case: Case) -> bool:
    """tshark does not show it."""
    return found.kind == PADDING and netlab.PPPoE in case.packet


@allowance
def behind_mpls_and_loopback(found: Difference, case: Case) -> bool:
    """Where nothing tells what follows, tshark guesses."""
    return found.kind == ONLY and isinstance(case.last, MPLS | Null)


# Messages in a stream of which a packet has but a part.


@allowance
def by_the_port_alone(found: Difference, case: Case) -> bool:
    """tshark goes by the port in the middle of a message, too, where netlab sees no beginning."""
    if found.kind != ONLY:
        return False
    payload = case.packet.payload
    if found.name == "http":
        return not START_LINE.match(payload)
    if found.name == "tls":
        start = len(payload) >= 5 and RECORD.match(payload)
        return not start or int.from_bytes(payload[3:5]) > LONGEST_RECORD
    return found.name == "dns" and isinstance(case.last, netlab.TCP)


@allowance
def by_its_beginning(found: Difference, case: Case) -> bool:
    """netlab knows HTTP and TLS by how they begin, on any port; tshark by the port, if at all."""
    last = case.last
    if found.kind != ABSENT or not isinstance(last, netlab.HTTP | netlab.TLS):
        return False
    seen = any(name in ("http", "tls") for name, _ in case.theirs.layers)
    ports = {80, 8000, 8080} if isinstance(last, netlab.HTTP) else {443}
    segment = case.packet[netlab.TCP]
    return not seen and not {segment.src_port, segment.dst_port} & ports


@allowance
def a_method_that_is_nobodys(found: Difference, case: Case) -> bool:
    """tshark knows HTTP by the methods that are in use, netlab by the form of the line."""
    last = case.last
    odd = isinstance(last, netlab.HTTP) and last.start_line.split()[0] not in METHODS
    return odd and found.kind == ABSENT


@allowance
def it_goes_on_in_the_next_segment(found: Difference, case: Case) -> bool:
    """HTTP's first line, or a record or message of TLS: tshark shows nothing of it."""
    packet = case.packet
    if found.kind != ABSENT:
        return False
    if netlab.HTTP in packet:
        return b"\n" not in packet.data[packet[netlab.HTTP].offset :]
    if netlab.TLS not in packet or not packet[netlab.TLS].records:
        return False
    ends = {record: record.offset + 5 + record.length for record in packet[netlab.TLS].records}
    return max(ends.values()) > packet[netlab.TLS].payload_end or any(
        message.offset + 4 + message.length > end
        for record, end in ends.items()
        for message in getattr(record, "messages", None) or ()
    )


@allowance
def a_line_without_its_end(found: Difference, case: Case) -> bool:
    """tshark does not show a line of HTTP that breaks off, and ends one at \\r alone."""
    if found.header is None or not isinstance(found.header, netlab.HTTP):
        return False
    rest = case.packet.data[found.place : found.header._end]
    line = rest[: rest.find(b"\n") + 1]
    return not line or b"\r" in line[:-2]


@allowance
def held_encrypted(found: Difference, case: Case) -> bool:
    """tshark holds messages of TLS to be encrypted, by what it saw in earlier packets."""
    if found.kind != ABSENT or netlab.TLS not in case.packet:
        return False
    return any(
        ("tls.handshake.type", message.offset) not in case.theirs.fields
        for record in case.packet[netlab.TLS].records
        for message in getattr(record, "messages", None) or ()
    )


# Checksums.


@allowance
def no_word_for_what_cannot_be_known(found: Difference, case: Case) -> bool:
    """tshark holds a checksum to be wrong that is left to the network card, or that covers bytes or
    addresses which are not in the packet."""
    if found.kind != CHECKSUM or found.header is None:
        return False
    verdict, reason = found.header.checksum_verdict()
    words = ("network card", "addresses", "hides the destination")
    return verdict is None and (any(word in reason for word in words) or not found.header.complete)


@allowance
def a_route_that_is_quoted(found: Difference, case: Case) -> bool:
    """tshark overlooks routing headers in quoted packets, and so the checksum's destination."""
    if found.kind != CHECKSUM:
        return False
    kinds, header = [], found.header
    while header is not None and (header := header.below) is not None:
        kinds.append(header)
    routed = next((i for i, each in enumerate(kinds) if isinstance(each, Routing)), len(kinds))
    return any(each.quotes for each in kinds[routed:])


@allowance
def behind_malformed_addresses(found: Difference, case: Case) -> bool:
    """Where a route or a home address is malformed, the two may take other addresses into the
    checksum that covers them."""
    below = found.header.below if found.header else None
    odd = below is not None and any(fault.field == "options" for fault in below.faults())
    return odd and found.kind == CHECKSUM
