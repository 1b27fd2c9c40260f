"""IGMP in its three versions, by the formats of RFC 1112, 2236 and 3376."""

import struct
from typing import Any

import pytest
from scapy.layers import inet
from scapy.utils import checksum
from situations import Situation, stack

import netlab
from netlab.wire.igmp import spread


def message(octets: str) -> bytes:
    """An IGMP message in IPv4, with the checksum that scapy computes."""
    data = bytes.fromhex(octets)
    data = data[:2] + struct.pack(">H", checksum(data)) + data[4:]
    options = [inet.IPOption_Router_Alert()]
    return stack(inet.IP(src="192.0.2.1", dst="224.0.0.1", proto=2, ttl=1, options=options), data)


CASES: dict[str, tuple[bytes, str, dict[str, Any]]] = {
    "query, version 1": (
        message("11 00 0000 e0010101"), "IPv4 IGMP IGMPGroup",
        {"IGMP.response_time": "version 1: 10 seconds", "IGMP.checksum_ok": True},
    ),
    "query, version 2": (
        message("11 c8 0000 e0010101"), "IPv4 IGMP IGMPGroup",
        {"IGMP.max_response": 200, "IGMP.response_time": "20.0 seconds",
         "IGMPGroup.group": "224.1.1.1"},
    ),
    "report, version 1": (message("12 00 0000 e0010101"), "IPv4 IGMP IGMPGroup", {}),
    "report, version 2": (
        message("16 00 0000 e0010101"), "IPv4 IGMP IGMPGroup", {"IGMP.response_time": ""},
    ),
    "leave": (message("17 00 0000 e0010101"), "IPv4 IGMP IGMPGroup", {"IGMP.type": 0x17}),
    "query, version 3": (
        message("11 c8 0000 e0010101 0a 9a 0002 c0000207 c0000208"), "IPv4 IGMP IGMPv3Query",
        {"IGMP.response_time": "307.2 seconds", "IGMPv3Query.suppress": 1,
         "IGMPv3Query.robustness": 2, "IGMPv3Query.interval": 0x9A,
         "IGMPv3Query.sources": ("192.0.2.7", "192.0.2.8")},
    ),
    "report, version 3": (
        message("22 00 0000 0000 0003"
                "04 00 0000 e0010101"
                "05 00 0002 e0010102 c0000207 c0000208"
                "06 01 0000 e0010103 01020304"), "IPv4 IGMP IGMPv3Report",
        {"IGMPv3Report.number_of_records": 3, "IGMPv3Report.records.0.type": 4,
         "IGMPv3Report.records.1.sources": ("192.0.2.7", "192.0.2.8"),
         "IGMPv3Report.records.2.group": "224.1.1.3",
         "IGMPv3Report.records.2.auxiliary": bytes([1, 2, 3, 4])},
    ),
    "another protocol's message": (message("99 01 0000 00000000"), "IPv4 IGMP", {}),
}  # fmt: skip

SITUATIONS = {name: Situation("raw", *case) for name, case in CASES.items()}


@pytest.mark.parametrize(
    ("code", "number"), [(0, 0), (127, 127), (128, 128), (0x9A, 416), (200, 3072), (255, 31744)]
)
def test_a_code_stands_for_a_number(code: int, number: int) -> None:
    """RFC 3376 section 4.1.1: (mantissa | 0x10) << (exponent + 3); 255 is the largest, 31744."""
    assert spread(code, 3, 4) == number


def test_records_that_are_announced_but_missing_are_a_problem() -> None:
    problems = netlab.dissect(message("22 00 0000 0000 0002 04 00 0000 e0010101"), "raw").problems
    assert [problem.layer for problem in problems] == ["IGMPv3Report"]
    assert "number_of_records announces 2, 1 are there" in problems[0].message
