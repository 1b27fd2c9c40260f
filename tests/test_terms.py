"""The glossary: each term once, in order, with a source that has the form of one."""

import re

import pytest

import netlab
from netlab.terms import Term, all_terms

SOURCE = re.compile(
    r"RFC [1-9]\d{1,3}( (section [1-9]\d*(\.[1-9]\d*)*|appendix [A-Z](\.\d+)*))?"
    r"|IEEE 802(\.\d+\w*)?( clause [\d.]+)?|ISO/IEC [\d-]+|POSIX [a-z]+|Linux [a-z]+\(\d\)"
    r"|(tcpdump|wireshark)\.org [a-z_-]+|"
)
NAMES = [term.name for term in all_terms()]


@pytest.mark.parametrize("term", all_terms(), ids=NAMES)
def test_a_term_has_a_sentence_a_source_and_a_lesson(term: Term) -> None:
    assert SOURCE.fullmatch(term.source), term.source
    assert re.fullmatch(r"0\d|1[0-4]", term.lesson)
    assert re.fullmatch(r"[A-Z0-9].{10,160}\.", term.sentence)
    others = [name.casefold() for name in term.also]
    assert not term.sentence.casefold().startswith(tuple(f"{name}:" for name in others))


def test_each_name_stands_for_one_term() -> None:
    names = [name.casefold() for term in all_terms() for name in (term.name, *term.also)]
    assert sorted(names) == sorted(set(names))
    assert len(NAMES) > 100


def test_terms_are_in_alphabetical_order_whatever_the_case() -> None:
    assert sorted(NAMES, key=str.casefold) == NAMES
    assert NAMES.index("ACK") < NAMES.index("bit") < NAMES.index("TCP")


def test_each_lesson_explains_some() -> None:
    for number in range(15):
        assert len(netlab.glossary(lesson=f"{number:02}")) >= 3


@pytest.mark.parametrize(
    "name", ["Ethernet", "VLAN", "ARP", "IPv4", "IPv6", "ICMP", "UDP", "TCP", "DNS", "DHCP", "HTTP",
             "TLS"],
)  # fmt: skip
def test_a_header_says_in_the_glossary_what_its_declaration_says(name: str) -> None:
    (term,) = netlab.glossary(name)
    header = getattr(netlab, name)
    assert (term.sentence, term.source) == (header.__doc__.splitlines()[0], header.rfc)


@pytest.mark.parametrize(
    ("asked", "found"), [("segment", "segment"), ("TTL", "ttl"), ("maximum segment size", "MSS")]
)
def test_a_term_is_found_in_any_case_and_by_other_names(asked: str, found: str) -> None:
    assert [term.name for term in netlab.glossary(asked)] == [found]


def test_what_is_not_there_is_said_with_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"'segmnt' is not in the glossary: there is segment"):
        netlab.glossary("segmnt")
    with pytest.raises(ValueError, match=r"no terms for lesson '8': there are 00, 01"):
        netlab.glossary(lesson="8")


def test_text_and_table_say_the_same() -> None:
    mss = netlab.glossary("MSS")
    text, table = " ".join(repr(mss).split()), mss._repr_html_()
    assert text.startswith("MSS (maximum segment size): The most bytes of data")
    assert text.endswith("(RFC 9293 section 3.7.1; lesson 07)")
    assert 'href="https://www.rfc-editor.org/rfc/rfc9293#section-3.7.1"' in table
    assert mss[0].sentence in table
