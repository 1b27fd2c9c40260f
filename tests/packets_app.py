"""What programs say, at random: DNS, DHCP, HTTP, TLS, and bytes that are nothing of it."""

from collections.abc import Callable
from typing import Any

from dice import DICE, ipv4, ipv6, mac, name, number, octets, word
from packets_tls import records
from scapy.layers import dhcp, dns, http
from scapy.packet import Raw

FREE = 40000, 49000
TAKEN = {41170, 44321, 44322, 44818, 45564, 47000, 47808, 48049, 48898}
"""Ports at which netlab expects nothing, and those of them at which tshark does."""


def free() -> int:
    port = DICE.randint(*FREE)
    return FREE[0] if port in TAKEN else port


# DNS.


def texts() -> list[bytes]:
    return [octets(DICE.randint(0, 60)) for _ in range(DICE.randint(1, 3))]


def record(owner: str) -> Any:
    """A resource record of any kind."""
    common = {"rrname": owner, "ttl": number(32), "rclass": DICE.choice([1, 1, 1, 1, 3, 255])}
    makers: list[Callable[[], Any]] = [
        lambda: dns.DNSRR(type="A", rdata=ipv4(), **common),
        lambda: dns.DNSRR(type="AAAA", rdata=ipv6(), **common),
        lambda: dns.DNSRR(type="CNAME", rdata=name(), **common),
        lambda: dns.DNSRR(type="NS", rdata=name(), **common),
        lambda: dns.DNSRR(type="PTR", rdata=name(), **common),
        lambda: dns.DNSRR(type="TXT", rdata=texts(), **common),
        lambda: dns.DNSRRMX(preference=number(16), exchange=name(), **common),
        lambda: dns.DNSRRSOA(
            mname=name(), rname=name(), serial=number(32), refresh=number(32), retry=number(32),
            expire=number(32), minimum=number(32), **common,
        ),
        lambda: dns.DNSRRSRV(
            priority=number(16), weight=number(16), port=number(16), target=name(), **common
        ),
        lambda: dns.DNSRR(type=65400 + number(6), rdata=octets(number(5)), **common),
    ]  # fmt: skip
    return DICE.choice(makers)()


def edns() -> Any:
    """The OPT record with some options."""
    makers: list[Callable[[], Any]] = [
        lambda: dns.EDNS0TLV(optcode=DICE.choice([65001, 65002]), optdata=octets(number(4))),
        lambda: dns.EDNS0ClientSubnet(family=1, source_plen=24, address=ipv4()),
        lambda: dns.EDNS0TLV(optcode=10, optdata=octets(DICE.choice([8, 24]))),
        lambda: dns.EDNS0TLV(optcode=11, optdata=octets(2)),
        lambda: dns.EDNS0TLV(optcode=12, optdata=bytes(number(4))),
        lambda: dns.EDNS0TLV(optcode=15, optdata=number(4).to_bytes(2) + word().encode()),
    ]
    options = [DICE.choice(makers)() for _ in range(number(2))]
    return dns.DNSRROPT(rclass=number(16), extrcode=number(4), z=number(1) << 15, rdata=options)


def message(*, tcp: bool = False) -> bytes:
    """A DNS message, mostly with compressed names; over TCP its length comes before it."""
    owner = name()
    kinds = [1, 2, 5, 6, 12, 15, 16, 28, 33, 255, number(16)]
    kind, family = DICE.choice(kinds), DICE.choice([1, 1, 1, 3, 255])
    asked = [dns.DNSQR(qname=owner, qtype=kind, qclass=family)]
    packet = dns.DNS(
        id=number(16), rd=number(1), opcode=DICE.choice([0, 0, 0, 1, 2, 4]), ad=number(1),
        cd=number(1), z=0 if tcp else DICE.choice([0, 0, 0, 1]), qd=asked,
    )  # fmt: skip
    packet.qr = number(1)
    if packet.qr:
        packet.aa, packet.ra, packet.rcode = number(1), number(1), DICE.choice([0, 0, 0, 2, 3, 5])
        packet.tc = DICE.choice([0, 0, 0, 1])
        owners = [owner, owner, "sub." + owner, name()]
        packet.an = [record(DICE.choice(owners)) for _ in range(number(2))]
        packet.ns = [record(DICE.choice(owners)) for _ in range(number(1))]
        packet.ar = [record(DICE.choice(owners)) for _ in range(number(1))]
    if DICE.random() < 0.4:
        packet.ar = [*packet.ar, edns()]
    if DICE.random() < 0.8:
        packet = packet.compress()
    data = bytes(packet)
    return len(data).to_bytes(2) + data if tcp else data


# DHCP.

