"""Messages of the chat, to and from a stream."""

import asyncio
from typing import Any, NamedTuple

from netlab.header import view
from netlab.wire import chat as wire

PORT: int = wire.Chat.numbers["tcp port"]

LONGEST_NAME, LONGEST_TEXT = 32, 4000
"""Characters in a name and bytes in a text at most."""

PREFIX = 4
"""Bytes up to and including a message's length."""


class ChatError(Exception):
    """What is wrong with a peer's messages, or why the server closed, in one sentence."""


class Message(NamedTuple):
    """A message: its kind (see `netlab.wire.chat`), who speaks, and what is said."""

    kind: int
    name: str = ""
    text: str = ""

    def __bytes__(self) -> bytes:
        return bytes(wire.Chat(kind=self.kind, name=self.name, text=self.text))


async def receive(reader: asyncio.StreamReader) -> Message | None:
    """The next message; None at the stream's end.  ChatError for bytes that are none, or that
    end within one."""
    try:
        prefix = await reader.readexactly(PREFIX)
        check_version(prefix)  # before waiting for a rest whose length may be no length
        rest = await reader.readexactly(int.from_bytes(prefix[2:]))
    except asyncio.IncompleteReadError as error:
        if error.partial or error.expected != PREFIX:
            raise ChatError("the connection ended within a message") from None
        return None
    except OSError:
        return None
    return parse(prefix + rest)


def check_version(data: bytes) -> None:
    """ChatError when these bytes begin no message of our version."""
    if data[0] != wire.VERSION:
        raise ChatError(f"version {data[0]} is not spoken here: {wire.VERSION} is")


def parse(data: bytes) -> Message:
    """The message in these bytes, all of them.  ChatError when they are none."""
    check_version(data)
    if len(data) < wire.Chat.size:
        raise ChatError("a message has at least a name's length")
    header: Any = view(wire.Chat, data, 0, len(data), None)
    if header.broken:
        raise ChatError("the lengths in the message contradict each other")
    name, text = header.name, header.text
    if header.kind not in wire.KINDS:
        raise ChatError(f"kind {header.kind} is not known")
    if not (isinstance(name, str) and isinstance(text, str)):
        raise ChatError("names and texts are UTF-8")
    if len(data) > PREFIX + 1 + 255 + LONGEST_TEXT:
        raise ChatError(f"a text has at most {LONGEST_TEXT} bytes")
    return Message(header.kind, name, text)
