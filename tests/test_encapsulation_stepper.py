"""EncapsulationStepper without a browser: what is there at each step, and what it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_widgets import bundle, image
from traitlets import TraitError

import netlab
from netlab.packet import LINKS
from netlab.widgets import EncapsulationStepper

PACKETS = list(netlab.read(netlab.recording("http.pcap")))
REQUEST = PACKETS[5]
SHORT = bytes(netlab.Ethernet() / netlab.IPv4() / netlab.UDP(dst_port=9) / b"hello")


def at_each_step(stepper: EncapsulationStepper) -> list[bytes]:
    found = []
    for step in range(len(stepper.stages)):
        stepper.step = step
        found.append(stepper.data)
    return found


def test_the_bytes_are_those_of_the_real_headers() -> None:
    layers = REQUEST.layers
    down = [REQUEST.data[header.offset :] for header in reversed(layers)]
    assert at_each_step(EncapsulationStepper(REQUEST)) == [*down, *down[-2::-1]]


def test_overhead_is_what_is_not_the_applications() -> None:
    stepper = EncapsulationStepper(REQUEST, step=3)
    assert (len(stepper.data), stepper.overhead) == (142, 142 - 76)
    assert stepper.stages[3].size == "142 bytes, of them 66 overhead, 46.5 % of all"
    assert stepper.stages[0].size == "76 bytes of data"


def test_padding_goes_when_a_length_tells_that_it_is_none() -> None:
    stepper = EncapsulationStepper(netlab.dissect(SHORT.ljust(60, b"\0")))
    sizes = [len(data) for data in at_each_step(stepper)]
    assert sizes == [5, 13, 33, 47, 60, 46, 13, 5]
    assert "the 13 bytes behind its payload" in stepper.stages[6].title
    assert "trailer" not in [
        part.name for part in EncapsulationStepper(netlab.dissect(SHORT)).parts
    ]


def test_what_a_receiver_reads_comes_from_the_declaration() -> None:
    parts = {part.name: part for part in EncapsulationStepper(REQUEST).parts}
    assert parts["Ethernet"].facts == (
        ("How long is the header?", "", "14 bytes", "always, no field need say so"),
        ("Where does what it carries end?", "", "no field says so", "where the frame ends"),
        ("What comes next?", "ethertype", "0x0800 (IPv4)", netlab.Ethernet.fields[2].about),
    )
    questions = {question: (name, value) for question, name, value, _ in parts["IPv4"].facts}
    assert questions == {
        "How long is the header?": ("ihl", "5 (20 bytes)"),
        "Where does what it carries end?": ("total_length", "128"),
        "What comes next?": ("protocol", "6 (TCP)"),
        "Did it arrive intact?": ("checksum", "0xa225"),
    }


def test_a_protocol_on_an_unusual_port_is_recognised_by_how_it_begins() -> None:
    message = b"GET / HTTP/1.1\r\n\r\n"
    packet = netlab.IPv4() / netlab.TCP(src_port=40000, dst_port=40001) / message
    parts = EncapsulationStepper(netlab.dissect(bytes(packet), "raw")).parts
    assert ("What comes next?", "", "HTTP", "recognised by how it begins") in parts[1].facts


def test_a_packet_without_data_or_header() -> None:
    assert EncapsulationStepper(PACKETS[4]).stages[0].size == "0 bytes of data"
    with pytest.raises(ValueError, match="no header to put on or take off"):
        EncapsulationStepper(netlab.dissect(b""))
    stepper = EncapsulationStepper(REQUEST)
    with pytest.raises(TraitError, match="step 7 does not exist: 0 to 6 do"):
        stepper.step = 7


@given(st.sampled_from(PACKETS), st.data())
def test_damaged_packets_are_followed_too(packet: netlab.Packet, data: st.DataObject) -> None:
    damaged = bytearray(packet.data)
    for _ in range(data.draw(st.integers(0, 3))):
        damaged[data.draw(st.integers(12, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged)[: data.draw(st.integers(14, len(damaged)))]
    stepper = EncapsulationStepper(netlab.dissect(cut))
    assert at_each_step(stepper)[len(stepper.parts) - 1] == cut
    assert "".join(image(bundle(stepper)["text/html"]).itertext())


@given(st.binary(min_size=1, max_size=120), st.sampled_from(sorted(LINKS)))
def test_any_bytes_with_a_header_are_followed(data: bytes, link: str) -> None:
    packet = netlab.dissect(data, link)
    if packet.layers:
        assert len(at_each_step(EncapsulationStepper(packet))) >= 2
