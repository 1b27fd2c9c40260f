"""DNS: names as RFC 1035 has them, messages that scapy and dnsmasq know too, and hostile ones."""

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers import dns as theirs
from situations import Situation, differences, reads

import netlab
from netlab.header import Header
from netlab.wire import dns, edns, names
from netlab.wire.names import label_text, name_octets


def read(data: bytes) -> netlab.DNS:
    return netlab.dissect(data, netlab.DNS)[netlab.DNS]


def problems(data: bytes) -> list[tuple[str, int, str]]:
    return [tuple(problem[1:]) for problem in netlab.dissect(data, netlab.DNS).problems]


def message(*, counts: tuple[int, int, int, int] = (1, 0, 0, 0), body: str = "") -> bytes:
    """A message with these counts, whether true or not, and that body in hex."""
    return bytes(4) + b"".join(count.to_bytes(2) for count in counts) + bytes.fromhex(body)


RFC_1035 = (
    bytes(20) + b"\x01F\x03ISI\x04ARPA\x00" + bytes(8) + b"\x03FOO" + b"\xc0\x14"
    + bytes(18) + b"\xc0\x1a" + bytes(26) + b"\x00"
)  # fmt: skip
"""The four names of section 4.1.4, at the bytes that its drawing gives."""

ISI = [b"ISI", b"ARPA"]


@pytest.mark.parametrize(
    ("place", "name"),
    [(20, [b"F", *ISI]), (40, [b"FOO", b"F", *ISI]), (64, [b"ARPA"]), (92, [])],
)
def test_the_compressed_names_of_rfc_1035(place: int, name: list[bytes]) -> None:
    pieces, _, _ = names.local_pieces(RFC_1035, place, len(RFC_1035), 0)
    found = names.follow(RFC_1035, names.Place(place, pieces[-1].last), 0, len(RFC_1035))
    assert found == (name, None)


WRITTEN = {
    "example.com": "076578616d706c6503636f6d00",
    ".": "00",
    r"a\.b.c": "03612e62016300",
    r"a\\b": "03615c6200",
    r"\000\255\032": "0300ff2000",
    "Küche.local": "064bc3bc636865056c6f63616c00",
}


@pytest.mark.parametrize("text", WRITTEN)
def test_a_name_is_written_and_read(text: str) -> None:
    assert bytes(dns.Question(name=text))[:-4].hex() == WRITTEN[text]
    assert dns.Question(name=text).name == text
    assert dns.Question(name=text + "." * (text != ".")).name == text


@given(st.binary(min_size=1, max_size=63))
def test_any_label_comes_back(label: bytes) -> None:
    assert name_octets(label_text(label)) == bytes([len(label)]) + label + b"\0"


NO_NAMES = ("a..b", ".a", "a" * 64, "\\256", "\\", ".".join(["a" * 63] * 4), 7)


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"Question\.name takes a name such as 'example\.com'"):
        dns.Question(name=name)


def query() -> netlab.DNS:
    return netlab.DNS(id=7, rd=1, questions=[dns.Question(name="example.com", type="AAAA")])


def test_a_query_as_scapy_builds_it() -> None:
    their_query = theirs.DNS(id=7, rd=1, qd=theirs.DNSQR(qname="example.com", qtype="AAAA"))
    assert bytes(query()).hex() == bytes(their_query).hex()
    assert query().summary() == "AAAA? example.com"
    assert query().questions[0].name == "example.com"


