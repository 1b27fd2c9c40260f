"""Options of TCP, lengths and checksums of UDP, and what a verdict on a checksum says."""

from typing import Any

import pytest
from scapy.layers import inet, inet6
from situations import Situation, stack

import netlab
from netlab.wire import tcp

V4 = {"src": "192.0.2.1", "dst": "192.0.2.2"}
A, B = "2001:db8::a", "2001:db8::b"


def segment(options: str = "", flags: str = "A", **fields: Any) -> bytes:
    """A TCP segment with these options, built by scapy."""
    octets = bytes.fromhex(options)
    words = 5 + len(octets) // 4
    header = inet.TCP(sport=4000, dport=4001, dataofs=words, flags=flags, options=[], **fields)
    return stack(inet.IP(**V4), header, octets)


CASES: dict[str, tuple[bytes, str, dict[str, Any]]] = {
    "all that a connection opens with": (
        stack(inet.IP(**V4), inet.TCP(flags="S", options=[
            ("MSS", 1460), ("SAckOK", b""), ("Timestamp", (7, 0)), ("NOP", None), ("WScale", 7),
        ])),
        "IPv4 TCP",
        {"TCP.flags": tcp.TCPFlags.SYN, "TCP.options.0.mss": 1460, "TCP.options.1.kind": 4,
         "TCP.options.2.value": 7, "TCP.options.2.echo_reply": 0, "TCP.options.4.shift": 7},
    ),
    "selective acknowledgement": (
        stack(inet.IP(**V4), inet.TCP(flags="A", options=[
            ("NOP", None), ("NOP", None), ("SAck", (100, 200, 300, 400)),
        ])),
        "IPv4 TCP",
        {"TCP.options.2.edges": (100, 200, 300, 400),
         "TCP.options.2.blocks": ((100, 200), (300, 400))},
    ),
    "user timeout": (
        segment("1c048005"), "IPv4 TCP",
        {"TCP.options.0.granularity": 1, "TCP.options.0.timeout": 5},
    ),
    "HTTP at a port of X11": (
        stack(inet.IP(**V4), inet.TCP(sport=6032, dport=40001, flags="PA"),
              b"GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"),
        "IPv4 TCP HTTP", {"HTTP.start_line": "GET / HTTP/1.1"},
    ),
    "MD5": (
        segment("1312" + "ab" * 16 + "0101"), "IPv4 TCP", {"TCP.options.0.digest": b"\xab" * 16},
    ),
    "authentication": (
        segment("1d100102" + "ab" * 12), "IPv4 TCP",
        {"TCP.options.0.key_id": 1, "TCP.options.0.next_key_id": 2,
         "TCP.options.0.mac": b"\xab" * 12},
    ),
    "fast open, with a cookie": (
        segment("220a0102030405060708" "0101", "S"), "IPv4 TCP",
        {"TCP.options.0.cookie": bytes(range(1, 9))},
    ),
    "fast open, asking for one": (
        segment("2202 0101", "S"), "IPv4 TCP", {"TCP.options.0.cookie": b""},
    ),
    "multipath": (
        segment("1e0c0081" + "ab" * 8, "S"), "IPv4 TCP",
        {"TCP.options.0.subtype": 0, "TCP.options.0.flags": 0},
    ),
    "an end before the end": (
        segment("01000000"), "IPv4 TCP",
        {"TCP.options.1.kind": 0, "TCP.options.1.padding": bytes(2)},
    ),
    "an option that nobody knows": (
        segment("0f06abcdabcd 0101"), "IPv4 TCP", {"TCP.options.0.data": bytes.fromhex("abcd" * 2)},
    ),
    "a reserved bit": (
        segment(reserved=4), "IPv4 TCP", {"TCP.reserved": 8, "TCP.flags": tcp.TCPFlags.ACK},
    ),
    "accurate ECN's bit": (segment(flags="AN"), "IPv4 TCP", {"TCP.reserved": 1}),
    "all flags": (segment(flags="FSRPAUEC"), "IPv4 TCP", {"TCP.flags": 255}),
    "UDP": (
        stack(inet.IP(**V4), inet.UDP(sport=4000, dport=4001), b"data"), "IPv4 UDP",
        {"UDP.length": 12, "UDP.checksum_ok": True},
    ),
    "UDP without a checksum": (
        stack(inet.IP(**V4), inet.UDP(sport=4000, dport=4001, chksum=0), b"data"), "IPv4 UDP",
        {"UDP.checksum_ok": None},
    ),
    "UDP shorter than IP has it": (
        stack(inet.IP(**V4), inet.UDP(sport=4000, dport=4001, len=10, chksum=0), b"data"),
        "IPv4 UDP", {"UDP.payload": b"da"},
    ),
    "a tunnel of IPv6 without a checksum": (
        stack(inet6.IPv6(src=A, dst=B), inet.UDP(sport=4000, dport=6081, chksum=0), bytes(8)),
        "IPv6 UDP", {"UDP.checksum_ok": None},
    ),
}  # fmt: skip

