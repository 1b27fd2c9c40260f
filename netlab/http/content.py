"""What a message's body is: unpacked, and read as its media type says."""

import codecs
import json
import zlib
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

MOST = 16 << 20
"""Bytes that a body may have when unpacked; more is a bomb, or none of a lesson's business."""


MOST_PAIRS = 10_000
"""Pairs in a form at most: who sends more wants to keep the receiver busy."""


class ContentError(ValueError):
    """A body that is not what its headers say, in one sentence."""


class MediaType(NamedTuple):
    """A Content-Type: `text/html; charset=utf-8` (RFC 9110 section 8.3.1)."""

    name: str
    parameters: dict[str, str]

    @classmethod
    def parse(cls, text: str) -> "MediaType":
        """The type and its parameters, names in lower case; quotes are taken off."""
        name, *rest = text.split(";")
        pairs = (part.partition("=") for part in rest if "=" in part)
        parameters = {key.strip().lower(): value.strip().strip('"') for key, _, value in pairs}
        return cls(name.strip().lower(), parameters)


WRAPPERS = {"gzip": 31, "x-gzip": 31, "deflate": 15}
"""How zlib is told which wrapper to expect, by content coding (RFC 9110 section 8.4.1)."""

RAW_DEFLATE = -15
"""Some servers send `deflate` without zlib's wrapper, against RFC 9110 section 8.4.1.2."""


def unpack(body: bytes, codings: tuple[str, ...], most: int = MOST) -> bytes:
    """The body without its content codings, at most so many bytes.

    ContentError for a coding that is not known, a damaged body, and one that is larger.
    """
    for coding in reversed(codings):
        if coding == "identity":
            continue
        if coding not in WRAPPERS:
            known = ", ".join(WRAPPERS)
            raise ContentError(f"Content-Encoding {coding} is not understood: {known} are")
        body = _inflate(body, coding, most)
    return body


def _inflate(body: bytes, coding: str, most: int) -> bytes:
    wrapper = WRAPPERS[coding]
    if coding == "deflate" and not (len(body) > 1 and int.from_bytes(body[:2]) % 31 == 0):
        wrapper = RAW_DEFLATE
    stream = zlib.decompressobj(wrapper)
    try:
        unpacked = stream.decompress(body, most)
    except zlib.error as error:
        raise ContentError(f"the body is not {coding}: {error}") from None
    if stream.unconsumed_tail:
        ratio = most // max(len(body), 1)
        raise ContentError(f"the body unpacks to more than {most} bytes, {ratio} times its size")
    if not stream.eof:
        raise ContentError(f"the body breaks off: its {coding} has no end")
    return unpacked


def text(body: bytes, media_type: MediaType) -> str:
    """The body as text, by its charset, else UTF-8, else Latin-1, which fits any bytes.

    ContentError for a charset that does not exist, or that the bytes are not in.
    """
    charset = media_type.parameters.get("charset", "")
    try:
        if charset and codecs.lookup(charset).name in NO_CHARSETS:
            raise LookupError
        return body.decode(charset or "utf-8")
    except UnicodeDecodeError as error:
        if charset:
            at = f"byte {error.start} is 0x{body[error.start]:02x}"
            raise ContentError(f"the body is not {charset}: {at}") from None
        return body.decode("latin-1")
    except (LookupError, ValueError):  # the latter of a name with a zero byte in it
        raise ContentError(f"there is no charset {charset!r}") from None


NO_CHARSETS = {"idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape"}
"""What `decode` takes and is none; some of them take quadratic time."""


def pretty(body: bytes, media_type: MediaType) -> Any:
    """The body as its type says: JSON as its value, a form as its pairs, text as text, and all
    else, images too, as bytes.  ContentError when it is not what its type says."""
    name = media_type.name
    if name == "application/json" or name.endswith("+json"):
        try:
            return json.loads(text(body, media_type))
        except (ValueError, RecursionError) as error:
            raise ContentError(f"the body is no JSON: {error}") from None
    if name == "application/x-www-form-urlencoded":
        form = text(body, media_type)
        if form.count("&") >= MOST_PAIRS:
            raise ContentError(f"the form has more than {MOST_PAIRS} pairs")
        return parse_qsl(form, keep_blank_values=True)
    if name.startswith("text/") or name.endswith(("+xml", "/xml", "/javascript")):
        return text(body, media_type)
    return body
