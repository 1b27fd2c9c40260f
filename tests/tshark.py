"""What tshark says of packets: each layer and each field, by name and place."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.parsers import expat

from tshark_table import Held, held_against

SETTINGS = (
    "ip.defragment:FALSE", "ipv6.defragment:FALSE", "tcp.desegment_tcp_streams:FALSE",
    "tcp.analyze_sequence_numbers:FALSE", "tcp.relative_sequence_numbers:FALSE",
    "tcp.no_subdissector_on_error:FALSE", "ipv6.tso_support:TRUE", "eth.fcs:Never",
    "eth.padding:Any", "ip.check_checksum:TRUE", "tcp.check_checksum:TRUE",
    "udp.check_checksum:TRUE",
    "http.dechunk_body:FALSE", "http.decompress_body:FALSE", "http.desegment_body:FALSE",
    "http.desegment_headers:FALSE", "tls.desegment_ssl_records:FALSE",
    "tls.desegment_ssl_application_data:FALSE", "dns.desegment_dns_messages:FALSE",
)  # fmt: skip
"""tshark reads each packet by itself and checks what it can check."""

LESS = (
    "--disable-heuristic", "dns_udp", "--disable-protocol", "vssmonitoring",
    "--disable-protocol", "f5ethtrailer",
)  # fmt: skip
"""tshark takes nothing for DNS but on its port, and no padding for somebody's trailer."""

MALFORMED = re.compile(
    r"\[Malformed Packet: "
    r"(ARP|DNS|DHCP|GRE|HTTP|ICMP|ICMPv6|IGMP|IPv4|IPv6 .*|LLC|MPTCP|TCP|TLS|UDP|VLAN)\]"
)
"""How tshark names a protocol, of those that netlab knows, in the middle of which it stopped."""

GIVES_UP = {
    "_ws.short", "_ws.unreassembled", "ip.bogus_ip_length", "ip.bogus_ip_version",
    "ip.bogus_header_length", "ipv6.bogus_ipv6_version", "tcp.bogus_header_length",
    "udp.length.bad", "udp.bad_length", "ipv6.opt.invalid_len",
}  # fmt: skip
"""Layers and fields by which tshark says that it reads no further."""

UNREADABLE = re.compile(r"<\w+ [\w ]+")
"""How tshark shows a name that it cannot read."""

NOTE = 0x400000
"""What is but a note for tshark; what is less speaks of what is usual."""

NOT_XML = bytes({*range(32)} - {*b"\t\n\r"})
"""Characters that XML does not allow and that tshark writes all the same."""

WORD_BYTES = 8
"""Bytes by which a field that holds ours may begin earlier."""


class Said(NamedTuple):
    """What tshark says of a field: the value as it shows it, and the bytes in hex."""

    shown: str
    raw: str


class Reading(NamedTuple):
    """A packet as tshark reads it: its fields by name and first byte; its layers so too."""

    fields: dict[tuple[str, int], list[Said]]
    layers: set[tuple[str, int]]

    @property
    def complains(self) -> bool:
        """Whether tshark finds something odd, of any kind."""
        severities = self.fields.get(("_ws.expert.severity", 0), [])
        return bool(self.gave_up) or any(int(each.shown) >= NOTE for each in severities)

    def find(self, names: str, place: int) -> list[tuple[Held, Said]]:
        """What is said of that byte under one of the names."""
        found = []
        for held in held_against(names):
            for earlier in range(WORD_BYTES) if "~" in held.how else [held.earlier]:
                said = self.fields.get((held.name, place - earlier), [])
                found += [(held._replace(earlier=earlier), each) for each in said]
        return found

    @property
    def unreadable(self) -> bool:
        """Whether tshark cannot read a name."""
        sayings = (said for each in self.fields.values() for said in each)
        return any(UNREADABLE.match(said.shown) for said in sayings)

    @property
    def gave_up(self) -> set[str]:
        """By which words tshark says that it stopped in the middle of a protocol."""
        names = {name for name, _ in self.layers} | {name for name, _ in self.fields}
        return {name for name in names if name in GIVES_UP or MALFORMED.match(name)}


def tshark(path: Path) -> Iterator[Reading]:
    """Each packet of a capture file as tshark reads it."""
    options = [word for setting in SETTINGS for word in ("-o", setting)]
    command = ["tshark", "-n", "-r", str(path), "-T", "pdml", *options, *LESS]
    whole: list[Reading] = []
    reading = Reading({}, set())

    def start(element: str, attributes: dict[str, str]) -> None:
        if element == "packet":
            reading.fields.clear()
            reading.layers.clear()
        elif element == "proto":
            name = attributes["name"]
            if name == "_ws.malformed":
                name = attributes["showname"]  # "[Malformed Packet: DNS]"
            reading.layers.add((name, int(attributes.get("pos", -1))))
        elif element == "field" and attributes["name"]:
            place = attributes["name"], int(attributes.get("pos", -1))
            raw = attributes.get("unmaskedvalue", attributes.get("value", ""))
            said = Said(attributes.get("show", ""), raw)
            reading.fields.setdefault(place, []).append(said)

    def end(element: str) -> None:
        if element == "packet":
            whole.append(Reading(dict(reading.fields), set(reading.layers)))

    parser = expat.ParserCreate("iso-8859-1")  # what tshark writes is not always UTF-8
    parser.StartElementHandler, parser.EndElementHandler = start, end
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        while block := process.stdout.read(1 << 16):
            parser.Parse(block.translate(None, NOT_XML))
            yield from whole
            whole.clear()
    assert process.returncode == 0
