"""netlab: a teaching kit for network protocols."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from netlab.capture import CaptureError, read, write
from netlab.dump import hexdump
from netlab.packet import Packet, Problem, dissect
from netlab.wire import *  # noqa: F403  every protocol by its name: netlab.TCP
from netlab.wire import __all__ as _protocols

if TYPE_CHECKING:
    from pathlib import Path

__version__ = "0.1.0"

_LATER = {
    "BitField": "netlab.widgets",
    "ChecksumStepper": "netlab.widgets",
    "Dashboard": "netlab.widgets",
    "EncapsulationStepper": "netlab.widgets",
    "FragmentationExplorer": "netlab.widgets",
    "HttpExplorer": "netlab.widgets",
    "NetworkSimulator": "netlab.widgets",
    "PacketExplorer": "netlab.widgets",
    "SequenceLadder": "netlab.widgets",
    "StateExplorer": "netlab.widgets",
    "check": "netlab.grading",
    "course": "netlab.lessons",
    "figures": "netlab",
    "flows": "netlab",
    "http": "netlab",
    "monitor": "netlab",
    "glossary": "netlab.terms",
    "personal": "netlab.practice",
    "predict": "netlab.widgets",
    "puzzle": "netlab.grading",
    "quiz": "netlab.widgets",
    "table": "netlab.columns",
    "referee": "netlab",
}
"""What loads numpy, matplotlib, ipywidgets or much else, and so is imported when first used."""

__all__ = [
    "CaptureError", "Packet", "Problem", "dissect", "hexdump", "read", "recording", "write",
    *_protocols, *_LATER,
]  # fmt: skip


def recording(name: str) -> "Path":
    """The path of a capture that comes with the kit, such as "http.pcap".

    `netlab/data/README.md` says what is in each.  CaptureError naming them when there is no such.
    """
    from pathlib import Path  # takes long to load

    folder = Path(__file__).parent / "data"
    if not (folder / name).is_file():
        known = ", ".join(sorted(path.name for path in folder.glob("*.pcap*")))
        raise CaptureError(f"no recording is called {name!r}: there are {known}")
    return folder / name


def __getattr__(name: str) -> Any:
    if name in _LATER:
        if _LATER[name] == "netlab":
            return import_module(f"netlab.{name}")
        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module 'netlab' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *_LATER])
