"""Verdicts that were recorded, for machines that have no kernel to ask."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from netlab.kernel import KernelError
from netlab.packet import Packet, dissect
from netlab.referee.verdict import Verdict

FILE = Path(__file__).parents[1] / "data" / "verdicts.json"


def write(verdicts: Iterable[Verdict], path: Path = FILE) -> None:
    """Record verdicts, each under the bytes of its packet."""
    told = {
        verdict.packet.data.hex(): {
            "answers": [answer.data.hex() for answer in verdict.answers],
            "counters": verdict.counters,
            "received": verdict.received.hex(),
            "refused": verdict.refused,
        }
        for verdict in verdicts
    }
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="ascii")


def recall(data: bytes | Packet) -> Verdict:
    """The recorded verdict on these very bytes.  KernelError when there is none."""
    data = bytes(data)
    told: dict[str, Any] = json.loads(FILE.read_text(encoding="ascii"))
    if data.hex() not in told:
        raise KernelError(
            "namespaces",
            "this machine has no kernel to ask, and no verdict on these bytes is recorded",
            "netlab doctor says what the machine needs",
        )
    verdict = told[data.hex()]
    return Verdict(
        dissect(data, "raw"),
        tuple(dissect(bytes.fromhex(answer), "raw") for answer in verdict["answers"]),
        verdict["counters"],
        bytes.fromhex(verdict["received"]),
        verdict["refused"],
    )
