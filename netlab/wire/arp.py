"""Address resolution: who on this network has that IP address?"""

from netlab.header import Header
from netlab.wire.fields import ipv4, mac, u8, u16

OPERATIONS = {1: "request", 2: "reply"}


class ARP(Header, on={"ethertype": 0x0806}):
    """Address Resolution Protocol: finds the hardware address that belongs to an IP address."""

    layer = "link"
    rfc = "RFC 826"

    hardware_type = u16("the kind of hardware address", default=1, names={1: "Ethernet"})
    protocol_type = u16(
        "the kind of network address", default=0x0800, names={0x0800: "IPv4"}, hexadecimal=True
    )
    hardware_size = u8("bytes in a hardware address", default=6)
    protocol_size = u8("bytes in a network address", default=4)
    operation = u16("question or answer", default=1, names=OPERATIONS)
    sender_mac = mac("the sender's hardware address")
    sender_ip = ipv4("the sender's IP address")
    target_mac = mac("the hardware address asked for; zero in a question")
    target_ip = ipv4("the IP address asked for")

    @classmethod
    def recognise(cls, data: bytes, start: int, end: int) -> type[Header]:
        """Other kinds of hardware have addresses of other sizes (RFC 826 leaves them open)."""
        return cls if data[start + 4 : start + 6] in (b"\6\4", b"") else OtherARP

    def summary(self) -> str:
        if self.operation == 1:
            return f"who has {self.target_ip}? tell {self.sender_ip}"
        if self.operation == 2:
            return f"{self.sender_ip} is at {self.sender_mac}"
        return f"ARP operation {self.operation}"


class OtherARP(Header):
    """ARP between addresses that are not Ethernet's and IPv4's: the part that all kinds share."""

    layer = "link"
    rfc = "RFC 826"

    hardware_type = u16("the kind of hardware address")
    protocol_type = u16("the kind of network address", hexadecimal=True)
    hardware_size = u8("bytes in a hardware address")
    protocol_size = u8("bytes in a network address")
    operation = u16("question or answer", names=OPERATIONS)
