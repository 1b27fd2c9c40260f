"""HttpExplorer: an HTTP message, its parts, its bytes and its body, all showing the same."""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from typing import Any

import traitlets

from netlab.counts import counted
from netlab.dump import hexdump
from netlab.http import (
    ContentError,
    Exchange,
    Fetched,
    Message,
    framing,
    parts,
    requests,
    responses,
)
from netlab.widgets.static import GAP, LINE, image, sheet, text, tile
from netlab.widgets.widget import Widget

MOST_BYTES, MOST_TEXT, MOST_IMAGE, MOST_ROWS = 4096, 20_000, 1 << 20, 1000
"""What a page shows with ease: bytes as numbers, characters, bytes of an image, rows of a form."""

LAYERS = {
    "start line": "application", "header": "internet", "trailer": "internet",
    "chunk size": "transport", "last chunk": "transport", "chunk end": "transport",
    "body": "payload", "chunk": "payload",
}  # fmt: skip
"""The colour of each kind of part, from the palette; the others have that of the link."""

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml")


class HttpExplorer(Widget, files="http_explorer"):
    """Look into HTTP messages: the start line, each header with a word on it, what says where the
    body ends, chunks, the bytes; the body as its type says; what is wrong, and which attack that
    enables.

    what     a message or an exchange, or several, what `fetch` brought, or a stream's bytes
    message  which message is shown, counted from 0
    part     which of its parts is marked, counted from 0

    `message` and `part` can be set and read while it is on screen.  ValueError when there is no
    message, `traitlets.TraitError` for one, or a part, that does not exist.
    """

    message = traitlets.Int(0).tag(sync=True)
    part = traitlets.Int(0).tag(sync=True)
    _titles: Any = traitlets.List().tag(sync=True)
    _detail = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        what: Message | Exchange | Fetched | bytes | Iterable[Message | Exchange],
        message: int = 0,
    ) -> None:
        self._messages = list(_each(what))
        if not self._messages:
            raise ValueError("there is no HTTP message to explore")
        super().__init__(_titles=[_title(one) for one in self._messages])
        self._show_message()
        self.message = message

    @traitlets.validate("message", "part")
    def _exists(self, proposal: Any) -> int:
        name, value = proposal["trait"].name, proposal["value"]
        count = len(self._messages if name == "message" else self._detail["parts"])
        if not 0 <= value < count:
            raise traitlets.TraitError(f"{name} {value} does not exist: there are 0 to {count - 1}")
        return int(value)

    @traitlets.observe("message")
    def _show_message(self, _: Any = None) -> None:
        with self.hold_sync():
            self._detail = _detail(self._messages[self.message])
            self.part = 0

    def _still(self) -> str:
        shown = self._messages[self.message]
        return image(_svg(self._detail, _title(shown)), f"HTTP message: {shown}")

    def __repr__(self) -> str:
        shown = self._messages[self.message]
        return f"HttpExplorer({counted(len(self._messages), 'message')}, showing {_title(shown)})"


def _each(
    what: Message | Exchange | Fetched | bytes | Iterable[Message | Exchange],
) -> Iterator[Message]:
    """The messages in the order in which they were sent."""
    if isinstance(what, Message):
        yield what
    elif isinstance(what, Exchange):
        yield from (what.request, *what.responses)
    elif isinstance(what, Fetched):
        yield from (what.request, what.response)
    elif isinstance(what, bytes):
        yield from (responses if what.startswith(b"HTTP/") else requests)(what)
    else:
        for one in what:
            yield from _each(one)  # type: ignore[arg-type]  # mypy takes a Fetched for a list


def _title(message: Message) -> str:
    mark = "✘ " if message.refused else "⚠ " if message.problems else ""
    return f"{mark}{message}"[:120]


def _detail(message: Message) -> dict[str, Any]:
    """All that the browser needs to show one message."""
    found = [
        {
            "kind": part.kind, "start": part.start - message.start, "end": part.end - message.start,
            "layer": LAYERS.get(part.kind, "link"), "says": part.says,
            "text": _text(message.raw[part.start - message.start : part.end - message.start]),
        }
        for part in parts(message)
    ]  # fmt: skip
    problems = [
        [
            f"{one.kind.says}{f' ({one.detail})' if one.detail else ''}", one.kind.enables,
            one.kind.rfc, one.refused, max(0, one.offset - message.start),
        ]
        for one in message.problems
    ]  # fmt: skip
    return {
        "parts": found, "problems": problems, "framing": framing(message),
        "hex": message.raw[:MOST_BYTES].hex(), "bytes": len(message.raw), "body": _body(message),
    }  # fmt: skip


def _text(data: bytes) -> str:
    """What a part says, in one line."""
    shown = data[:200].decode("latin-1").rstrip("\r\n")
    return "".join(c if c.isprintable() else "·" for c in shown) + ("…" if len(data) > 200 else "")


def _body(message: Message) -> dict[str, Any]:
    """The body as its type says, and how it came to be."""
    if not message.body:
        return {"kind": "none", "says": "no body"}
    kind = message.media_type.name
    coding = message.headers.get("content-encoding")
    says = f"{kind}, {counted(len(message.body), 'byte')}" + (
        f", unpacked from {coding}" if coding else ""
    )
    try:
        data, read = message.unpacked, message.content
    except ContentError as error:
        dump = repr(hexdump(message.body[:1024]))
        return {"kind": "text", "says": f"{says}: {error}", "text": dump}
    if kind in PICTURES and len(data) <= MOST_IMAGE:
        url = f"data:{kind};base64,{b64encode(data).decode()}"
        return {"kind": "image", "says": says, "url": url}
    if kind == "application/x-www-form-urlencoded":
        return {"kind": "form", "says": says, "rows": read[:MOST_ROWS]}
    if isinstance(read, bytes):
        return {"kind": "text", "says": says, "text": repr(hexdump(read[:1024]))}
    shown = read if isinstance(read, str) else json.dumps(read, indent=2, ensure_ascii=False)
    if len(shown) > MOST_TEXT:
        says += f"; the first {MOST_TEXT} characters"
    return {"kind": "text", "says": says, "text": shown[:MOST_TEXT]}


def _svg(detail: dict[str, Any], title: str) -> str:
    """The parts, what is wrong, and the beginning of a body of text."""
    drawn, top = [], LINE + GAP
    for part in detail["parts"][:30]:
        drawn.append(tile(8, top, 100, part["kind"], part["layer"]))
        drawn.append(text(116, top, part["text"][:88], "code"))
        top += LINE + 2
    if len(detail["parts"]) > 30:
        drawn.append(text(8, top, f"and {len(detail['parts']) - 30} more parts", "faint"))
        top += LINE
    drawn.append(text(8, top, f"{detail['framing']}; {detail['body']['says']}"[:105], "faint"))
    top += LINE + GAP
    for says, enables, *_ in detail["problems"][:8]:
        drawn.append(text(8, top, f"⚠ {says}. {enables}"[:105]))
        top += LINE
    for line in detail["body"].get("text", "").splitlines()[:14]:
        drawn.append(text(8, top, line[:90], "code"))
        top += LINE
    return sheet(title, top + GAP, drawn)
