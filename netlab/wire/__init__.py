"""The protocols, one file each.  Importing this package makes them known to `dissect`."""

from netlab.wire import edns  # noqa: F401  makes OPT records known
from netlab.wire.arp import ARP
from netlab.wire.chat import Chat
from netlab.wire.dhcp import DHCP
from netlab.wire.dns import DNS, DNSOverTCP
from netlab.wire.ethernet import VLAN, Ethernet, Ethernet8023
from netlab.wire.http import HTTP
from netlab.wire.icmp import ICMP, ICMPEcho
from netlab.wire.ipv4 import IPv4
from netlab.wire.ipv6 import IPv6
from netlab.wire.llc import LLC, SNAP
from netlab.wire.loopback import Loop, Null
from netlab.wire.mpls import MPLS
from netlab.wire.pppoe import PPP, PPPoE
from netlab.wire.pseudo import PseudoIPv4, PseudoIPv6
from netlab.wire.tcp import TCP
from netlab.wire.udp import UDP

__all__ = [
    "ARP", "DHCP", "DNS", "HTTP", "ICMP", "LLC", "MPLS", "PPP", "SNAP", "TCP", "UDP", "VLAN",
    "Chat", "DNSOverTCP", "Ethernet", "Ethernet8023", "ICMPEcho", "IPv4", "IPv6", "Loop", "Null",
    "PPPoE", "PseudoIPv4", "PseudoIPv6",
]  # fmt: skip
