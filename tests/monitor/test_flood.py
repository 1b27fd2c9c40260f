"""A flood of conversations: memory has a bound, and every packet is accounted for."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench"

CODE = """
import sys
sys.path.insert(0, sys.argv[1])
import flood
from netlab.flows import Connections
from netlab.monitor import Monitor

counter = {"Connections": Connections, "Monitor": Monitor}[sys.argv[2]]
counter = counter(max_connections=10_000)
count = int(sys.argv[3])
_, grown = flood.drown(counter, count)
connections = getattr(counter, "connections", counter)
kept = sum(connection.packets for connection in connections)
print(grown, kept + connections.left.packets, connections.gone.evicted, len(connections))
"""

BOUND = 64_000_000
"""Bytes that ten thousand connections and as many hosts may take, with all that belongs to them."""


@pytest.mark.parametrize(("name", "count"), [("Connections", 1_000_000), ("Monitor", 100_000)])
def test_memory_stays_under_its_bound_and_counts_add_up(name: str, count: int) -> None:
    command = [sys.executable, "-c", CODE, str(BENCH), name, str(count)]
    run = subprocess.run(command, capture_output=True, text=True)
    grown, counted, evicted, kept = map(int, run.stdout.split())
    assert grown < BOUND
    assert (counted, evicted, kept) == (count, count - 10_000, 10_000)
