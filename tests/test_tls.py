"""TLS: the handshake of RFC 8448, hellos that openssl understands, pieces of records."""

import hashlib
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netlab
from netlab.lists import Many
from netlab.wire import tls, tls_extensions, tls_handshake
from netlab.wire.tls_names import CIPHER_SUITES, GREASE, GREASE_BYTES


def read(data: bytes) -> netlab.TLS:
    return netlab.dissect(data, netlab.TLS)[netlab.TLS]


def problems(data: bytes) -> list[tuple[str, int, str]]:
    return [tuple(problem[1:]) for problem in segment(data).problems]


def segment(data: bytes, port: int = 443) -> netlab.Packet:
    return netlab.dissect(bytes(netlab.IPv4() / netlab.TCP(dst_port=port) / data), "raw")


def record(content_type: int, fragment: bytes) -> bytes:
    return bytes([content_type, 3, 3]) + len(fragment).to_bytes(2) + fragment


CLIENT_HELLO = bytes.fromhex("""
    16 03 01 00 c4 01 00 00 c0 03 03 cb 34 ec b1 e7 81 63 ba 1c 38 c6 da cb 19 6a 6d ff a2 1a 8d
    99 12 ec 18 a2 ef 62 83 02 4d ec e7 00 00 06 13 01 13 03 13 02 01 00 00 91 00 00 00 0b 00 09
    00 00 06 73 65 72 76 65 72 ff 01 00 01 00 00 0a 00 14 00 12 00 1d 00 17 00 18 00 19 01 00 01
    01 01 02 01 03 01 04 00 23 00 00 00 33 00 26 00 24 00 1d 00 20 99 38 1d e5 60 e4 bd 43 d2 3d
    8e 43 5a 7d ba fe b3 c0 6e 51 c1 3c ae 4d 54 13 69 1e 52 9a af 2c 00 2b 00 03 02 03 04 00 0d
    00 20 00 1e 04 03 05 03 06 03 02 03 08 04 08 05 08 06 04 01 05 01 06 01 02 01 04 02 05 02 06
    02 02 02 00 2d 00 02 01 01 00 1c 00 02 40 01
""")
SERVER_HELLO = bytes.fromhex("""
    16 03 03 00 5a 02 00 00 56 03 03 a6 af 06 a4 12 18 60 dc 5e 6e 60 24 9c d3 4c 95 93 0c 8a c5
    cb 14 34 da c1 55 77 2e d3 e2 69 28 00 13 01 00 00 2e 00 33 00 24 00 1d 00 20 c9 82 88 76 11
    20 95 fe 66 76 2b db f7 c6 72 e1 56 d6 cc 25 3b 83 3d f1 dd 69 b1 b0 4e 75 1f 0f 00 2b 00 02
    03 04
""")
"""The hellos of RFC 8448 section 3, in their records."""


def test_the_client_hello_of_rfc_8448() -> None:
    found = read(CLIENT_HELLO)
    hello = found.client_hello
    assert found.records[0].version == 0x0301
    assert (hello.legacy_version, hello.session_id, hello.compression_methods) == (
        0x0303,
        b"",
        (0,),
    )
    assert hello.random.hex().startswith("cb34ecb1e78163ba")
    assert found.cipher_suites == (
        "TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_256_GCM_SHA384",
    )  # fmt: skip
    assert (found.server_name, found.versions, found.alpn) == ("server", ("TLS 1.3",), ())
    assert [type(extension).__name__ for extension in hello.extensions] == [
        "ServerName", "RenegotiationInfo", "SupportedGroups", "SessionTicket", "KeyShare",
        "SupportedVersions", "SignatureAlgorithms", "PskKeyExchangeModes", "RecordSizeLimit",
    ]  # fmt: skip
    groups = hello.extension(tls_extensions.SupportedGroups)
    assert groups.spans()[-1].text == (
        "x25519, secp256r1, secp384r1, secp521r1, ffdhe2048, ffdhe3072, ffdhe4096, ffdhe6144, "
        "ffdhe8192"
    )
    (share,) = hello.extension(tls_extensions.KeyShare).client_shares
    assert share.summary() == "x25519"
    assert share.key_exchange.hex().startswith("99381de560e4bd43")
    assert hello.extension(tls_extensions.RecordSizeLimit).record_size_limit == 0x4001
    assert found.summary() == "client_hello server"
    assert problems(CLIENT_HELLO) == []


