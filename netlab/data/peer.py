"""The recording of the kit's own TCP in conversation with Linux'."""

from pathlib import Path

from netlab.capture import write
from netlab.data.stage import recording
from netlab.kernel import Kernel
from netlab.kernel.peer import Peer
from netlab.kernel.view import side_by_side
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