OURS = [
    dns.A(name="a.test", address="192.0.2.1", ttl=60),
    dns.AAAA(name="a.test", address="2001:db8::1"),
    dns.CNAME(name="a.test", cname="b.test"),
    dns.NS(name="test", nsdname="ns.test"),
    dns.PTR(name="1.2.0.192.in-addr.arpa", ptrdname="a.test"),
    dns.MX(name="test", preference=10, exchange="mail.test"),
    dns.SRV(name="_http._tcp.test", priority=1, weight=2, port=80, target="a.test"),
    dns.SOA(name="test", mname="ns.test", rname="root.test", serial=1, refresh=2, retry=3,
            expire=4, minimum=5),
    dns.TXT(name="test", strings=[dns.CharacterString(text="one"), dns.CharacterString(text="2")]),
    dns.UnknownRecord(name="test", type=999, data=b"abc"),
    edns.OPT(udp_payload_size=4096, dnssec_ok=1, options=[
        edns.Cookie(client_cookie=b"12345678"), edns.UnknownEDNSOption(code=3, data=b"me")]),
]  # fmt: skip
THEIRS = [
    theirs.DNSRR(rrname="a.test", type="A", rdata="192.0.2.1", ttl=60),
    theirs.DNSRR(rrname="a.test", type="AAAA", rdata="2001:db8::1"),
    theirs.DNSRR(rrname="a.test", type="CNAME", rdata="b.test"),
    theirs.DNSRR(rrname="test", type="NS", rdata="ns.test"),
    theirs.DNSRR(rrname="1.2.0.192.in-addr.arpa", type="PTR", rdata="a.test"),
    theirs.DNSRRMX(rrname="test", preference=10, exchange="mail.test"),
    theirs.DNSRRSRV(rrname="_http._tcp.test", priority=1, weight=2, port=80, target="a.test"),
    theirs.DNSRRSOA(rrname="test", mname="ns.test", rname="root.test", serial=1, refresh=2,
                    retry=3, expire=4, minimum=5),
    theirs.DNSRR(rrname="test", type="TXT", rdata=[b"one", b"2"]),
    theirs.DNSRR(rrname="test", type=999, rdata=b"abc"),
    theirs.DNSRROPT(rclass=4096, z=0x8000, rdata=[
        theirs.EDNS0TLV(optcode=10, optdata=b"12345678"),
        theirs.EDNS0TLV(optcode=3, optdata=b"me")]),
]  # fmt: skip
RDATA = [
    "192.0.2.1", "2001:db8::1", "b.test", "ns.test", "a.test", "10 mail.test", "1 2 80 a.test",
    "ns.test root.test 1 2 3 4 5", '"one" "2"', r"\# 3 616263",
]  # fmt: skip


def test_every_record_as_scapy_builds_it() -> None:
    ours = netlab.DNS(qr=1, answers=OURS[:-1], additionals=OURS[-1:])
    their_answer = theirs.DNS(qr=1, rd=0, qd=[], an=THEIRS[:-1], ar=THEIRS[-1:])
    assert bytes(ours).hex(" ") == bytes(their_answer).hex(" ")
    again = read(bytes(ours))
    assert list(again.answers) == OURS[:-1]
    assert list(again.additionals) == OURS[-1:]
    assert [record.rdata for record in again.answers] == RDATA
    assert again.answers[0].summary() == "a.test A 192.0.2.1"
    assert again.answers[-1].summary() == r"test TYPE999 \# 3 616263"
    assert problems(bytes(ours)) == []


COMPRESSED = message(
    counts=(1, 2, 0, 0),
    body="0161 04746573740000010001"
    "c00c 0005 0001 0000003c 0004 0162c00e"  # a.test CNAME b.test
    "c024 0001 0001 0000003c 0004 c0000201",  # b.test A 192.0.2.1
)


def test_compressed_names_are_followed() -> None:
    answers = read(COMPRESSED).answers
    assert [record.summary() for record in answers] == ["a.test CNAME b.test", "b.test A 192.0.2.1"]
    (label, pointer) = answers[0].spans()[-1].children
    assert (label.text, label.start // 8, pointer.text, pointer.meaning) == (
        "b", 36, "→ byte 14", "test",
    )  # fmt: skip
    assert problems(COMPRESSED) == []


def test_a_record_moved_to_another_message_takes_its_whole_name_along() -> None:
    moved = netlab.DNS(qr=1, answers=read(COMPRESSED).answers)
    again = read(bytes(moved))
    assert [record.summary() for record in again.answers] == [
        "a.test CNAME b.test", "b.test A 192.0.2.1",
    ]  # fmt: skip
    assert problems(bytes(moved)) == []
    assert again.answers[0].rdlength == len(b"\1b\4test\0")


def test_names_are_compressed_as_rfc_1035_draws_it() -> None:
    written = ["F.ISI.ARPA", "FOO.F.ISI.ARPA", "ARPA", "."]
    asked = netlab.DNS(questions=[dns.Question(name=name) for name in written]).compressed()
    names = [bytes(question)[:-4].hex() for question in asked.questions]
    assert names == ["0146034953490441525041" + "00", "03464f4fc00c", "c012", "00"]
    assert [question.name for question in asked.questions] == written


def test_a_message_written_out_is_compressed_again() -> None:
    plain = read(COMPRESSED).replace()
    assert len(bytes(plain)) > len(COMPRESSED)
    assert bytes(plain.compressed()) == bytes(read(COMPRESSED).compressed()) == COMPRESSED