def test_the_server_hello_of_rfc_8448() -> None:
    found = read(SERVER_HELLO)
    assert found.client_hello is None
    assert (found.cipher_suites, found.versions) == (("TLS_AES_128_GCM_SHA256",), ("TLS 1.3",))
    share, version = found.server_hello.extensions
    assert (share.group, share.key_exchange_length) == (0x1D, 32)
    assert version.selected_version == 0x0304
    assert not found.server_hello.retry
    assert found.summary() == "server_hello TLS 1.3 TLS_AES_128_GCM_SHA256"
    assert problems(SERVER_HELLO) == []


def test_the_hellos_are_built_again_from_their_values() -> None:
    for data in (CLIENT_HELLO, SERVER_HELLO):
        (message,) = read(data).records[0].messages
        computed = {f.name: None for f in message.fields if f.name.endswith("length")}
        assert bytes(message.replace(**computed)) == bytes(message)
        for extension in message.extensions:
            computed = {f.name: None for f in extension.fields if f.name.endswith("length")}
            assert bytes(extension.replace(**computed)) == bytes(extension)


def test_a_request_to_say_hello_again() -> None:
    assert hashlib.sha256(b"HelloRetryRequest").digest() == tls_handshake.RETRY
    hello = tls_handshake.ServerHello(
        random=tls_handshake.RETRY, extensions=[tls_extensions.SelectedGroup(selected_group=0x17)]
    )
    again = read(bytes(netlab.TLS(records=[tls.Handshake(messages=[hello])]))).server_hello
    assert again.retry
    assert again.extensions[0].selected_group == 0x17
    assert again.summary().startswith("hello_retry_request")


def test_grease_is_named() -> None:
    assert {0x0A0A, 0x1A1A, 0xFAFA} <= GREASE.keys()
    assert sorted(GREASE_BYTES) == [0x0B, 0x2A, 0x49, 0x68, 0x87, 0xA6, 0xC5, 0xE4]  # RFC 8701
    hello = tls_handshake.ClientHello(
        cipher_suites=[0x2A2A, 0x1301],
        extensions=[tls_extensions.UnknownExtension(extension_type=0x3A3A)],
    )
    assert hello.cipher_suite_names == ("GREASE", "TLS_AES_128_GCM_SHA256")
    assert hello.extensions[0].summary() == "GREASE"


def test_a_hello_without_extensions() -> None:
    hello = tls_handshake.ClientHello(cipher_suites=[0x002F], legacy_version=0x0300)
    data = bytes(netlab.TLS(records=[tls.Handshake(messages=[hello])]))
    found = read(data)
    assert (found.server_name, found.alpn, found.versions) == (None, (), ("SSL 3.0",))
    assert found.client_hello.extensions_length is None
    assert problems(data) == []


def test_tls_is_known_by_its_port_and_by_what_it_looks_like() -> None:
    for port in (443, 853, 9999, 8080):
        assert netlab.TLS in segment(CLIENT_HELLO, port)
        assert netlab.TLS not in segment(b"GET / HTTP/1.1\r\n\r\n", port)
        assert netlab.TLS not in segment(b"\x16\x03\x01\xff\xff the middle of a record", port)
    assert netlab.HTTP in segment(b"GET / HTTP/1.1\r\n\r\n", 443)


def test_all_records_of_a_segment_are_listed() -> None:
    data = (
        SERVER_HELLO + record(20, b"\1") + record(23, b"secret") + record(21, b"\1\0")
        + record(21, bytes(26))
    )  # fmt: skip
    found = read(data)
    assert [type(each).__name__ for each in found.records] == [
        "Handshake", "ChangeCipherSpec", "ApplicationData", "Alert", "EncryptedAlert",
    ]  # fmt: skip
    assert found.records[3].summary() == "alert: warning, close_notify"
    assert found.records[2].encrypted == b"secret"
    assert problems(data) == []
    assert bytes(found) == data


