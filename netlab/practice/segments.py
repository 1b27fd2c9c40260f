"""A connection of a student's own, segment by segment."""

import random
from typing import Any

from netlab.packet import stack
from netlab.wire import TCP, Ethernet, IPv4
from netlab.wire.tcp import MSS, NOP, SACKPermitted, WindowScale

START, MILLISECOND = 1_764_000_000_000_000_000, 1_000_000
SHORTEST = 60
"""Bytes in an Ethernet frame at least, its checksum not counted."""

Frames = list[tuple[int, bytes]]


def connection(chance: random.Random) -> Frames:
    """A client sends a file to a server and gets a line back.

    Its numbers run past the last one and begin again at 0.  One segment is damaged on its way, is
    thrown away, and comes again.  Short frames are padded.
    """
    talk = Talk(chance)
    sizes = [chance.randrange(200, 700) for _ in range(chance.randrange(5, 8))]
    # The number 0 is reached in the middle of the data.
    talk.next[CLIENT] = 2**32 - chance.randrange(200, sum(sizes) - 100)
    talk.send(CLIENT, "SYN", options=talk.options(0))
    talk.send(SERVER, "SYN ACK", options=talk.options(1))
    talk.send(CLIENT, "ACK")
    damaged = chance.randrange(1, len(sizes) - 1)
    for number, size in enumerate(sizes):
        data = chance.randbytes(size)
        if number == damaged:
            talk.send(CLIENT, "PSH ACK", data, arrives=False)
        talk.send(CLIENT, "PSH ACK", data)
        talk.send(SERVER, "ACK")
    talk.send(SERVER, "PSH ACK", b"thank you\r\n")
    talk.send(CLIENT, "FIN ACK")
    talk.send(SERVER, "FIN ACK")
    talk.send(CLIENT, "ACK")
    return talk.frames


CLIENT, SERVER = 0, 1


class Talk:
    """Two ends, what each sends next, and the frames so far."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.frames: Frames = []
        network = f"192.168.{chance.randrange(256)}"
        self.ips = [f"{network}.10", f"{network}.20"]
        self.ports = [chance.randrange(49152, 65536), chance.choice((7, 5000, 8080, 9000))]
        self.next = [0, chance.randrange(2**31)]
        self.sizes = chance.sample((1220, 1380, 1400, 1448, 1460), 2)
        self.shifts = chance.sample(range(2, 11), 2)
        self.now = START

    def options(self, end: int) -> list[Any]:
        """What that end announces in its SYN."""
        scale = WindowScale(shift=self.shifts[end])
        return [MSS(mss=self.sizes[end]), SACKPermitted(), NOP(), scale, *[NOP()] * 3]

    def send(
        self, end: int, flags: str, data: bytes = b"", options: Any = (), arrives: bool = True
    ) -> None:
        """One segment.  In one that does not arrive a bit is not as it was sent."""
        self.now += self.chance.randrange(1, 40) * MILLISECOND
        other = 1 - end
        tcp = TCP(
            src_port=self.ports[end], dst_port=self.ports[other], seq=self.next[end],
            ack=self.next[other] if "ACK" in flags else 0, flags=flags, options=options,
            window=self.chance.randrange(200, 900),
        )  # fmt: skip
        ether = Ethernet(src=MACS[end], dst=MACS[other])
        ip = IPv4(src=self.ips[end], dst=self.ips[other], flags="DF")
        frame = bytearray(bytes(stack(ether, ip, tcp, data)).ljust(SHORTEST, b"\0"))
        if arrives:
            taken = len(data) + ("SYN" in flags) + ("FIN" in flags)
            self.next[end] = (self.next[end] + taken) % 2**32
        else:
            frame[-1 - self.chance.randrange(len(data))] ^= 1 << self.chance.randrange(8)
        self.frames.append((self.now, bytes(frame)))


MACS = ("02:00:00:00:00:0a", "02:00:00:00:00:14")
