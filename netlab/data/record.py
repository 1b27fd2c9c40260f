"""Record the captures of this folder again: real programs, in network namespaces of their own.

    sudo python netlab/data/record.py http        one recording
    sudo python netlab/data/record.py all         every one
    python netlab/data/record.py --list           what there is

Each recording makes its hosts as network namespaces, joins them by veth pairs, lets tcpdump
listen while real programs talk, and takes everything down again.  Offloading is off, so the
checksums and frame sizes are those of a real wire.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

HERE = Path(__file__).parent
CLIENT, SERVER = "netlab-client", "netlab-server"
CLIENT_IP, SERVER_IP = "192.168.1.10", "192.168.1.20"

PACKAGES = {
    "ip": "iproute2", "tcpdump": "tcpdump", "ethtool": "ethtool", "nginx": "nginx-light",
    "curl": "curl",
}  # fmt: skip
"""The Debian package of each program that takes part."""

PAGE = """<!doctype html>
<html lang="en">
<head><title>Hello from netlab</title></head>
<body>
<h1>Hello from netlab</h1>
<p>If you can read this in a packet, you have found the application layer.</p>
</body>
</html>
"""


def run(*command: str) -> None:
    """Run a command to its end; CalledProcessError when it fails."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def inside(host: str, *command: str) -> list[str]:
    """The command, as it is run inside that host's namespace."""
    return ["ip", "netns", "exec", host, *command]


@contextmanager
def background(
    command: list[str], ready: Callable[[subprocess.Popen[bytes]], bool]
) -> Iterator[None]:
    """A program that runs until the block ends; the block begins when the program is ready."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        for _ in range(100):
            if ready(process):
                break
            if process.poll() is not None:
                error = process.stderr.read().decode() if process.stderr else ""
                raise SystemExit(f"{command[4]} ended at once: {error.strip()}")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()


@contextmanager
def two_hosts() -> Iterator[None]:
    """A client and a server, joined by a cable, with no traffic of their own."""
    hosts = {
        CLIENT: ("veth-client", "02:00:00:00:00:0a", CLIENT_IP),
        SERVER: ("veth-server", "02:00:00:00:00:14", SERVER_IP),
    }
    with ExitStack() as stack:
        for host in hosts:
            run("ip", "netns", "add", host)
            stack.callback(run, "ip", "netns", "delete", host)
            quiet = "net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1"
            run(*inside(host, "sysctl", "-q", "-w", *quiet.split()))
        (near, near_mac, _), (far, far_mac, _) = hosts.values()
        run(
            "ip", "link", "add", near, "netns", CLIENT, "address", near_mac,
            "type", "veth", "peer", "name", far, "netns", SERVER, "address", far_mac,
        )  # fmt: skip
        for host, (device, _, address) in hosts.items():
            off = [word for kind in ("tx", "rx", "tso", "gso", "gro") for word in (kind, "off")]
            run(*inside(host, "ethtool", "-K", device, *off))
            run(*inside(host, "ip", "address", "add", f"{address}/24", "dev", device))
            run(*inside(host, "ip", "link", "set", device, "up"))
            run(*inside(host, "ip", "link", "set", "lo", "up"))
        yield


@contextmanager
def tcpdump(path: Path, *options: str) -> Iterator[None]:
    """Whatever reaches the client's end of the cable goes into the file."""
    command = inside(
        CLIENT, "tcpdump", "-i", "veth-client", "-U", "--immediate-mode", "-Z", "root",
        *options, "-w", str(path),
    )  # fmt: skip
    with background(command, lambda process: path.exists() and path.stat().st_size >= 24):
        yield
        time.sleep(0.5)


@contextmanager
def nginx(folder: Path) -> Iterator[None]:
    """A web server on port 80 of the server."""
    (folder / "index.html").write_text(PAGE)
    folder.chmod(0o755)
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log stderr;"
        "events {} http { access_log off; types { text/html html; } default_type text/plain;"
        f" server {{ listen {SERVER_IP}:80; root {folder}; etag off; }} }}"
    )
    command = inside(SERVER, "nginx", "-c", str(config), "-p", str(folder), "-e", "stderr")

    def listens(_: subprocess.Popen[bytes]) -> bool:
        answer = subprocess.run(inside(SERVER, "ss", "-Hltn"), capture_output=True, text=True)
        return ":80 " in answer.stdout

    with background(command, listens):
        yield


def http(path: Path) -> None:
    """curl fetches a page from nginx."""
    with tempfile.TemporaryDirectory() as folder, two_hosts(), nginx(Path(folder)), tcpdump(path):
        run(*inside(CLIENT, "curl", "--silent", "--max-time", "5", f"http://{SERVER_IP}/"))


RECORDINGS = {"http.pcap": http}


def main(names: list[str]) -> None:
    """Make the recordings of these names, with or without `.pcap`."""
    if names == ["--list"] or not names:
        for name, record in RECORDINGS.items():
            print(f"{name:12} {record.__doc__}")
        return
    missing = [package for program, package in PACKAGES.items() if not shutil.which(program)]
    if missing:
        raise SystemExit(f"apt-get install {' '.join(missing)}: these programs take part")
    if os.geteuid() != 0:
        raise SystemExit("making network namespaces here takes root: sudo python " + sys.argv[0])
    for name, record in RECORDINGS.items():
        if names == ["all"] or Path(name).stem in names or name in names:
            record(HERE / name)
            print(f"{name}: {(HERE / name).stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
