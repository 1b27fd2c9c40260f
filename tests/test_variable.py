"""Fields of variable length and lists, in made-up headers: in sound and in bad bytes."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netlab import lists, variable
from netlab.field import HEADER, REST, Span
from netlab.header import Header, view
from netlab.lists import Malformed, Options
from netlab.wire.fields import bits, ipv4, many, octets, tail, text, u4, u8, u16


class Song(Header):
    """A header with a field of stated length between fixed ones."""

    rfc = "a test"

    track = u8("its number")
    title_length = u8("bytes in the title")
    title = octets("title_length", "what it is called")
    year = u16("when it was written")
    sad = bits(1, "whether one cries")
    loud = bits(15, "how loud it is", hexadecimal=True)


class Album(Header):
    """A header with as many headers as a field counts, and bytes after them."""

    rfc = "a test"

    song_count = u8("how many songs")
    price = u8("in coins")
    songs = many(Song, "the songs", count="song_count")
    notes = tail("what else is printed")


class Ring(Header):
    """As many addresses as are counted, then filling in words of 4 bytes."""

    rfc = "a test"

    padding_words = u4("words of filling")
    host_count = bits(12, "how many hosts")
    hosts = many(ipv4("a host"), "the hosts", count="host_count")
    padding_length = u8("words of filling", unit=4)
    padding = octets("padding_length", "filling", pad=4)


class Thing(Header):
    """Something chosen by a number of two bytes."""

    rfc = "a test"

    number = u16("which thing", itself="test thing")
    length = u8("bytes after this field", measures=REST)


class Unknown(Thing):
    """A thing that is not known."""

    data = tail("what it says")


class Sizes(Thing, on={"test thing": 0x0102}):
    """Numbers of two bytes."""

    sizes = many(u16("a size", names={7: "seven"}), "the sizes")


class Late(Header):
    """A thing whose number of one byte stands after a text."""

    rfc = "a test"

    length = u8("bytes in the text")
    text = octets("length", "a text")
    number = u8("which thing", itself="late thing")


class LateSeven(Late, on={"late thing": 7}):
    """The one that has the number seven."""

    seven = u8("a number")


class Lates(Header):
    """Things found by a number that stands late."""

    rfc = "a test"

    things = Options("the things", "late thing", Late)


class Named(Thing, on={"test thing": 0x0103}):
    """Two fixed fields and a name in what the length measures."""

    first = u8("a number")
    name_length = u8("bytes in the name")
    name = text("name_length", "the name")


class Box(Header):
    """Things in as many bytes as a field says, then perhaps a colour."""

    rfc = "a test"

    length = u16("bytes of things")
    things = Options("what is in it", "test thing", Unknown, length="length")
    colour = u8("its colour", optional=True)
    shade = u8("its shade")


class Belt(Header):
    """Things to the end of a header that states its own length."""

    rfc = "a test"

    length = u8("bytes in the belt", measures=HEADER)
    things = Options("what hangs on it", "test thing", Unknown)


class Stream(Header):
    """Things that may go on in the next segment."""

    rfc = "a test"
    streams = True

    things = Options("what comes", "test thing", Unknown)


KINDS = (Song, Album, Ring, Unknown, Sizes, Late, Lates, Named, Box, Belt, Stream)
SOUND = {
    "a title": (Song(track=1, title=b"Yes", year=1966, sad=1, loud=9), "0103 596573 07ae 8009"),
    "no title": (Song(year=1), "0000 0001 0000"),
    "songs": (
        Album(price=5, songs=[Song(title=b"A"), Song(title=b"BC", year=1)], notes=b"!"),
        "0205 0001 41 00000000 0002 4243 00010000 21",
    ),
    "hosts": (
        Ring(hosts=["192.0.2.1", "192.0.2.2"], padding=b"x", padding_words=1),
        "1002 c0000201 c0000202 01 78000000",
    ),
    "sizes": (Sizes(sizes=[7, 256]), "0102 04 0007 0100"),
    "a name": (Named(first=4, name="Ann"), "0103 05 04 03 416e6e"),
    "things": (
        Box(things=[Sizes(sizes=[1]), Unknown(number=9, data=b"?"), Named()]),
        "000e 0102 02 0001 0009 01 3f 0103 02 0000",
    ),
    "an optional end": (Box(shade=2), "0000 00 02"),
    "things on a belt": (Belt(things=[Sizes()]), "04 0102 00"),
    "numbers that stand late": (
        Lates(things=[Late(text=b"ab", number=9), LateSeven(text=b"c", seven=1)]),
        "02 6162 09 01 63 07 01",
    ),
    "a stream": (Stream(things=[Sizes(), Sizes()]), "010200 010200"),
}
every_sound = pytest.mark.parametrize("name", SOUND)


def read(kind: type[Header], data: bytes) -> Header:
    return view(kind, data, 0, len(data), None)


@every_sound
def test_lengths_and_counts_are_filled_in(name: str) -> None:
    header, octets = SOUND[name]
    assert bytes(header) == bytes.fromhex(octets)


@every_sound
def test_what_was_built_is_read_and_built_again(name: str) -> None:
    header, octets = SOUND[name]
    again = read(type(header), bytes.fromhex(octets))
    assert list(again.faults()) == []
    assert not again.broken
    assert again.header_length == len(bytes(header))
    assert again == header == type(header)(**again.values()) == again.replace()
    assert again.difference(header) == ""


@every_sound
def test_every_bit_has_one_line_in_the_tree(name: str) -> None:
    header, _ = SOUND[name]
    position = 0
    for span in leaves(header.spans()):
        assert span.start == position, span
        position += span.bits
    assert position == header.header_length * 8


def leaves(spans: tuple[Span, ...]) -> Iterator[Span]:
    for span in spans:
        yield from leaves(span.children) if span.children else (span,)


def test_what_the_fields_say() -> None:
    song = read(Song, bytes.fromhex("0103 596573 07ae 8009 ffff"))
    assert (song.track, song.title, song.year, song.sad, song.loud) == (1, b"Yes", 1966, 1, 9)
    assert song.payload == b"\xff\xff"
    assert repr(song) == (
        "Song(track=1, title_length=3, title=59 65 73, year=1966, sad=1, loud=0x0009)"
    )
    sizes = read(Sizes, bytes.fromhex("0102 04 0007 0100"))
    assert sizes.sizes == (7, 256)
    (_, _, line) = sizes.spans()
    assert line.text == "seven, 256"
    assert [(child.name, child.text, child.meaning) for child in line.children] == [
        ("size", "7", "seven"), ("size", "256", ""),
    ]  # fmt: skip


def test_the_drawing_shows_what_has_no_length_yet() -> None:
    names = [line for line in Song.drawing().splitlines() if "|" in line]
    assert "title ..." in names[0]
    assert "year" in names[1]
    assert "Sizes" in repr(SOUND["things"][0].picture())


def test_a_value_that_does_not_fit_is_named() -> None:
    for make, words in {
        lambda: Song(title=3): r"Song\.title takes bytes, not 3",
        lambda: Song(title=bytes(256)): r"Song\.title_length = 256 does not fit: 8 bits hold",
        lambda: Song(year=1 << 16): r"Song\.year = 65536 does not fit",
        lambda: Album(songs=[3]): r"Album\.songs takes a list of headers or bytes, not \[3\]",
        lambda: Ring(hosts=["1.2"]): r"Ring\.host takes an address .* not '1\.2'",
        lambda: Sizes(sizes=[70000]): r"Sizes\.size = 70000 does not fit",
        lambda: Named(name=7): r"Named\.name takes text, not 7",
    }.items():
        with pytest.raises(ValueError, match=words):
            make()


def test_a_given_length_or_count_stays_even_if_it_is_wrong() -> None:
    assert bytes(Song(title=b"Yes", title_length=9))[1] == 9
    assert bytes(Album(songs=[], song_count=4))[0] == 4
    assert bytes(Sizes(sizes=[1], length=77))[2] == 77


def test_a_field_after_one_that_takes_all_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Bad\.late follows rest, which leaves no room"):
        type("Bad", (Header,), {"rest": tail("all of it"), "late": u8("never there")})
    with pytest.raises(TypeError, match="Bad declares 4 bits: not a whole number of bytes"):
        type("Bad", (Header,), {"rest": octets("half", "x"), "half": u4("half a byte")})


BAD = {
    "cut in a fixed field": (Song, "0103 596573 07", [("year", 5)]),
    "cut in the title": (Song, "0109 5965", [("title", 2)]),
    "fewer songs than announced": (Album, "0305 0000 0000 0000", [("songs", 8)]),
    "a song cut short": (Album, "0205 0000 0000 0000 0009 41", [("songs", 10)]),
    "too few hosts": (Ring, "0002 c0000201", [("hosts", 6)]),
    "half a size": (Sizes, "0102 03 0007 01", [("sizes", 5)]),
    "more bytes than fields": (Named, "0103 03 04 00 ff", [("name", 5)]),
    "too few bytes for the fields": (Named, "0103 01 04", [("name_length", 4)]),
    "a thing larger than its box": (Box, "0004 0009 05 61", [("things", 4)]),
    "a box larger than the packet": (Box, "0009 0009 01 61", [("things", 2)]),
    "half a number": (Belt, "05 0102 00 01", [("things", 4)]),
    "a thing beyond the belt": (Belt, "04 0102 09 ffff", [("things", 3)]),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_bad_is_shown_as_far_as_it_goes(name: str) -> None:
    kind, octets, expected = BAD[name]
    header = read(kind, bytes.fromhex(octets))
    assert [(fault.field, fault.offset) for fault in header.faults()] == expected
    repr(header), header.values(), header.boxes(), header.summary()
    assert header.offset + header.header_length <= len(bytes.fromhex(octets))


def test_a_number_that_stands_late_chooses_too() -> None:
    lates = read(Lates, bytes.fromhex("02 6162 09 01 63 07 01"))
    assert [type(thing) for thing in lates.things] == [Late, LateSeven]


def test_what_is_missing_is_none() -> None:
    song = read(Song, bytes.fromhex("0103 596573 07"))
    assert (song.title, song.year, song.sad) == (b"Yes", None, None)
    assert "year=missing" in repr(song)
    assert [span.name for span in song.spans()] == ["track", "title_length", "title"]
    assert song.difference(SOUND["a title"][0]) == ("Song.year at byte 5 is only in the second")


def test_what_may_come_in_the_next_segment_is_no_fault() -> None:
    whole = "0102 04 0007 0100 "
    for cut in ("", "01", "0103", "0103 05", "0103 05 04 03 41"):
        stream = read(Stream, bytes.fromhex(whole + cut))
        assert list(stream.faults()) == []
        assert stream.things[0].sizes == (7, 256)
    assert [thing.unfinished for thing in stream.things] == [False, True]
    contradiction = read(Stream, bytes.fromhex(whole + "0103 02 04 03"))
    assert [fault.field for fault in contradiction.faults()] == ["things"]


def test_the_end_of_a_list_that_cannot_be_read_is_malformed() -> None:
    belt = read(Belt, bytes.fromhex("05 0102 00 01"))
    assert [type(thing) for thing in belt.things] == [Sizes, Malformed]


@given(st.sampled_from(KINDS), st.binary(max_size=60))
def test_any_bytes_are_read(kind: type[Header], data: bytes) -> None:
    if len(data) < kind.size:
        return
    header = read(kind, data)
    repr(header), header.summary(), repr(header.picture()), hash(header)
    for fault in header.faults():
        assert 0 <= fault.offset <= len(data)
    spans = header.spans()
    for before, after in pairwise(spans):
        assert before.start + before.bits <= after.start
    for span in leaves(spans):
        assert 0 <= span.start < span.start + span.bits <= header.header_length * 8
    if kind is not Stream and not header.broken and not list(header.faults()):
        assert header == kind(**header.values())


def steps(kind: type[Header], data: bytes, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many parts are walked and headers made until all has been asked of a header."""
    taken = 0

    def counting(function):
        def counted(*arguments):
            nonlocal taken
            taken += 1
            return function(*arguments)

        return counted

    for owner, name in ((variable.Run, "walk"), (variable.Variable, "walk"), (lists, "view")):
        monkeypatch.setattr(owner, name, counting(getattr(owner, name)))
    header = read(kind, data)
    header.values(), header.spans(), list(header.faults()), repr(header), header.boxes()
    for name in [field.name for field in kind.fields]:
        for _ in range(10):
            getattr(header, name)
    return taken


HOSTILE = {
    "songs that are not there": (Album, b"\xff\x00"),
    "hosts that are not there": (Ring, b"\x0f\xff"),
    "as many small songs as fit": (Album, b"\xff\x00" + bytes(6 * 255)),
    "64 KiB of small things": (Stream, bytes.fromhex("010200") * 21845),
    "64 KiB of zeros": (Stream, bytes(65535)),
    "a box of small things": (Box, b"\xff\xff" + bytes.fromhex("010200") * 21845),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_work_grows_with_the_bytes_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, data = HOSTILE[name]
    assert steps(kind, data, monkeypatch) <= 2 * len(data) + 40


@given(st.binary(max_size=20))
def test_text_that_is_none_is_shown_and_comes_back(data: bytes) -> None:
    named = read(Named, bytes(Named(name=data)))
    assert named.name.isprintable() or not data.isascii()
    assert bytes(Named(name=named.name)) == bytes(named)


def test_text_reads_as_one_writes_it() -> None:
    for data, words in {"Zoë".encode(): "Zoë", b"a\\b\0\xff": r"a\\b\x00\xff"}.items():
        assert Named(name=data).name == words