def test_names_are_compressed_as_scapy_does_it() -> None:
    """But for the target of SRV, of which RFC 2782 says that it shall not be."""
    records = [pair for pair in zip(OURS[:-1], THEIRS[:-1], strict=True) if pair[0] != OURS[6]]
    ours = netlab.DNS(qr=1, answers=[pair[0] for pair in records], additionals=OURS[-1:])
    theirs_ = theirs.DNS(qr=1, rd=0, qd=[], an=[pair[1] for pair in records], ar=THEIRS[-1:])
    assert bytes(ours.compressed()).hex(" ") == bytes(theirs_.compress()).hex(" ")
    (record,) = netlab.DNS(answers=[OURS[6]]).compressed().answers
    assert record == OURS[6]


@pytest.mark.needs("tshark")
def test_tshark_reads_the_compressed_names(tmp_path: Path) -> None:
    message = netlab.DNS(qr=1, answers=OURS[:-1], additionals=OURS[-1:]).compressed()
    datagram = netlab.IPv4() / netlab.UDP(src_port=53, dst_port=4000) / message
    situation = Situation("raw", bytes(datagram), "IPv4 UDP DNS", {"DNS.answers.0.name": "a.test"})
    reads(situation)
    assert differences({"compressed": situation}, tmp_path) == {}


NAMES = st.lists(st.sampled_from(["a", "A", "b", "test", "x.y"]), max_size=4).map(
    lambda labels: ".".join(label.replace(".", "\\.") for label in labels) or "."
)


@given(st.lists(st.tuples(NAMES, NAMES), max_size=8))
def test_compressed_names_say_the_same(names: list[tuple[str, str]]) -> None:
    answers = [dns.CNAME(name=name, cname=cname) for name, cname in names]
    plain = netlab.DNS(qr=1, answers=answers)
    short = plain.compressed()
    assert list(short.faults()) == []
    assert [(record.name, record.cname) for record in short.answers] == names
    assert len(bytes(short)) <= len(bytes(plain))
    assert bytes(short.compressed()) == bytes(short)
    assert bytes(short.replace()) == bytes(plain)


def test_the_target_of_srv_is_written_out_even_where_it_was_compressed() -> None:
    """RFC 6762 section 18.14: mDNS does that."""
    body = "0161 04746573740000010001 c00c 0021 0001 00000000 0008 0001 0002 0050 c00c"
    (record,) = read(message(counts=(1, 1, 0, 0), body=body)).compressed().answers
    assert (record.target, record.rdlength, record.offset) == (
        "a.test",
        6 + len(b"\1a\4test\0"),
        24,
    )


def test_no_pointer_leads_further_than_it_can() -> None:
    names = [f"{number}.{'x' * 60}.test" for number in range(600)]
    names += names
    plain = netlab.DNS(questions=[dns.Question(name=name) for name in names])
    again = read(bytes(plain.compressed()))
    assert [question.name for question in again.questions] == names
    assert problems(bytes(again)) == []


def test_a_malformed_message_is_not_compressed() -> None:
    with pytest.raises(ValueError, match=r"malformed message .* question_count announces 1"):
        read(message()).compressed()


