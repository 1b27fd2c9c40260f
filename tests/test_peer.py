"""The kit's TCP against the Linux kernel's, in both roles; tshark looks at what was recorded."""

import errno
import socket
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from test_kernel import as_nobody

import netlab
from netlab.kernel import Kernel, tcp_info
from netlab.kernel.network import ABORT
from netlab.kernel.peer import Peer
from netlab.kernel.programs import Talker
from netlab.kernel.view import side_by_side
from netlab.simulation import Connection, Receiving, Sending, Talking, content
from netlab.tcp import State

pytestmark = pytest.mark.needs("kernel")

OPTIONS = {
    "receive_buffer": 1 << 18, "send_buffer": 1 << 18, "minimum_rto": 200_000_000,
    "msl": 20_000_000,
}  # fmt: skip
"""Of our endpoints: times as short as the kernel's own, so that a lost segment does not cost the
test a second, and 2 MSL end at once."""

PORT = 5001


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    with Kernel() as made:
        yield made


@pytest.fixture
def peer(kernel: Kernel) -> Iterator[Peer]:
    with Peer(kernel) as made:
        yield made


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def kernel_is_done(peer: Peer, port: int) -> bool:
    """Whether the kernel has no connection left but those that wait for 2 MSL."""
    return all(
        line.state in ("LISTEN", "TIME-WAIT")
        for line in peer.kernel.connections()
        if port in (line.local[1], line.remote[1])
    )


def closed(peer: Peer) -> bool:
    """Whether all our connections are closed; there is at least one."""
    ends = peer.host.connections.values()
    return bool(ends) and all(end.state is State.CLOSED for end in ends)


def other_zero(packet: netlab.Packet) -> bool:
    """Whether the checksum is 0xffff where tshark wants 0: Linux sends that, once in 65536 times,
    and every receiver takes it for the same."""
    return packet[netlab.TCP].checksum == 0xFFFF and packet[netlab.TCP].checksum_ok is True


def malformed(packets: list[netlab.Packet], path: Path) -> list[str]:
    """What tshark's expert calls an error, and each packet that it finds malformed or damaged."""
    netlab.write(path, packets)
    settings = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
    fields = ("_ws.malformed", "tcp.checksum.status", "frame.protocols")
    columns = [word for field in fields for word in ("-e", field)]
    command = ["tshark", "-r", path, *settings, "-d", f"tcp.port=={PORT},data"]
    rows = _said([*command, "-T", "fields", *columns])
    bad = [
        row
        for row, packet in zip(rows, packets, strict=True)
        if row.split("\t")[:2] != ["", "1"] and not other_zero(packet)
    ]
    expert = _said([*command, "-q", "-z", "expert"])
    return bad + [line for line in expert if line.startswith("Errors") or "Malformed" in line]


def _said(command: list[str | Path]) -> list[str]:
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


# Both roles, with losses.


class Run:
    """Ten connections at once, data both ways, in one of the two roles."""

    def __init__(self, peer: Peer, role: str) -> None:
        self.peer, self.ours = peer, [Sending(self.up(n), keep=True) for n in range(10)]
        self.ends: list[Connection] = []
        if role == "client":
            server = peer.listen(PORT, lambda port: self.down(port - 41_000))
            for number, program in enumerate(self.ours):
                self.ends.append(
                    peer.host.connect(
                        peer.kernel.address, PORT, program, local_port=41_000 + number, **OPTIONS
                    )
                )
            peer.run(lambda: len(server.accepted) == 10 and self.done(server.accepted), 60)
            self.theirs = sorted(server.accepted, key=lambda talker: talker.caller)
            server.socket.close()
        else:
            programs = iter(self.ours)
            peer.host.listen(PORT, lambda: next(programs), **OPTIONS)
            self.theirs = [peer.call(PORT, self.down(number)) for number in range(10)]
            peer.run(lambda: len(peer.host.connections) == 10 and self.done(self.theirs), 60)
            ports = [talker.socket.getsockname()[1] for talker in self.theirs]
            ends = {end.remote[1]: end for end in peer.host.connections.values()}
            self.ends = [ends[port] for port in ports]

    def done(self, talkers: list[Talker]) -> bool:
        finished = all(talker.finished for talker in talkers)
        return finished and closed(self.peer) and kernel_is_done(self.peer, PORT)

    def up(self, number: int) -> bytes:
        return content(4_000 * number + 1, f"up {number}")

    def down(self, number: int) -> bytes:
        return content(30_000 - 3_000 * number, f"down {number}")


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("role", ["client", "server"])
@pytest.mark.parametrize("loss", [0, 0.025, 0.05, 0.075, 0.1])
def test_ten_transfers(kernel: Kernel, tmp_path: Path, role: str, loss: float) -> None:
    with Peer(kernel, seed=f"{role} {loss}", loss=loss) as peer:
        run = Run(peer, role)
        lost = sum(journey.fate == "lost" for journey in peer.journeys)
        assert (lost > 0) is (loss > 0)
        for number, (end, talker) in enumerate(zip(run.ends, run.theirs, strict=True)):
            assert digest(talker.received) == digest(end.program.data)
            assert talker.error == 0
            assert (end.state, end.endpoint.error) == (State.CLOSED, "")
            if role == "client":  # a server of ours takes callers in the order in which they come
                assert digest(end.program.received) == digest(run.down(number))
        received = Counter(digest(end.program.received) for end in run.ends)
        assert received == Counter(digest(run.down(number)) for number in range(10))
        assert kernel_is_done(peer, PORT)
        assert malformed(peer.packets, tmp_path / "run.pcap") == []


