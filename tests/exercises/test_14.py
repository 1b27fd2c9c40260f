"""Exercise 14's right answers, held against tshark and OpenSSL."""

import ssl
import subprocess
from importlib import import_module
from pathlib import Path

import pytest
from needs import require

from netlab import recording
from netlab.grading.task import all_tasks
from netlab.practice.tls import feed

TASKS = import_module("netlab.grading.tasks.14_tls")


def tshark(*fields: str, shown: str = "tls") -> list[list[str]]:
    """tshark's fields of the packets of the recording that the filter lets through."""
    require("tshark")
    wanted = [word for field in fields for word in ("-e", field)]
    command = ["tshark", "-r", str(recording("tls.pcap")), "-Y", shown, "-T", "fields"]
    said = subprocess.run(
        [*command, "-E", "separator=|", *wanted], capture_output=True, text=True, check=True
    ).stdout
    return [line.split("|") for line in said.splitlines()]


def test_tshark_finds_the_same_records() -> None:
    found = tshark("tcp.stream", "tcp.dstport", "tls.record.content_type",
                   "tls.record.opaque_type", "tls.record.length")  # fmt: skip
    counted: dict[tuple[int, bool], list[int]] = {}
    for stream, port, _, _, lengths in found:
        sizes = counted.setdefault((int(stream), port == "443"), [])
        sizes += [int(length) for length in lengths.split(",")]
    for number, stream in enumerate(TASKS.STREAMS):
        ours = feed(TASKS.Splitter, [stream[at : at + 7] for at in range(0, len(stream), 7)])
        sizes = [len(body) for records in ours for _, body in records]
        assert sizes == counted[number // 2, not number % 2]


def test_tshark_reads_the_same_names() -> None:
    found = tshark("tls.handshake.extensions_server_name", shown="tls.handshake.type == 1")
    assert [TASKS.server_name(hello) or "" for hello in TASKS.HELLOS] == [name for [name] in found]


def test_tshark_reads_the_same_versions() -> None:
    found = tshark("tls.handshake.version", "tls.handshake.extensions.supported_version",
                   shown="tls.handshake.type == 2")  # fmt: skip
    assert len(found) == 3
    for record, (legacy, chosen) in zip(TASKS.ANSWERS, found, strict=False):
        place = 9 + 2 + 32
        place += 1 + record[place] + 3
        extensions = record[place + 2 :]
        version = TASKS.version(int.from_bytes(record[9:11]), extensions)
        assert version == int(chosen or legacy, 16)


def test_what_is_in_sight_is_in_the_recording() -> None:
    """Names in sight are found in the bytes, and what is encrypted is not."""
    name, sight = b"www.netlab.test", TASKS.in_sight()
    for version, (sent, received) in (("1.2", TASKS.STREAMS[0:2]), ("1.3", TASKS.STREAMS[2:4])):
        assert sight[f"the site's name in {version}"] == (name in sent)
        assert sight[f"the certificate in {version}"] == (name in received)
    assert sight["the page's path"] == any(b"GET /" in stream for stream in TASKS.STREAMS)
    shown = tshark("tcp.stream", "frame.number", shown="tls.handshake.certificate")
    assert [stream for stream, _ in shown] == ["0"]  # in TLS 1.2 only


def openssl_hello(name: str | None) -> bytes:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    outgoing = ssl.MemoryBIO()
    client = context.wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


@pytest.mark.parametrize("name", ["a.example", "www.netlab.test", None])
def test_openssl_says_the_same_name(name: str | None) -> None:
    hello = openssl_hello(name)
    assert TASKS.server_name(hello) == name
    assert TASKS.is_tls(1, hello)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    require("openssl")
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
               "-nodes", "-subj", "/CN=a", "-days", "2", "-keyout", path, "-out", path]  # fmt: skip
    subprocess.run([*command[:-1], f"{path}.crt"], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


@pytest.mark.parametrize("spoken", ["TLS 1.2", "TLS 1.3"])
def test_openssl_adds_as_much(spoken: str, certificate: Path) -> None:
    """Two sides of OpenSSL in memory: what is put in, and the records that come out."""
    which = {"TLS 1.2": ssl.TLSVersion.TLSv1_2, "TLS 1.3": ssl.TLSVersion.TLSv1_3}[spoken]
    contexts = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    for context in contexts:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.minimum_version = context.maximum_version = which
        context.set_ciphers("ECDHE-ECDSA-AES256-GCM-SHA384")
    contexts[1].load_cert_chain(certificate)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = contexts[0].wrap_bio(back, there)
    server = contexts[1].wrap_bio(there, back, server_side=True)
    for _ in range(4):
        for side in (client, server):
            try:
                side.do_handshake()
            except ssl.SSLWantReadError:
                continue
    back.read()
    for size in (1, 424, 40_000):
        server.write(bytes(size))
        [records] = feed(TASKS.Splitter, [back.read()])
        assert {kind for kind, _ in records} == {23}
        assert TASKS.answer_length(spoken, [len(body) for _, body in records]) == size


def test_the_puzzle_finds_extensions() -> None:
    names: dict[str, object] = {"struct": import_module("struct")}
    exec("\n".join(TASKS.WALK), names)
    find_extension = names["find_extension"]
    assert callable(find_extension)
    for _, extensions in all_tasks()["14/version"].cases():
        found = dict(TASKS.each_extension(extensions))
        for number in (0, 16, 23, 43):
            assert find_extension(extensions, number) == found.get(number)