@pytest.mark.parametrize("data", [CLIENT_HELLO, SERVER_HELLO], ids=["client", "server"])
def test_what_goes_on_in_the_next_segment_is_shown_as_far_as_it_goes(data: bytes) -> None:
    for cut in range(5, len(data)):
        packet = segment(data[:cut])
        assert packet.problems == (), cut
        (found,) = packet[netlab.TLS].records
        assert found.unfinished
        packet.spans(), packet.summary(), repr(packet.layers)
    assert read(CLIENT_HELLO[:-20]).server_name == "server"


def test_a_message_that_goes_on_in_the_next_record_is_shown_as_far_as_it_goes() -> None:
    message = CLIENT_HELLO[5:]
    data = record(22, message[:80]) + record(22, message[80:])
    assert problems(data) == []
    first, second = read(data).records
    assert read(data).server_name == "server"
    assert [type(each).__name__ for each in first.messages] == ["ClientHello"]
    assert type(second) is tls.EncryptedHandshake


ENCRYPTED = {
    "random bytes": bytes.fromhex("a1b2c3d4e5f60718") * 5,
    "a nonce of zeros, as some count from 0": bytes(8) + bytes.fromhex("9f8e7d6c5b4a3928") * 4,
    "a known type with an absurd length": bytes.fromhex("01fedcba98765432") * 5,
    "a known type, then nonsense": bytes.fromhex("14000001aa") + bytes.fromhex("cc") * 30,
}


@pytest.mark.parametrize("name", ENCRYPTED)
def test_encrypted_messages_are_not_nonsense(name: str) -> None:
    data = record(20, b"\1") + record(22, ENCRYPTED[name])
    assert problems(data) == []
    assert type(read(data).records[1]) is tls.EncryptedHandshake


