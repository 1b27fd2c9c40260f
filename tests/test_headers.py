"""Every declared header, and packets of them: any bytes are read, what is built is read again."""

import pytest
from everything import declared, look_at_everything, show_everything
from hypothesis import assume, given
from hypothesis import strategies as st
from scapy.layers import inet, inet6, l2

import netlab
from netlab.field import NUMBERS, Bytes, Field
from netlab.header import Header, view
from netlab.lists import Malformed
from netlab.packet import LINKS
from netlab.wire import tcp as options

HEADERS = sorted(set(declared()), key=lambda kind: kind.__name__)
every_header = pytest.mark.parametrize("kind", HEADERS, ids=lambda kind: kind.__name__)

links = st.sampled_from(sorted(LINKS))
unclaimed_ports = st.integers(0, 65535).filter(
    lambda port: port not in NUMBERS["tcp port"] | NUMBERS["udp port"]
)


@every_header
def test_the_bits_add_up(kind: type[Header]) -> None:
    position = 0
    for field in kind._fixed:
        assert field.start == position
        position += field.bits
    assert position == kind.size * 8


@every_header
def test_every_field_is_explained(kind: type[Header]) -> None:
    assert (kind.__doc__ or "").strip()
    assert kind.layer in netlab.palette.LAYERS
    for field in kind.fields:
        assert len(field.about) > 3, field.name
        assert field.source or kind.rfc or kind in (Malformed, netlab.wire.ipv6.IP), field.name


