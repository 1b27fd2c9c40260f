"""HTTP/1.1 as a teaching analyser reads it: messages cut out of a stream, and what is wrong with
them, each problem with the attack that it enables."""

from netlab.http.client import Fetched, FetchError, Phase, fetch
from netlab.http.content import ContentError, MediaType
from netlab.http.headers import Headers
from netlab.http.messages import (
    Exchange,
    Message,
    Request,
    Response,
    exchanges,
    requests,
    responses,
)
from netlab.http.parts import Part, framing, parts
from netlab.http.problems import KINDS, Problem

__all__ = [
    "KINDS", "ContentError", "Exchange", "FetchError", "Fetched", "Headers", "MediaType", "Message",
    "Part", "Phase", "Problem", "Request", "Response", "exchanges", "fetch", "framing", "parts",
    "requests", "responses",
]  # fmt: skip
