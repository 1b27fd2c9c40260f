"""fetch: real servers on loopback, and what goes wrong with them."""

import http.server
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from netlab.http import FetchError, fetch


class Pages(http.server.BaseHTTPRequestHandler):
    """Answers with what was asked, chunked when the path says so."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.answer(f"{self.command} {self.path} ".encode() + self.rfile.read(length))

    do_GET = do_POST  # noqa: N815

    def answer(self, data: bytes) -> None:
        self.send_response(200)
        if self.path == "/chunked":
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for byte in data:
                self.wfile.write(b"1\r\n%c\r\n" % byte)
            self.wfile.write(b"0\r\n\r\n")
        else:
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(wrap: Callable[[socket.socket], socket.socket] = lambda it: it) -> Iterator[int]:
    """A web server on loopback; the port."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        server.socket = wrap(server.socket)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def answering(answer: bytes, *, stall: float = 0) -> Iterator[int]:
    """A peer that takes one connection and says what it is told to; the port."""
    done = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.recv(65536)
                done.wait(stall)
                peer.sendall(answer)

        thread = threading.Thread(target=talk)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            done.set()
            thread.join()


def test_the_phases_of_http() -> None:
    with serving() as port:
        fetched = fetch(f"http://127.0.0.1:{port}/a?b=c")
        assert fetched.address == ("127.0.0.1", port)
    names = ["resolve", "connect", "send", "wait", "receive"]
    assert [phase.name for phase in fetched.phases] == names
    for earlier, later in zip(fetched.phases, fetched.phases[1:], strict=False):
        assert earlier.begin + earlier.took <= later.begin
    assert fetched.response.body == b"GET /a?b=c "
    assert fetched.request.headers["host"] == f"127.0.0.1:{port}"


def test_chunks_and_a_body_of_our_own() -> None:
    with serving() as port:
        fetched = fetch(f"http://127.0.0.1:{port}/chunked", method="POST", body=b"abc")
    assert fetched.response.framing == "chunked"
    assert fetched.response.body == b"POST /chunked abc"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost that signs itself, with its key in the same file."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    key = path.with_name("key.pem")
    files = ["-keyout", str(key), "-out", str(path)]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    path.write_text(path.read_text() + key.read_text())
    return path


@pytest.mark.needs("openssl")
def test_https_has_a_phase_for_tls(certificate: Path) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    with serving(lambda it: server.wrap_socket(it, server_side=True)) as port:
        trust = ssl.create_default_context(cafile=str(certificate))
        fetched = fetch(f"https://localhost:{port}/", context=trust)
        assert "tls" in [phase.name for phase in fetched.phases]
        assert fetched.response.body == b"GET / "
        with pytest.raises(FetchError, match=r"tls failed: .*self.signed"):
            fetch(f"https://localhost:{port}/")


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(FetchError, match=r"connect failed: .*refused"):
        fetch(f"http://127.0.0.1:{port}/")


def test_a_silent_server() -> None:
    with answering(b"", stall=5) as port, pytest.raises(FetchError, match=r"wait failed: .*long"):
        fetch(f"http://127.0.0.1:{port}/", timeout=0.1)


def test_a_server_that_hangs_up() -> None:
    with answering(b"") as port, pytest.raises(FetchError, match="without an answer"):
        fetch(f"http://127.0.0.1:{port}/")


def test_an_answer_that_breaks_off_is_told_in_its_problems() -> None:
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc") as port:
        fetched = fetch(f"http://127.0.0.1:{port}/")
    assert [problem.name for problem in fetched.response.problems] == ["body-cut"]


@pytest.mark.parametrize(
    ("url", "options", "words"),
    [
        ("example.com", {}, "takes the form http://host/path"),
        ("ftp://example.com/", {}, "takes the form"),
        ("http://a:99999/", {}, "[Pp]ort"),
        ("http://a/", {"headers": {"X": "1\r\nY: 2\r\n\r\nGET / HTTP/1.1\r\nHost: b"}}, "another"),
        ("http://a/", {"headers": {"X Y": "1"}}, "no header line"),
        ("http://a/", {"headers": {"X": "\u2713"}}, "cannot stand in a request"),
        ("http://a/b c", {}, "no request line"),
    ],
)
def test_what_would_be_no_sound_request_is_not_sent(
    url: str, options: dict[str, dict[str, str]], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        fetch(url, **options)
