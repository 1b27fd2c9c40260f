"""Fetch a page over a socket, phase by phase: what a browser does, with nothing hidden."""

import socket
import ssl
import time
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from netlab.capture import CaptureError
from netlab.capture.live import Live
from netlab.http.messages import Request, Response, requests, responses
from netlab.packet import Packet

MOST = 16 << 20
"""Bytes of an answer at most."""

LATE = 0.4
"""Seconds within which the last packets come, once the connection is closed."""

PORTS = {"http": 80, "https": 443}


class FetchError(Exception):
    """A page that could not be fetched, in one sentence: in which phase, and why."""


class Phase(NamedTuple):
    """A part of the work: its name, when it began and how long it took, in nanoseconds from the
    first phase's beginning."""

    name: str
    begin: int
    took: int

    def __str__(self) -> str:
        return f"{self.name:10} {self.took / 1e6:8.2f} ms"


class Fetched(NamedTuple):
    """What was asked and answered, and the phases in order.

    address  the IP address and port that answered
    local    our own end: together they name the connection in a capture
    packets  the connection's packets, None when they were not captured
    lacking  why they were not, as a sentence
    """

    request: Request
    response: Response
    phases: tuple[Phase, ...]
    address: tuple[str, int]
    local: tuple[str, int]
    packets: tuple[Packet, ...] | None = None
    lacking: str = "nobody asked for them: fetch(url, capture=INTERFACE)"

    def __str__(self) -> str:
        lines = [f"{self.request}", *map(str, self.phases), f"{self.response}"]
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)


class _Clock:
    """Notes what each phase takes; an error that ends a phase is told with the phase's name."""

    def __init__(self, url: str) -> None:
        self.url, self.phases, self.begin = url, list[Phase](), time.perf_counter_ns()
        self.name = ""

    def __call__(self, name: str) -> "_Clock":
        self.name = name
        return self

    def __enter__(self) -> None:
        self.started = time.perf_counter_ns()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        took = time.perf_counter_ns() - self.started
        self.phases.append(Phase(self.name, self.started - self.begin, took))
        if isinstance(error, OSError):
            reason = "it took too long" if isinstance(error, TimeoutError) else error
            raise FetchError(f"{self.url}: {self.name} failed: {reason}") from None


def fetch(
    url: str,
    *,
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    timeout: float = 10,
    context: ssl.SSLContext | None = None,
    capture: str = "",
) -> Fetched:
    """Ask for `url` and read the answer; every phase may take `timeout` seconds.

    The phases: resolve the name, connect, tls (with https), send, wait for the first byte,
    receive.  The server is asked to close the connection, which marks the end.  Redirections are
    not followed: they are answers like others.  `context` says whom to trust, by default whom
    the system trusts.  `capture` names an interface on which the connection's packets are recorded
    meanwhile, where that is permitted.  FetchError when a phase fails, ValueError for a URL that
    is none.
    """
    parts = _parts(url)
    question = _question(parts, method, headers or {}, body)
    phase = _Clock(url)
    port = parts.port or PORTS[parts.scheme]
    live, lacking = _live(capture, port)
    try:
        fetched = _talk(parts, question, phase, timeout, context, method)
        if live is None:
            return fetched._replace(lacking=lacking) if lacking else fetched
        return fetched._replace(packets=_recorded(live, fetched), lacking="")
    finally:
        if live:
            live.close()


def _live(interface: str, port: int) -> tuple[Live | None, str]:
    """A capture that has begun, or why there is none."""
    try:
        return (Live(interface, filter=f"tcp port {port}") if interface else None), ""
    except CaptureError as error:
        return None, str(error)


def _recorded(live: Live, fetched: Fetched) -> tuple[Packet, ...]:
    """The packets of the connection among those that were captured; the last ones come a little
    after it was closed."""
    ends = {fetched.address, fetched.local}
    found, end = [], time.monotonic() + LATE
    while time.monotonic() < end and (packet := live.receive(LATE / 4)):
        source, target, _, source_port, target_port = packet.five_tuple
        if {(source, source_port), (target, target_port)} == ends:
            found.append(packet)
    return tuple(found)


def _talk(
    parts: SplitResult,
    question: bytes,
    phase: _Clock,
    timeout: float,
    context: ssl.SSLContext | None,
    method: str,
) -> Fetched:
    url, port = phase.url, parts.port or PORTS[parts.scheme]
    with phase("resolve"):
        family, kind, protocol, _, place = socket.getaddrinfo(
            parts.hostname, port, type=socket.SOCK_STREAM
        )[0]
    connection = socket.socket(family, kind, protocol)
    try:
        connection.settimeout(timeout)
        with phase("connect"):
            connection.connect(place)
        local, remote = connection.getsockname()[:2], connection.getpeername()[:2]
        if parts.scheme == "https":
            with phase("tls"):
                trust = context or ssl.create_default_context()
                connection = trust.wrap_socket(connection, server_hostname=parts.hostname)
        with phase("send"):
            connection.sendall(question)
        with phase("wait"):
            answer = bytearray(connection.recv(65536))
        with phase("receive"):
            while len(answer) <= MOST and (more := connection.recv(65536)):
                answer += more
    finally:
        connection.close()
    if len(answer) > MOST:
        raise FetchError(f"{url}: the answer has more than {MOST} bytes")
    found = responses(bytes(answer), [method])
    if not found:
        raise FetchError(f"{url}: the server closed the connection without an answer")
    asked = requests(question)[0]
    return Fetched(asked, found[-1], tuple(phase.phases), remote, local)


def _parts(url: str) -> SplitResult:
    parts = urlsplit(url)
    try:
        usable = parts.scheme in PORTS and parts.hostname and parts.port != 0
    except ValueError as error:
        raise ValueError(f"{url!r}: {error}") from None
    if not usable:
        raise ValueError(f"{url!r} is no URL to fetch: it takes the form http://host/path")
    return parts


def _question(parts: SplitResult, method: str, headers: Mapping[str, str], body: bytes) -> bytes:
    """The request's bytes; ValueError for what would make it another one."""
    target = parts.path or "/"
    if parts.query:
        target += f"?{parts.query}"
    fields = {"Host": parts.netloc.rpartition("@")[2], "User-Agent": "netlab", "Accept": "*/*"}
    fields |= {"Connection": "close"} | ({"Content-Length": str(len(body))} if body else {})
    lines = [f"{method} {target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in (fields | dict(headers)).items()]
    try:
        question = "\r\n".join([*lines, "", ""]).encode("latin-1") + body
    except UnicodeEncodeError as error:
        raise ValueError(f"{error.object[error.start]!r} cannot stand in a request") from None
    read = requests(question)
    if read[0].refused or read[0].end != len(question):
        reasons = "; ".join(map(str, read[0].problems))
        raise ValueError(f"this would be no sound request: {reasons or 'it holds another one'}")
    return question
