"""A network to experiment with: the same run for the same seed, at the speed of arithmetic.

from netlab.simulation import Network

network = Network(seed=1)
a, b = network.pair(bandwidth=10e6, delay=0.05, loss=0.01, queue=50)
transfer = network.transfer(a, b, 1_000_000, congestion="cubic")
samples = network.sample(transfer)
network.run()
"""

from netlab.simulation.clock import Clock
from netlab.simulation.datagram import Datagram
from netlab.simulation.host import Connection, Host
from netlab.simulation.impairment import nth
from netlab.simulation.journey import Journey
from netlab.simulation.link import Link
from netlab.simulation.network import Network
from netlab.simulation.programs import Receiving, Sending, Talking, content
from netlab.simulation.samples import Samples

__all__ = [
    "Clock", "Connection", "Datagram", "Host", "Journey", "Link", "Network", "Receiving",
    "Samples", "Sending", "Talking", "content", "nth",
]  # fmt: skip
