"""The verdict: the kernel's answer in a sentence that a learner understands."""

from dataclasses import dataclass, field
from functools import cached_property
from html import escape

from netlab import palette
from netlab.counts import counted
from netlab.header import Header
from netlab.packet import Packet
from netlab.referee.mistakes import mistakes
from netlab.wire.tcp import TCP, TCPFlags

REASONS = {
    "IpExtInCsumErrors": "the checksum of the IP header is wrong",
    "TcpInCsumErrors": "the checksum of the TCP segment is wrong",
    "UdpInCsumErrors": "the checksum of the UDP datagram is wrong",
    "Udp6InCsumErrors": "the checksum of the UDP datagram is wrong",
    "IcmpInCsumErrors": "the checksum of the ICMP message is wrong",
    "Icmp6InCsumErrors": "the checksum of the ICMPv6 message is wrong",
    "IpExtInTruncatedPkts": "total_length promises more bytes than there are",
    "Ip6InTruncatedPkts": "payload_length promises more bytes than there are",
    "IpInHdrErrors": "the IP header contradicts itself or the packet",
    "Ip6InHdrErrors": "the IP header contradicts itself or the packet",
    "IpInAddrErrors": "{dst} is no address of the kernel's",
    "Ip6InAddrErrors": "{dst} is no address of the kernel's",
    "IpInUnknownProtos": "the kernel knows no such protocol",
    "Ip6InUnknownProtos": "the kernel knows no such next header",
    "IpReasmReqds": "this is a fragment, and the kernel waits for the others",
    "Ip6ReasmReqds": "this is a fragment, and the kernel waits for the others",
    "TcpInErrs": "the TCP header contradicts itself or the packet",
    "UdpInErrors": "the UDP header contradicts itself or the packet",
    "Udp6InErrors": "the UDP header contradicts itself or the packet",
    "IcmpInErrors": "the kernel cannot use such an ICMP message",
    "Icmp6InErrors": "the kernel cannot use such an ICMPv6 message",
}
"""What it means that a counter moved; the more telling ones first, `dst` the destination."""

DELIVERED = ("IpInDelivers", "Ip6InDelivers")
RECEIVED = ("IpInReceives", "Ip6InReceives")

GREEN, VERMILION = palette.LAYERS["transport"].base, "#D55E00"
"""Okabe and Ito's; the words say the same."""


