"""ChecksumStepper: the Internet checksum word by word, with the carry that people forget."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import traitlets

from netlab.checksum import Addition, Checksum, additions
from netlab.counts import counted
from netlab.field import Span
from netlab.header import Header
from netlab.widgets.static import GAP, LINE, image, sheet, text, tile
from netlab.widgets.widget import Widget
from netlab.words import printable

MOST = 4096
"""Bytes that one steps through at most."""


class Word(NamedTuple):
    """16 bits that are added: the number, what stands in them, the layer in the palette, and
    whether they are the checksum itself."""

    number: int
    label: str
    layer: str
    checksum: bool = False


class Section(NamedTuple):
    """Words that belong together: a title and the words."""

    title: str
    words: list[Word]


class ChecksumStepper(Widget, files="checksum_stepper"):
    """Add up a checksum one 16-bit word after the other, and take the complement (RFC 1071).

    what    a header that has a checksum, or bytes
    step    words that are added so far; one more than there are words shows the complement
    carry   whether a carry is added back in; without it the result is wrong
    verify  whether the checksum stands in its place, as the receiver adds it up: the sum is then
            0xFFFF when nothing was changed

    `step`, `carry` and `verify` can be set and read while it is on screen; `sum` is the running
    sum.  ValueError for a header without a checksum, or whose pseudo-header is not known, and for
    more than 4096 bytes; `traitlets.TraitError` for a step that does not exist.
    """

    step = traitlets.Int(0).tag(sync=True)
    carry = traitlets.Bool(True).tag(sync=True)
    verify = traitlets.Bool(False).tag(sync=True)
    _run = traitlets.Dict().tag(sync=True)

    def __init__(
        self, what: Header | bytes, step: int = 0, *, carry: bool = True, verify: bool = False
    ) -> None:
        if not isinstance(what, Header | bytes | bytearray | memoryview):
            raise TypeError(f"ChecksumStepper takes a header or bytes, not {what!r}")
        self._header = what if isinstance(what, Header) else None
        self._name = type(what).__name__ if self._header else counted(len(bytes(what)), "byte")
        self._sections = _header_sections(what) if isinstance(what, Header) else _sections(what)
        if sum(len(section.words) for section in self._sections) * 2 > MOST:
            raise ValueError(f"{MOST} bytes are enough to step through: give a part of these")
        super().__init__(carry=carry, verify=verify)
        self._add_up()
        self.step = step

    @property
    def words(self) -> list[Word]:
        """What is added: with `verify` as it stands, else with zero where the checksum goes."""
        words = [word for section in self._sections for word in section.words]
        return words if self.verify else [_without_checksum(word) for word in words]

    @property
    def sum(self) -> int:
        """The sum after `step` words."""
        return self._sums[min(self.step, len(self._sums)) - 1].after if self.step else 0

    @property
    def result(self) -> int:
        """The complement of the whole sum: the checksum, if the carries were added back in."""
        return ~self._sums[-1].after & 0xFFFF if self._sums else 0xFFFF

    @traitlets.validate("step")
    def _step_exists(self, proposal: Any) -> int:
        last = len(self._sums) + 1
        if not 0 <= proposal["value"] <= last:
            raise traitlets.TraitError(f"step {proposal['value']} does not exist: 0 to {last} do")
        return int(proposal["value"])

    @traitlets.observe("carry", "verify")
    def _add_up(self, _: Any = None) -> None:
        words = self.words
        octets = b"".join(word.number.to_bytes(2) for word in words)
        self._sums: list[Addition] = list(additions(octets, fold=self.carry))
        lines = iter(zip(words, self._sums, strict=True))
        self._run = {
            "sections": [
                {
                    "title": section.title,
                    "words": [
                        [word.number, word.label, word.layer, step.before, step.carry, step.after]
                        for _, (word, step) in zip(section.words, lines, strict=False)
                    ],
                }
                for section in self._sections
            ],
            "verdict": self._verdict(octets),
        }

    def _verdict(self, octets: bytes) -> list[str]:
        """What came out, in sentences; the first begins with a mark of right or wrong."""
        right = list(additions(octets))
        after, lost = self._sums[-1].after if self._sums else 0, sum(s.carry for s in self._sums)
        true = right[-1].after if right else 0
        if not self.carry and after != true:
            wrong, better = (after, true) if self.verify else (~after & 0xFFFF, ~true & 0xFFFF)
            carries = "1 carry was" if lost == 1 else f"{lost} carries were"
            return [f"✘ 0x{wrong:04x} is wrong: {carries} lost.  It should be 0x{better:04x}."]
        note = [] if self.carry else ["No carry arose here: forgetting them goes unnoticed."]
        said = self._received(after) if self.verify else self._computed(~after & 0xFFFF)
        return [*said, *note]

    def _received(self, after: int) -> list[str]:
        there, reason = self._header.checksum_verdict() if self._header else (False, "")
        if after == 0xFFFF:
            return ["✔ 0xffff, all ones: nothing was changed on the way."]
        if there is None:
            return [f"0x{after:04x} is not 0xffff, but that says nothing: {reason}."]
        return [f"✘ 0x{after:04x} is not 0xffff: these are not the bytes that the sender added up."]

    def _computed(self, found: int) -> list[str]:
        said = [f"✔ The checksum is 0x{found:04x}."]
        if self._header is None:
            return said
        rule = _rule(self._header)
        if found == 0 and rule.zero:
            said.append(f"A 0 would say that there is none: 0x{rule.zero:04x} is sent instead.")
        there, reason = self._header.checksum_verdict()
        if there is None:
            return [*said, f"Whether the packet's is right cannot be known: {reason}."]
        return [*said, f"In the packet {reason}."]

    def _still(self) -> str:
        return image(_svg(self), repr(self))

    def __repr__(self) -> str:
        count = len(self._sums)
        return f"ChecksumStepper({self._name}: {counted(count, 'word')}, {self._run['verdict'][0]})"


def _rule(header: Header) -> Checksum:
    for field in header.fields:
        if isinstance(field.computed, Checksum):
            return field.computed
    raise ValueError(f"{type(header).__name__} has no checksum: take another header, or bytes")


def _header_sections(header: Header) -> list[Section]:
    """The words of what a header's checksum covers, the checksum in its place."""
    rule, name = _rule(header), type(header).__name__
    sections = []
    if rule.pseudo:
        pseudo = rule.pseudo(header)
        if pseudo is None:
            raise ValueError(
                f"{name}'s checksum covers IP's addresses too: take the header from a packet"
            )
        title = f"pseudo-header, which is not sent ({pseudo.rfc})"
        sections.append(Section(title, list(_words(bytes(pseudo), pseudo.span()))))
    words = list(_words(rule.covered(header), header.span()))
    place = next(field.start // 16 for field in header.fields if field.computed)
    words[place] = words[place]._replace(checksum=True)
    count = header.header_length // 2
    sections.append(Section(f"{name} header", words[:count]))
    if words[count:]:
        sections.append(Section(f"payload of {name}", words[count:]))
    return sections


def _sections(data: bytes) -> list[Section]:
    return [Section(counted(len(data), "byte"), list(_words(bytes(data), None)))]


def _words(octets: bytes, span: Span | None) -> Iterator[Word]:
    parts = [part for line in span.children for part in line.children or (line,)] if span else []
    for place in range(0, len(octets), 2):
        pair = octets[place : place + 2]
        number = int.from_bytes(pair.ljust(2, b"\0"))
        if span and place * 8 < span.bits:
            yield Word(number, _label(parts, span.start, place // 2), span.layer)
        else:
            shown = "".join(chr(c) if 32 <= c < 127 else "·" for c in pair)
            where = f"bytes {place}, {place + 1}" if len(pair) == 2 else f"byte {place} and a 0"
            words = f"{where}: {shown}" if shown.strip("· ") else where
            yield Word(number, words, "payload")


def _label(parts: list[Span], start: int, word: int) -> str:
    """The fields in a word, counted from the header's first; one of several words says which."""
    names = []
    for part in parts:
        first, last = (part.start - start) // 16, (part.start - start + part.bits - 1) // 16
        if first == last == word:
            names.append(f"{part.name} {part.text}")
        elif first <= word <= last:
            names.append(f"{part.name}, {word - first + 1} of {last - first + 1}")
    return printable(", ".join(names))


def _without_checksum(word: Word) -> Word:
    if word.checksum:
        return word._replace(number=0, label="checksum: 0 while it is computed")
    return word


ROWS = 32
"""Words that the still picture shows at most."""


def _svg(stepper: ChecksumStepper) -> str:
    drawn, top, number = [], LINE + GAP, 0
    lines = list(zip(stepper.words, stepper._sums, strict=True))
    for section in stepper._sections:
        if number < ROWS and section.words:
            drawn.append(text(8, top, section.title, "faint"))
            top += LINE
        for word, step in lines[number : number + len(section.words)]:
            if number < ROWS:
                drawn.append(tile(8, top, 60, f"{word.number:04x}", word.layer, "code"))
                drawn.append(text(80, top, word.label[:60]))
                folded = " carry" + (" added back in" if stepper.carry else " lost")
                drawn.append(text(460, top, folded * step.carry, "faint"))
                drawn.append(text(600, top, f"{step.after:04x}", "code"))
                top += LINE
            number += 1
    if number > ROWS:
        drawn.append(text(8, top, f"and {counted(number - ROWS, 'more word')}", "faint"))
        top += LINE
    for sentence in stepper._run["verdict"]:
        drawn.append(text(8, top + GAP / 2, sentence))
        top += LINE
    title = f"The checksum of {stepper._name}: the word, what it is, the running sum"
    return sheet(title, top + GAP, drawn)
