"""The chat's client."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Self

from netlab.chat.messages import PORT, ChatError, Message, receive
from netlab.wire.chat import BYE, ERROR, HELLO, PING, PONG, TEXT


class Client:
    """`async with Client("Ada", host, port) as ada:` is in the chat until the block ends.

    `await ada.say("hello")` speaks; `async for message in ada` hears what all say, ourselves too.
    ChatError when the server refuses us, with its reason, and when it cannot be reached.
    """

    def __init__(self, name: str, host: str = "127.0.0.1", port: int = PORT) -> None:
        self.name, self.host, self.port = name, host, port

    async def __aenter__(self) -> Self:
        try:
            self._reader, self._writer = await asyncio.open_connection(self.host, self.port)
        except OSError as error:
            where = f"{self.host} port {self.port}"
            reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error
            raise ChatError(f"no chat at {where}: {reason}") from None
        await self._send(Message(HELLO, self.name))
        return self

    async def __aexit__(self, *_: object) -> None:
        with suppress(OSError, ChatError):
            await self._send(Message(BYE))
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    async def say(self, text: str) -> None:
        """Send a text to all; waits while the server takes no more."""
        await self._send(Message(TEXT, text=text))

    async def _send(self, message: Message) -> None:
        try:
            self._writer.write(bytes(message))
            await self._writer.drain()
        except OSError:
            raise ChatError("the server has closed the connection") from None

    async def hear(self) -> Message | None:
        """The next message; None when the server has gone.  Pings are answered here."""
        while message := await receive(self._reader):
            if message.kind == PING:
                await self._send(Message(PONG))
            elif message.kind == ERROR:
                raise ChatError(f"the server says: {message.text}")
            elif message.kind != PONG:
                return message
        return None

    async def __aiter__(self) -> AsyncIterator[Message]:
        while message := await self.hear():
            yield message
