"""The private kernel: what it answers, what it tells of itself, and that nothing of it stays."""

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import netlab
from netlab.doctor import examine
from netlab.kernel import Connection, Kernel, KernelError, tcp_info
from netlab.kernel.counters import moved
from netlab.kernel.errors import REFUSED, refusal
from netlab.wire.tcp import TCPFlags

ROOT = Path(__file__).parents[1]

needs_kernel = pytest.mark.needs("kernel")


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    with Kernel() as made:
        yield made


def segment(kernel: Kernel, version: int = 4, **fields: object) -> netlab.Packet:
    ip = (
        netlab.IPv4(src=kernel.peer, dst=kernel.address)
        if version == 4
        else netlab.IPv6(src=kernel.peer6, dst=kernel.address6)
    )
    return ip / netlab.TCP(**{"src_port": 40000, "dst_port": 80, "seq": 7} | fields)


def exchange(kernel: Kernel, packet: netlab.Packet | bytes) -> list[netlab.TCP]:
    """The segments that the kernel answers with."""
    answers = [netlab.dissect(data, "raw") for data in kernel.exchange(bytes(packet))]
    assert [answer.problems for answer in answers] == [()] * len(answers)
    return [answer[netlab.TCP] for answer in answers]


@needs_kernel
@pytest.mark.parametrize(("version", "family"), [(4, socket.AF_INET), (6, socket.AF_INET6)])
def test_a_syn_is_answered(kernel: Kernel, version: int, family: int) -> None:
    if version == 6 and not kernel.ipv6:
        pytest.skip("this kernel has no IPv6")
    kernel.listen(80, family)
    (answer,) = exchange(kernel, segment(kernel, version, flags="SYN"))
    assert (answer.flags, answer.ack) == (TCPFlags.SYN | TCPFlags.ACK, 8)
    assert answer.checksum_ok
    (refusing,) = exchange(kernel, segment(kernel, version, flags="SYN", dst_port=81))
    assert refusing.flags == TCPFlags.RST | TCPFlags.ACK


@needs_kernel
def test_a_connection_made_by_hand(kernel: Kernel) -> None:
    listener = kernel.listen(80)
    listener.settimeout(1)
    (answer,) = exchange(kernel, segment(kernel, flags="SYN"))
    ours = {"seq": 8, "ack": answer.seq + 1}
    kernel.write(bytes(segment(kernel, flags="ACK", **ours)))
    connection, address = listener.accept()
    assert address == (kernel.peer, 40000)
    with connection:
        (acknowledged,) = exchange(kernel, segment(kernel, flags="PSH ACK", **ours) / b"hello")
        assert acknowledged.ack == 8 + 5
        assert connection.recv(100) == b"hello"
        connection.sendall(b"good day")
        data = netlab.dissect(kernel.read(1) or b"", "raw")
        assert data.payload == b"good day"
        info = tcp_info(connection)
        assert info["state"] == "ESTABLISHED"
        assert info["bytes_received"] == 5
        assert info["unacked"] == 1
        assert info["snd_ssthresh"] is None
        line = Connection((kernel.address, 80), (kernel.peer, 40000), "ESTABLISHED", 8, 0, 0)
        assert line in kernel.connections()
        assert "ESTAB" in str(kernel.run("ss", "-tn")) or not Path("/usr/bin/ss").exists()


@needs_kernel
def test_an_ack_just_behind_the_window_is_heard_and_one_further_is_not(kernel: Kernel) -> None:
    """Why `netlab.tcp` hears it too, though RFC 9293 section 3.10.7.4 calls it unacceptable."""
    listener = kernel.listen(80)
    listener.settimeout(1)
    (answer,) = exchange(kernel, segment(kernel, flags="SYN"))
    edge, ours = 8 + answer.window, {"flags": "ACK", "ack": answer.seq + 1}
    kernel.write(bytes(segment(kernel, seq=8, **ours)))
    connection, _ = listener.accept()
    with connection:
        connection.sendall(b"good day")
        assert kernel.read(1)
        ours["ack"] += 8
        (refused,) = exchange(kernel, segment(kernel, seq=edge + 1, **ours))
        assert (refused.ack, tcp_info(connection)["unacked"]) == (8, 1)
        assert exchange(kernel, segment(kernel, seq=edge, **ours)) == []
        assert tcp_info(connection)["unacked"] == 0


