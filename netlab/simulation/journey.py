"""What became of each packet on a link."""

from typing import Any

from netlab.packet import Packet, dissect

ON_ITS_WAY, DELIVERED = "on its way", "delivered"
LOST, QUEUE_FULL, DAMAGED = "lost", "queue full", "damaged"
"""The fates of a packet; a damaged one arrives and is thrown away, for its checksum is wrong."""

NOTES = {
    ON_ITS_WAY: "still on its way",
    LOST: "lost on the way",
    QUEUE_FULL: "dropped: the queue was full",
    DAMAGED: "damaged on the way",
}
"""What is to say of a packet that nobody took."""


class Journey:
    """A packet on a link: an arrow of the ladder diagram.

    link     the link's name, such as "a → b"
    number   which packet of that link, counted from 1
    item     what was sent
    size     bytes
    sent     when it was handed to the link, in nanoseconds
    arrived  when it came to the other end; None when it did not, or has not yet
    fate     "delivered", "lost", "queue full", "damaged" or "on its way"
    copy     whether it is the link's own copy of a packet (duplication)
    damaged  the bytes that arrived, when a bit was turned over on the way
    """

    __slots__ = ("arrived", "copy", "damaged", "fate", "item", "link", "number", "sent", "size")

    def __init__(self, link: str, number: int, item: Any, size: int, sent: int) -> None:
        self.link, self.number, self.item, self.size, self.sent = link, number, item, size, sent
        self.arrived: int | None = None
        self.damaged: bytes | None = None
        self.fate, self.copy = ON_ITS_WAY, False

    def again(self) -> "Journey":
        """The journey of a copy that the link itself makes."""
        other = Journey(self.link, self.number, self.item, self.size, self.sent)
        other.damaged, other.copy = self.damaged, True
        return other

    @property
    def packet(self) -> Packet:
        """The packet as it was sent, with that time."""
        return _packet(bytes(self.item), self.sent)

    @property
    def received(self) -> Packet | None:
        """The packet as it arrived, with that time; None when it did not."""
        if self.arrived is None:
            return None
        return _packet(self.damaged or bytes(self.item), self.arrived)

    @property
    def note(self) -> str:
        """What is to say of it in a drawing; "" when it was delivered."""
        return NOTES.get(self.fate, "") or ("a copy that the link made" if self.copy else "")

    def __repr__(self) -> str:
        arrived = "" if self.arrived is None else f" to {self.arrived / 1e9:.6f}"
        times = f"{self.sent / 1e9:.6f}{arrived} s"
        return f"<{self.link} #{self.number} {times}: {self.item!r}, {self.fate}>"


def _packet(data: bytes, time: int) -> Packet:
    packet = dissect(data, "raw")
    packet.time = time
    return packet
