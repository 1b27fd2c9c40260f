"""Recordings of the lower layers: Ethernet, VLANs, ARP, IP, ICMP, multicast, link types."""

import sys
from pathlib import Path

from netlab.data.servers import dnsmasq, nginx
from netlab.data.stage import (
    CURL,
    FAR,
    FAR6,
    NO_MLD,
    PING,
    SERVER,
    SERVER6,
    address,
    cable,
    folder,
    host,
    hosts,
    recording,
    routed,
    switch,
    two_hosts,
    wait_for,
)  # fmt: skip

HERE = Path(__file__).parent


@recording("ping.pcap")
def ping(path: Path) -> None:
    """ping over IPv4 after ARP, over IPv6 after neighbour discovery; with odd sizes and patterns"""
    with two_hosts(ipv6=True) as (client, _), client.capture(path, *NO_MLD):
        client.run(*PING, "-c", "3", SERVER)
        client.run(*PING, "-c", "3", SERVER6)
        client.run(*PING, "-c", "1", "-s", "5", "-p", "6e6574", "-Q", "0x2a", "-t", "7", SERVER)
        client.run(*PING, "-c", "1", "-s", "501", "-F", "0xabcde", "-Q", "0xb9", SERVER6)


@recording("neighbours.pcap")
def neighbours(path: Path) -> None:
    """an IPv6 host starts: duplicate address detection, router advertisement, multicast reports"""
    with hosts("client", "router") as (client, router):
        for name in ("accept_dad", "router_solicitations", "autoconf"):
            client.run("sysctl", "-q", "-w", f"net.ipv6.conf.default.{name}=1")
        cable((client, 10), (router, 1), ipv6=True)
        client.run("ip", "address", "flush", "dev", "eth0")
        client.run("ip", "link", "set", "eth0", "down")
        options = ("--port=0", "--enable-ra", "--dhcp-range=2001:db8:1::,ra-stateless,64,600",
                   "--ra-param=eth0,mtu:1400,high,4,1200", "--dhcp-option=option6:dns-server,[::]",
                   "--domain=netlab.test")  # fmt: skip
        with dnsmasq(router, *options, port=547), router.capture(path, settle=1.5):
            client.run("ip", "link", "set", "eth0", "up")
            wait_for(lambda: "2001:db8:1:" in client.run("ip", "-6", "address", "show", "dynamic"))
            wait_for(lambda: "tentative" not in client.run("ip", "-6", "address"))
            client.run(*PING, "-c", "2", "2001:db8:1::1")


@recording("traceroute.pcap")
def traceroute(path: Path) -> None:
    """traceroute through a router, with UDP, ICMP and TCP, over IPv4 and IPv6"""
    with routed() as (client, _, _), client.capture(path, *NO_MLD):
        for address in (FAR, FAR6):
            for kind in ((), ("-I",), ("-T", "-p", "80")):
                words = ("traceroute", "-n", "-q", "1", "-w", "1", "-m", "4", *kind)
                client.run(*words, address)


@recording("fragments.pcap")
def fragments(path: Path) -> None:
    """pings of 4000 bytes, which leave in three fragments, over IPv4 and IPv6"""
    with two_hosts(ipv6=True) as (client, _), client.capture(path, *NO_MLD):
        for address in (SERVER, SERVER6):
            client.run(*PING, "-c", "2", "-s", "4000", address)


@recording("mtu.pcap")
def mtu(path: Path) -> None:
    """an upload meets a cable for smaller packets: the router says so, TCP and ping heed it"""
    with routed() as (client, router, server), folder() as files:
        router.run("ip", "link", "set", "eth1", "mtu", "1300")
        server.run("ip", "link", "set", "eth0", "mtu", "1300")
        gateway = ("default", "via", "192.168.2.1")  # to which the server still speaks of 1500
        server.run("ip", "route", "change", *gateway, "advmss", "1460")
        (files / "upload").write_bytes(b"netlab\n" * 700)
        with nginx(server, files, FAR), client.capture(path, *NO_MLD):
            data = ("--data-binary", f"@{files / 'upload'}")
            client.run(*CURL, "-H", "Expect:", *data, f"http://{FAR}/")
            client.run(*PING, "-c", "2", "-s", "1400", "-M", "do", FAR, check=False)
            client.run(*PING, "-c", "2", "-s", "1400", FAR6, check=False)


