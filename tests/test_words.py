"""Headers and packets in words, as hex dumps, and what they differ in."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netlab
from netlab.field import Span
from netlab.packet import LINKS
from netlab.wire import tcp

PACKETS = list(netlab.read(netlab.recording("http.pcap")))
REQUEST, HANDSHAKE = PACKETS[5], PACKETS[3]


class Page(HTMLParser):
    """The HTML as a reader finds it: words in cells, and titles."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.titles: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in ("td", "th", "li"):
            self.cells.append("")
        self.titles += [value or "" for name, value in attributes if name == "title"]

    def handle_data(self, data: str) -> None:
        self.text += data
        if self.cells:
            self.cells[-1] += data


def rows(text: str) -> list[list[str]]:
    return [re.split(r"\s{2,}", line) for line in text.splitlines()]


def test_a_header_explained_has_a_line_for_each_field() -> None:
    header = REQUEST[netlab.IPv4]
    title, columns, _, *lines = rows(repr(header.explain()))
    assert title[0].startswith("IPv4, bytes 14 to 33 (RFC 791 section 3.1): Internet Protocol")
    assert columns == ["field", "bits", "value", "meaning", "what it is for"]
    assert [line[0] for line in lines if line[0]] == [field.name for field in header.fields][:-1]
    assert lines[0] == ["version", "0–3", "4", "the version of IP: 4"]
    assert lines[1][:4] == ["ihl", "4–7", "5", "20 bytes"]
    assert ["protocol", "72–79", "6", "TCP"] in [line[:4] for line in lines]


def test_a_column_without_a_word_in_it_is_left_out() -> None:
    header = (netlab.UDP(dst_port=9) / b"hello").layers[0]
    columns = ["field", "bits", "value", "what it is for"]
    assert rows(repr(header.explain()))[1] == columns
    page = Page(header.explain()._repr_html_())
    assert page.cells[:5] == [*columns, "source"]
    assert len(page.cells) == 5 + 1 + 5 * len(header.fields)
    packet = netlab.dissect(bytes(netlab.IPv4() / header / b"hello"), netlab.IPv4)
    assert Page(packet.explain()._repr_html_()).cells[:4] == [*columns[:3], "meaning"]


def test_the_columns_stand_below_each_other() -> None:
    for packet in PACKETS:
        for table in repr(packet.explain()).split("\n\n"):
            lines = table.splitlines()
            assert max(map(len, lines[1:]), default=0) <= 118
            if len(lines) > 1:
                starts = [found.start() for found in re.finditer("─+", lines[2])]
                for line in lines[1:]:
                    assert all(line[start - 2 : start].strip() == "" for start in starts[1:])


def test_options_are_indented_lines_of_their_own() -> None:
    text = repr(HANDSHAKE[netlab.TCP].explain())
    assert re.search(r"^  MSS +160–191 +MSS 1460 ", text, re.MULTILINE)
    assert re.search(r"^    mss +176–191 +1460 +bytes of data in a segment", text, re.MULTILINE)


def test_the_table_says_the_same_as_the_text() -> None:
    for packet in PACKETS:
        page = Page(packet.explain()._repr_html_())
        for words in re.findall(r"[^\s─]+", repr(packet.explain())):
            if words not in ("section", "(RFC"):
                assert words.strip("()").split("section")[0] in page.text, words


def test_sources_lead_to_the_rfc() -> None:
    html = REQUEST[netlab.IPv4].explain()._repr_html_()
    assert 'href="https://www.rfc-editor.org/rfc/rfc2474#section-3"' in html
    assert 'href="https://www.rfc-editor.org/rfc/rfc1071"' in html
    assert Span("x", 0, 8, 0, "", source="IEEE 802.3").link == ""


def test_a_packet_dumped_names_its_layers() -> None:
    first, second, *_ = repr(netlab.hexdump(REQUEST)).splitlines()
    assert first == "0000 Ethernet  000e IPv4  0022 TCP  0042 HTTP"
    assert second == "0000  02 00 00 00 00 14 02 00  00 00 00 0a 08 00 45 00  ··············E·"
    page = Page(netlab.hexdump(REQUEST)._repr_html_())
    assert page.cells[:3] == ["Ethernet", "IPv4", "TCP"]
    assert page.titles[14] == "IPv4.version: 4 and IPv4.ihl: 5"
    assert page.titles[22] == "IPv4.ttl: 64"
    assert len(page.titles) == len(REQUEST)


def test_the_dump_of_a_header_sets_its_fields_off() -> None:
    dump = netlab.hexdump(REQUEST[netlab.IPv4])
    assert repr(dump).startswith("0000 version, ihl  0001 dscp, ecn  0002 total_length")
    seen = [(cell.odd, cell.title.partition(":")[0]) for cell in dump.cells]
    assert seen[:4] == [
        (False, "IPv4.version"), (True, "IPv4.dscp"),
        (False, "IPv4.total_length"), (False, "IPv4.total_length"),
    ]  # fmt: skip
    assert "MSS" in repr(netlab.hexdump(HANDSHAKE[netlab.TCP]))


