"""Address resolution: who on this network has that IP address?"""

from netlab.header import Header
from netlab.wire.fields import ipv4, mac, octets, u8, u16

OPERATIONS = {
    1: "request",
    2: "reply",
    3: "reverse request",
    4: "reverse reply",
    8: "inverse request",
    9: "inverse reply",
}
"""https://www.iana.org/assignments/arp-parameters; RARP (RFC 903) and InARP (RFC 2390) are ARP
with other questions."""

PROTOCOLS = {0x0800: "IPv4"}
HARDWARE = {1: "Ethernet", 6: "IEEE 802", 15: "Frame Relay", 24: "IEEE 1394", 32: "InfiniBand"}


class ARP(Header, on={"ethertype": (0x0806, 0x8035)}):
    """Address Resolution Protocol: finds the hardware address that belongs to an IP address."""

    layer = "link"
    rfc = "RFC 826"

    hardware_type = u16("the kind of hardware address", default=1, names=HARDWARE)
    protocol_type = u16(
        "the kind of network address", default=0x0800, names=PROTOCOLS, hexadecimal=True
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
        return cls if b"\x08\0\6\4".startswith(data[start + 2 : start + 6]) else OtherARP

    @property
    def stated_end(self) -> int:
        """Nothing follows: what stands behind it is the frame's padding."""
        return self._start + self.size

    def summary(self) -> str:
        if self.sender_ip == self.target_ip:
            return f"{self.sender_ip} is at {self.sender_mac}, unasked"
        if self.operation == 1:
            probe = self.sender_ip == "0.0.0.0"
            return f"who has {self.target_ip}? {'probe' if probe else 'tell ' + self.sender_ip}"
        if self.operation == 2:
            return f"{self.sender_ip} is at {self.sender_mac}"
        if self.operation == 3:
            return f"which address has {self.target_mac}?"
        if self.operation == 4:
            return f"{self.target_mac} has {self.target_ip}"
        return f"ARP {OPERATIONS.get(self.operation, f'operation {self.operation}')}"


class OtherARP(Header):
    """ARP between addresses that are not Ethernet's and IPv4's."""

    layer = "link"
    rfc = "RFC 826"

    hardware_type = u16("the kind of hardware address", names=HARDWARE)
    protocol_type = u16("the kind of network address", names=PROTOCOLS, hexadecimal=True)
    hardware_size = u8("bytes in a hardware address")
    protocol_size = u8("bytes in a network address")
    operation = u16("question or answer", default=1, names=OPERATIONS)
    sender_hardware = octets("hardware_size", "the sender's hardware address")
    sender_protocol = octets("protocol_size", "the sender's network address")
    target_hardware = octets("hardware_size", "the hardware address asked for")
    target_protocol = octets("protocol_size", "the network address asked for")

    @property
    def stated_end(self) -> int:
        """Nothing follows: what stands behind it is the frame's padding."""
        return self.payload_start

    def summary(self) -> str:
        return f"ARP {OPERATIONS.get(self.operation, f'operation {self.operation}')}"