@pytest.mark.parametrize("ipv6", [False, True])
@pytest.mark.parametrize("role", ["client", "server"])
def test_a_megabyte_each_way(kernel: Kernel, role: str, ipv6: bool) -> None:
    if ipv6 and not kernel.ipv6:
        pytest.skip("this kernel has no IPv6")
    up, down = content(1_000_000, "up"), content(1_000_000, "down")
    with Peer(kernel, ipv6=ipv6) as peer:
        ours = Sending(up, keep=True)
        address = kernel.address6 if ipv6 else kernel.address
        if role == "client":
            server = peer.listen(PORT, lambda port: down)
            peer.host.connect(address, PORT, ours, **OPTIONS)
            assert peer.run(lambda: closed(peer) and server.accepted[0].finished)
            (theirs,) = server.accepted
        else:
            peer.host.listen(PORT, lambda: ours, **OPTIONS)
            theirs = peer.call(PORT, down)
            assert peer.run(lambda: closed(peer) and theirs.finished)
        assert digest(theirs.received) == digest(up)
        assert digest(ours.received) == digest(down)


# Single situations.


def established(peer: Peer, program: Talking | None = None) -> tuple[Connection, Talker]:
    """A connection that we have opened, and the kernel's end of it; neither sends or closes."""
    server = peer.listen(PORT)
    options = OPTIONS | {"msl": 10**9}
    connection = peer.host.connect(
        peer.kernel.address, PORT, program or (lambda connection: None), **options
    )
    assert peer.run(lambda: server.accepted, 20)
    (talker,) = server.accepted
    talker.pause()
    server.socket.close()
    return connection, talker


def reaches(peer: Peer, condition: Callable[[], object]) -> bool:
    return peer.run(condition, 20)


def kernel_state(talker: Talker) -> str:
    return str(tcp_info(talker.socket)["state"])


def test_handshake_with_all_options(peer: Peer) -> None:
    connection, talker = established(peer)
    assert connection.state is State.ESTABLISHED
    info = tcp_info(talker.socket)
    assert (info["state"], info["options"]) == (
        "ESTABLISHED", ["timestamps", "SACK", "window scale"],
    )  # fmt: skip
    syn, syn_ack, ack = (packet[netlab.TCP] for packet in peer.packets)
    assert syn.flags == netlab.TCP(flags="SYN").flags
    assert syn_ack.ack == (syn.seq + 1) % 2**32
    assert ack.ack == (syn_ack.seq + 1) % 2**32


def test_half_close_then_data(peer: Peer) -> None:
    connection, talker = established(peer)
    connection.close()
    assert reaches(peer, lambda: connection.state is State.FIN_WAIT_2)
    talker.go(close=False)
    assert reaches(peer, lambda: talker.ended)
    assert kernel_state(talker) == "CLOSE-WAIT"
    talker.socket.sendall(b"still talking")
    assert reaches(peer, lambda: connection.endpoint.readable == 13)
    assert connection.receive() == b"still talking"
    talker.socket.shutdown(socket.SHUT_WR)
    assert reaches(peer, lambda: connection.state is State.TIME_WAIT)
    assert kernel_is_done(peer, PORT)


def test_the_kernel_closes_first(peer: Peer) -> None:
    connection, talker = established(peer)
    talker.socket.shutdown(socket.SHUT_WR)
    assert reaches(peer, lambda: connection.state is State.CLOSE_WAIT)
    assert kernel_state(talker) == "FIN-WAIT-2"
    connection.send(b"the last word")
    connection.close()
    talker.go(close=False)
    assert reaches(peer, lambda: connection.state is State.CLOSED)
    assert connection.endpoint.error == ""
    assert reaches(peer, lambda: talker.ended)
    assert talker.received == b"the last word"


def test_simultaneous_close(peer: Peer) -> None:
    """The kernel's FIN is on its way while ours is: we do not read it before."""
    connection, talker = established(peer)
    talker.socket.shutdown(socket.SHUT_WR)
    assert kernel_state(talker) == "FIN-WAIT-1"
    connection.close()
    assert connection.state is State.FIN_WAIT_1
    assert reaches(peer, lambda: connection.state is State.TIME_WAIT)
    assert any("CLOSING" in str(step) for step in connection.endpoint.machine.history)
    assert kernel_is_done(peer, PORT)


