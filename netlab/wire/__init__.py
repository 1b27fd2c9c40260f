"""The protocols, one file each.  Importing this package makes them known to `dissect`."""

from netlab.wire.arp import ARP
from netlab.wire.ethernet import LLC, SNAP, VLAN, Ethernet, Ethernet8023
from netlab.wire.http import HTTP
from netlab.wire.icmp import ICMP, ICMPEcho
from netlab.wire.ipv4 import IPv4
from netlab.wire.ipv6 import IPv6
from netlab.wire.pseudo import PseudoIPv4, PseudoIPv6
from netlab.wire.tcp import TCP
from netlab.wire.udp import UDP

__all__ = [
    "ARP", "HTTP", "ICMP", "LLC", "SNAP", "TCP", "UDP", "VLAN",
    "Ethernet", "Ethernet8023", "ICMPEcho", "IPv4", "IPv6", "PseudoIPv4", "PseudoIPv6",
]  # fmt: skip
