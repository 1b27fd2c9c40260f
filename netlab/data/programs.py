"""Recordings of programs that talk over TCP and UDP."""

import signal
from contextlib import ExitStack
from pathlib import Path

from netlab.data.servers import NAME, ZONE, certify, dnsmasq, nginx
from netlab.data.stage import (
    CURL,
    NO_MLD,
    SERVER,
    SERVER6,
    address,
    folder,
    recording,
    switched,
    two_hosts,
    wait_for,
)  # fmt: skip


@recording("http.pcap")
def http(path: Path) -> None:
    """curl fetches a page from nginx"""
    with (
        two_hosts() as (client, server), folder() as files, nginx(server, files),
        client.capture(path),
    ):  # fmt: skip
        client.run(*CURL, f"http://{SERVER}/")


@recording("tcp.pcap")
def tcp(path: Path) -> None:
    """one connection, three requests: a page of 60,000 bytes, a missing one, a head without body"""
    with two_hosts() as (client, server), folder() as files, nginx(server, files):
        (files / "long.txt").write_text("".join(f"line {number:06}\n" for number in range(5000)))
        with client.capture(path):
            at = f"http://{SERVER}"
            client.run(*CURL, "--range", "0-59999", f"{at}/long.txt", "--output", "/dev/null",
                       f"{at}/missing", "--next", *CURL[1:], "--head", at)  # fmt: skip


@recording("loss.pcap")
def loss(path: Path) -> None:
    """a download of 60,000 bytes over a cable that loses four segments, seen by the client"""
    drops = [word for number in (8, 14, 15, 30) for word in ("--drop", str(number))]
    with switched(*drops) as (client, server), folder() as files:
        (files / "long.txt").write_text("".join(f"line {number:06}\n" for number in range(5000)))
        with nginx(server, files), client.capture(path):
            client.run(*CURL, f"http://{SERVER}/long.txt")


@recording("refused.pcap")
def refused(path: Path) -> None:
    """curl meets a closed port, over IPv4 and over IPv6: the server resets"""
    with two_hosts(ipv6=True) as (client, _), client.capture(path, *NO_MLD):
        for at in (SERVER, f"[{SERVER6}]"):
            client.run(*CURL, f"http://{at}:81/", check=False)


@recording("offload.pcap")
def offload(path: Path) -> None:
    """what a capture sees when the network card cuts segments and sums: the first 128 bytes each"""
    with two_hosts(offload=True, ipv6=True) as (client, server), folder() as files:
        (files / "long.txt").write_bytes(b"netlab\n" * 50_000)
        at = (SERVER, f"[{SERVER6}]")
        with nginx(server, files, *at), client.capture(path, "-s", "128", *NO_MLD):
            for address in at:
                client.run(*CURL, f"http://{address}/long.txt")


@recording("dns.pcap")
def dns(path: Path) -> None:
    """dig asks dnsmasq for names of all kinds; an answer too long for UDP comes over TCP"""
    questions = (
        f"{NAME} A", f"{NAME} AAAA", "web.netlab.test A", "netlab.test MX", "netlab.test TXT",
        "_http._tcp.netlab.test SRV", "netlab.test CAA", "nowhere.netlab.test A",
        "-x 192.168.1.20", "-x 2001:db8:1::14", "+noedns +noadflag web.netlab.test AAAA",
        "+noedns long.netlab.test TXT", f"@{SERVER6} {NAME} A",
        "@192.168.1.21 netlab.test SOA", "@192.168.1.21 netlab.test NS",
        "@192.168.1.21 nowhere.netlab.test A",
    )  # fmt: skip
    with two_hosts(ipv6=True) as (client, server):
        address(server, "eth0", 1, 21)
        owner = ("--auth-server=ns.netlab.test,192.168.1.21", "--auth-zone=netlab.test",
                 "--auth-soa=2024010101", "--host-record=ns.netlab.test,192.168.1.21")  # fmt: skip
        with dnsmasq(server, "--local=/netlab.test/", *ZONE, *owner), client.capture(path, *NO_MLD):
            for question in questions:
                at = () if "@" in question else (f"@{SERVER}",)
                client.run("dig", "+tries=1", "+time=2", "+nocookie", *at, *question.split())


@recording("dhcp.pcap")
def dhcp(path: Path) -> None:
    """busybox udhcpc gets an address from dnsmasq, renews it, is denied it by a server that lends
    others, gets one of those and returns it"""
    with switched() as (client, server), folder() as files:
        client.run("ip", "address", "flush", "dev", "eth0")
        script = files / "configure"
        script.write_text(CONFIGURE)
        script.chmod(0o755)
        udhcpc = ("busybox", "udhcpc", "-i", "eth0", "-s", str(script), "-f", "-R", "-t", "9",
                  "-T", "1", "-A", "1", "-x", "hostname:laptop")  # fmt: skip
        bound, renewed, lost = (files / what for what in ("bound", "renew", "deconfig"))
        with client.capture(path), ExitStack() as running:
            with dnsmasq(server, *lending(100), port=67):
                process = running.enter_context(client.background(*udhcpc, ready=bound.exists))
                client.run("sleep", "0.2")
                process.send_signal(signal.SIGUSR1)
                wait_for(renewed.exists)
            with dnsmasq(server, *lending(200), port=67):
                bound.unlink()
                process.send_signal(signal.SIGUSR1)
                wait_for(bound.exists)
                client.run("sleep", "0.2")
                lost.unlink()
                process.send_signal(signal.SIGUSR2)
                wait_for(lost.exists)


def lending(first: int) -> tuple[str, ...]:
    """Options that let dnsmasq lend the addresses from this number on."""
    return (
        "--port=0", f"--dhcp-range=192.168.1.{first},192.168.1.{first + 50},1h",
        "--dhcp-authoritative", "--domain=netlab.test", "--dhcp-leasefile=/dev/null",
        "--dhcp-option=option:router,192.168.1.1", "--dhcp-option=option:ntp-server,192.168.1.20",
        "--dhcp-option=option:dns-server,192.168.1.20,192.168.1.21",
    )  # fmt: skip


CONFIGURE = """#!/bin/sh
# What udhcpc calls when it has got an address, or lost it.
case $1 in
bound) ip address add $ip/$mask dev $interface ;;
deconfig) ip address flush dev $interface ;;
esac
touch "$(dirname "$0")/$1"
"""


@recording("tls.pcap")
def tls(path: Path) -> None:
    """curl and nginx speak TLS 1.2 and 1.3; openssl s_client without names; a server says no"""
    with two_hosts() as (client, server), folder() as files:
        certify(files)
        with nginx(server, files), client.capture(path):
            curl = (*CURL, "--insecure", "--resolve", f"{NAME}:443:{SERVER}")
            client.run(*curl, "--tls-max", "1.2", f"https://{NAME}/")
            client.run(*curl, "--http1.1", f"https://{NAME}/")
            to = ("openssl", "s_client", "-connect", f"{SERVER}:443", "-noservername")
            client.run(*to, "-alpn", "h2,http/1.1", check=False)
            client.run(*to, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0", check=False)