@dataclass(frozen=True)
class Verdict:
    """What the kernel made of a packet.

    packet    the packet that was judged, dissected
    answers   what the kernel sent back, dissected
    counters  by how much each of the kernel's counters grew
    received  what the program on the open port got
    refused   whether the TUN device itself refused the bytes
    """

    packet: Packet
    answers: tuple[Packet, ...] = ()
    counters: dict[str, int] = field(default_factory=dict)
    received: bytes = b""
    refused: bool = False

    @property
    def answer(self) -> Packet | None:
        """The first answer; None is silence."""
        return self.answers[0] if self.answers else None

    @property
    def blamed(self) -> tuple[str, ...]:
        """The counters that say why the packet was thrown away; () when it was not."""
        return tuple(name for name in REASONS if name in self.counters)

    @property
    def accepted(self) -> bool:
        """Whether the kernel found nothing wrong with the packet; a right SYN to a closed port
        is accepted, and answered with RST."""
        delivered = any(name in self.counters for name in DELIVERED)
        heard = bool(self.answers or self.received or not self.mistakes)
        return delivered and heard and not self.blamed

    @cached_property
    def mistakes(self) -> tuple[str, ...]:
        """What netlab finds wrong in the packet, and how it likely came about."""
        return tuple(mistakes(self.packet))

    @property
    def sentence(self) -> str:
        """The verdict in a sentence or two."""
        if self.refused:
            return _refusal(self.packet.data)
        if self.blamed:
            names = " and ".join(self.blamed)
            said = f"; the kernel complains by {_said(self.answers[0])}" if self.answers else ""
            reason = REASONS[self.blamed[0]].format(dst=self.packet.ends[1])
            return f"Thrown away, and counted in {names}: {reason}{said}."
        if self.answers:
            return _answered(self.packet, self.answers[0])
        if not any(name in self.counters for name in DELIVERED):
            if any(name in self.counters for name in RECEIVED):
                return (
                    "Thrown away without a counter: the kernel takes no packet from that source "
                    f"address, {self.packet.ends[0]}."
                )
            return "Silence: the kernel did not even count the packet."
        if not self.accepted:
            return "Silence: the packet arrived, but what it carries is cut short or damaged."
        if self.received:
            got = f"{counted(len(self.received), 'byte')}, {self.received[:40]!r}"
            return f"Taken: the program on the open port got {got}."
        return f"Taken, and no answer is due{_no_answer(self.packet)}."

    def __repr__(self) -> str:
        lines = [f"{'✔' if self.accepted else '✘'} {self.sentence}"]
        lines += [f"likely    {mistake}" for mistake in self.mistakes]
        lines += [f"answer    {_said(answer)}" for answer in self.answers]
        lines += [f"counter   {self._counted}"] if self._counted else []
        return "\n  ".join(lines)

    @property
    def _counted(self) -> str:
        """The counters that say something; the others count packets and bytes."""
        telling = [name for name in self.counters if name in REASONS or "Csum" in name]
        rest = [n for n in (*RECEIVED, *DELIVERED, "TcpInSegs", "TcpOutRsts") if n in self.counters]
        return ", ".join(f"{name} +{self.counters[name]}" for name in (*telling, *rest))

    def _repr_html_(self) -> str:
        colour = GREEN if self.accepted else VERMILION
        rows = [("likely", mistake) for mistake in self.mistakes]
        rows += [("answer", _said(answer)) for answer in self.answers]
        rows += [("counters", self._counted)] if self._counted else []
        table = "".join(
            f'<tr><th style="text-align:left;vertical-align:top">{name}</th>'
            f'<td style="text-align:left">{escape(text)}</td></tr>'
            for name, text in rows
        )
        return (
            f'<div role="status" style="border-left:5px solid {colour};padding:4px 12px;'
            f'max-width:780px;overflow-wrap:anywhere">'
            f"<b>{'✔' if self.accepted else '✘'} {escape(self.sentence)}</b>"
            f"<table>{table}</table></div>"
        )


def _refusal(data: bytes) -> str:
    if not data:
        return "Refused by the TUN device: there are no bytes."
    return (
        f"Refused by the TUN device: the first half-byte is {data[0] >> 4}, and the version of IP "
        "that should stand there is 4 or 6."
    )


def _answered(packet: Packet, answer: Packet) -> str:
    if TCP not in packet or _quoting(answer):
        return f"Answered: {_said(answer)}."
    flags, asked = answer[TCP].flags, packet[TCP]
    named, port = TCP.flags.text(flags), asked.dst_port
    if flags & TCPFlags.SYN:
        why = f"port {port} is open, and the kernel takes the SYN for right"
    elif flags & TCPFlags.RST and asked.flags & TCPFlags.SYN:
        why = f"the kernel understood the SYN, but nothing listens on port {port}"
    elif flags & TCPFlags.RST:
        why = "the kernel understood the segment, but knows no connection that it belongs to"
    else:
        why = f"it expects byte {answer[TCP].ack} next, and would take {answer[TCP].window} more"
    return f"Answered with {named}: {why}."


def _quoting(answer: Packet) -> Header | None:
    """The part of the answer that quotes the packet: the answer is an ICMP error."""
    return next((header for header in answer.layers if header.quotes), None)


def _said(answer: Packet) -> str:
    error = _quoting(answer)
    if error is None or error.below is None:
        return answer.summary()
    kind = type(error.below)
    named = kind.type.meaning(error.below.type)  # type: ignore[attr-defined]
    return f"{kind.__name__} {named} ({error.summary()})"


def _no_answer(packet: Packet) -> str:
    if TCP not in packet:
        return ""
    flags = packet[TCP].flags
    if flags & TCPFlags.RST:
        return ": nobody answers an RST"
    if TCPFlags.SYN | TCPFlags.FIN in flags:
        return ": the kernel lets no connection begin and end in one segment"
    if not flags & (TCPFlags.SYN | TCPFlags.ACK):
        return ": a segment without SYN, ACK and RST is for nobody"
    return "" if packet[TCP].payload else ": nobody answers an ACK without data"
