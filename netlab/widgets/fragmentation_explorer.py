"""FragmentationExplorer: a packet cut to an MTU, and what the receiver makes of the pieces."""

from typing import Any

import traitlets

from netlab.counts import counted
from netlab.flows import MEANINGS, Reassembler, fragment, part
from netlab.header import Header
from netlab.packet import Packet
from netlab.widgets.static import GAP, LINE, WIDTH, image, sheet, text, tile
from netlab.widgets.widget import Widget
from netlab.wire.ipv4 import IPv4, IPv4Flags
from netlab.wire.ipv6 import IPv6

MOST = 48
"""Fragments at most: the MTU does not go lower than that."""

MTUS = {68: "the least in IPv4", 576: "what every host takes", 1280: "the least in IPv6",
        1500: "Ethernet"}  # fmt: skip
"""MTUs that are met (RFC 791 section 3.2, RFC 8200 section 5)."""


class FragmentationExplorer(Widget, files="fragmentation_explorer"):
    """Cut an IP packet to an MTU, lose, double and shuffle the fragments on their way, and see
    whether the receiver can put them together.

    packet    an IP packet that is no fragment yet
    mtu       bytes of IP that the link carries
    df        whether the packet forbids fragments (IPv4's flag DF)
    arrivals  the fragments that arrive, counted from 0, in their order

    `mtu`, `df` and `arrivals` can be set and read while it is on screen; a new `mtu` or `df` lets
    all fragments arrive in order.  `fragments` are the packets, `reassembled` is what the receiver
    gets, None when it gets nothing, `findings` what it notices.  ValueError for a packet that
    cannot be cut, `traitlets.TraitError` for a fragment that does not exist.
    """

    mtu = traitlets.Int(576).tag(sync=True)
    df = traitlets.Bool(False).tag(sync=True)
    arrivals: Any = traitlets.List(traitlets.Int()).tag(sync=True)
    _packet_info = traitlets.Dict().tag(sync=True)
    _cut = traitlets.Dict().tag(sync=True)
    _report = traitlets.Dict().tag(sync=True)

    def __init__(self, packet: Packet, mtu: int = 576, *, df: bool | None = None) -> None:
        self._ip = _outer_ip(packet)
        self._original = packet
        self.fragments: list[Packet] = []
        header = self._ip.payload_start - self._ip.offset
        self._whole = self._ip.payload_end - self._ip.offset
        least = -(-(self._whole - header) // MOST) // 8 * 8 + 8 + header
        self._least = max(1280, least) if isinstance(self._ip, IPv6) else max(68, least)
        self._most = max(self._whole, self._least)
        if self._whole <= self._least:
            raise ValueError(
                f"the packet's {self._whole} bytes go through everywhere: take one of more than "
                f"{self._least}"
            )
        flags = self._ip.flags if isinstance(self._ip, IPv4) else IPv4Flags(0)
        forbids = bool(flags & IPv4Flags.DF) if df is None else df
        presets = [[one, why] for one, why in MTUS.items() if self._least <= one < self._most]
        info = {
            "name": type(self._ip).__name__, "bytes": self._whole, "least": self._least,
            "header": header, "presets": presets, "df": isinstance(self._ip, IPv4),
        }  # fmt: skip
        super().__init__(mtu=mtu, df=forbids, _packet_info=info)
        self._cut_up()

    @property
    def packet(self) -> Packet:
        """The packet that is sent."""
        if not isinstance(self._ip, IPv4):
            return self._original
        flags = self._ip.flags & ~IPv4Flags.DF | (IPv4Flags.DF if self.df else 0)
        if flags == self._ip.flags:
            return self._original
        changed = bytes(self._ip.replace(flags=flags, checksum=None))
        data, start = self._original.data, self._ip.offset
        end = start + len(changed)
        return Packet(data[:start] + changed + data[end:], self._original.link)

    @traitlets.validate("mtu")
    def _mtu_fits(self, proposal: Any) -> int:
        return int(min(max(proposal["value"], self._least), self._most))

    @traitlets.validate("arrivals")
    def _exist(self, proposal: Any) -> list[int]:
        for number in proposal["value"]:
            if not 0 <= number < len(self.fragments):
                last = len(self.fragments) - 1
                raise traitlets.TraitError(
                    f"fragment {number} does not exist: there are 0 to {last}"
                )
        return list(proposal["value"])

    @traitlets.observe("mtu", "df")
    def _cut_up(self, _: Any = None) -> None:
        problem = ""
        try:
            self.fragments = fragment(self.packet, self.mtu)
        except ValueError as error:
            self.fragments, problem = [], f"✘ {error}."
        lines = [self._line(packet) for packet in self.fragments]
        with self.hold_sync():
            self._cut = {"fragments": lines, "problem": problem, "sent": self._sent(lines)}
            self.arrivals = list(range(len(self.fragments)))
            self._arrive()

    def _line(self, packet: Packet) -> dict[str, Any]:
        """What the browser shows of a fragment."""
        found, ip = part(packet), _outer_ip(packet)
        size = ip.payload_end - ip.offset
        if found is None:
            return {"start": 0, "end": len(ip.payload), "bytes": size, "says": "not a fragment"}
        offset = found.start // 8
        more = "more follow" if found.more else "the last"
        says = f"offset {offset} × 8 = {found.start}, {more}"
        return {"start": found.start, "end": found.end, "bytes": size, "says": says}

    def _sent(self, lines: list[dict[str, Any]]) -> str:
        total = sum(line["bytes"] for line in lines)
        if not lines:
            return "nothing gets through"
        if len(lines) == 1:
            return f"{total} bytes go through whole"
        more = total - self._whole
        found = counted(len(lines), "fragment")
        return f"{found}, {total} bytes: {more} more than the packet's {self._whole}"

    @traitlets.observe("arrivals")
    def _arrive(self, _: Any = None) -> None:
        """Let the receiver put together what arrives."""
        reassembler = Reassembler()
        self.reassembled, done = None, -1
        for number, index in enumerate(self.arrivals):
            whole = reassembler.add(self.fragments[index], number + 1)
            if whole is not None and self.reassembled is None:
                self.reassembled, done = whole, number
        reassembler.close()
        self.findings = list(reassembler.findings)
        notes: list[list[str]] = [[] for _ in self.arrivals]
        for finding in self.findings:
            if finding.kind != "incomplete":
                notes[finding.number - 1].append(f"{finding.kind}: {MEANINGS[finding.kind]}")
        self._report = {"notes": notes, "done": done, "verdict": self._verdict(done)}

    def _verdict(self, done: int) -> list[str]:
        lacking = [f"✘ Incomplete: {f.message}." for f in self.findings if f.kind == "incomplete"]
        if self.reassembled is None:
            return lacking or ["✘ Nothing arrived."]
        got, sent = _outer_ip(self.reassembled), _outer_ip(self.packet)
        difference = "" if _octets(got) == _octets(sent) else got.difference(sent)
        when = f"with arrival {done + 1}" if len(self.fragments) > 1 else "at once"
        said = f"✔ Whole {when}: the {self._whole} bytes that were sent."
        if difference:
            said = f"✘ Put together {when}, but {difference}."
        late = "What comes after that begins a packet anew: "
        return [said, *(late + line.removeprefix("✘ Incomplete: ") for line in lacking)]

    def _still(self) -> str:
        return image(_svg(self), repr(self))

    def __repr__(self) -> str:
        return f"FragmentationExplorer(MTU {self.mtu}: {self._cut['sent']})"


def _outer_ip(packet: Packet) -> Header:
    """The outermost IP header.  ValueError when there is none."""
    for header in packet.layers:
        if isinstance(header, IPv4 | IPv6):
            return header
    raise ValueError(f"only IP packets are cut into fragments; this is {packet.protocol}")


def _octets(ip: Header) -> bytes:
    return bytes(ip) + ip.payload


def _svg(explorer: FragmentationExplorer) -> str:
    """The payload of the packet, and below it the part that each fragment carries."""
    left, top = 310, LINE + GAP
    room = WIDTH - 8 - left
    length = max(1, explorer._whole - explorer._packet_info["header"])
    drawn = [tile(left, top, room, f"{counted(length, 'byte')} of payload", "transport")]
    top += LINE + 4
    for number, line in enumerate(explorer._cut["fragments"]):
        x = left + room * line["start"] / length
        width = max(3.0, room * (line["end"] - line["start"]) / length - 1)
        drawn.append(tile(x, top, width, "", "internet"))
        drawn.append(text(8, top, f"{number}: {counted(line['bytes'], 'byte')}, {line['says']}"))
        top += LINE + 2
    for sentence in [explorer._cut["problem"], *explorer._report["verdict"]]:
        drawn.append(text(8, top, sentence[:110]))
        top += LINE
    return sheet(f"MTU {explorer.mtu}: {explorer._cut['sent']}", top + GAP, drawn)