@needs_kernel
def test_the_kernel_connects_to_us(kernel: Kernel) -> None:
    opening = kernel.connect(4321)
    syn = netlab.dissect(kernel.read(1) or b"", "raw")
    assert (syn[netlab.IPv4].dst, syn[netlab.TCP].dst_port) == (kernel.peer, 4321)
    answer = segment(
        kernel, flags="SYN ACK", ack=syn[netlab.TCP].seq + 1, src_port=4321,
        dst_port=syn[netlab.TCP].src_port,
    )  # fmt: skip
    (ack,) = exchange(kernel, answer)
    assert ack.flags == TCPFlags.ACK
    assert opening.getpeername() == (kernel.peer, 4321)


@needs_kernel
def test_counters_tell_what_was_thrown_away(kernel: Kernel) -> None:
    kernel.listen(80)
    before = kernel.counters()
    assert kernel.exchange(bytes(segment(kernel, flags="SYN", checksum=0)), wait=0.02) == []
    grown = moved(before, kernel.counters())
    assert grown["TcpInCsumErrors"] == 1
    assert grown["IpInReceives"] == 1
    assert "TcpOutSegs" not in grown


@needs_kernel
def test_settings_are_those_of_the_private_network(kernel: Kernel) -> None:
    name = "net.ipv4.tcp_sack"
    outside = Path("/proc/sys/net/ipv4/tcp_sack").read_text()
    other = str(1 - int(kernel.sysctl(name)))
    assert kernel.sysctl(name, other) == other
    assert kernel.sysctl(name) == other
    assert Path("/proc/sys/net/ipv4/tcp_sack").read_text() == outside
    with pytest.raises(FileNotFoundError, match="no_such_setting"):
        kernel.sysctl("net.no_such_setting")
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        kernel.run("no-such-program")


@needs_kernel
def test_nothing_is_sent_that_nobody_asked_for(kernel: Kernel) -> None:
    assert kernel.read(0.2) is None


@needs_kernel
def test_two_kernels_know_nothing_of_each_other(kernel: Kernel) -> None:
    with Kernel("10.9.8.7/24") as other:
        assert (other.address, other.peer) == ("10.9.8.7", "10.9.8.8")
        kernel.listen(80)
        other.listen(81)
        assert [line.local for line in kernel.connections()] == [("0.0.0.0", 80)]
        assert [line.local for line in other.connections()] == [("0.0.0.0", 81)]
        ping = netlab.IPv4(src="10.9.8.1", dst="10.9.8.7") / netlab.ICMP() / netlab.ICMPEcho()
        (answer,) = other.exchange(bytes(ping))
        assert netlab.dissect(answer, "raw").summary().startswith("echo reply")


@needs_kernel
def test_it_outlives_the_thread_that_made_it() -> None:
    made: list[Kernel] = []
    thread = threading.Thread(target=lambda: made.append(Kernel()))
    thread.start()
    thread.join()
    with made[0] as kernel:
        assert kernel.listen(80).getsockname()[1] == 80


def gone(pid: int) -> bool:
    """Whether the process ends within a second; a zombie has ended."""
    for _ in range(100):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.01)
    return False


@needs_kernel
def test_closing_ends_everything() -> None:
    descriptors = len(os.listdir("/proc/self/fd"))
    with Kernel() as kernel:
        listener = kernel.listen(80)
        kernel.counters()
        inside = kernel.process_id
    assert gone(inside)
    assert listener.fileno() == -1
    kernel.close()
    assert len(os.listdir("/proc/self/fd")) == descriptors


