"""One end of a tunnel: what is sent into the device tun0 arrives at the other end in UDP.

    python tunnel.py OWN_ADDRESS OTHER_ADDRESS

It is the least that a VPN does, and gives recordings whose packets begin with IP.
"""

import fcntl
import os
import select
import socket
import struct
import sys

PORT = 4433
TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
"""From Linux' if_tun.h: make a device; one of IP packets; with nothing before them."""


def main(own: str, other: str) -> None:
    """Carry packets to and fro until somebody ends this."""
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH", b"tun0", IFF_TUN | IFF_NO_PI))
    outside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    outside.bind((own, PORT))
    while True:
        ready = select.select([device, outside.fileno()], [], [])[0]
        if device in ready:
            outside.sendto(os.read(device, 65536), (other, PORT))
        if outside.fileno() in ready:
            os.write(device, outside.recv(65536))


if __name__ == "__main__":
    main(*sys.argv[1:])
