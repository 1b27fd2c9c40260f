"""netlab: a teaching kit for network protocols."""

from importlib import import_module
from typing import Any

from netlab.capture import CaptureError, read, write
from netlab.packet import Packet, Problem, dissect
from netlab.wire import *  # noqa: F403  every protocol by its name: netlab.TCP
from netlab.wire import __all__ as _protocols

__version__ = "0.1.0"

_LATER = {
    "PacketExplorer": "netlab.widgets.packet_explorer",
    "check": "netlab.grading",
}
"""What loads numpy, matplotlib or ipywidgets, and so is imported when it is first used."""

__all__ = [  # noqa: PLE0604
    "CaptureError", "Packet", "Problem", "dissect", "read", "write", *_protocols, *_LATER,
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _LATER:
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module 'netlab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_LATER])
