"""The protocols, one file each.  Importing this package makes them known to `dissect`."""

from netlab.wire import edns  # noqa: F401  makes OPT records known
from netlab.wire.arp import ARP
from netlab.wire.chat import Chat
from netlab.wire.dhcp import DHCP
from netlab.wire.dns import DNS, DNSOverTCP
from netlab.wire.ethernet import VLAN, Ethernet, Ethernet8023
from netlab.wire.gre import GRE
from netlab.wire.http import HTTP
from netlab.wire.icmp import ICMP, ICMPEcho
from netlab.wire.icmpv6 import ICMPv6
from netlab.wire.igmp import IGMP
from netlab.wire.ipsec import AH, ESP
from netlab.wire.ipv4 import IPv4
from netlab.wire.ipv6 import IPv6
from netlab.wire.ipv6_extensions import DestinationOptions, Fragment, HopByHop
from netlab.wire.ipv6_routing import Routing
from netlab.wire.linux import SLL, SLL2
from netlab.wire.llc import LLC, SNAP
from netlab.wire.loopback import Loop, Null
from netlab.wire.mld import MLD
from netlab.wire.mpls import MPLS
from netlab.wire.ndp import NeighbourAdvertisement, NeighbourSolicitation, RouterAdvertisement
from netlab.wire.pppoe import PPP, PPPoE, PPPoEDiscovery
from netlab.wire.pseudo import PseudoIPv4, PseudoIPv6
from netlab.wire.tcp import TCP
from netlab.wire.tls import TLS
from netlab.wire.udp import UDP

__all__ = [
    "AH", "ARP", "DHCP", "DNS", "ESP", "GRE", "HTTP", "ICMP", "IGMP", "LLC", "MLD", "MPLS", "PPP",
    "SLL", "SLL2", "SNAP", "TCP", "TLS", "UDP", "VLAN", "Chat", "DNSOverTCP", "DestinationOptions",
    "Ethernet", "Ethernet8023", "Fragment", "HopByHop", "ICMPEcho", "ICMPv6", "IPv4", "IPv6",
    "Loop", "NeighbourAdvertisement", "NeighbourSolicitation", "Null", "PPPoE",
    "PPPoEDiscovery", "PseudoIPv4",
    "PseudoIPv6", "RouterAdvertisement", "Routing",
]  # fmt: skip
