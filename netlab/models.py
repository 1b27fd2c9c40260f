"""The two customary ways to count layers: OSI's seven and TCP/IP's four."""

from typing import NamedTuple


class OSILayer(NamedTuple):
    """One of OSI's layers: its number, its name, and the TCP/IP layer that does its work."""

    number: int
    name: str
    layer: str


OSI = (
    OSILayer(7, "application", "application"),
    OSILayer(6, "presentation", "application"),
    OSILayer(5, "session", "application"),
    OSILayer(4, "transport", "transport"),
    OSILayer(3, "network", "internet"),
    OSILayer(2, "data link", "link"),
    OSILayer(1, "physical", ""),
)
"""ISO/IEC 7498-1, topmost first.  RFC 1122 says nothing of cables: its layers begin above them."""

TCP_IP = ("application", "transport", "internet", "link")
"""RFC 1122 section 1.1.3, topmost first."""

OSI_NUMBER = {layer.name: layer.number for layer in OSI} | {
    name: max(osi.number for osi in OSI if osi.layer == name) for name in TCP_IP
}
"""The number that people use for a layer, by its name in either model: "layer 3" is internet."""