HELLO = CLIENT_HELLO[5:]
BAD = {
    "a list longer than its place": (HELLO.replace(b"\0\x0b\0\x09", b"\0\x0b\0\x0a"), "ServerN"),
    "a name longer than its list": (HELLO.replace(b"\0\6server", b"\0\7server"), "HostName"),
    "cipher suites of odd length": (HELLO.replace(b"\0\6\x13\1", b"\0\5\x13\1"), ""),
    "extensions longer than the hello": (HELLO.replace(b"\0\x91\0\0", b"\1\x91\0\0"), "extensions"),
    "an extension longer than its list": (HELLO[:2] + b"\0\xbe" + HELLO[4:-2].replace(
        b"\0\x91\0\0", b"\0\x8f\0\0"), "RecordSizeLimit"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_hello_that_contradicts_itself_is_reported(name: str) -> None:
    message, words = BAD[name]
    found = problems(record(22, message))
    assert found
    assert all(field == "records" for field, _, _ in found)
    assert words in found[0][2]
    repr(read(record(22, message)).records), read(record(22, message)).summary()


def test_what_is_no_record_is_reported() -> None:
    (problem,) = problems(SERVER_HELLO + b"\x47\x03\x03\0\1x")
    assert problem[1] == 40 + len(SERVER_HELLO)
    assert "71 is no content type" in problem[2]


HOSTILE = {
    "64 KiB of empty records": b"\x17\3\3\0\0" * 13000,
    "64 KiB of empty messages": record(22, bytes(4) * 4000) * 4,
    "a hello of empty extensions": record(22, bytes(tls_handshake.ClientHello(
        extensions=b"\xaa\xaa\0\0" * 4000))),
    "a hello of cipher suites": record(22, bytes(tls_handshake.ClientHello(
        cipher_suites=[0x1301] * 8000))),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_the_work_grows_with_the_bytes_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = HOSTILE[name]
    made = 0
    plain = Many._headers

    def counting(*arguments):
        nonlocal made
        result = plain(*arguments)
        made += len(result[0])
        return result

    monkeypatch.setattr(Many, "_headers", counting)
    packet = netlab.dissect(data, netlab.TLS)
    packet.problems, packet.spans(), packet.summary()
    for _ in range(100):
        assert packet[netlab.TLS].records
        assert packet[netlab.TLS].server_name is None
    assert 0 < made <= len(data)


def everything(data: bytes) -> None:
    packet = segment(data)
    packet.problems, packet.spans(), repr(packet.layers), packet.summary(), packet.explain()
    for layer in packet.layers:
        if isinstance(layer, netlab.TLS):
            repr((layer.server_name, layer.alpn, layer.cipher_suites, layer.versions))


@given(st.binary(max_size=300), st.sampled_from([b"", b"\x16\3\1\1\0\1\0\0\xfc\3\3"]))
def test_any_bytes_are_read(data: bytes, before: bytes) -> None:
    everything(before + data)


@given(st.data())
def test_damaged_hellos_are_read(data: st.DataObject) -> None:
    damaged = bytearray(data.draw(st.sampled_from([CLIENT_HELLO, SERVER_HELLO])))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    everything(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))


@pytest.mark.needs("openssl")
def test_cipher_suites_have_the_names_that_openssl_knows() -> None:
    command = ["openssl", "ciphers", "-V", "-stdname", "ALL:COMPLEMENTOFALL:@SECLEVEL=0"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    theirs = {}
    for line in said.splitlines():
        code, _, name, *_ = line.split()
        theirs[int(code.replace(",0x", ""), 16)] = name
    both = CIPHER_SUITES.keys() & theirs.keys()
    assert len(both) > 40
    assert {code: CIPHER_SUITES[code] for code in both} == {code: theirs[code] for code in both}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, int]]:
    """An openssl that takes TLS connections, and where it listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=example.com"],
        check=True, capture_output=True,
    )  # fmt: skip
    command = [
        "openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-key", key, "-cert", certificate,
        "-alpn", "h2,http/1.1", "-quiet",
    ]  # fmt: skip
    running = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield "127.0.0.1", port
    finally:
        running.terminate()
        running.wait()


def answer(server: tuple[str, int], hello: tls_handshake.ClientHello) -> netlab.TLS:
    """What the server sends back first."""
    data = bytes(netlab.TLS(records=[tls.Handshake(version=0x0301, messages=[hello])]))
    for _ in range(100):
        try:
            with socket.create_connection(server, timeout=5) as connection:
                connection.sendall(data)
                return read(connection.recv(65535))
        except ConnectionRefusedError:  # it is still starting
            time.sleep(0.05)
    raise AssertionError("openssl does not listen")


ext = tls_extensions
OLD = tls_handshake.ClientHello(
    random=bytes(range(32)), cipher_suites=[0xC02B, 0xC02F],
    extensions=[
        ext.ServerName(server_names=[ext.HostName(host_name="example.com")]),
        ext.SupportedGroups(named_groups=["secp256r1"]), ext.ECPointFormats(point_formats=[0]),
        ext.SignatureAlgorithms(signature_algorithms=["ecdsa_secp256r1_sha256"]),
        ext.ALPN(protocol_names=[ext.ProtocolName(name="http/1.1"), ext.ProtocolName(name="h2")]),
        ext.ExtendedMasterSecret(), ext.SessionTicket(), ext.RenegotiationInfo(),
    ],
)  # fmt: skip
NEW = tls_handshake.ClientHello(
    random=bytes(range(32)), cipher_suites=["GREASE", "TLS_AES_128_GCM_SHA256"],
    extensions=[
        ext.SupportedVersions(versions=["TLS 1.3"]),
        ext.SupportedGroups(named_groups=["secp256r1"]),
        ext.SignatureAlgorithms(signature_algorithms=["ecdsa_secp256r1_sha256"]),
        ext.KeyShare(), ext.PskKeyExchangeModes(ke_modes=["psk_dhe_ke"]),
    ],
)  # fmt: skip


@pytest.mark.needs("openssl")
def test_openssl_answers_what_netlab_says(server: tuple[str, int]) -> None:
    found = answer(server, OLD)
    assert found.cipher_suites == ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",)
    assert (found.versions, found.alpn) == (("TLS 1.2",), ("h2",))
    kinds = [type(message).__name__ for each in found.records for message in each.messages]
    assert kinds[:2] == ["ServerHello", "Certificate"]
    (entry,) = found.records[1].messages[0].certificates
    assert b"example.com" in entry.certificate
    assert problems(bytes(found)) == []

    found = answer(server, NEW)
    assert found.versions == ("TLS 1.3",)
    assert found.server_hello.retry  # it wants a share in the group that was named
    (group,) = (e for e in found.server_hello.extensions if isinstance(e, ext.SelectedGroup))
    assert group.selected_group == 0x0017
    assert problems(bytes(found)) == []
