"""DHCP: messages that scapy builds too, options as their RFCs give them, and hostile ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers import dhcp as theirs

import netlab
from netlab.header import Header
from netlab.lists import Many
from netlab.wire import dhcp_options as options
from netlab.wire.dhcp import MAGIC_COOKIE

MAC = "02:00:00:00:00:02"


def read(data: bytes) -> netlab.DHCP:
    return netlab.dissect(data, netlab.DHCP)[netlab.DHCP]


def problems(data: bytes) -> list[tuple[str, int, str]]:
    return [tuple(problem[1:]) for problem in netlab.dissect(data, netlab.DHCP).problems]


def message(octets: str) -> bytes:
    """A message with these bytes as its options."""
    return bytes(netlab.DHCP(options=bytes.fromhex(octets)))


DISCOVER = netlab.DHCP(
    xid=77, chaddr=MAC, flags="broadcast",
    options=[
        options.MessageType(type="DHCPDISCOVER"), options.RequestedAddress(address="192.0.2.9"),
        options.ParameterRequestList(codes=[1, 3, 6]), options.MaximumMessageSize(size_limit=1500),
        options.HostName(host_name="zoe"), options.VendorClass(vendor_class="udhcp 1.35.0"),
        options.End(),
    ],
)  # fmt: skip
OFFER = netlab.DHCP(
    op=2, xid=77, chaddr=MAC, yiaddr="192.0.2.9", siaddr="192.0.2.1", sname="server", file="x.0",
    options=[
        options.MessageType(type="DHCPOFFER"), options.ServerIdentifier(address="192.0.2.1"),
        options.LeaseTime(seconds=3600), options.RenewalTime(seconds=1800),
        options.RebindingTime(seconds=3150), options.SubnetMask(subnet_mask="255.255.255.0"),
        options.BroadcastAddress(address="192.0.2.255"), options.Router(routers=["192.0.2.1"]),
        options.DNSServers(servers=["192.0.2.1", "192.0.2.2"]), options.InterfaceMTU(mtu=1400),
        options.NTPServers(servers=["192.0.2.3"]), options.DomainName(domain_name="lab.test"),
        options.Message(message="welcome"), options.Pad(), options.End(),
    ],
)  # fmt: skip
THEIRS = {
    "discover": (DISCOVER, theirs.BOOTP(xid=77, chaddr=bytes.fromhex("020000000002"), flags="B")
        / theirs.DHCP(options=[
            ("message-type", "discover"), ("requested_addr", "192.0.2.9"),
            ("param_req_list", [1, 3, 6]), ("max_dhcp_size", 1500), ("hostname", b"zoe"),
            ("vendor_class_id", b"udhcp 1.35.0"), "end"])),
    "offer": (OFFER, theirs.BOOTP(
            op=2, xid=77, chaddr=bytes.fromhex("020000000002"), yiaddr="192.0.2.9",
            siaddr="192.0.2.1", sname=b"server", file=b"x.0")
        / theirs.DHCP(options=[
            ("message-type", "offer"), ("server_id", "192.0.2.1"), ("lease_time", 3600),
            ("renewal_time", 1800), ("rebinding_time", 3150), ("subnet_mask", "255.255.255.0"),
            ("broadcast_address", "192.0.2.255"), ("router", "192.0.2.1"),
            ("name_server", "192.0.2.1", "192.0.2.2"), ("interface-mtu", 1400),
            ("NTP_server", "192.0.2.3"), ("domain", b"lab.test"), ("error_message", b"welcome"),
            "pad", "end"])),
}  # fmt: skip


@pytest.mark.parametrize("name", THEIRS)
def test_scapy_builds_the_same_bytes(name: str) -> None:
    ours, their_message = THEIRS[name]
    assert bytes(ours).hex(" ") == bytes(their_message).hex(" ")
    again = read(bytes(ours))
    assert again == ours == again.replace()
    assert again.options == tuple(ours.options)
    assert problems(bytes(ours)) == []


def test_what_the_fields_say() -> None:
    offer = read(bytes(OFFER))
    assert (offer.chaddr, offer.yiaddr, offer.sname, offer.file) == (
        MAC,
        "192.0.2.9",
        "server",
        "x.0",
    )
    assert offer.message == "DHCPOFFER"
    assert offer.summary() == f"DHCPOFFER 192.0.2.9 for {MAC}"
    assert read(bytes(DISCOVER)).summary() == f"DHCPDISCOVER from {MAC}"
    asked = read(bytes(DISCOVER)).options[2]
    assert asked.summary() == "ParameterRequestList SubnetMask, Router, DNSServers"
    assert [span.meaning for span in asked.spans()[2].children] == [
        "SubnetMask", "Router", "DNSServers",
    ]  # fmt: skip
    assert offer.options[8].servers == ("192.0.2.1", "192.0.2.2")


def test_the_ports_tell_that_it_is_dhcp() -> None:
    frame = netlab.IPv4() / netlab.UDP(src_port=68) / DISCOVER
    packet = netlab.dissect(bytes(frame), "raw")
    assert packet[netlab.UDP].dst_port == 67
    assert packet[netlab.DHCP].message == "DHCPDISCOVER"
    assert packet.problems == ()


def test_without_the_cookie_it_is_bootp() -> None:
    old = bytes(OFFER)[:236] + b"vendor's area"
    packet = netlab.dissect(old, netlab.DHCP)
    assert packet.layers[0].vend == b"vendor's area"
    assert packet.summary() == f"BOOTP 192.0.2.9 for {MAC}"
    (problem,) = problems(bytes(OFFER)[:238])
    assert (problem[0], problem[1]) == ("cookie", 236)
    assert int.from_bytes(bytes([99, 130, 83, 99])) == MAGIC_COOKIE  # as RFC 2131 gives it


ROUTES = {
    "0.0.0.0/0": "0", "10.0.0.0/8": "8.10", "10.0.0.0/24": "24.10.0.0", "10.17.0.0/16": "16.10.17",
    "10.27.129.0/24": "24.10.27.129", "10.229.0.128/25": "25.10.229.0.128",
    "10.198.122.47/32": "32.10.198.122.47",
}  # fmt: skip
"""The examples of RFC 3442: a network, and its destination descriptor."""


@pytest.mark.parametrize("network", ROUTES)
def test_the_routes_of_rfc_3442(network: str) -> None:
    descriptor = bytes(int(number) for number in ROUTES[network].split("."))
    option = bytes([121, len(descriptor) + 4]) + descriptor + bytes([192, 0, 2, 1])
    (route,) = read(message(option.hex() + "ff")).options[0].routes
    assert route.summary() == f"{network} via 192.0.2.1"
    assert bytes(route.replace()) == descriptor + bytes([192, 0, 2, 1])


def test_names_of_clients_in_both_forms() -> None:
    for octets, name, kind in [
        ("51 11 040000 037a6f65 036c6162 0474657374 00", "zoe.lab.test", "ClientFQDN"),
        ("51 07 040000 037a6f65", "zoe", "ClientFQDN"),  # a partial name, RFC 4702 section 2.3.1
        ("51 06 000000 7a6f65", "zoe", "ClientFQDNText"),
    ]:  # fmt: skip
        data = message(octets + "ff")
        option = read(data).options[0]
        assert (option.domain_name, type(option).__name__) == (name, kind)
        assert problems(data) == []


def test_options_in_overloaded_fields() -> None:
    data = bytes(netlab.DHCP(
        file=bytes(options.HostName(host_name="f")) + b"\xff" + bytes(124),
        sname=bytes(options.HostName(host_name="s")) + b"\xff" + bytes(60),
        options=[options.Overload(overload=3), options.End()],
    ))  # fmt: skip
    names = [o.host_name for o in read(data).all_options if isinstance(o, options.HostName)]
    assert names == ["f", "s"]  # RFC 2131 section 4.1: first file, then sname
    plain = [type(option) for option in read(bytes(OFFER)).all_options]
    assert plain == [type(option) for option in OFFER.options]


BAD = {
    "no end": ("350101", 243, "the option that ends the list is missing"),
    "an option beyond the end": ("3505 01", 241, "MessageType.length: length 5 means 5 bytes"),
    "no length": ("35", 240, "MessageType needs 2 bytes, 1 are left"),
    "a type of two bytes": ("35020101 ff", 243, "1 byte more than MessageType has fields for"),
    "a mask of three bytes": ("0103 ffffff ff", 242, "SubnetMask.subnet_mask: the header has 4"),
    "half an address": ("0606 c0000201 c000 ff", 246, "2 bytes left over: each address has 4"),
    "a prefix of 33 bits": ("7906 21 c0000201 00 ff", 242, ""),
    "a lease of no time": ("3300 ff", 242, "LeaseTime.seconds: the header has 4 bytes here, 0"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_options_are_reported(name: str) -> None:
    octets, offset, words = BAD[name]
    data = message(octets)
    found = problems(data)
    assert found
    assert found[0][0] == "options"
    if words:
        assert found[0][1] == offset
        assert words in found[0][2]
    repr(read(data)), read(data).summary()


HOSTILE = {
    "64 KiB of pads": "00" * 65000,
    "64 KiB of empty options": "c800" * 32500,
    "64 KiB of routes": "79fa" + "0000000000" * 50,
    "lengths that lie": "c8ff" * 300,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_work_grows_with_the_bytes_alone(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = message(HOSTILE[name])
    made = 0
    plain = Many._headers

    def counting(*arguments):
        nonlocal made
        result = plain(*arguments)
        made += len(result[0])
        return result

    monkeypatch.setattr(Many, "_headers", counting)
    packet = netlab.dissect(data, netlab.DHCP)
    packet.problems, packet.spans(), packet.summary()
    for _ in range(100):
        assert packet[netlab.DHCP].options
    assert 0 < made <= len(data)


def everything(data: bytes) -> None:
    packet = netlab.dissect(data, netlab.DHCP)
    packet.problems, packet.spans(), repr(packet.layers), packet.summary()
    for header in packet.layers:
        if isinstance(header, netlab.DHCP):
            repr(header.all_options)
    assert bytes(packet) == data


@given(st.binary(max_size=300))
def test_any_options_are_read(data: bytes) -> None:
    everything(data)
    everything(bytes(OFFER)[:240] + data)
    everything(message("3401 03 ff")[:44] + data.ljust(300, b"\1"))


def kinds() -> list[type[Header]]:
    return [kind for kind in options.DHCPOption.__subclasses__() if kind.numbers]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_an_option_as_it_is_by_default_is_sound(kind: type[Header]) -> None:
    data = bytes(netlab.DHCP(options=[kind(), options.End()]))
    assert problems(data) == []
    assert type(read(data).options[0]) is kind
