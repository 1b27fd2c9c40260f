"""The kernel as referee: right and wrong packets, what it says of them, and why."""

from collections.abc import Iterator

import pytest

import netlab
from netlab import ICMP, TCP, UDP, ICMPEcho, IPv4, IPv6, referee
from netlab.checksum import additions
from netlab.kernel import Kernel
from netlab.referee.mistakes import mistakes
from netlab.wire.tcp import TCPFlags

needs_kernel = pytest.mark.needs("kernel")

IP = IPv4(src=referee.YOU, dst=referee.KERNEL)
IP6 = IPv6(src=referee.YOU6, dst=referee.KERNEL6)
SYN = TCP(src_port=4000, dst_port=referee.TCP_PORT, seq=7, flags="SYN")
ASK = UDP(src_port=4000, dst_port=referee.UDP_PORT)


@pytest.fixture(scope="module")
def judge() -> Iterator[object]:
    with referee.Referee() as made:
        yield made.judge


def unfolded(packet: netlab.Packet) -> int:
    """The checksum of the packet's segment by one who drops the carries."""
    segment = packet[TCP]
    pseudo = bytes(TCP.checksum.computed.pseudo(segment))
    data = pseudo + bytes(segment.replace(checksum=0)) + packet.payload
    return ~list(additions(data, fold=False))[-1].after & 0xFFFF


WRONG = {
    "TCP checksum 0": (IP / SYN.replace(checksum=0), "TcpInCsumErrors", "never filled in"),
    "carry dropped": (
        IP / SYN.replace(checksum=unfolded(IP / SYN)), "TcpInCsumErrors", "the carry was dropped",
    ),
    "TCP checksum over IPv6": (IP6 / SYN.replace(checksum=0), "TcpInCsumErrors", "never filled"),
    "IP checksum 0": (IP.replace(checksum=0) / SYN, "IpInHdrErrors", "never filled in"),
    "IP checksum over the payload too": (
        IP.replace(checksum=0x0BE1) / UDP(checksum=0, dst_port=7) / b"hi", "IpInHdrErrors",
        "IPv4.checksum is 0x0be1",
    ),
    "total length too long": (IP.replace(total_length=60) / SYN, "IpExtInTruncatedPkts", "60"),
    "total length too short": (IP.replace(total_length=10) / SYN, "IpInHdrErrors", "own 20"),
    "total length 0": (IP.replace(total_length=0) / SYN, "IpInHdrErrors", "never filled in"),
    "ihl too small": (IP.replace(ihl=4) / SYN, "IpInHdrErrors", "at least 20 are needed"),
    "ihl too large": (IP.replace(ihl=15) / SYN, "IpInHdrErrors", "60 bytes of header"),
    "version 6 on an IPv4 header": (IP.replace(version=6) / SYN, "Ip6InHdrErrors", "version 6"),
    "data offset too small": (IP / SYN.replace(data_offset=4), "TcpInErrs", "at least 20"),
    "not for the kernel": (IP.replace(dst="192.168.77.9") / SYN, "IpInAddrErrors", ""),
    "not for the kernel, IPv6": (IP6.replace(dst="fd00:77::9") / SYN, "Ip6InAddrErrors", ""),
    "unknown protocol": (IP.replace(protocol=253) / b"?", "IpInUnknownProtos", ""),
    "UDP checksum": (IP / ASK.replace(checksum=1) / b"hi", "UdpInCsumErrors", "UDP.checksum"),
    "UDP without checksum over IPv6": (IP6 / ASK.replace(checksum=0), "Udp6InCsumErrors", "filled"),
    "UDP length": (IP / ASK.replace(length=50) / b"hi", "UdpInErrors", "50 bytes of datagram"),
    "ICMP checksum": (IP / ICMP(checksum=0) / ICMPEcho(), "IcmpInCsumErrors", "never filled in"),
    "a fragment": (IP.replace(flags="MF") / SYN, "IpReasmReqds", ""),
    "IPv6 payload too long": (IP6.replace(payload_length=60) / SYN, "Ip6InTruncatedPkts", "60"),
    "too short for IP": (b"\x45\0\0\x0a123456", "IpInHdrErrors", "IPv4 needs 20 bytes"),
}  # fmt: skip


@needs_kernel
@pytest.mark.parametrize(("packet", "counter", "mistake"), WRONG.values(), ids=WRONG)
def test_a_wrong_packet_gets_silence_and_a_counter(
    judge, packet: netlab.Packet | bytes, counter: str, mistake: str
) -> None:
    verdict = judge(packet)
    assert not verdict.accepted
    assert verdict.counters[counter] == 1
    assert counter in verdict.sentence
    assert mistake in " ".join(verdict.mistakes)
    if "IpInUnknownProtos" not in verdict.counters:
        assert verdict.answer is None


