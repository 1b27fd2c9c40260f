"""A small web site on loopback: real answers of each kind, to try a client on."""

import gzip
import http.server
import json
import struct
import threading
import zlib
from collections.abc import Mapping
from typing import NamedTuple, Self
from urllib.parse import parse_qsl

MOST = 65536
"""Bytes of a form at most."""

HOME = """<!doctype html>
<html lang="en">
<head><title>Café Übersee</title></head>
<body><h1>Grüße aus dem Café Übersee</h1></body>
</html>
"""

MENU = {"coffee": 2.5, "tea": 2.0, "cake": ["apple", "plum"]}

STORY = "It was a dark and stormy night. " * 100

LETTER = """
................
.##############.
.##..........##.
.#.##......##.#.
.#...##..##...#.
.#.....##.....#.
.#............#.
.#............#.
.##############.
................
"""
"""A picture, a letter a pixel."""


def png(drawing: str, scale: int = 8) -> bytes:
    """A drawing of dots and hashes as a PNG in black and white, each letter a square of pixels."""
    rows = drawing.split()
    width, height = len(rows[0]) * scale, len(rows) * scale
    bits = [int("".join(("1", "0")[c == "#"] * scale for c in row), 2) for row in rows]
    lines = b"".join((b"\0" + bit.to_bytes(width // 8)) * scale for bit in bits)
    header = struct.pack("!IIBBBBB", width, height, 1, 0, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(lines, 0)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))
        for name, data in parts
    )


class Page(NamedTuple):
    """What is answered: a body, its type, further headers, the status."""

    body: bytes
    media_type: str = "text/plain"
    headers: tuple[tuple[str, str], ...] = ()
    status: int = 200


PAGES: Mapping[str, Page] = {
    "/": Page(
        HOME.encode(), "text/html; charset=utf-8",
        (("Set-Cookie", "theme=dark"), ("Set-Cookie", "table=4; Path=/")),
    ),
    "/menu": Page(json.dumps(MENU).encode(), "application/json"),
    "/picture": Page(png(LETTER), "image/png"),
    "/story": Page(
        gzip.compress(STORY.encode(), mtime=0), headers=(("Content-Encoding", "gzip"),)
    ),
    "/old": Page(b"moved to /\n", headers=(("Location", "/"),), status=301),
}  # fmt: skip

NEWS = ("It rains. ", "It still rains. ", "The sun is out at last!\n")
"""The chunks of /news, whose length nobody knows when its first word is sent."""


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers one connection after the other, and keeps each open as HTTP/1.1 does."""

    protocol_version = "HTTP/1.1"
    timeout = 10

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if "Content-Length" in self.headers or "Transfer-Encoding" in self.headers:
            self.close_connection = True  # a body that is not read must not be the next request
        if path == "/news":
            self.send_news()
        else:
            missing = Page(b"there is no such page\n", status=404)
            self.send_page(PAGES.get(path, missing))

    do_HEAD = do_GET  # noqa: N815

    def do_POST(self) -> None:
        """A form to /order is answered with what was understood of it, as JSON."""
        lengths = self.headers.get_all("Content-Length", ["0"])
        sound = len(lengths) == 1 and lengths[0].isascii() and lengths[0].isdigit()
        if not sound or "Transfer-Encoding" in self.headers or int(lengths[0]) > MOST:
            self.close_connection = True  # nobody knows where the next request begins
            self.send_page(Page(b"give one Content-Length of at most 65536\n", status=400))
            return
        body = self.rfile.read(int(lengths[0])).decode("latin-1")
        if self.path == "/order":
            order = json.dumps(parse_qsl(body, keep_blank_values=True))
            self.send_page(Page(order.encode(), "application/json"))
        else:
            self.send_page(Page(b"send a form to /order\n", status=405))

    def send_status(self, status: int) -> None:
        """The beginning of each answer.  Without a clock there is no Date (RFC 9110 section
        6.6.1), and a lesson's answers are the same each time."""
        self.send_response_only(status)
        self.send_header("Server", "netlab")

    def send_page(self, page: Page) -> None:
        self.send_status(page.status)
        self.send_header("Content-Type", page.media_type)
        self.send_header("Content-Length", str(len(page.body)))
        for name, value in page.headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(page.body)

    def send_news(self) -> None:
        """Chunk by chunk (RFC 9112 section 7.1)."""
        self.send_status(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if self.command != "HEAD":
            for news in (*NEWS, ""):
                self.wfile.write(f"{len(news):x}\r\n{news}\r\n".encode())

    def version_string(self) -> str:
        return "netlab"

    def log_message(self, *_: object) -> None:
        """A lesson's output holds no log."""


class Site:
    """`with Site() as site:` serves on loopback until the block, or `close()`, ends it.

    url      such as "http://127.0.0.1:50123"
    address  its IP address and port

    / is HTML with cookies, /menu JSON, /picture PNG, /story gzipped, /news chunked, /old moved;
    /order takes a form.
    """

    def __init__(self) -> None:
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address: tuple[str, int] = ("127.0.0.1", self._server.server_port)
        self.url = "http://{}:{}".format(*self.address)
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Take no more connections."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
