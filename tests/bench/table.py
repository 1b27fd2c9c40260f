"""The 5-tuples of a million packets as columns: netlab's table, dpkt and tshark in turn."""

import sys
import tempfile
from pathlib import Path

from reading import PACKETS, make, program, python

ROUNDS = 3

WORK = {
    "netlab.table": "import netlab\ncount = len(netlab.table({path!r}, progress=False))",
    "dpkt": (
        "import sys\nsys.path.append({bench!r})\nfrom dissect import five_by_dpkt\n"
        "from pathlib import Path\nfor found in five_by_dpkt(Path({path!r})): count += 1"
    ),
}
"""What each does, as the source of a program of its own."""

FIELDS = (
    "frame.time_epoch", "frame.len", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "ip.proto",
    "ipv6.nxt", "tcp.srcport", "tcp.dstport", "udp.srcport", "udp.dstport", "tcp.flags",
)  # fmt: skip
TSHARK = [
    "tshark", "-n", "-r", "{path}", "-T", "fields",
    *(word for field in FIELDS for word in ("-e", field)),
]  # fmt: skip


def main() -> None:
    """Alternate between the three, keep each one's best round, print rates, ratios and peaks."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "million.pcap"
        make(path)
        _, _, bare = python("")
        best: dict[str, tuple[int, float, float]] = {}
        for number in range(ROUNDS):
            print(f"round {number + 1} of {ROUNDS}", end="\r", file=sys.stderr)
            for name, code in WORK.items():
                found = python(code.format(path=str(path), bench=str(Path(__file__).parent)))
                best[name] = min(found, best.get(name, found), key=lambda each: each[1])
            if number == 0:  # it takes long, and one round tells enough
                best["tshark"] = program([word.format(path=path) for word in TSHARK])
    ours = best["netlab.table"][1]
    print(f"5-tuples of {PACKETS:,} mixed packets; CPU time, best of {ROUNDS} alternating rounds")
    for name, (count, seconds, peak) in best.items():
        memory = f"{peak - bare:6.0f} MB more than a bare interpreter" if peak else ""
        rate = f"{count / seconds:10,.0f} packets/s"
        print(f"  {name:14} {rate}   {seconds / ours:5.1f} times netlab's time {memory}")


if __name__ == "__main__":
    main()
