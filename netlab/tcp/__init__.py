"""TCP as RFC 9293 has it: the state table, and an endpoint that is driven by it."""

from netlab.tcp.endpoint import Endpoint
from netlab.tcp.segment import Segment
from netlab.tcp.states import Event, Machine, Refused, State
from netlab.tcp.table import table

__all__ = ["Endpoint", "Event", "Machine", "Refused", "Segment", "State", "table"]
