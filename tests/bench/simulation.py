"""How fast the simulation and the kit's TCP are: segments a second, and bytes beside the kernel's.

    python tests/bench/simulation.py

Two endpoints send to each other through a simulated link; and 4 MB go over a TUN device between
the kit's TCP and the Linux kernel's, and between two kernels, with a loop in Python that carries
the packets from one to the other.  The latter shows what the path alone permits.
"""

import os
import select
import threading
import time
from collections.abc import Callable

from netlab.kernel import Kernel, KernelError
from netlab.kernel.peer import Peer
from netlab.simulation import Link, Network, Receiving, Sending, content
from netlab.simulation.clock import Clock

ROUNDS = 3
SIZE = 4_000_000
SEGMENTS = 100_000
PORT = 5001
OPTIONS = {"receive_buffer": 1 << 20, "send_buffer": 1 << 20, "congestion": "cubic"}


def link_alone() -> float:
    """Packets a second of processor time through a link, without TCP."""
    clock = Clock()
    link = Link(clock, lambda item: None, bandwidth=1e9, delay=0.01)
    begin = time.process_time()
    for number in range(SEGMENTS):
        clock.at(number * 12_000, link.send, number, 1500)
    clock.run()
    return SEGMENTS / (time.process_time() - begin)


def simulated(loss: float) -> float:
    """Segments a second of processor time: two endpoints and the links between them."""
    network = Network(seed=1, trace=False)
    a, b = network.pair(bandwidth=100e6, delay=0.01, queue=100, loss=loss)
    ways = network.link(a, b), network.link(b, a)
    network.transfer(a, b, **OPTIONS)
    begin = time.process_time()
    network.run(until=lambda: sum(link.carried for link in ways) >= SEGMENTS)
    return SEGMENTS / (time.process_time() - begin)


def to_the_kernel() -> float:
    """Bytes a second from our TCP to the kernel's."""
    with Kernel() as kernel, Peer(kernel) as peer:
        server = peer.listen(PORT)
        begin = time.perf_counter()
        peer.host.connect(kernel.address, PORT, Sending(content(SIZE)), **OPTIONS)
        peer.run(lambda: server.accepted and server.accepted[0].finished)
        assert len(server.accepted[0].received) == SIZE
        return SIZE / (time.perf_counter() - begin)


def from_the_kernel() -> float:
    """Bytes a second from the kernel's TCP to ours."""
    with Kernel() as kernel, Peer(kernel) as peer:
        program = Receiving()
        peer.host.listen(PORT, lambda: program, **OPTIONS)
        begin = time.perf_counter()
        peer.call(PORT, content(SIZE))
        peer.run(lambda: program.closed)
        (end,) = peer.host.connections.values()
        assert end.received == SIZE
        return SIZE / (time.perf_counter() - begin)


def kernel_to_kernel() -> float:
    """Bytes a second between two kernels whose TUN devices a loop in Python joins."""
    with Kernel("192.168.77.1/24") as near, Kernel("192.168.78.1/24") as far:
        listener = far.listen(PORT)
        sender = near.connect(PORT, far.address)
        sender.setblocking(True)
        done = threading.Event()
        carrier = threading.Thread(target=carry, args=(near, far, done))
        begin = time.perf_counter()
        carrier.start()
        receiver, _ = listener.accept()
        feeder = threading.Thread(target=lambda: (sender.sendall(content(SIZE)), sender.close()))
        feeder.start()
        received = 0
        while piece := receiver.recv(1 << 16):
            received += len(piece)
        spent = time.perf_counter() - begin
        done.set()
        for thread in (feeder, carrier):
            thread.join()
        assert received == SIZE
        receiver.close()
        return SIZE / spent


def carry(near: Kernel, far: Kernel, done: threading.Event) -> None:
    """Carry each packet from one TUN device to the other."""
    other = {near.fileno(): far.fileno(), far.fileno(): near.fileno()}
    while not done.is_set():
        for descriptor in select.select(list(other), [], [], 0.05)[0]:
            os.write(other[descriptor], os.read(descriptor, 65535))


BYTES: dict[str, Callable[[], float]] = {
    "netlab to the kernel": to_the_kernel,
    "the kernel to netlab": from_the_kernel,
    "kernel to kernel": kernel_to_kernel,
}


def main() -> None:
    """Print the rates."""
    print(f"{SEGMENTS:,} segments, best of {ROUNDS} rounds, in a second of processor time")
    for name, work in (
        ("a link alone", link_alone),
        ("two endpoints", lambda: simulated(0)),
        ("with 1 % loss", lambda: simulated(0.01)),
    ):
        print(f"  {name:22} {max(work() for _ in range(ROUNDS)):10,.0f} segments")
    print(f"{SIZE / 1e6:.0f} MB over a TUN device, best of {ROUNDS} alternating rounds")
    try:
        best = dict.fromkeys(BYTES, 0.0)
        for _ in range(ROUNDS):
            for name, work in BYTES.items():
                best[name] = max(best[name], work())
    except KernelError as error:
        print(f"  left out: {error}")
        return
    for name, rate in best.items():
        print(f"  {name:22} {rate / 1e6:10.2f} MB/s")


if __name__ == "__main__":
    main()
