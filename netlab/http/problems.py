"""What can be wrong with an HTTP/1.1 message, each with the attack that it enables.

The table is the one place that says how bad something is; the reader only names what it finds.
"""

from typing import NamedTuple


class Kind(NamedTuple):
    """Something that can be wrong: what it is, what it enables, whether a receiver must refuse
    the message, and where the RFC says so."""

    says: str
    enables: str
    refused: bool
    rfc: str


class Problem(NamedTuple):
    """Something wrong with a message: which kind, at which byte of the stream, and what exactly."""

    name: str
    offset: int
    detail: str

    @property
    def kind(self) -> Kind:
        """The row of the table that this is a case of."""
        return KINDS[self.name]

    @property
    def refused(self) -> bool:
        """Whether a receiver must refuse the message."""
        return self.kind.refused

    def __str__(self) -> str:
        detail = f" ({self.detail})" if self.detail else ""
        return (
            f"byte {self.offset}: {self.kind.says}{detail}. {self.kind.enables} [{self.kind.rfc}]"
        )


SMUGGLING = "Request smuggling: two programs on the way disagree where the message ends"
SPLITTING = "Response splitting: whoever controls the value writes headers of their own"
HIDING = "One program on the way sees the header, another does not: filters can be passed"
EXHAUSTION = "Exhaustion: the receiver keeps all of it in memory before it can judge it"
CONFUSION = "Two programs may read it differently"
CACHE = "Cache poisoning and password-reset attacks: which host is meant is open"

KINDS = {
    "start-line": Kind(
        "this is no request line and no status line", CONFUSION, True, "RFC 9112 sections 3 and 4"
    ),
    "empty-line": Kind(
        "an empty line stands before the message", CONFUSION, False, "RFC 9112 section 2.2"
    ),
    "version": Kind("the version is not HTTP/1.0 or 1.1", CONFUSION, False, "RFC 9112 section 2.3"),
    "status": Kind("there is no such status", CONFUSION, True, "RFC 9110 section 15"),
    "status-class": Kind("no class of statuses begins so", CONFUSION, False, "RFC 9110 section 15"),
    "bare-lf": Kind(
        "a line ends in LF without CR", SMUGGLING, False, "RFC 9112 sections 2.2 and 11.2"
    ),
    "bare-cr": Kind("a CR stands without LF", SPLITTING, True, "RFC 9112 section 2.2"),
    "nul": Kind("a NUL byte stands in the head", HIDING, True, "RFC 9110 section 5.5"),
    "control": Kind("a control character stands in a value", HIDING, False, "RFC 9110 section 5.5"),
    "long-line": Kind("a line is very long", EXHAUSTION, False, "RFC 9110 sections 4.1 and 17.5"),
    "header-line": Kind("this is no header line", HIDING, True, "RFC 9112 section 5"),
    "space-before-colon": Kind(
        "white space stands between a header's name and the colon",
        SMUGGLING, True, "RFC 9112 section 5.1",
    ),
    "obs-fold": Kind("a header goes on in a second line", HIDING, False, "RFC 9112 section 5.2"),
    "fold-first": Kind(
        "white space stands before the first header", SMUGGLING, True, "RFC 9112 section 2.2"
    ),
    "head-cut": Kind("the blank line after the headers is missing", CONFUSION, True,
                     "RFC 9112 section 8"),
    "host": Kind("a request has exactly one Host", CACHE, True, "RFC 9112 section 3.2"),
    "length": Kind("Content-Length is no number", SMUGGLING, True, "RFC 9112 section 6.3"),
    "length-conflict": Kind(
        "Content-Length is given twice, and differs", SMUGGLING, True, "RFC 9112 section 6.3"
    ),
    "length-repeated": Kind(
        "Content-Length is given twice, with the same number", SMUGGLING, False,
        "RFC 9110 section 8.6",
    ),
    "length-and-coding": Kind(
        "Content-Length stands beside Transfer-Encoding, which wins", SMUGGLING, False,
        "RFC 9112 sections 6.3 and 11.2",
    ),
    "coding": Kind(
        "a transfer coding other than chunked is not understood", SMUGGLING, True,
        "RFC 9112 section 6.1",
    ),
    "coding-repeated": Kind(
        "Transfer-Encoding is given twice", SMUGGLING, True, "RFC 9112 section 6.1"
    ),
    "coding-in-1.0": Kind(
        "HTTP/1.0 knows no Transfer-Encoding", SMUGGLING, False, "RFC 9112 section 6.1"
    ),
    "chunk-size": Kind("this is no chunk size", SMUGGLING, True, "RFC 9112 section 7.1"),
    "chunk-end": Kind("CRLF must follow a chunk's data", SMUGGLING, True, "RFC 9112 section 7.1"),
    "body-cut": Kind("the body breaks off", CONFUSION, True, "RFC 9112 section 8"),
}  # fmt: skip
