"""The monitor on real traffic: hosts, a cable, and programs that talk; tcpdump and tshark judge."""

import json
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from tshark_statistics import disagreements

import netlab
from netlab.data.servers import NAME, ZONE, dnsmasq, nginx
from netlab.data.stage import CURL, PING, SERVER, SERVER6, Host, two_hosts, wait_for
from netlab.monitor import Monitor, replay

pytestmark = pytest.mark.needs(
    "root", "ip", "tcpdump", "tshark", "nginx", "curl", "dnsmasq", "dig", "ping", "iperf3"
)


MICROSECOND = 2e-6
"""Seconds: the resolution of tcpdump's times, and of seconds since 1970 as a float."""


def everyday_traffic(client: Host) -> None:
    """A bit of everything, as it passes a cable on a working day."""
    client.run(*PING, "-c", "3", SERVER)
    client.run(*PING, "-c", "2", "-6", SERVER6)
    client.run("dig", f"@{SERVER}", NAME, "A", NAME, "AAAA")
    for _ in range(3):
        client.run(*CURL, f"http://{SERVER}/")
    client.run(*CURL, f"http://{SERVER}:81/", check=False)
    client.run("iperf3", "-c", SERVER, "-t", "1", "-b", "20M")
    client.run("iperf3", "-c", SERVER, "-t", "1", "-b", "5M", "-u")


def test_live_and_recorded_counts_are_those_of_tshark(tmp_path: Path) -> None:
    path, log = tmp_path / "traffic.pcap", tmp_path / "monitor.json"
    with ExitStack() as stack:
        client, server = stack.enter_context(two_hosts(ipv6=True))
        stack.enter_context(nginx(server, tmp_path))
        stack.enter_context(dnsmasq(server, *ZONE))
        stack.enter_context(server.background("iperf3", "-s", ready=server.listens(5201)))
        stack.enter_context(client.capture(path))
        command = f"exec {sys.executable} -m netlab.cli monitor eth0 --json > {log}"
        sockets = len(client.run("cat", "/proc/net/packet").splitlines())
        with client.background("sh", "-c", command) as live:
            wait_for(lambda: len(client.run("cat", "/proc/net/packet").splitlines()) > sockets)
            everyday_traffic(client)
            wait_for(lambda: client.run("ss", "-Htn", "state", "established") == "")
            live.send_signal(2)  # Ctrl-C: the last line is written, and the program ends
            assert live.wait(10) == 0
    monitor = Monitor()
    for packet in replay(path, None):
        monitor.add(packet)
    assert disagreements(path, monitor) == []
    assert {"ICMP", "ICMPv6", "DNS", "HTTP", "TCP", "UDP", "ARP"} <= {*monitor.shares()}
    seen = json.loads(log.read_text().splitlines()[-1])
    begin, end = seen["time"] - seen["seconds"] - MICROSECOND, seen["time"] + MICROSECOND
    meanwhile = Monitor()
    for packet in netlab.read(path):
        if begin <= (packet.time or 0) / 1e9 <= end:
            meanwhile.add(packet)
    assert meanwhile.total.packets > 1000
    assert seen["protocols"] == meanwhile.snapshot()["protocols"]
