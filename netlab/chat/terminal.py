"""The chat in a terminal: what is typed is said, what is said is printed."""

import asyncio
import sys
import threading
from collections.abc import Callable

from netlab.chat.client import Client
from netlab.chat.messages import ChatError, Message
from netlab.chat.server import Server
from netlab.wire.chat import JOINED, LEFT


async def serve(host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve until cancelled.  ChatError when the port cannot be had."""
    try:
        async with Server(host, port) as server:
            say(f"serving the chat on {host} port {server.port}; Ctrl-C ends it")
            await asyncio.Event().wait()
    except OSError as error:
        raise ChatError(f"cannot serve on {host} port {port}: {error.strerror or error}") from None


async def talk(name: str, host: str, port: int, say: Callable[[str], None]) -> None:
    """Be in the chat until the input ends or the server goes.  ChatError when it refuses us."""
    async with Client(name, host, port) as client:
        typed = asyncio.create_task(_say_what_is_typed(client))
        heard = asyncio.create_task(_print_what_is_heard(client, say))
        done, rest = await asyncio.wait([typed, heard], return_when=asyncio.FIRST_COMPLETED)
        for task in rest:
            task.cancel()
        for task in done:
            task.result()


async def _say_what_is_typed(client: Client) -> None:
    """Each line of the input.  A thread reads it: a terminal cannot be awaited everywhere."""
    lines: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        while line := sys.stdin.readline():
            loop.call_soon_threadsafe(lines.put_nowait, line)
        loop.call_soon_threadsafe(lines.put_nowait, "")

    threading.Thread(target=read, daemon=True).start()
    while line := await lines.get():
        if line.strip():
            await client.say(line.strip())


async def _print_what_is_heard(client: Client, say: Callable[[str], None]) -> None:
    async for message in client:
        say(line(message))
    say("the server has gone")


def line(message: Message) -> str:
    """A message as it is printed; control characters of others do not reach the terminal."""
    if message.kind in (JOINED, LEFT):
        return f"* {message.name} has {'come' if message.kind == JOINED else 'gone'}"
    text = "".join(c if c.isprintable() else "�" for c in message.text)
    return f"{message.name}: {text}"
