"""The chat's server: what one client says reaches all, and what one client does harms none."""

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

from netlab.chat.messages import LONGEST_NAME, PORT, ChatError, Message, receive
from netlab.wire.chat import BYE, ERROR, HELLO, JOINED, LEFT, PING, PONG, TEXT

WAITING = 4096
"""Messages that may wait for a client that does not read; with one more it is let go."""


class Guest:
    """A client as the server sees it: its name, and what waits to be sent to it."""

    def __init__(self, name: str, writer: asyncio.StreamWriter) -> None:
        self.name, self.writer = name, writer
        self.waiting: asyncio.Queue[bytes] = asyncio.Queue(WAITING)

    def give(self, data: bytes) -> None:
        """Let a message wait for the client; one that does not read is let go."""
        try:
            self.waiting.put_nowait(data)
        except asyncio.QueueFull:
            self.writer.transport.abort()

    async def deliver(self) -> None:
        """Send what waits, for as long as the client is there."""
        with suppress(OSError):
            while True:
                self.writer.write(await self.waiting.get())
                await self.writer.drain()


class Server:
    """`async with Server(port=...)` serves until the block ends.

    patience   seconds of silence after which a client is asked whether it is there; after as
               many again it is let go
    rate       texts a second that are taken from one client; a faster one is read more slowly
    burst      texts that it may send at once before that
    port       0 takes a free one; `port` is then what was taken
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = PORT,
        *,
        patience: float = 30,
        rate: float = 20,
        burst: int = 50,
    ) -> None:
        self.host, self.port, self.patience = host, port, patience
        self.rate, self.burst = rate, burst
        self.guests: dict[str, Guest] = {}
        self._conversations: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._welcome, self.host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for conversation in self._conversations:
            conversation.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)

    def tell(self, message: Message) -> None:
        """Send a message to all, in the same order to each."""
        data = bytes(message)
        for guest in tuple(self.guests.values()):
            guest.give(data)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client's whole conversation; whatever goes wrong in it ends it alone."""
        task = asyncio.current_task()
        assert task
        self._conversations.add(task)
        try:
            await self._converse(reader, writer)
        except ChatError as error:
            with suppress(OSError):
                writer.write(bytes(Message(ERROR, text=str(error))))
        except OSError:
            pass  # the client is gone
        except asyncio.CancelledError:
            pass  # the server ends; Python 3.11 would report this as an error of its own
        finally:
            self._conversations.discard(task)
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        hello = await self._next(reader, None)
        if hello is None:
            return
        guest = Guest(self._name(hello), writer)
        self.guests[guest.name] = guest
        sender = asyncio.create_task(guest.deliver())
        self.tell(Message(JOINED, guest.name))
        try:
            await self._listen(reader, guest)
        finally:
            sender.cancel()
            del self.guests[guest.name]
            self.tell(Message(LEFT, guest.name))

    def _name(self, hello: Message) -> str:
        """The name that a client gives.  ChatError when it cannot have it."""
        name = hello.name.strip()
        if hello.kind != HELLO:
            raise ChatError("a client says hello first")
        if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
            raise ChatError(f"a name has 1 to {LONGEST_NAME} printable characters")
        if name in self.guests:
            raise ChatError(f"the name {name!r} is taken")
        return name

    async def _listen(self, reader: asyncio.StreamReader, guest: Guest) -> None:
        """Take what the client says until it goes."""
        clock = asyncio.get_running_loop()
        allowed, since = float(self.burst), clock.time()
        while message := await self._next(reader, guest):
            if message.kind == BYE:
                return
            if message.kind == PING:
                guest.give(bytes(Message(PONG)))
            elif message.kind == TEXT:
                now = clock.time()
                allowed = min(self.burst, allowed + (now - since) * self.rate) - 1
                since = now
                self.tell(Message(TEXT, guest.name, message.text))
                if allowed < 0:  # not reading is what TCP slows the client down with
                    await asyncio.sleep(-allowed / self.rate)
            elif message.kind != PONG:
                raise ChatError(f"a client does not send kind {message.kind}")

    async def _next(self, reader: asyncio.StreamReader, guest: Guest | None) -> Message | None:
        """The client's next message; a silent one that has a name is asked once."""
        task = asyncio.ensure_future(receive(reader))
        try:
            for asked in (False, True):
                done, _ = await asyncio.wait([task], timeout=self.patience)
                if done:
                    return task.result()
                if asked or guest is None:
                    break
                guest.give(bytes(Message(PING)))
        finally:
            task.cancel()
        raise ChatError("nothing was heard for too long")
