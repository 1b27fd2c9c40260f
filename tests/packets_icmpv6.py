"""ICMPv6 messages at random: errors, echoes, neighbour discovery and multicast listeners."""

from collections.abc import Callable
from typing import Any

from dice import DICE, ipv6, mac, name, number, octets, wrong
from scapy.layers import inet6
from scapy.packet import Raw

OPTIONS: list[Callable[[], Any]] = [
    lambda: inet6.ICMPv6NDOptSrcLLAddr(lladdr=mac()),
    lambda: inet6.ICMPv6NDOptDstLLAddr(lladdr=mac()),
    lambda: inet6.ICMPv6NDOptMTU(mtu=number(32)),
    lambda: inet6.ICMPv6NDOptPrefixInfo(
        prefixlen=DICE.randint(0, 128), L=number(1), A=number(1), R=number(1),
        validlifetime=number(32), preferredlifetime=number(32), prefix=ipv6(),
    ),
    lambda: inet6.ICMPv6NDOptRDNSS(
        lifetime=number(32), dns=[ipv6() for _ in range(DICE.randint(1, 3))]
    ),
    lambda: inet6.ICMPv6NDOptDNSSL(
        lifetime=number(32), searchlist=[name() for _ in range(DICE.randint(1, 2))]
    ),
    lambda: inet6.ICMPv6NDOptRouteInfo(
        plen=DICE.choice([0, 64, 128]), prf=number(2), rtlifetime=number(32), prefix=ipv6()
    ),
    lambda: inet6.ICMPv6NDOptUnknown(type=14, data=octets(6)),
    lambda: inet6.ICMPv6NDOptCaptivePortal(URI=b"https://" + name().encode()),
    lambda: inet6.ICMPv6NDOptUnknown(type=253, data=octets(6 + 8 * number(1))),
]  # fmt: skip


def options() -> list[Any]:
    """Options of neighbour discovery."""
    return [DICE.choice(OPTIONS)() for _ in range(number(2))]


def with_options(message: Any) -> Any:
    for option in options():
        message = message / option
    return message


def advertisement() -> Any:
    """A router advertisement."""
    return inet6.ICMPv6ND_RA(
        chlim=number(8), M=number(1), O=number(1), H=number(1), prf=number(2), P=number(1),
        routerlifetime=number(16), reachabletime=number(32), retranstimer=number(32),
    )  # fmt: skip


def auxiliary() -> dict[str, Any]:
    """Mostly no auxiliary data, sometimes a word of them."""
    words = DICE.choice([0, 0, 1])
    return {"auxdata_len": words, "auxdata": octets(4 * words)}


def listener_report() -> Any:
    """A report of MLDv2."""
    records = [
        inet6.ICMPv6MLDMultAddrRec(
            rtype=DICE.randint(1, 6), dst="ff02::" + f"{number(16):x}",
            sources=[ipv6() for _ in range(number(2))], **auxiliary(),
        )
        for _ in range(DICE.randint(1, 3))
    ]  # fmt: skip
    return inet6.ICMPv6MLReport2(records=records)


def icmpv6(quote: Callable[[], bytes]) -> Any:
    """A message; an error quotes what `quote` gives."""
    ids = {"id": number(16), "seq": number(16)}
    group = "ff02::" + f"{number(16):x}"
    makers: list[Callable[[], Any]] = [
        lambda: inet6.ICMPv6EchoRequest(data=octets(number(6)), **ids),
        lambda: inet6.ICMPv6EchoReply(data=octets(number(6)), **ids),
        lambda: inet6.ICMPv6DestUnreach(code=DICE.randrange(8)) / Raw(quote()),
        lambda: inet6.ICMPv6PacketTooBig(mtu=number(32)) / Raw(quote()),
        lambda: inet6.ICMPv6TimeExceeded(code=number(1)) / Raw(quote()),
        lambda: inet6.ICMPv6ParamProblem(code=DICE.randrange(3), ptr=number(6)) / Raw(quote()),
        lambda: inet6.ICMPv6MLQuery(mrd=number(16), mladdr=DICE.choice(["::", group])),
        lambda: inet6.ICMPv6MLReport(mladdr=group),
        lambda: inet6.ICMPv6MLDone(mladdr=group),
        lambda: inet6.ICMPv6MLQuery2(
            mrd=number(16), mladdr=group, S=number(1), QRV=number(3), QQIC=number(8),
            sources=[ipv6() for _ in range(number(2))],
        ),
        listener_report,
        lambda: with_options(inet6.ICMPv6ND_RS()),
        lambda: with_options(advertisement()),
        lambda: with_options(inet6.ICMPv6ND_NS(tgt=ipv6())),
        lambda: with_options(
            inet6.ICMPv6ND_NA(tgt=ipv6(), R=number(1), S=number(1), O=number(1))
        ),
        lambda: with_options(inet6.ICMPv6ND_Redirect(tgt=ipv6(), dst=ipv6())),
        lambda: inet6.ICMPv6ND_Redirect(tgt=ipv6(), dst=ipv6())
        / inet6.ICMPv6NDOptRedirectedHdr(pkt=Raw(quote()[:128])),
        lambda: inet6.ICMPv6Unknown(type=DICE.choice([200, 201]), msgbody=octets(4 + number(5))),
    ]  # fmt: skip
    message = DICE.choice(makers)()
    message.cksum = wrong()
    return message