CUT = {
    "total length 20": (IP.replace(total_length=20) / SYN, "TCP needs 20 bytes, 0 are left"),
    "total length 30": (IP.replace(total_length=30) / SYN, "TCP needs 20 bytes, 10 are left"),
    "data offset too large": (IP / SYN.replace(data_offset=15), "60 bytes of header"),
    "IPv6 payload length 0": (IP6.replace(payload_length=0) / SYN, "never filled in"),
}


@needs_kernel
@pytest.mark.parametrize(("packet", "mistake"), CUT.values(), ids=CUT)
def test_a_cut_segment_gets_silence(judge, packet: netlab.Packet, mistake: str) -> None:
    verdict = judge(packet)
    assert (verdict.accepted, verdict.answer, verdict.blamed) == (False, None, ())
    assert verdict.sentence.startswith("Silence: the packet arrived")
    assert mistake in " ".join(verdict.mistakes)


@needs_kernel
@pytest.mark.parametrize("ip", [IP, IP6])
def test_a_right_syn_gets_a_syn_ack(judge, ip: netlab.IPv4 | netlab.IPv6) -> None:
    verdict = judge(ip / SYN)
    assert verdict.accepted
    assert verdict.mistakes == ()
    assert verdict.answer[TCP].flags == TCPFlags.SYN | TCPFlags.ACK
    assert verdict.answer[TCP].ack == 8
    assert "Answered with SYN ACK: port 80 is open" in verdict.sentence


@needs_kernel
def test_a_closed_port_gets_an_rst(judge) -> None:
    verdict = judge(IP / SYN.replace(dst_port=81))
    assert verdict.accepted
    assert verdict.answer[TCP].flags == TCPFlags.RST | TCPFlags.ACK
    assert "nothing listens on port 81" in verdict.sentence


@needs_kernel
def test_a_segment_of_no_connection_gets_an_rst(judge) -> None:
    assert "knows no connection" in judge(IP / SYN.replace(flags="ACK", src_port=99)).sentence


@needs_kernel
def test_one_may_try_as_often_as_one_likes(judge) -> None:
    """The same port with other sequence numbers: the kernel would challenge that."""
    for seq in (1000, 2_000_000_000, 4_000_000_000, 1000):
        assert judge(IP / SYN.replace(seq=seq)).answer[TCP].ack == seq + 1


@needs_kernel
@pytest.mark.parametrize("ip", [IP, IP6])
def test_a_connection_over_several_calls(judge, ip: netlab.IPv4 | netlab.IPv6) -> None:
    answer = judge(ip / SYN).answer[TCP]
    ours = SYN.replace(seq=8, ack=answer.seq + 1, checksum=None)
    silent = judge(ip / ours.replace(flags="ACK"))
    assert silent.accepted
    assert "nobody answers an ACK without data" in silent.sentence
    data = judge(ip / ours.replace(flags="PSH ACK") / b"hello")
    assert data.received == b"hello"
    assert data.answer[TCP].ack == 8 + 5
    assert "expects byte 13 next" in data.sentence
    end = judge(ip / ours.replace(flags="FIN ACK", seq=13))
    assert end.answer[TCP].ack == 14


@needs_kernel
@pytest.mark.parametrize("ip", [IP, IP6])
def test_udp_is_sent_back(judge, ip: netlab.IPv4 | netlab.IPv6) -> None:
    verdict = judge(ip / ASK / b"hello")
    assert (verdict.received, verdict.answer.payload) == (b"hello", b"hello")
    assert verdict.accepted


@needs_kernel
def test_udp_without_a_checksum_is_permitted_over_ipv4(judge) -> None:
    assert judge(IP / ASK.replace(checksum=0) / b"hello").received == b"hello"


@needs_kernel
def test_icmp(judge) -> None:
    assert "echo reply, id 5" in judge(IP / ICMP() / ICMPEcho(identifier=5)).sentence
    assert "port unreachable" in judge(IP / ASK.replace(dst_port=9) / b"hello").sentence


@needs_kernel
def test_ttl_0_is_taken_and_remarked_upon(judge) -> None:
    verdict = judge(IP.replace(ttl=0) / SYN)
    assert verdict.accepted
    assert "no router would have passed it on" in verdict.mistakes[0]


@needs_kernel
@pytest.mark.parametrize("source", ["127.0.0.1", "0.0.0.0", "224.0.0.1", referee.KERNEL])
def test_an_impossible_source_address(judge, source: str) -> None:
    verdict = judge(IP.replace(src=source) / SYN)
    assert not verdict.accepted
    assert f"no packet from that source address, {source}" in verdict.sentence


