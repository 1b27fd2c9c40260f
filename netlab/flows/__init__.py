"""Flows: packets that belong together.  Fragments become packets again.

for packet in flows.Reassembler().reassemble(netlab.read(path)):    # no fragments any more
"""

from netlab.flows.findings import MEANINGS, Finding, Findings
from netlab.flows.fragmenting import fragment
from netlab.flows.fragments import Reassembled, Reassembler
from netlab.flows.parts import Part, part
from netlab.flows.pieces import Piece

__all__ = [
    "MEANINGS", "Finding", "Findings", "Part", "Piece", "Reassembled", "Reassembler",
    "fragment", "part",
]  # fmt: skip
