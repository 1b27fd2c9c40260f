"""The recordings of the kit's own TCP in conversation with Linux', and of what Linux judged."""

from pathlib import Path

from netlab import TCP, UDP, IPv4, referee
from netlab.capture import write
from netlab.checksum import additions
from netlab.data.stage import recording
from netlab.kernel import Kernel, beside
from netlab.kernel.peer import Peer
from netlab.kernel.view import side_by_side
from netlab.packet import stack
from netlab.referee import recorded
from netlab.simulation import Sending, content
from netlab.tcp import State

PORT = 5001


@recording("peer.pcapng")
def peer(path: Path) -> None:
    """netlab's TCP and Linux' send each other 20,000 bytes; a tenth of the packets is lost on
    netlab's side; each packet carries both ends' view of that moment"""
    with Kernel() as kernel, Peer(kernel, loss=0.1, seed=4) as ours:
        server = ours.listen(PORT, lambda port: content(20_000))
        connection = ours.host.connect(
            kernel.address, PORT, Sending(content(20_000)), minimum_rto=200_000_000
        )

        def views() -> str:
            """Both ends' variables, once the kernel has its end."""
            ends = server.accepted
            return str(side_by_side(connection.endpoint, ends[0].socket)) if ends else ""

        ours.note = views
        done = (State.TIME_WAIT, State.CLOSED)
        ours.run(lambda: server.accepted and server.accepted[0].finished)
        ours.run(lambda: connection.state in done)
        write(path, ours.packets)


@recording("kernel_we.pcap")
def kernel_we(path: Path) -> None:
    """netlab's TCP connects to Linux', says hello and closes first; beside the packets, as JSON,
    the states of both ends"""
    beside.live("we").write(path)


@recording("kernel_both.pcap")
def kernel_both(path: Path) -> None:
    """The same, but both close at once"""
    beside.live("both").write(path)
    verdicts(path.with_name(recorded.FILE.name))


def verdicts(path: Path) -> None:
    """What Linux makes of hand-built packets: those of lessons 05, 07 and 08."""
    ip = IPv4(src=referee.YOU, dst=referee.KERNEL)
    hello = stack(ip, UDP(src_port=4000, dst_port=referee.UDP_PORT), b"hello")
    header = hello[IPv4].replace(checksum=0)
    carry_lost = ~list(additions(bytes(header), fold=False))[-1].after & 0xFFFF
    syn = TCP(src_port=4000, dst_port=referee.TCP_PORT, seq=1000, flags="SYN")
    segments = (
        syn,
        syn.replace(checksum=0),
        syn.replace(dst_port=81),
        syn.replace(src_port=4001, ack=500, flags="ACK"),
    )
    packets = [hello, stack(header.replace(checksum=carry_lost), hello.data[header.size :])]
    packets += [stack(ip, segment) for segment in segments]
    packets.append(stack(ip.replace(total_length=20), syn))
    recorded.write(map(referee.judge, packets), path)
