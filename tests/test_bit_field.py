"""BitField without a browser: its Python expressions are run, and the headers are the judges."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_headers import HEADERS
from test_widgets import bundle, image
from traitlets import TraitError

import netlab
from netlab.field import LittleEndian
from netlab.header import Header, view
from netlab.widgets import BitField

PACKETS = list(netlab.read(netlab.recording("http.pcap")))
IP = PACKETS[5][netlab.IPv4]


def run(widget: BitField, name: str) -> object:
    """What the expression shown for a field gives in Python."""
    line = next(line for line in widget._fields if line["name"] == name)
    return eval(line["expression"], {"data": widget.data, "int": int})


@given(st.sampled_from([kind for kind in HEADERS if 0 < kind.size <= 64]), st.data())
def test_the_expressions_read_what_a_header_reads(kind: type[Header], data: st.DataObject) -> None:
    octets = data.draw(st.binary(min_size=kind.size, max_size=kind.size))
    header = view(kind, octets, 0, len(octets), None)
    for line in BitField(header)._fields:
        field = next(field for field in kind.fields if field.name == line["name"])
        order = "little" if isinstance(field, LittleEndian) else "big"
        found = run(BitField(header, order=order), field.name)
        value = getattr(header, field.name)
        assert value == (field.show(found) if isinstance(found, bytes) else found)  # type: ignore[attr-defined]
        assert line["text"] == netlab.words.printable(field.text(value))


def test_a_wrong_byte_order_reads_what_struct_reads() -> None:
    data = bytes(IP)
    widget = BitField(IP, order="little")
    (length, identification) = struct.unpack("<HH", data[2:6])
    assert run(widget, "total_length") == length == widget.numbers["total_length"]
    assert run(widget, "identification") == identification
    lines = {line["name"]: line for line in widget._fields}
    assert lines["total_length"]["right"] == str(IP.total_length)
    assert lines["ttl"]["right"] == lines["src"]["right"] == ""


def test_flipped_bits_make_another_header() -> None:
    widget = BitField(IP, "flags")
    assert [line["name"] for line in widget._fields] == ["flags", "fragment_offset"]
    assert widget.field == "flags"
    widget.bits = "0010000000000010"
    header = widget.header
    assert (header.flags, header.fragment_offset) == (netlab.wire.ipv4.IPv4Flags.MF, 2)
    assert (header.src, header.ttl) == (IP.src, IP.ttl)
    assert widget.numbers == {"flags": 1, "fragment_offset": 2}
    assert [line["text"] for line in widget._fields] == ["MF", "2"]


def test_the_steps_lead_from_the_bytes_to_the_field() -> None:
    (line,) = (line for line in BitField(IP, "ihl")._fields if line["name"] == "ihl")
    assert line["steps"] == [["data[0]", "01000101"], ["& 0xf", "00000101"]]
    widget = BitField(0b0_1010_111, fields={"first": 1, "middle": 4, "last": 3})
    middle = widget._fields[1]
    assert middle["expression"] == "(data[0] >> 3) & 0xf"
    assert [step[0] for step in middle["steps"]] == ["data[0]", ">> 3", "& 0xf"]
    assert widget.numbers == {"first": 0, "middle": 10, "last": 7}


def test_numbers_and_bytes_have_bits_too() -> None:
    assert BitField(0x1234).bits == "0001001000110100"
    assert BitField(0x50, width=16, order="little").value == 0x5000
    assert BitField(b"\x12\x34").value == 0x1234
    assert BitField(0).bits == "00000000"
    with pytest.raises(AttributeError, match="not those of a header"):
        _ = BitField(1).header


@pytest.mark.parametrize(
    ("arguments", "more", "sentence"),
    [
        ((300,), {"width": 8}, "300 does not fit: 8 bits hold 0 to 255"),
        ((1,), {"width": 12}, "width=12 is no whole number of bytes"),
        ((0x45,), {"fields": {"version": 4, "ihl": 5}}, "9 bits together, the bytes 8"),
        ((IP, "tll"), {}, "IPv4 has no field 'tll': it has version, ihl"),
        ((PACKETS[5][netlab.HTTP],), {}, "0 bytes: BitField shows the bits of 1 to 64 bytes"),
        ((bytes(65),), {}, "65 bytes: BitField shows"),
    ],
)
def test_what_cannot_be_shown_is_said(arguments, more, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        BitField(*arguments, **more)


def test_traits_take_only_what_exists() -> None:
    widget = BitField(IP)
    with pytest.raises(TraitError, match="bits takes 160 times 0 or 1, not '01'"):
        widget.bits = "01"
    with pytest.raises(TraitError, match="no field is called 'window': there are version"):
        widget.field = "window"
    with pytest.raises(TraitError):
        widget.order = "middle"


def test_a_bit_field_has_a_still_picture() -> None:
    options = BitField(PACKETS[3][netlab.TCP], "options")
    for widget in (BitField(IP), BitField(IP, "src"), BitField(7), options):
        shown = bundle(widget)
        words = "".join(image(shown["text/html"]).itertext())
        assert all(line["expression"] in words for line in widget._fields)
        assert shown["text/plain"].startswith("BitField(")
    assert repr(BitField(0x45, fields={"version": 4, "ihl": 4})) == (
        "BitField(8 bits: version=0x4, ihl=0x5, big-endian)"
    )
