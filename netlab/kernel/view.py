"""The two ends of one connection side by side: our variables, and what the kernel tells of its."""

import socket
from collections.abc import Callable
from html import escape
from typing import Any, NamedTuple

from netlab.kernel.sockets import tcp_info
from netlab.tcp import Endpoint
from netlab.tcp.congestion import UNLIMITED

MILLISECOND = 1_000_000


class Row(NamedTuple):
    """One thing that both know: its name, ours, the kernel's."""

    name: str
    ours: str
    kernels: str


def _segments(count: int, mss: int) -> str:
    return "not yet set" if count >= UNLIMITED else f"{count / mss:.1f}".removesuffix(".0")


def _received(endpoint: Endpoint) -> int:
    receiver = endpoint.receiver
    return receiver.rcv_nxt - receiver.irs - 1 if receiver else 0


def _acknowledged(endpoint: Endpoint) -> int:
    return max(endpoint.sender.snd_una - endpoint.sender.iss - 1, 0)


def _milliseconds(time: int | None) -> str:
    return "not yet measured" if time is None else f"{time / MILLISECOND:.1f}"


ROWS: tuple[tuple[str, Callable[[Endpoint], Any], Callable[[dict[str, Any]], Any]], ...] = (
    ("state", lambda ours: ours.state, lambda info: info["state"]),
    ("segments allowed on their way (cwnd)",
     lambda ours: _segments(ours.congestion.cwnd, ours.sender.mss), lambda info: info["snd_cwnd"]),
    ("slow start up to (ssthresh)",
     lambda ours: _segments(ours.congestion.ssthresh, ours.sender.mss),
     lambda info: info["snd_ssthresh"] or "not yet set"),
    ("segments not acknowledged",
     lambda ours: _segments(ours.sender.board.outstanding, ours.sender.mss),
     lambda info: info["unacked"]),
    ("bytes acknowledged, a FIN is one", _acknowledged, lambda info: info["bytes_acked"]),
    ("bytes received, a FIN is one", _received, lambda info: info["bytes_received"]),
    ("bytes that the other side takes", lambda ours: ours.sender.snd_wnd,
     lambda info: info["snd_wnd"]),
    ("round trip in ms (SRTT)", lambda ours: _milliseconds(ours.sender.timeout.srtt),
     lambda info: f"{info['rtt'] / 1000:.1f}"),
    ("timeout in ms (RTO)", lambda ours: _milliseconds(ours.sender.timeout.rto),
     lambda info: f"{info['rto'] / 1000:.1f}"),
    ("largest payload (MSS)", lambda ours: ours.sender.mss, lambda info: info["snd_mss"]),
)  # fmt: skip
"""What is compared: its name, how we know it, and where it stands in TCP_INFO."""


class View(list[Row]):
    """A connection as each end sees it at a moment: a table in a notebook, lines in a terminal."""

    def __str__(self) -> str:
        lines = [("", "netlab", "Linux"), *self]
        widths = [max(len(line[column]) for line in lines) for column in (0, 1)]
        return "\n".join(f"{a:{widths[0]}}  {b:{widths[1]}}  {c}" for a, b, c in lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th style="text-align:left">{escape(name)}</th>'
            f"<td>{escape(ours)}</td><td>{escape(kernels)}</td></tr>"
            for name, ours, kernels in self
        )
        return f"<table><tr><th></th><th>netlab</th><th>Linux</th></tr>{rows}</table>"


def side_by_side(endpoint: Endpoint, kernels: socket.socket) -> View:
    """Our end of a connection and the kernel's, as they are now."""
    info = tcp_info(kernels)
    return View(Row(name, str(ours(endpoint)), str(theirs(info))) for name, ours, theirs in ROWS)
