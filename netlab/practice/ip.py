"""Captures of IP of a student's own."""

import random

from netlab.packet import stack
from netlab.wire import ICMP, UDP, Ethernet, IPv4
from netlab.wire.icmp import ICMPTimeExceeded, ICMPUnreachable

FIRST_PORT = 33434
"""The port to which traceroute sends its first probe; each later one goes to the next port."""

START, MILLISECOND = 1_764_000_000_000_000_000, 1_000_000

OUT = Ethernet(src="02:00:00:00:00:0a", dst="02:00:00:00:00:01")
BACK = Ethernet(src="02:00:00:00:00:01", dst="02:00:00:00:00:0a")
DIED = ICMP(type=11), ICMPTimeExceeded()
ARRIVED = ICMP(type=3, code=3), ICMPUnreachable()


def traceroute(chance: random.Random) -> list[tuple[int, bytes]]:
    """A traceroute with one probe for each TTL, all sent at once, as `traceroute -q 1` does it.

    One router never answers, the first answers later than the last, and the last probes would
    have had some TTL to spare.
    """
    client, target = f"192.168.{chance.randrange(256)}.10", f"203.0.113.{chance.randrange(1, 255)}"
    routers = ["10.{}.{}.1".format(*chance.randbytes(2)) for _ in range(chance.randrange(4, 7))]
    hosts = [*routers, target, target, target]
    silent, last = chance.randrange(1, len(routers) - 1), len(routers) - 1
    delays = chance.sample(range(2, 90), len(hosts))
    delays[0], delays[last] = max(delays[0], delays[last]), min(delays[0], delays[last])
    port = chance.randrange(49152, 65536)
    frames = []
    for number, host in enumerate(hosts):
        sent = START + number * MILLISECOND // 10
        ip = IPv4(src=client, dst=target, ttl=number + 1, identification=chance.randrange(65536))
        datagram = stack(UDP(src_port=port, dst_port=FIRST_PORT + number), bytes(range(64, 96)))
        probe = stack(ip, datagram)
        frames.append((sent, bytes(stack(OUT, probe))))
        if number != silent:
            passed = min(number, len(routers))
            arrived = stack(ip.replace(ttl=ip.ttl - passed), datagram)
            back = IPv4(src=host, dst=client, ttl=64 - passed)
            answer = stack(BACK, back, *(ARRIVED if host == target else DIED), bytes(arrived))
            frames.append((sent + delays[number] * MILLISECOND, bytes(answer)))
    return sorted(frames)
