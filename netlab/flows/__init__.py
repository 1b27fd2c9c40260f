"""Flows: packets that belong together.  Fragments become packets again, segments streams.

for packet in flows.Reassembler().reassemble(netlab.read(path)):    # no fragments any more
for conversation in flows.conversations(netlab.read(path)):         # what was sent, received
for packet in packets: connections.add(packet)                      # who talks with whom
"""

from netlab.flows.connections import Connection, Connections, Traffic
from netlab.flows.conversation import Chunk, Conversation, End, Gap
from netlab.flows.findings import MEANINGS, Finding, Findings
from netlab.flows.fragmenting import fragment
from netlab.flows.fragments import Reassembled, Reassembler
from netlab.flows.parts import Part, part
from netlab.flows.pieces import Piece
from netlab.flows.streams import Streams, conversations

__all__ = [
    "MEANINGS", "Chunk", "Connection", "Connections", "Conversation", "End", "Finding", "Findings",
    "Gap", "Part", "Piece", "Reassembled", "Reassembler", "Streams", "Traffic", "conversations",
    "fragment", "part",
]  # fmt: skip