@recording("vlan.pcap")
def vlan(path: Path) -> None:
    """ping and curl in VLAN 5 between two switches, then in VLAN 5 within a provider's VLAN 100"""
    with hosts("client", "left", "right", "server") as (client, left, right, server):
        cable((client, 10), (left, 0), ipv6=True)
        cable((server, 20), (right, 0), ipv6=True)
        cable((left, 101), (right, 102), 9, mtu=1508)
        inner, outer = ("--tag", "8100:5"), ("--tag", "88a8:100")
        with folder() as files, nginx(server, files), left.capture(path, device="eth1"):
            with switch(left, *inner), switch(right, *inner):
                client.run(*PING, "-c", "2", SERVER)
                client.run(*PING, "-c", "2", SERVER6)
            with switch(left, *outer, *inner), switch(right, *outer, *inner):
                client.run(*PING, "-c", "2", SERVER)
                client.run(*CURL, f"http://{SERVER}/")


@recording("multicast.pcap")
def multicast(path: Path) -> None:
    """a program joins groups and leaves them by IGMPv3, v2, v1 and MLDv2, v1; a bridge asks who
    listens"""
    with hosts("client", "bridge") as (client, bridge):
        cable((client, 10), (bridge, 0), ipv6=True)
        querier = ("type", "bridge", "mcast_querier", "1", "mcast_snooping", "1")
        bridge.run("ip", "link", "add", "br0", *querier)
        bridge.run("ip", "link", "set", "eth0", "master", "br0")
        bridge.run("ip", "address", "add", "192.168.1.1/24", "dev", "br0")
        with client.capture(path, settle=1):
            for igmp, mld in ((3, 2), (2, 1), (1, 1)):
                client.set(net__ipv4__conf__eth0__force_igmp_version=igmp,
                           net__ipv6__conf__eth0__force_mld_version=mld)  # fmt: skip
                client.run(sys.executable, "-c", JOIN)
            client.set(net__ipv4__conf__eth0__force_igmp_version=0,
                       net__ipv6__conf__eth0__force_mld_version=0)  # fmt: skip
            bridge.run(
                "ip", "link", "set", "br0", "type", "bridge", "mcast_query_response_interval", "100"
            )
            bridge.run("ip", "link", "set", "br0", "up")
            client.run("sleep", "3")


JOIN = """
import socket, struct, time
index = socket.if_nametoindex("eth0")
four, six = (socket.socket(f, socket.SOCK_DGRAM) for f in (socket.AF_INET, socket.AF_INET6))
group, here = socket.inet_aton("239.1.2.3"), socket.inet_aton("192.168.1.10")
six_group = socket.inet_pton(socket.AF_INET6, "ff05::1:3") + struct.pack("@I", index)
four.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group + here)
six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, six_group)
source, block = socket.inet_aton("192.168.1.20"), 38  # IP_BLOCK_SOURCE
four.setsockopt(socket.IPPROTO_IP, block, group + here + source)
time.sleep(0.3)
four.setsockopt(socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP, group + here)
six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_LEAVE_GROUP, six_group)
time.sleep(0.3)
"""