def test_a_dump_reads_as_other_programs_write_it() -> None:
    """The offset, two groups of eight bytes, and the bytes as text."""
    assert repr(netlab.hexdump(b"hello world, this is")).splitlines() == [
        "0000  68 65 6c 6c 6f 20 77 6f  72 6c 64 2c 20 74 68 69  hello world, thi",
        "0010  73 20 69 73                                       s is",
    ]
    assert repr(netlab.hexdump(b"12345678")).endswith("38" + 27 * " " + "12345678")
    assert repr(netlab.hexdump(b"")) == ""


def test_colours_are_only_where_they_are_asked_for() -> None:
    dump = netlab.hexdump(REQUEST)
    assert "\x1b" not in repr(dump)
    assert re.sub(r"\x1b\[[\d;]*m", "", dump.ansi()) == repr(dump)
    assert "48;2;230;159;0" in dump.ansi()  # the palette's colour of the link layer


def test_what_is_too_long_is_counted() -> None:
    assert repr(netlab.hexdump(bytes((1 << 16) + 5))).endswith("\nand 5 more bytes")
    cookie = b"GET / HTTP/1.1\r\nCookie: " + b"x" * 5000 + b"\r\n\r\n"
    packet = netlab.dissect(cookie, netlab.HTTP)
    assert len(repr(packet.explain())) < 3000


def test_a_dump_takes_bytes_headers_and_packets_alone() -> None:
    assert repr(netlab.hexdump(bytearray(b"a"))) == repr(netlab.hexdump(memoryview(b"a")))
    with pytest.raises(TypeError, match="hexdump takes bytes, a header or a packet, not 'text'"):
        netlab.hexdump("text")  # type: ignore[arg-type]


@given(st.binary(max_size=120), st.sampled_from(sorted(LINKS)))
def test_any_bytes_are_dumped_and_explained(data: bytes, link: str) -> None:
    packet = netlab.dissect(data, link)
    for each in (packet, *packet.layers):
        dump = netlab.hexdump(each)
        assert bytes(cell.value for cell in dump.cells) == bytes(each)
        assert "\x1b" not in repr(dump) + repr(each.explain())
        Page(dump._repr_html_() + each.explain()._repr_html_())


def test_hostile_text_stays_text() -> None:
    packet = netlab.dissect(b"GET /<script> HTTP/1.1\r\n<b>: \x1b[2J\r\n\r\n", netlab.HTTP)
    shown = packet.explain()._repr_html_() + netlab.hexdump(packet)._repr_html_()
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert "\x1b" not in shown + repr(packet.explain()) + packet.difference(
        netlab.dissect(b"", netlab.HTTP)
    )


FRAME = netlab.dissect(
    bytes(
        netlab.Ethernet(dst="02:00:00:00:00:01", src="02:00:00:00:00:02")
        / netlab.IPv4(src="10.0.0.1", dst="10.0.0.2", ttl=9)
        / netlab.TCP(options=[tcp.MSS(mss=1460)], src_port=9, dst_port=9)
        / b"payload"
    )
)


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        (0, "Ethernet.dst at byte 0 differs: 02:00:00:00:00:01 and 03:00:00:00:00:01"),
        (22, "IPv4.ttl at byte 22 differs: 9 and 8"),
        (13, "Ethernet.ethertype at byte 12 differs: 0x0800 and 0x0801"),
        (57, "TCP.options.MSS.mss at byte 56 differs: 1460 and 1461"),
        (60, "payload at byte 60 differs: 79 6c 6f 61 64 and 78 6c 6f 61 64"),
    ],
)
def test_the_first_difference_of_packets_is_named(place: int, sentence: str) -> None:
    changed = bytearray(FRAME.data)
    changed[place] ^= 1
    assert FRAME.difference(netlab.dissect(bytes(changed))) == sentence


def test_a_layer_that_only_one_packet_has_is_named() -> None:
    assert FRAME.difference(netlab.dissect(FRAME.data[:-7])) == (
        "payload at byte 58 is only in the first"
    )
    bare = netlab.dissect(bytes(netlab.Ethernet() / netlab.ARP()))
    other = netlab.dissect(bytes(netlab.Ethernet(ethertype=0x0806)) + b"?")
    assert bare.difference(other) == "ARP at byte 14 is payload in the second"
    assert "link types differ" in FRAME.difference(netlab.dissect(FRAME.data, "raw"))


def test_headers_are_compared_from_their_own_first_byte() -> None:
    header = FRAME[netlab.IPv4]
    assert header.difference(header.replace(ttl=64)) == "IPv4.ttl at byte 8 differs: 9 and 64"
    assert header.difference(FRAME[netlab.TCP]) == "IPv4 is not TCP"
    assert header.difference(netlab.dissect(FRAME.data)[netlab.IPv4]) == ""
    with_options, without = FRAME[netlab.TCP], FRAME[netlab.TCP].replace(options=())
    assert with_options.difference(without.replace(data_offset=6, checksum=0)) != ""


@given(st.sampled_from(PACKETS), st.sampled_from(PACKETS), st.data())
def test_a_difference_is_told_exactly_when_there_is_one(one, other, data) -> None:
    changed = bytearray(other.data)
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(0, 255))
    for second in (other, netlab.dissect(bytes(changed))):
        assert (one.difference(second) == "") == (one == second)
        for mine, theirs in zip(one.layers, second.layers, strict=False):
            assert (mine.difference(theirs) == "") == (mine == theirs)
