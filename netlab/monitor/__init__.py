"""Statistics of traffic as it passes: by protocol, host and connection, at every layer.

for packet in monitor.replay(netlab.recording("http.pcap")):
    statistics.add(packet)
"""

from netlab.monitor.sources import Source, opened, replay, simulated
from netlab.monitor.statistics import Host, Monitor, Protocol
from netlab.monitor.watch import Watch

__all__ = [
    "Host", "Monitor", "Protocol", "Source", "Watch", "opened", "replay", "simulated",
]  # fmt: skip