def some_value(field: Field, data: st.DataObject) -> object:
    octets = data.draw(st.binary(min_size=8, max_size=8), field.name)
    if isinstance(field, Bytes):
        return field.show((octets * 2)[: field.bits // 8])
    return int.from_bytes(octets) & ((1 << field.bits) - 1)


@every_header
@given(data=st.data())
def test_what_is_built_is_read_the_same(kind: type[Header], data: st.DataObject) -> None:
    given_values = {field.name: some_value(field, data) for field in kind._fixed}
    octets = bytes(kind(**given_values))
    header = view(kind, octets, 0, len(octets), None)
    for name, value in given_values.items():
        assert getattr(header, name) == value, name
    if not header.broken:
        assert header == kind(**header.values())


@given(st.binary(max_size=200), links)
def test_any_bytes_are_read_and_given_back(data: bytes, link: str) -> None:
    packet = netlab.dissect(data, link)
    look_at_everything(packet)
    show_everything(packet)
    assert bytes(packet) == data


FRAMES = [packet.data for packet in netlab.read(netlab.recording("http.pcap"))] + [
    bytes(netlab.Ethernet() / netlab.VLAN(vlan_id=3) / netlab.IPv6() / netlab.UDP() / b"abc"),
    bytes(netlab.Ethernet() / netlab.IPv4() / netlab.ICMP() / netlab.ICMPEcho() / b"abc"),
]


@given(st.sampled_from(FRAMES), st.data())
def test_damaged_frames_are_read_and_given_back(frame: bytes, data: st.DataObject) -> None:
    damaged = bytearray(frame)
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged)[: data.draw(st.integers(0, len(frame)))]
    packet = netlab.dissect(cut)
    look_at_everything(packet)
    assert bytes(packet) == cut


@given(
    st.sampled_from([netlab.TCP, netlab.UDP]), st.sampled_from([netlab.IPv4, netlab.IPv6]),
    unclaimed_ports, st.binary(max_size=99), st.booleans(),
)  # fmt: skip
def test_a_stack_is_read_as_it_was_built(upper, lower, port, payload, tagged) -> None:
    tag = (netlab.VLAN(vlan_id=9, priority=2),) if tagged else ()
    frame: Header | netlab.Packet = netlab.Ethernet(dst="02:00:00:00:00:01")
    for header in (*tag, lower(), upper(src_port=port, dst_port=9999)):
        frame = frame / header
    frame = frame / payload
    assume(not netlab.HTTP.recognise(payload, 0, len(payload)))  # it is HTTP at any port
    packet = netlab.dissect(bytes(frame))
    assert packet.layers == frame.layers
    assert packet.payload == payload
    assert packet.problems == ()
    assert packet[upper].checksum_ok is True
    assert packet[upper].src_port == port


PAIRS = {
    "tcp": (
        netlab.Ethernet(dst="02:00:00:00:00:01", src="02:00:00:00:00:02")
        / netlab.IPv4(src="192.168.250.1", dst="192.168.250.2", identification=7, flags="DF")
        / netlab.TCP(
            src_port=1000, dst_port=2000, seq=5, ack=6, flags="SYN", window=8192,
            options=[options.MSS(mss=1460), options.NOP(), options.WindowScale(shift=7)],
        ) / b"odd",
        l2.Ether(dst="02:00:00:00:00:01", src="02:00:00:00:00:02")
        / inet.IP(src="192.168.250.1", dst="192.168.250.2", id=7, flags="DF")
        / inet.TCP(sport=1000, dport=2000, seq=5, ack=6, flags="S", window=8192,
                   options=[("MSS", 1460), ("NOP", None), ("WScale", 7)]) / b"odd",
    ),
    "udp over IPv6 with a tag": (
        netlab.Ethernet(dst="02:00:00:00:00:01", src="02:00:00:00:00:02")
        / netlab.VLAN(priority=3, vlan_id=100) / netlab.IPv6(src="2001:db8::1", dst="2001:db8::2")
        / netlab.UDP(src_port=1000, dst_port=2000) / b"data",
        l2.Ether(dst="02:00:00:00:00:01", src="02:00:00:00:00:02") / l2.Dot1Q(prio=3, vlan=100)
        / inet6.IPv6(src="2001:db8::1", dst="2001:db8::2") / inet.UDP(sport=1000, dport=2000)
        / b"data",
    ),
    "ping": (
        netlab.Ethernet(dst="02:00:00:00:00:01", src="02:00:00:00:00:02")
        / netlab.IPv4(src="10.0.0.1", dst="10.0.0.2", identification=1)
        / netlab.ICMP(type=8) / netlab.ICMPEcho(identifier=3, sequence=4) / b"ping!",
        l2.Ether(dst="02:00:00:00:00:01", src="02:00:00:00:00:02")
        / inet.IP(src="10.0.0.1", dst="10.0.0.2", id=1)
        / inet.ICMP(type=8, id=3, seq=4) / b"ping!",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAIRS)
def test_scapy_builds_the_same_bytes(name: str) -> None:
    ours, theirs = PAIRS[name]
    assert bytes(ours).hex(" ") == bytes(theirs).hex(" ")


def test_a_given_value_stays_even_if_it_is_wrong() -> None:
    packet = netlab.dissect(
        bytes(netlab.Ethernet() / netlab.IPv4(checksum=1, total_length=20) / netlab.UDP() / b"x")
    )
    assert packet[netlab.IPv4].checksum == 1
    assert packet[netlab.IPv4].checksum_ok is False
    assert packet[netlab.IPv4].total_length == 20


def test_a_value_that_does_not_fit_is_named() -> None:
    with pytest.raises(ValueError, match=r"IPv4\.ttl = 256 does not fit: 8 bits hold 0 to 255"):
        netlab.IPv4(ttl=256)
    with pytest.raises(ValueError, match=r"IPv4\.src takes an address .* not '1\.2\.3'"):
        netlab.IPv4(src="1.2.3")
    with pytest.raises(ValueError, match=r"TCP\.flags has no flag 'SYM'"):
        netlab.TCP(flags="SYM")
    with pytest.raises(TypeError, match=r"IPv4 has no field 'tll': did you mean 'ttl'"):
        netlab.IPv4(tll=3)
    with pytest.raises(AttributeError, match=r"replace\(ttl=3\)"):
        netlab.IPv4().ttl = 3
    with pytest.raises(ValueError, match="unknown link type 'wifi'"):
        netlab.dissect(b"", "wifi")


def test_what_is_asked_of_a_packet() -> None:
    packet = netlab.dissect(FRAMES[5])
    assert netlab.TCP in packet
    assert netlab.UDP not in packet
    assert packet[netlab.IPv4].src == "192.168.1.10"
    with pytest.raises(KeyError, match="no UDP in this packet: it has Ethernet, IPv4, TCP, HTTP"):
        packet[netlab.UDP]


def test_padding_is_no_payload() -> None:
    frame = bytes(netlab.Ethernet() / netlab.IPv4() / netlab.UDP(dst_port=9) / b"x")
    packet = netlab.dissect(frame.ljust(60, b"\0"))
    assert (packet.payload, packet.trailer) == (b"x", bytes(60 - len(frame)))
    assert packet.problems == ()


def test_problems_name_layer_field_and_byte() -> None:
    frame = bytearray(FRAMES[5])
    frame[14] = 0x43
    (problem,) = netlab.dissect(bytes(frame)).problems
    assert (problem.layer, problem.field, problem.offset) == ("IPv4", "ihl", 14)
    (problem,) = netlab.dissect(FRAMES[5][:20]).problems
    assert (problem.layer, problem.field, problem.offset) == ("IPv4", "flags", 20)


def test_a_header_taken_from_a_packet_and_built_again_is_the_same() -> None:
    for frame in FRAMES:
        for header in netlab.dissect(frame).layers:
            again = header.replace()
            assert bytes(again)[: header.size] == bytes(header)[: header.size]