@needs_kernel
@pytest.mark.parametrize(("data", "words"), [(b"", "no bytes"), (b"\x55" + bytes(30), "is 5")])
def test_what_the_device_refuses(judge, data: bytes, words: str) -> None:
    verdict = judge(data)
    assert not verdict.accepted
    assert words in verdict.sentence


@needs_kernel
@pytest.mark.parametrize("dst", ["02:00:00:00:00:01", "40:00:00:00:00:01", "60:00:00:00:00:01"])
@pytest.mark.parametrize("ip", [IP, IP6])
def test_a_frame_is_refused_with_a_remedy(judge, dst: str, ip: netlab.IPv4) -> None:
    frame = netlab.Ethernet(dst=dst) / ip / SYN
    for data in (frame, bytes(frame)):
        with pytest.raises(ValueError, match=r"leave out the Ethernet header, or judge\(bytes"):
            judge(data)


@needs_kernel
def test_on_small_addresses_there_is_no_carry() -> None:
    """So a checksum that never folds passes there: the reason to try it on 192.168.x."""
    with referee.Referee(Kernel("10.0.0.1/24")) as match:
        small = SYN.replace(seq=0, window=1000)
        ip = IPv4(src="10.0.0.2", dst="10.0.0.1")
        checksum = unfolded(ip / small)
        assert match.judge(ip / small.replace(checksum=checksum)).accepted


@needs_kernel
@pytest.mark.parametrize("checksum", [0, 0xFFFF])
def test_both_zeros_of_ones_complement_are_taken(judge, checksum: int) -> None:
    rest = (IP / SYN)[TCP].checksum
    packet = IP / SYN.replace(urgent_pointer=rest, checksum=checksum)
    verdict = judge(packet)
    assert verdict.accepted
    assert verdict.mistakes == ()
    assert packet[TCP].checksum_ok


@needs_kernel
def test_the_common_referee_and_its_repr() -> None:
    verdict = referee.judge(IP / SYN.replace(checksum=0))
    first, likely, counter = repr(verdict).splitlines()
    assert first.startswith("✘ Thrown away, and counted in TcpInCsumErrors")
    assert "never filled in" in likely
    assert "TcpInCsumErrors +1" in counter
    assert "<b>✘ Thrown away" in verdict._repr_html_()
    assert "<script" not in referee.judge(IP / ASK / b"<script>")._repr_html_()


COMPUTED_WRONGLY = {
    "the sum was not complemented": lambda right: ~right & 0xFFFF,
    "its two bytes are swapped": lambda right: right >> 8 | (right & 0xFF) << 8,
}


@pytest.mark.parametrize(("words", "spoil"), COMPUTED_WRONGLY.items(), ids=COMPUTED_WRONGLY)
@pytest.mark.parametrize("kind", [TCP, UDP])
def test_how_a_checksum_came_about(words: str, spoil, kind: type[TCP | UDP]) -> None:
    right = IP / kind(src_port=4000, dst_port=7) / b"some payload"
    wrong = right[kind].replace(checksum=spoil(right[kind].checksum))
    (sentence,) = mistakes(IP / wrong / b"some payload")
    assert words in sentence


PARTS = {
    "the pseudo-header was left out": lambda pseudo, header, data: header + data,
    "the payload was left out": lambda pseudo, header, data: pseudo + header,
    "the payload's length, not that of": (
        lambda pseudo, header, data: pseudo[:-2] + len(data).to_bytes(2) + header + data
    ),
    "taken for the low half": (
        lambda pseudo, header, data: pseudo + header + data[:-1] + b"\0" + data[-1:]
    ),
}


@pytest.mark.parametrize(("words", "parts"), PARTS.items(), ids=PARTS)
def test_what_a_checksum_was_computed_over(words: str, parts) -> None:
    data = b"an odd payload!"
    segment = (IP / SYN / data)[TCP]
    pseudo = bytes(TCP.checksum.computed.pseudo(segment))
    checksum = netlab.checksum.internet_checksum(
        parts(pseudo, bytes(segment.replace(checksum=0)), data)
    )
    (sentence,) = mistakes(IP / SYN.replace(checksum=checksum) / data)
    assert words in sentence


def test_a_carry_that_needs_folding_twice() -> None:
    """The sum of the words is, say, 0x3fffe: folded once, it overflows again."""
    packet = IP / SYN / bytes(2)
    data = bytes(TCP.checksum.computed.pseudo(packet[TCP]))
    data += bytes(packet[TCP].replace(checksum=0))
    total = sum(int.from_bytes(data[i : i + 2]) for i in range(0, len(data), 2))
    word, once = next(
        (word, once)
        for word in range(1 << 16)
        if (once := (total + word & 0xFFFF) + (total + word >> 16)) > 0xFFFF
    )
    (sentence,) = mistakes(IP / SYN.replace(checksum=~once & 0xFFFF) / word.to_bytes(2))
    assert "gave another carry" in sentence
