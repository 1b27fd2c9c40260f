"""The command `netlab`, as people type it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import netlab

HTTP = netlab.recording("http.pcap")


def netlab_command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "netlab.cli", *arguments]
    surroundings = os.environ | {"COLUMNS": "120", "PYTHONUTF8": "1"} | environment
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=surroundings
    )


def test_help_and_version() -> None:
    said = netlab_command("--help").stdout
    for name in ("lab", "show", "doctor", "exercises"):
        assert name in said
    assert netlab_command("--version").stdout.split()[-1] == netlab.__version__


def test_show_lists_the_packets() -> None:
    lines = netlab_command("show", str(HTTP)).stdout.splitlines()
    assert len(lines) == 1 + 12
    assert "who has 192.168.1.20" in lines[1]
    assert "GET / HTTP/1.1" in lines[6]
    assert len(netlab_command("show", str(HTTP), "--count", "3").stdout.splitlines()) == 4


def test_show_takes_one_packet_apart() -> None:
    said = netlab_command("show", str(HTTP), "--packet", "6").stdout
    for words in ("ttl                  64", "dst_port             80 (HTTP)", "GET / HTTP/1.1"):
        assert words in said
    assert "0040" in said
    assert "🌐" in said
    assert "🌐" not in netlab_command("show", str(HTTP), "-p", "6", NETLAB_EMOJI="0").stdout


def test_show_tells_what_a_file_says_of_a_packet(tmp_path: Path) -> None:
    path = tmp_path / "noted.pcapng"
    comment = "slow\nno \x1b[31mred"
    netlab.write(path, [netlab.Packet(bytes(9), "linktype 127", 0, 9, comment, "wlan0")])
    said = netlab_command("show", str(path), "--packet", "1").stdout
    for words in ("captured on: wlan0\n", "comment: slow\n", "comment: no ·[31mred\n"):
        assert words in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["none.pcap"], "No such file"),
        (["text.pcap"], "is not a capture file"),
        ([str(HTTP), "--packet", "13"], "has no packet 13"),
        ([str(HTTP), "--packet", "0"], "counted from 1"),
    ],
)
def test_a_mistake_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("text.pcap").write_text("no capture")
    done = netlab_command("show", *arguments)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert "Traceback" not in done.stderr + done.stdout


def test_packets_before_a_break_are_shown(tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(HTTP.read_bytes()[:700])
    done = netlab_command("show", str(cut))
    assert done.returncode == 1
    assert "GET / HTTP/1.1" in done.stdout
    assert "breaks off in packet" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_doctor_names_remedies(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = netlab_command("doctor").stdout.splitlines()
    assert [line for line in lines if line[0] not in "✔✘"] == []
    bare = netlab_command("doctor", PATH="")
    assert "✘ tshark" in bare.stdout
    assert "apt-get install tshark" in bare.stdout
    assert bare.returncode == 0


def test_exercises_are_written(tmp_path: Path) -> None:
    pytest.importorskip("nbgrader")
    source = Path(__file__).parents[1] / "solutions"
    done = netlab_command("exercises", str(source), str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "01_layers.ipynb").exists()
    wrong = netlab_command("exercises", str(tmp_path / "nothing"))
    assert wrong.returncode == 1
    assert "there is no notebook in" in wrong.stderr


def test_lab_says_where_to_run_it(tmp_path: Path) -> None:
    """Away from the course, with the package copied elsewhere."""
    shutil.copytree(Path(netlab.__file__).parent, tmp_path / "netlab")
    done = subprocess.run(
        [sys.executable, "-m", "netlab.cli", "lab"], cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert "notebooks/" in done.stderr