@recording("options.pcap")
def options(path: Path) -> None:
    """ping with IPv4's options record route and timestamp; IPv6 segment routing through a router"""
    with routed() as (client, router, server), client.capture(path, *NO_MLD):
        client.run(*PING, "-c", "1", "-R", FAR)
        client.run(*PING, "-c", "1", "-T", "tsonly", FAR)
        client.run(*PING, "-c", "1", "-T", "tsandaddr", FAR)
        for machine in (router, server):
            machine.set(net__ipv6__conf__all__seg6_enabled=1, net__ipv6__conf__eth0__seg6_enabled=1)
        client.run("ip", "-6", "route", "add", FAR6, "encap", "seg6", "mode", "inline",
                   "segs", "2001:db8:1::1", "dev", "eth0")  # fmt: skip
        client.run(*PING, "-c", "2", FAR6)


@recording("spanning_tree.pcap")
def spanning_tree(path: Path) -> None:
    """two bridges agree on a root: IEEE 802.3 frames with LLC"""
    with hosts("left", "right") as (left, right):
        cable((left, 1), (right, 2))
        with left.capture(path, settle=5):
            for machine in (left, right):
                machine.run("ip", "link", "add", "br0", "type", "bridge", "stp_state", "1")
                machine.run("ip", "link", "set", "eth0", "master", "br0")
                machine.run("ip", "link", "set", "br0", "up")


@recording("loopback.pcap")
def loopback(path: Path) -> None:
    """curl and nginx on one machine: Linux' loopback has Ethernet headers full of zeros"""
    with (
        host("client") as client, folder() as files, nginx(client, files, "127.0.0.1"),
        client.capture(path, device="lo"),
    ):  # fmt: skip
        client.run(*CURL, "http://127.0.0.1/")
        client.run(*PING, "-c", "1", "::1")


def cooked(path: Path, link: str) -> None:
    with (
        two_hosts(ipv6=True) as (client, server), folder() as files, nginx(server, files),
        client.capture(path, "-y", link, *NO_MLD, device="any"),
    ):  # fmt: skip
        client.run(*CURL, f"http://{SERVER}/")
        client.run(*PING, "-c", "1", SERVER6)
        client.run(*PING, "-c", "1", "127.0.0.1")


@recording("any.pcap")
def any_device(path: Path) -> None:
    """all of a client's devices at once, as `tcpdump -i any` keeps them: Linux cooked v2"""
    cooked(path, "LINUX_SLL2")


@recording("any_v1.pcap")
def any_device_v1(path: Path) -> None:
    """the same in the older form: Linux cooked v1"""
    cooked(path, "LINUX_SLL")


@recording("tunnel.pcap")
def tunnel(path: Path) -> None:
    """curl and ping through a tunnel, seen inside it: packets that begin with IP"""
    with two_hosts() as (client, server), folder() as files:
        ends = ((client, "192.168.1.10", SERVER), (server, SERVER, "192.168.1.10"))
        program = (sys.executable, str(HERE / "tunnel.py"))
        up = [machine.background(*program, own, other, ready=machine.listens(4433))
              for machine, own, other in ends]  # fmt: skip
        with up[0], up[1]:
            for (machine, _, _), number in zip(ends, (10, 20), strict=True):
                address(machine, "tun0", 3, number, ipv6=True)
                machine.run("ip", "link", "set", "tun0", "up")
            with nginx(server, files, "192.168.3.20"), client.capture(path, device="tun0"):
                client.run(*CURL, "http://192.168.3.20/")
                client.run(*PING, "-c", "2", "2001:db8:3::14")


@recording("two_devices.pcapng")
def two_devices(path: Path) -> None:
    """dumpcap on two devices at once, in a pcapng file with a comment"""
    with routed() as (client, router, server), folder() as files, nginx(server, files, FAR):
        words = ("dumpcap", "-q", "-i", "eth0", "-i", "eth1", "-w", str(path), "--capture-comment",
                 "The router's two sides: each packet is there twice.")  # fmt: skip
        path.unlink(missing_ok=True)
        with router.background(*words, ready=path.exists):
            wait_for(lambda: path.stat().st_size > 0)
            client.run("sleep", "1")
            client.run(*CURL, f"http://{FAR}/")
            client.run(*PING, "-c", "1", FAR6)
            client.run("sleep", "1")
