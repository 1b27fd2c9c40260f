"""ChecksumStepper without a browser: its words, its sums and what it says of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_widgets import bundle, image
from traitlets import TraitError

import netlab
from netlab.counts import counted
from netlab.widgets import ChecksumStepper

PACKETS = [p for p in netlab.read(netlab.recording("http.pcap")) if netlab.TCP in p]
"""Their checksums were computed by a Linux kernel and found right by tshark."""

RFC_1071 = bytes.fromhex("0001f203f4f5f6f7")


@pytest.mark.parametrize("kind", [netlab.IPv4, netlab.TCP])
def test_the_recorded_checksums_come_out(kind: type[netlab.IPv4 | netlab.TCP]) -> None:
    for packet in PACKETS:
        header = packet[kind]
        stepper = ChecksumStepper(header)
        assert stepper.result == header.checksum
        assert stepper._run["verdict"] == [
            f"✔ The checksum is 0x{header.checksum:04x}.",
            f"In the packet 0x{header.checksum:04x} is right.",
        ]
        stepper.verify = True
        assert stepper.result == 0
        assert stepper._run["verdict"][0].startswith("✔ 0xffff")


def test_the_running_sum_is_that_of_rfc_1071() -> None:
    stepper = ChecksumStepper(RFC_1071)
    sums = []
    for step in range(6):
        stepper.step = step
        sums.append(hex(stepper.sum))
    assert sums == ["0x0", "0x1", "0xf204", "0xe6fa", "0xddf2", "0xddf2"]
    assert stepper.result == 0x220D


def test_without_the_carry_the_result_is_wrong_and_compared() -> None:
    stepper = ChecksumStepper(RFC_1071, carry=False)
    assert stepper.result == 0x220F
    assert stepper._run["verdict"] == [
        "✘ 0x220f is wrong: 2 carries were lost.  It should be 0x220d."
    ]
    harmless = ChecksumStepper(b"\0\1\0\2", carry=False)
    assert harmless._run["verdict"][-1].startswith("No carry arose")


def test_each_word_says_what_it_is() -> None:
    stepper = ChecksumStepper(PACKETS[3][netlab.TCP])
    pseudo, header, payload = stepper._sections
    assert "not sent" in pseudo.title
    assert "RFC 9293" in pseudo.title
    assert [word.label for word in pseudo.words[3:]] == [
        "dst, 2 of 2", "zero 00, protocol 6", "length 108",
    ]  # fmt: skip
    assert [word.layer for word in (pseudo.words[0], header.words[0], payload.words[0])] == [
        "internet", "transport", "payload",
    ]  # fmt: skip
    assert header.words[0].label == "src_port 56488"
    assert header.words[3].label == "seq, 2 of 2"
    assert payload.words[0].label == "bytes 32, 33: GE"
    assert [word.label for word in stepper.words if word.checksum] == [
        "checksum: 0 while it is computed"
    ]


def test_a_pseudo_header_of_ipv6_is_40_bytes() -> None:
    packet = netlab.Ethernet() / netlab.IPv6(src="2001:db8::1") / netlab.UDP() / b"odd"
    stepper = ChecksumStepper(netlab.dissect(bytes(packet))[netlab.UDP])
    assert len(stepper._sections[0].words) == 20
    assert stepper._sections[0].words[0].label == "src, 1 of 8"
    assert stepper._sections[2].words[-1].label == "byte 10 and a 0: d"
    assert stepper.result == packet[netlab.UDP].checksum


def test_a_zero_that_udp_does_not_send_is_explained() -> None:
    packet = netlab.IPv4() / netlab.UDP() / b"\0\0"
    packet = netlab.IPv4() / netlab.UDP() / packet[netlab.UDP].checksum.to_bytes(2)
    stepper = ChecksumStepper(packet[netlab.UDP])
    assert stepper.result == 0
    assert packet[netlab.UDP].checksum == 0xFFFF
    assert "0xffff is sent instead" in stepper._run["verdict"][1]


def test_a_changed_byte_is_noticed_and_an_unknown_checksum_is_not_called_wrong() -> None:
    data = bytearray(PACKETS[3].data)
    data[70] ^= 1
    changed = ChecksumStepper(netlab.dissect(bytes(data))[netlab.TCP], verify=True)
    assert changed._run["verdict"][0].startswith("✘")
    frame = bytes(netlab.IPv4() / netlab.UDP(checksum=0) / b"x")
    left_out = ChecksumStepper(netlab.dissect(frame, "raw")[netlab.UDP], verify=True)
    assert "says nothing: the sender left the checksum out" in left_out._run["verdict"][0]


def test_what_cannot_be_stepped_through_is_said() -> None:
    with pytest.raises(ValueError, match="Ethernet has no checksum"):
        ChecksumStepper(netlab.Ethernet())
    with pytest.raises(ValueError, match="take the header from a packet"):
        ChecksumStepper(netlab.TCP())
    with pytest.raises(ValueError, match="4096 bytes are enough"):
        ChecksumStepper(bytes(5000))
    with pytest.raises(TypeError, match="takes a header or bytes, not <Packet"):
        ChecksumStepper(PACKETS[0])  # type: ignore[arg-type]
    stepper = ChecksumStepper(RFC_1071)
    with pytest.raises(TraitError, match="step 6 does not exist: 0 to 5 do"):
        stepper.step = 6


@given(st.binary(max_size=200), st.booleans(), st.booleans())
def test_any_bytes_have_a_still_picture(data: bytes, carry: bool, verify: bool) -> None:
    stepper = ChecksumStepper(data, carry=carry, verify=verify)
    shown = bundle(stepper)
    assert "".join(image(shown["text/html"]).itertext())
    assert shown["text/plain"].startswith(f"ChecksumStepper({counted(len(data), 'byte')}: ")