def test_simultaneous_open(peer: Peer, kernel: Kernel) -> None:
    """Both send a SYN before they see the other's."""
    caller = kernel.socket()
    caller.setblocking(False)
    caller.bind((kernel.address, 6000))
    assert caller.connect_ex((kernel.peer, 7000)) == errno.EINPROGRESS
    connection = peer.host.connect(kernel.address, 6000, local_port=7000, **OPTIONS)
    assert connection.state is State.SYN_SENT
    assert reaches(peer, lambda: connection.state is State.ESTABLISHED)
    assert any("SYN-RECEIVED" in str(step) for step in connection.endpoint.machine.history)
    assert tcp_info(caller)["state"] == "ESTABLISHED"
    connection.send(b"hello")
    talker = peer.talk(caller, b"hello to you", close=False)
    assert reaches(peer, lambda: talker.received and connection.endpoint.readable)
    assert (bytes(talker.received), connection.receive()) == (b"hello", b"hello to you")
    connection.abort()


def test_our_reset(peer: Peer) -> None:
    connection, talker = established(peer)
    connection.abort()
    talker.go(close=False)
    assert reaches(peer, lambda: talker.ended)
    assert talker.error == errno.ECONNRESET
    assert kernel_state(talker) == "CLOSED"


def test_the_kernels_reset(peer: Peer) -> None:
    connection, talker = established(peer)
    talker.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
    talker.socket.close()
    assert reaches(peer, lambda: connection.state is State.CLOSED)
    assert connection.endpoint.error == "connection reset"


def test_nobody_listens(peer: Peer, kernel: Kernel) -> None:
    connection = peer.host.connect(kernel.address, 5999, **OPTIONS)
    assert reaches(peer, lambda: connection.state is State.CLOSED)
    assert connection.endpoint.error == "connection reset"
    caller = peer.call(5998)
    assert reaches(peer, lambda: caller.ended)
    assert caller.error == errno.ECONNREFUSED


def test_a_closed_window_opens_again(peer: Peer) -> None:
    """The kernel fills our window, probes it, and goes on when we have read."""
    connection, talker = established(peer)
    data = content(3 * OPTIONS["receive_buffer"])
    talker.go(data)
    assert reaches(peer, lambda: connection.endpoint.receiver.rcv_wnd == 0)
    assert peer.run(lambda: False, 0.5) is False
    connection.program = program = Receiving(keep=True)
    program(connection)
    connection.flush()
    assert reaches(peer, lambda: program.closed)
    assert digest(program.received) == digest(data)


def test_the_kernels_window_closes(peer: Peer) -> None:
    data = content(4_000_000)
    connection, talker = established(peer, Sending(data))
    assert reaches(peer, lambda: connection.endpoint.sender.snd_wnd == 0)
    talker.go()
    assert peer.run(lambda: talker.finished, 20)
    assert digest(talker.received) == digest(data)


def test_delay_and_bandwidth_of_the_links(kernel: Kernel) -> None:
    """What the simulation's links do, they do to the kernel's packets too."""
    with Peer(kernel, delay=0.05) as peer:
        _, talker = established(peer)
        assert 100_000 <= tcp_info(talker.socket)["rtt"] < 200_000


def test_the_kernels_view(peer: Peer, kernel: Kernel) -> None:
    """What lessons show beside our own variables."""
    connection, talker = established(peer)
    (line,) = (line for line in kernel.connections() if line.state == "ESTABLISHED")
    assert line.remote == (peer.host.address, connection.port)
    connection.send(bytes(10))
    assert reaches(peer, lambda: tcp_info(talker.socket)["bytes_received"] == 10)
    assert "ESTAB" in kernel.run("ss", "-tni") if Path("/usr/bin/ss").exists() else True


def test_both_views_side_by_side(peer: Peer) -> None:
    connection, talker = established(peer)
    connection.send(content(5_000))
    talker.go(content(3_000))
    assert reaches(peer, lambda: connection.endpoint.readable == 3_000)
    assert reaches(peer, lambda: len(talker.received) == 5_000)
    assert peer.run(lambda: not connection.endpoint.sender.board.outstanding, 20)
    view = {row.name: row[1:] for row in side_by_side(connection.endpoint, talker.socket)}
    assert view["state"] == ("CLOSE-WAIT", "FIN-WAIT-2")
    assert view["bytes acknowledged, a FIN is one"] == ("5000", "3001")
    assert view["bytes received, a FIN is one"] == ("3001", "5000")
    assert view["largest payload (MSS)"] == ("1448", "1448")
    assert "netlab" in str(side_by_side(connection.endpoint, talker.socket)).splitlines()[0]


@pytest.mark.needs("unshare", "setpriv")
def test_no_root_is_needed(tmp_path: Path) -> None:
    said = as_nobody(
        tmp_path,
        """
import hashlib, os
from netlab.kernel import Kernel
from netlab.kernel.peer import Peer
from netlab.simulation import Sending, content
data = content(100_000)
with Kernel() as kernel, Peer(kernel, loss=0.02, seed=1) as peer:
    server = peer.listen(5001)
    peer.host.connect(kernel.address, 5001, Sending(data), minimum_rto=200_000_000)
    peer.run(lambda: server.accepted and server.accepted[0].finished)
    same = hashlib.sha256(server.accepted[0].received) .digest() == hashlib.sha256(data).digest()
    print(os.geteuid() != 0, same)
""",
    )
    assert said.split() == ["True", "True"]