@pytest.mark.needs("dig")
def test_dig_reads_what_netlab_compressed() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        address, port = server.getsockname()
        command = ["dig", f"@{address}", f"-p{port}", "test", "MX", "+noall", "+answer"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as dig:
            data, client = server.recvfrom(4096)
            asked = read(data)
            answer = asked.replace(
                qr=1, answers=[OURS[5], OURS[5].replace(exchange="mx.mail.test")]
            )
            server.sendto(bytes(answer.replace(answer_count=None).compressed()), client)
            assert dig.stdout
            lines = [line.split() for line in dig.stdout]
    assert [line[3:] for line in lines] == [
        ["MX", "10", "mail.test."], ["MX", "10", "mx.mail.test."],
    ]  # fmt: skip


def test_the_ports_tell_that_it_is_dns() -> None:
    frame = netlab.IPv4() / netlab.UDP() / query()
    assert netlab.dissect(bytes(frame), "raw")[netlab.UDP].dst_port == 53
    for port in (53, 5353, 5355):
        answer = netlab.IPv4() / netlab.UDP(src_port=port, dst_port=9999) / query()
        assert netlab.DNS in netlab.dissect(bytes(answer), "raw")


def test_messages_over_tcp_stand_after_their_length() -> None:
    one = bytes(netlab.DNSOverTCP() / query())
    segment = netlab.IPv4() / netlab.TCP(dst_port=53) / (one + one)
    packet = netlab.dissect(bytes(segment), "raw")
    assert [type(layer).__name__ for layer in packet.layers[2:]] == ["DNSOverTCP", "DNS"] * 2
    assert packet.layers[2].length == len(bytes(query()))
    assert (packet.payload, packet.problems) == (b"", ())


def test_a_message_that_goes_on_in_the_next_segment_is_sound() -> None:
    one = bytes(netlab.DNSOverTCP() / query())
    for cut in range(14, len(one)):
        segment = netlab.IPv4() / netlab.TCP(dst_port=53) / one[:cut]
        packet = netlab.dissect(bytes(segment), "raw")
        assert netlab.DNS in packet
        assert packet.problems == ()
    segment = netlab.IPv4() / netlab.TCP(dst_port=53) / b"the middle of a message"
    assert netlab.DNS not in netlab.dissect(bytes(segment), "raw")


def test_the_empty_rdata_of_an_update_is_sound() -> None:
    delete = message(counts=(0, 0, 1, 0), body="00 0001 00ff 00000000 0000")
    assert problems(delete) == []
    assert read(delete).authorities[0].address is None


BAD = {
    "a pointer to itself": ("c00c 0001 0001", 12, "byte 12 of the message, which is not before"),
    "a loop of labels": ("0161 c00c 0001 0001", 14, "byte 12 of the message, which is not before"),
    "a pointer forward": ("c010 0001 0001 0161 00", 12, "byte 16 of the message"),
    "a pointer out of the message": ("ffff 0001 0001", 12, "byte 16383 of the message"),
    "a label of a forbidden kind": ("4161 00 0001 0001", 12, "0x41 begins neither a label nor"),
    "a label that is cut": ("0361", 12, "the label has 3 bytes, 1 are left"),
    "half a pointer": ("c0", 12, "the pointer has 2 bytes, 1 is left"),
    "a name without end": ("0161", 14, "the name breaks off"),
    "no class": ("00 0001", 15, "the header has 4 bytes here, 2 are left"),
    "no question": ("", 12, "question_count announces 1, 0 are there"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_names_are_reported(name: str) -> None:
    body, offset, words = BAD[name]
    data = message(body=body)
    (problem,) = problems(data)
    assert (problem[0], problem[1]) == ("questions", offset)
    assert words in problem[2]
    repr(read(data)), read(data).summary()


BAD_RECORDS = {
    "an address of 3 bytes": ("00 0001 0001 00000000 0003 c00002", 23, "A.address: the header has"),
    "an address of 5 bytes": ("00 0001 0001 00000000 0005 c000020101", 27, "1 byte more than A"),
    "a length beyond the end": ("00 0001 0001 00000000 0009 c0000201", 21, "means 9 bytes, but 4"),
    "a text beyond its record": ("00 0010 0001 00000000 0003 056162", 23, "length 5 means 5 bytes"),
    "an option beyond its record": ("00 0029 1000 00000000 0006 0003 0009 6d65", 25, "length 9"),
    "half a target": ("00 0021 0001 00000000 0007 0001000200 50", 23, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_RECORDS)
def test_bad_records_are_reported(name: str) -> None:
    body, offset, words = BAD_RECORDS[name]
    (problem,) = problems(message(counts=(0, 1, 0, 0), body=body))
    assert problem[0] == "answers"
    assert words in problem[2]
    if words:
        assert problem[1] == offset


def test_a_record_of_wrong_length_does_not_hide_the_next() -> None:
    data = message(
        counts=(0, 2, 0, 0),
        body="00 0001 0001 00000000 0003 c00002 00 0001 0001 00000000 0004 c0000201",
    )
    assert [record.address for record in read(data).answers] == [None, "192.0.2.1"]


def chain(length: int) -> bytes:
    """A message whose last question is a chain of so many pointers, each to the one before it."""
    targets = [12, *range(17, 17 + 6 * length, 6)][:length]
    steps = b"".join((0xC000 + target).to_bytes(2) + bytes(4) for target in targets)
    return message(counts=(length + 1, 0, 0, 0)) + bytes(5) + steps


HOSTILE = {
    "questions that are not there": message(counts=(65535,) * 4),
    "64 KiB of pointers": chain(2000),
    "pointers to one long name": message(counts=(5400, 0, 0, 0))
    + b"".join(bytes([63]) + b"a" * 63 for _ in range(3)) + b"\x3d" + b"a" * 61 + b"\0" + bytes(4)
    + (b"\xc0\x0c" + bytes(4)) * 5399,
    "64 KiB of zeros": message(counts=(65535,) * 4) + bytes(65500),
    "64 KiB of small records": message(counts=(0, 6000, 0, 0)) + bytes(11 * 5900),
    "64 KiB of small texts": message(counts=(0, 1, 0, 0), body="00 0010 0001 00000000 fe00")
    + bytes(0xFE00),
    "64 KiB of single letters": message(counts=(1, 0, 0, 0)) + b"\1a" * 32000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_the_work_grows_with_the_bytes_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = HOSTILE[name]
    taken = 0

    def counting(function):
        def counted(*arguments):
            nonlocal taken
            result = function(*arguments)
            taken += len(result[0])
            return result

        return counted

    monkeypatch.setattr(names, "local_pieces", counting(names.local_pieces))
    monkeypatch.setattr(dns.Options, "_headers", counting(dns.Options._headers))
    packet = netlab.dissect(data, netlab.DNS)
    packet[netlab.DNS].values(), packet.problems
    assert taken <= 2 * names.MOST_POINTERS * len(data)
    for _ in range(100):
        packet[netlab.DNS].answers, packet[netlab.DNS].questions
    assert taken <= 2 * names.MOST_POINTERS * len(data)


def test_too_many_pointers_are_refused() -> None:
    assert problems(chain(names.MOST_POINTERS)) == []
    (problem,) = problems(chain(names.MOST_POINTERS + 1))
    assert "more than 127 pointers" in problem[2]


def test_a_name_grown_too_long_by_pointers_is_refused() -> None:
    half = (bytes([63]) + b"a" * 63) * 2
    data = message(counts=(2, 0, 0, 0)) + half + bytes(5) + half + b"\xc0\x0c" + bytes(4)
    (problem,) = problems(data)
    assert problem[0] == "questions"
    assert "longer than 255 bytes" in problem[2]


def everything(data: bytes) -> None:
    packet = netlab.dissect(data, netlab.DNS)
    packet.problems, packet.spans(), repr(packet.layers), packet.summary(), packet.explain()
    assert bytes(packet) == data


@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    everything(data)
    everything(b"\0\0\x80\0\0\2\0\2\0\2\0\2" + data)


@given(st.data())
def test_damaged_messages_are_read(data: st.DataObject) -> None:
    damaged = bytearray(data.draw(st.sampled_from([COMPRESSED, bytes(netlab.DNS(answers=OURS))])))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    everything(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))


@pytest.fixture
def server() -> Iterator[tuple[str, int]]:
    """A dnsmasq that knows a few names, and where it listens."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
        "--bind-interfaces", "--listen-address=127.0.0.1", f"--port={port}", "--pid-file=",
        "--host-record=host.test,192.0.2.7,2001:db8::7", "--cname=www.test,host.test",
        "--mx-host=test,mail.test,10", "--txt-record=test,v=spf1 -all,second",
        "--srv-host=_http._tcp.test,host.test,80,1,2", "--local=/test/",
    ]  # fmt: skip
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield "127.0.0.1", port
    finally:
        running.terminate()
        running.wait()


def ask(server: tuple[str, int], question: Header) -> netlab.DNS:
    """The server's answer to what netlab built."""
    built = netlab.DNS(id=4711, rd=1, questions=[question], additionals=[edns.OPT()])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        connection.settimeout(0.2)
        connection.connect(server)
        for _ in range(50):
            try:
                connection.send(bytes(built))
                return read(connection.recv(65535))
            except (TimeoutError, ConnectionRefusedError):  # it is still starting
                time.sleep(0.05)
    raise AssertionError("dnsmasq does not answer")


@pytest.mark.needs("dnsmasq")
def test_dnsmasq_answers_what_netlab_asks(server: tuple[str, int]) -> None:
    for name, kind, expected in [
        ("host.test", "A", ["host.test A 192.0.2.7"]),
        ("www.test", "AAAA", ["www.test CNAME host.test", "host.test AAAA 2001:db8::7"]),
        ("test", "MX", ["test MX 10 mail.test"]),
        ("test", "TXT", ['test TXT "v=spf1 -all" "second"']),
        ("_http._tcp.test", "SRV", ["_http._tcp.test SRV 1 2 80 host.test"]),
        ("nothing.test", "A", []),
    ]:
        answer = ask(server, dns.Question(name=name, type=kind))
        assert [record.summary() for record in answer.answers] == expected
        assert (answer.id, answer.qr, answer.question_count) == (4711, 1, 1)
        assert answer.rcode == (0 if expected else 3)
        assert list(answer.faults()) == []
