"""Live capture, in a network of its own; dumpcap, listening beside it, is the judge."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from live.namespace import ROOT, run

import netlab
from netlab.capture import bpf, live

pytestmark = pytest.mark.needs("namespaces", "ip")

BESIDE_DUMPCAP = """
import json, socket, subprocess, sys, time
from pathlib import Path
from netlab.capture.live import Live

path, expression = sys.argv[1:]
dump = subprocess.Popen(["dumpcap", "-q", "-i", "lo", "-P", "-f", expression, "-w", path],
                        stderr=subprocess.DEVNULL)
while not Path(path).exists() or Path(path).stat().st_size < 24:
    time.sleep(0.01)
time.sleep(0.2)
with Live("lo", filter=expression, count=40) as capture:
    for number in range(20):
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            with socket.socket(family, socket.SOCK_DGRAM) as sender:
                sender.sendto(b"x" * number * 100, (address, 5555))
                sender.sendto(b"not this", (address, 6666))
    packets = list(capture)
    statistics = capture.statistics
whole = 24 + sum(16 + len(packet.data) for packet in packets)
for _ in range(100):  # dumpcap writes a moment later
    if Path(path).stat().st_size >= whole:
        break
    time.sleep(0.1)
dump.terminate()
dump.wait()
print(json.dumps([[packet.time // 1000, packet.data.hex(), packet.link, packet.interface]
                  for packet in packets]))
print(json.dumps(statistics))
"""


@pytest.mark.needs("dumpcap")
def test_what_passes_is_what_wireshark_sees(tmp_path: Path) -> None:
    path = tmp_path / "beside.pcap"
    packets, statistics = run(BESIDE_DUMPCAP, str(path), "udp port 5555").splitlines()
    theirs = [
        [(packet.time or 0) // 1000, packet.data.hex(), "ethernet", "lo"]
        for packet in netlab.read(path)
    ]
    ours = json.loads(packets)
    assert [rest for _, *rest in ours] == [rest for _, *rest in theirs]
    # The kernel begins to stamp packets a moment after it is asked to; until then each socket does.
    assert all(
        abs(one - other) < 50_000 for (one, *_), (other, *_) in zip(ours, theirs, strict=True)
    )
    assert len(theirs) == 40
    received, dropped = json.loads(statistics)
    assert received >= 40
    assert dropped == 0


TAGGED = """
import subprocess
from netlab.capture.live import Live, send
from netlab import IPv4, UDP, VLAN, Ethernet

for words in ("link add left type veth peer name right", "link set left up", "link set right up"):
    subprocess.run(["ip", *words.split()], check=True)
with Live("right", filter="udp", count=1, seconds=5) as capture:
    frame = Ethernet(dst="02:00:00:00:00:02") / VLAN(vlan_id=9) / IPv4() / UDP() / b"by hand"
    send(frame, "left")
    for packet in capture:
        print(packet.data == bytes(frame), packet.wire_length == len(bytes(frame)))
"""


def test_a_vlan_tag_is_where_it_was_on_the_wire() -> None:
    """The kernel takes it off before a socket sees the frame."""
    assert run(TAGGED) == "True True\n"


SHORT = """
import socket
from netlab.capture.live import Live
with Live("lo", filter="udp", count=1, snap_length=60) as capture:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(bytes(500), ("127.0.0.1", 5555))
    for packet in capture:
        print(len(packet.data), packet.wire_length, packet.truncated)
"""


def test_a_snap_length_cuts_and_says_so() -> None:
    assert run(SHORT) == "60 542 True\n"


SLOW = """
import socket, struct
from netlab.capture.live import Live
with Live("lo", filter="udp", seconds=0.5) as capture:
    capture._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    for _ in range(500):
        sender.sendto(bytes(1000), ("127.0.0.1", 5555))
    seen = sum(1 for _ in capture)
received, dropped = capture.statistics
print(seen < 500, dropped > 0, received == 500)
"""


def test_what_the_kernel_drops_is_counted() -> None:
    """What it says to have received includes what it dropped."""
    assert run(SLOW) == "True True True\n"


ENDS = """
import time
from netlab.capture.live import Live
begin = time.monotonic()
with Live("lo", seconds=0.3) as capture:
    assert list(capture) == []
print(0.25 < time.monotonic() - begin < 2, capture.receive.__name__)
"""


def test_a_silent_interface_does_not_hold_us_up() -> None:
    assert run(ENDS).startswith("True")


CLOSED = """
import threading
from netlab.capture.live import Live
capture = Live("lo")
threading.Timer(0.2, capture.close).start()
print(list(capture), capture.statistics)
"""


def test_another_thread_may_end_it() -> None:
    assert run(CLOSED) == "[] Statistics(received=0, dropped=0)\n"


ERRORS = """
from netlab import CaptureError
from netlab.capture.live import Live
for options in ({"interface": "nope"}, {"interface": "nope", "filter": "udp"},
                {"interface": "lo", "filter": "tcp and and"}):
    try:
        Live(**options)
    except CaptureError as error:
        print(error)
"""


def test_errors_name_what_and_the_remedy() -> None:
    first, second, third = run(ERRORS).splitlines()
    assert first == second == "there is no interface 'nope': there are lo"
    assert third.startswith("'tcp and and' is no capture filter: ")


UNPRIVILEGED = """
from netlab import CaptureError
from netlab.capture.live import Live, send
for work in (lambda: Live("lo"), lambda: send(b"x" * 60, "lo")):
    try:
        work()
    except CaptureError as error:
        print(error)
"""


@pytest.mark.needs("setpriv")
def test_without_the_right_a_sentence_tells_the_ways() -> None:
    command = ["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw"]
    run = subprocess.run(
        [*command, sys.executable, "-c", UNPRIVILEGED], capture_output=True, text=True, cwd=ROOT
    )
    captured, sent = run.stdout.splitlines()
    assert captured.startswith("packets can be captured by root only: sudo, or once and for all")
    assert "setcap cap_net_raw+ep" in captured
    assert "unshare -rn" in captured
    assert sent.startswith("packets can be sent by root only")


def test_bytes_made_by_hand_go_to_nobody_unless_that_is_said(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "in_own_namespace", lambda: False)
    with pytest.raises(netlab.CaptureError, match="eth7 leads to other machines"):
        live.send(bytes(60), "eth7")


def test_in_a_network_of_ones_own_nobody_is_disturbed() -> None:
    assert run("from netlab.capture.live import *; print(in_own_namespace())") == "True\n"
    assert not live.in_own_namespace()


def test_where_there_is_no_af_packet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("socket.AF_PACKET")
    with pytest.raises(netlab.CaptureError, match="on Linux only, not on linux"):
        live.Live("lo")


def test_where_there_is_no_libpcap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.util.find_library", lambda name: None)
    with pytest.raises(netlab.CaptureError, match="apt-get install libpcap"):
        bpf.compiled("udp")