SITUATIONS = {name: Situation("raw", *case) for name, case in CASES.items()}


BAD = {
    "MSS, too short": ("02030001", 41, "MSS.length: length 3 means 3 bytes of header: too short"),
    "MSS, too long": ("020605b4 00000101", 44, "MSS"),
    "timestamps, too short": (
        "0808000000010101 01010101", 41,
        "Timestamps.length: length 8 means 8 bytes of header: too short",
    ),
    "half a block": ("0506 00000001 0101", 42, "SACK.edges: a block has two edges, one is left"),
    "half an edge": ("0504 0001", 42, "SACK.edges: 2 bytes left over"),
    "length 0": ("fd000000", 41, "UnknownTCPOption.length: length 0 means 0 bytes of header"),
    "beyond the header": ("08200000", 40, "Timestamps needs 10 bytes, 4 are left"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_length_is_a_problem_of_that_option(name: str) -> None:
    options, offset, words = BAD[name]
    packet = netlab.dissect(segment(options), "raw")
    (problem,) = packet.problems
    assert (problem.layer, problem.field, problem.offset) == ("TCP", "options", offset)
    assert words in problem.message


def test_options_behind_one_of_a_bad_length_are_read() -> None:
    packet = netlab.dissect(segment("02030001 030307 00"), "raw")
    assert [option.summary() for option in packet[netlab.TCP].options] == [
        "option 2", "NOP", "window scale 7", "EOL",
    ]  # fmt: skip


def udp(lower: Any, **fields: Any) -> netlab.Packet:
    header = inet.UDP(sport=4000, dport=4001, **fields)
    return netlab.dissect(stack(lower, header, b"data"), "raw")


@pytest.mark.parametrize("length", [0, 5])
def test_a_udp_length_below_8_is_a_problem(length: int) -> None:
    (problem,) = udp(inet.IP(**V4), len=length).problems
    assert (problem.layer, problem.field, problem.offset) == ("UDP", "length", 24)


def test_ipv6_wants_a_udp_checksum() -> None:
    packet = udp(inet6.IPv6(src=A, dst=B), chksum=0)
    (problem,) = packet.problems
    assert (problem.layer, problem.field, problem.offset) == ("UDP", "checksum", 46)
    assert packet[netlab.UDP].checksum_ok is False


WHOLE = stack(inet.IP(**V4), inet.TCP(flags="A"), bytes(100))
WRONG = stack(inet.IP(**V4), inet.TCP(flags="A", chksum=0x1234), bytes(100))
PSEUDO_SUM = 0xC000 + 0x0201 + 0xC000 + 0x0202 + 6 + 120 - 0xFFFF  # the carry added back in
PARTIAL = stack(inet.IP(**V4), inet.TCP(flags="A", chksum=PSEUDO_SUM), bytes(100))
FRAGMENT = stack(inet.IP(flags="MF", proto=6, **V4), WHOLE[20:60])

VERDICTS: dict[str, tuple[bytes, bool | None, str]] = {
    "right": (WHOLE, True, "is right"),
    "wrong": (WRONG, False, "0x1234 is wrong: the bytes give"),
    "cut by the snap length": (WHOLE[:60], None, "IPv4 speaks of 80 bytes more than are there"),
    "a fragment": (FRAGMENT, None, "it is a fragment"),
    "left to the network card": (PARTIAL, None, "it is the pseudo-header's sum"),
}


@pytest.mark.parametrize("name", VERDICTS)
def test_the_verdict_on_a_checksum_says_why(name: str) -> None:
    data, ok, words = VERDICTS[name]
    packet = netlab.Packet(data, "raw", wire_length=max(len(data), 140))
    verdict, why = packet[netlab.TCP].checksum_verdict()
    assert verdict is ok
    assert words in why
    assert packet[netlab.IPv4].checksum_ok is True


def test_the_checksum_is_judged_whatever_the_data_offset_says() -> None:
    header = inet.TCP(flags="A", dataofs=15)
    packet = netlab.dissect(stack(inet.IP(**V4), header, bytes(8)), "raw")
    assert [problem.field for problem in packet.problems] == ["data_offset"]
    assert packet[netlab.TCP].checksum_ok is True


def test_the_verdict_without_addresses() -> None:
    packet = netlab.dissect(WHOLE[20:], netlab.TCP)
    assert packet[netlab.TCP].checksum_ok is None
    assert "addresses" in packet[netlab.TCP].checksum_verdict()[1]
    assert netlab.Ethernet().checksum_verdict() == (None, "Ethernet has no checksum of its own")
