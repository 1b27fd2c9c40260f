"""The monitor in a terminal: tables that move while packets pass; or lines for other programs."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from netlab import palette
from netlab.counts import counted
from netlab.monitor.statistics import Monitor, bytes_text, row
from netlab.packet import Packet

BARS = " ▁▂▃▄▅▆▇█"


def watch(
    packets: Iterable[Packet],
    monitor: Monitor,
    console: Console,
    *,
    title: str,
    dropped: Callable[[], int] = lambda: 0,
) -> None:
    """Show the monitor while it takes the packets; Ctrl-C ends it, and the last view remains."""
    rows = max(3, (console.height - 16) // 3)

    def view() -> Group:
        return picture(monitor, title, dropped(), rows)

    with Live(console=console, refresh_per_second=4, get_renderable=view) as live:
        try:
            for packet in packets:
                monitor.add(packet)
        except KeyboardInterrupt:
            pass
        live.refresh()


def picture(monitor: Monitor, title: str, dropped: int, rows: int = 10) -> Group:
    """All that is shown at one moment."""
    packets, bits = monitor.rate()
    line = Text.assemble(
        (f" {title} ", "bold reverse"), f"  {counted(monitor.total.packets, 'packet', ',')}, ",
        f"{bytes_text(monitor.total.bytes)}   {packets:,.0f} packets/s, ",
        f"{bytes_text(bits / 8)}/s   {_sparks(monitor)}",
    )  # fmt: skip
    notes = [
        f"{monitor.malformed} malformed" if monitor.malformed else "",
        f"{dropped} dropped by the kernel: too fast for us" if dropped else "",
        f"{counted(monitor.connections.gone.evicted, 'connection')} let go: too many at once"
        if monitor.connections.gone.evicted
        else "",
    ]
    told = Text("  ".join(filter(None, notes)), style="yellow")
    return Group(line, told, _protocols(monitor, rows), _hosts(monitor, rows), _talk(monitor, rows))


def _sparks(monitor: Monitor, width: int = 30) -> str:
    """The rate over time as small bars."""
    last = [moment.bytes for moment in monitor.history[-width:]]
    most = max(last, default=0) or 1
    return "".join(BARS[round(value / most * (len(BARS) - 1))] for value in last)


def _protocols(monitor: Monitor, rows: int) -> Table:
    table = Table("protocol", box=None, title="protocols", title_justify="left", expand=True)
    for name in ("packets", "bytes", "share"):
        table.add_column(name, justify="right")
    table.add_column("", ratio=1)
    total = max(monitor.total.bytes, 1)
    layers = {path[-1]: protocol.layer for path, protocol in monitor.protocols.walk()}
    for name, traffic in list(monitor.shares().items())[:rows]:
        share = traffic.bytes / total
        colour = palette.LAYERS[layers[name]].base
        bar = Text("█" * max(1, round(share * 30)), style=colour)
        table.add_row(
            palette.label(name, layers[name]), f"{traffic.packets:,}", bytes_text(traffic.bytes),
            f"{share:.0%}", bar,
        )  # fmt: skip
    return table


def _hosts(monitor: Monitor, rows: int) -> Table:
    table = Table("host", box=None, title="top talkers", title_justify="left", expand=True)
    for name in ("sent", "received"):
        table.add_column(name, justify="right")
    table.add_column("", ratio=1)
    for address, host in monitor.talkers(rows):
        table.add_row(address, bytes_text(host.sent.bytes), bytes_text(host.received.bytes), "")
    return table


def _talk(monitor: Monitor, rows: int) -> Table:
    title = f"connections ({len(monitor.connections)})"
    table = Table("", "client", "server", "state", box=None, title=title, title_justify="left",
                  expand=True)  # fmt: skip
    for name in ("packets", "bytes", "rtt", "again"):
        table.add_column(name, justify="right")
    for connection in monitor.busiest(rows):
        rtt = "" if connection.rtt is None else f"{connection.rtt / 1e6:.1f} ms"
        again = sum(connection.retransmissions)
        table.add_row(
            palette.label(connection.protocol, "transport"), str(connection.client),
            str(connection.server), connection.state, f"{connection.packets:,}",
            bytes_text(connection.bytes), rtt, str(again or ""),
        )  # fmt: skip
    return table


def json_lines(
    packets: Iterable[Packet], monitor: Monitor, write: Callable[[str], Any], interval: float = 1
) -> None:
    """A line of JSON for each interval of the packets' time, and one at the end."""
    for _ in _each_interval(packets, monitor, interval):
        write(json.dumps(monitor.snapshot()))


def _each_interval(packets: Iterable[Packet], monitor: Monitor, interval: float) -> Iterator[None]:
    due: int | None = None
    try:
        for packet in packets:
            moment = packet.time or 0
            if due is None:
                due = moment + int(interval * 1e9)
            if moment >= due:
                yield
                due = moment + int(interval * 1e9)
            monitor.add(packet)
    except KeyboardInterrupt:
        pass
    yield


def csv_table(packets: Iterable[Packet], monitor: Monitor, file: Any = sys.stdout) -> None:
    """The connections as CSV (RFC 4180), when the packets have ended or Ctrl-C was pressed."""
    try:
        for packet in packets:
            monitor.add(packet)
    except KeyboardInterrupt:
        pass
    rows = [row(connection) for connection in monitor.busiest(len(monitor.connections))]
    writer = csv.DictWriter(file, list(rows[0]) if rows else ["protocol"])
    writer.writeheader()
    writer.writerows(rows)
