"""A switch with two ports, as some recordings need one; it runs on a host of its own.

    python switch.py [--tag TYPE:VLAN ...] [--drop N ...]

Frames that come in on eth0 leave on eth1 and the other way round.  They are filled up to 60 bytes,
as a network card does it.  On eth1 they carry the VLAN tags that were asked for, the first one
outermost.  Of the frames from eth1 those with the given numbers, counted from 1, get lost.
"""

import argparse
import select
import socket

SHORTEST = 60
"""Bytes in a frame, its check sequence not counted (IEEE 802.3 clause 4.2.3.3)."""


def port(device: str) -> socket.socket:
    """A socket that reads and writes the frames of a device."""
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
    made.bind((device, 0))
    return made


def frame(source: socket.socket) -> bytes:
    """The next frame that comes in, b"" when it is one that this host sent itself.  The kernel
    has taken the outermost VLAN tag off."""
    data, address = source.recvfrom(65536)
    return b"" if address[2] == socket.PACKET_OUTGOING else data  # type: ignore[attr-defined]


def main() -> None:
    """Forward frames until somebody ends this."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tag", action="append", default=[])
    parser.add_argument("--drop", action="append", default=[], type=int)
    options = parser.parse_args()
    words = [word.split(":") for word in options.tag]
    tags = b"".join(int(kind, 16).to_bytes(2) + int(vlan).to_bytes(2) for kind, vlan in words)
    inner = max(len(tags) - 4, 0)
    access, trunk = port("eth0"), port("eth1")
    count = 0
    while True:
        for source in select.select([access, trunk], [], [])[0]:
            data = frame(source)
            if data and source is access:
                data = data.ljust(SHORTEST, b"\0")
                trunk.send(data[:12] + tags + data[12:])
            elif data:
                count += 1
                if count not in options.drop:
                    access.send((data[:12] + data[12 + inner :]).ljust(SHORTEST, b"\0"))


if __name__ == "__main__":
    main()