@needs_kernel
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
def test_the_kernel_ends_with_its_program(how: str) -> None:
    """Whether that is killed or broken off by Ctrl-C."""
    code = (
        "import time; from netlab.kernel import Kernel; kernel = Kernel();"
        "print(kernel.process_id, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as program:
        assert program.stdout
        inside = int(program.stdout.readline())
        program.send_signal(signal.Signals[how])
        program.wait(5)
    assert gone(inside)


def interpreter(user: list[str]) -> str:
    """A Python that an ordinary user may run: root's own may lie in root's home."""
    for python in (sys.executable, "/usr/bin/python3"):
        code = (
            "import subprocess, sys; subprocess.run([sys.executable, '-c', ''], check=True);"
            "sys.exit(sys.version_info < (3, 11))"
        )
        done = subprocess.run([*user, python, "-c", code], capture_output=True)
        if not done.returncode:
            return python
    pytest.skip("needs a Python 3.11 that an ordinary user may run")


NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"]


def as_nobody(tmp_path: Path, code: str) -> str:
    """What a program prints that runs without any rights; the TUN device is everybody's, as
    most systems have it."""
    package = tmp_path / "netlab"
    if not package.exists():
        import shutil

        shutil.copytree(ROOT / "netlab", package, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in (tmp_path, *list(tmp_path.parents)[:-2]):
        folder.chmod(folder.stat().st_mode | 0o555)
    run = [*NOBODY, interpreter(NOBODY), "-B", "-c", code]
    device = "mount -t tmpfs tmpfs /dev/net && mknod -m 666 /dev/net/tun c 10 200"
    command = ["unshare", "--mount", "sh", "-c", f'{device} && exec "$@"', "sh", *run]
    if os.geteuid() != 0:
        command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_kernel
@pytest.mark.needs("unshare", "setpriv")
def test_no_root_is_needed(tmp_path: Path) -> None:
    said = as_nobody(
        tmp_path,
        "import os, netlab; from netlab.kernel import Kernel; kernel = Kernel();"
        "kernel.listen(80); syn = netlab.IPv4(src=kernel.peer, dst=kernel.address)"
        "/ netlab.TCP(src_port=40000, dst_port=80, flags='SYN');"
        "print(netlab.dissect(kernel.exchange(bytes(syn))[0], 'raw').summary());"
        "print(kernel.sysctl('net.ipv4.tcp_sack', 0)); kernel.close(); print(os.geteuid())",
    )
    answer, setting, user = said.splitlines()
    assert "[SYN ACK]" in answer
    assert setting == "0"
    assert int(user) != 0


HIDDEN = {
    "TUN": ("mount -t tmpfs tmpfs /dev/net", "there is no /dev/net/tun: sudo modprobe tun"),
    "namespaces": (
        "echo 0 > /proc/sys/user/max_net_namespaces",
        "permits no more network namespaces: sudo sysctl",
    ),
}


@needs_kernel
@pytest.mark.needs("unshare")
@pytest.mark.parametrize(("command", "sentence"), HIDDEN.values(), ids=HIDDEN)
def test_what_is_missing_is_said_in_a_sentence(command: str, sentence: str) -> None:
    """In a namespace that really lacks it."""
    code = (
        "from netlab.kernel import Kernel, KernelError\n"
        "try: Kernel()\nexcept KernelError as error: print(error)\n"
        "from netlab.doctor import examine\nprint(*examine(), sep='\\n')"
    )
    bare = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    done = subprocess.run(
        [*bare, f'{command} && exec "$@"', "sh", sys.executable, "-c", code],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    first, *findings = done.stdout.splitlines()
    assert sentence in first, done.stderr
    assert "recorded" in first
    (tun,) = (line for line in findings if "TUN device" in line)
    (namespaces,) = (line for line in findings if "network namespaces" in line)
    assert tun.startswith("✘")
    assert sentence.partition(": ")[2] in tun
    assert namespaces.startswith("✔" if "TUN" in sentence or "tun" in sentence else "✘")


@needs_kernel
def test_a_wrong_address_is_refused() -> None:
    with pytest.raises(ValueError, match=r"10.0.0.300.*such as '192.168.77.1/24'"):
        Kernel("10.0.0.300/24")


def test_elsewhere_than_on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(KernelError, match="needs Linux, and this is darwin: run the lessons in"):
        Kernel()
    for finding in examine():
        if finding.name in ("TUN device", "network namespaces"):
            assert not finding.ok
            assert "Linux virtual machine" in finding.remedy


@pytest.mark.parametrize(("what", "number"), [*REFUSED, ("device", errno.EBUSY)])
def test_each_refusal_names_a_remedy(what: str, number: int) -> None:
    error = refusal(what, number)
    assert error.what == what
    assert "sudo" in error.remedy or "run as root" in error.remedy or "usual" in error.remedy
    assert str(error).count("\n") == 0