DHCP_OPTIONS: list[Callable[[], Any]] = [
    lambda: ("subnet_mask", "255.255.255.0"),
    lambda: ("router", *(ipv4() for _ in range(DICE.randint(1, 2)))),
    lambda: ("name_server", *(ipv4() for _ in range(DICE.randint(1, 3)))),
    lambda: ("broadcast_address", ipv4()),
    lambda: ("NTP_server", ipv4()),
    lambda: ("requested_addr", ipv4()),
    lambda: ("server_id", ipv4()),
    lambda: ("lease_time", number(32)),
    lambda: ("renewal_time", number(32)),
    lambda: ("rebinding_time", number(32)),
    lambda: ("interface-mtu", number(16)),
    lambda: ("max_dhcp_size", number(16)),
    lambda: ("hostname", word().encode()),
    lambda: ("domain", name().encode()),
    lambda: ("vendor_class_id", word().encode()),
    lambda: ("client_id", b"\x01" + octets(6)),
    lambda: ("param_req_list", [DICE.randint(1, 80) for _ in range(DICE.randint(1, 8))]),
    lambda: ("error_message", word().encode()),
    lambda: (DICE.choice([224, 230, 250]), octets(1 + number(4))),
    lambda: ("dhcp-option-overload", 3),
    lambda: ("tftp_server_name", name().encode()),
    lambda: ("boot-file-name", word().encode()),
    lambda: ("client_FQDN", b"\0\0\0" + name().encode()),
    lambda: ("client_FQDN", b"\4\0\0\6laptop\0"),
    lambda: ("relay_agent_information", b"\1\4" + octets(4)),
    lambda: ("classless_static_routes", ["192.0.2.0/24:192.0.2.1"]),
    lambda: "pad",
]


def lease() -> bytes:
    """A DHCP message."""
    kind = DICE.randint(1, 8)
    options = [("message-type", kind), *(DICE.choice(DHCP_OPTIONS)() for _ in range(number(3)))]
    hardware = bytes.fromhex(mac().replace(":", ""))
    packet = dhcp.BOOTP(
        op=DICE.choice([1, 2]), hops=number(2), xid=number(32), secs=number(16),
        flags=DICE.choice([0, 0x8000]), ciaddr=ipv4(), yiaddr=ipv4(), siaddr=ipv4(), giaddr=ipv4(),
        chaddr=hardware.ljust(16, b"\0"), sname=DICE.choice([b"", word().encode()]),
        file=DICE.choice([b"", word().encode()]),
    )  # fmt: skip
    if DICE.random() < 0.1:
        return bytes(packet) + bytes(64)
    if any(option[0] == "dhcp-option-overload" for option in options):
        packet.sname = packet.file = b"\xff"  # options in these fields too, none here
    return bytes(packet / dhcp.DHCP(options=[*options, "end"])) + bytes(DICE.choice([0, 0, 7]))


# HTTP.

METHODS = ["GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"]
ANSWERS = {200: "OK", 204: "No Content", 301: "Moved Permanently", 404: "Not Found", 500: "Oops"}


def page() -> bytes:
    """A request or a response of HTTP, whole or broken off by the end of the segment."""
    fields = {"Server": word(), "Date": "Tue, 15 Nov 1994 08:12:31 GMT"}
    body = DICE.choice([b"", octets(number(6)), word().encode()])
    if DICE.random() < 0.5:
        start = http.HTTPRequest(
            Method=DICE.choice(METHODS), Path="/" + word(), Host=name(), User_Agent=word(),
            Accept="*/*", Http_Version=DICE.choice(["HTTP/1.1", "HTTP/1.0"]),
            Unknown_Headers={"X-" + word(): word()},
        )  # fmt: skip
    else:
        status = DICE.choice(list(ANSWERS))
        start = http.HTTPResponse(
            Status_Code=str(status), Reason_Phrase=ANSWERS[status], Content_Type="text/plain",
            Content_Length=str(len(body)), **fields,
        )  # fmt: skip
    data = bytes(http.HTTP() / start / Raw(body))
    return data if DICE.random() < 0.9 else data[: DICE.randint(1, len(data))]


def datagram() -> tuple[int, int, Any]:
    """Ports and a message of a program that speaks UDP."""
    kind = DICE.choice(["dns", "dns", "dns", "dhcp", "dhcp", "other"])
    if kind == "dns":
        if DICE.random() < 0.1:
            return 5353, 5353, Raw(message())
        return *DICE.sample([DICE.choice([53, 53, 53, 5355]), free()], 2), Raw(message())
    if kind == "dhcp":
        return *DICE.sample([67, 68], 2), Raw(lease())
    return free(), free(), Raw(octets(number(6)))


def segment() -> tuple[int, int, Any]:
    """Ports and a piece of a stream of a program that speaks TCP."""
    kind = DICE.choice(["http", "http", "tls", "tls", "dns", "nothing", "nothing", "other"])
    if kind == "http":
        return *DICE.sample([DICE.choice([80, 8080]), free()], 2), Raw(page())
    if kind == "tls":
        return *DICE.sample([443, free()], 2), Raw(records())
    if kind == "dns":
        return *DICE.sample([53, free()], 2), Raw(message(tcp=True))
    return free(), free(), Raw(octets(number(6)) if kind == "other" else b"")
