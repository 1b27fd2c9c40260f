"""The chat: what one says reaches all in order, and what one does harms nobody else."""

import asyncio
import random
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

import netlab
from netlab.chat import ChatError, Client, Message, Server
from netlab.chat.messages import parse
from netlab.wire.chat import BYE, HELLO, JOINED, LEFT, PING, TEXT, Chat


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, 60))


async def texts(client: Client, count: int) -> list[tuple[str, str]]:
    """The next so many texts that a client hears."""
    heard = []
    while len(heard) < count:
        message = await client.hear()
        assert message, "the server has gone"
        if message.kind == TEXT:
            heard.append((message.name, message.text))
    return heard


def test_what_one_says_all_hear_the_speaker_too() -> None:
    async def talk() -> None:
        async with Server(port=0) as server, Client("Ada", port=server.port) as ada:
            assert await ada.hear() == Message(JOINED, "Ada")
            async with Client("Grace", port=server.port) as grace:
                assert await ada.hear() == Message(JOINED, "Grace")
                await grace.say("hello")
                assert await texts(ada, 1) == await texts(grace, 1) == [("Grace", "hello")]
            assert await ada.hear() == Message(LEFT, "Grace")

    run(talk())


NOT_TAKEN = {
    "no hello": (Message(TEXT, text="hi"), "a client says hello first"),
    "no name": (Message(HELLO, " "), "a name has 1 to 32 printable characters"),
    "a long name": (Message(HELLO, "a" * 33), "a name has 1 to 32"),
    "a name with a line's end": (Message(HELLO, "a\nb"), "a name has 1 to 32"),
    "a name that is taken": (Message(HELLO, "Ada"), "the name 'Ada' is taken"),
}


@pytest.mark.parametrize(("first", "reason"), NOT_TAKEN.values(), ids=NOT_TAKEN)
def test_who_is_not_taken_is_told_why(first: Message, reason: str) -> None:
    async def talk() -> None:
        async with Server(port=0) as server, Client("Ada", port=server.port) as ada:
            await ada.hear()
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(bytes(first))
            answer = parse(await reader.read())
            assert answer.text.startswith(reason)
            writer.close()
            assert list(server.guests) == ["Ada"]

    run(talk())


GARBAGE = {
    "HTTP": b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "another version": b"\x02\x02\x00\x01\x00",
    "an unknown kind": b"\x01\x63\x00\x01\x00",
    "a name longer than the message": b"\x01\x02\x00\x03\xff\x00\x00",
    "too short for a name": b"\x01\x02\x00\x00",
    "no UTF-8": bytes(Chat(kind=TEXT, text=b"\xff\xfe")),
    "a text that is too long": bytes(Chat(kind=TEXT, text="a" * 5000)),
    "a server's word": bytes(Message(JOINED, "Mallory")),
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE)
def test_who_sends_garbage_is_let_go_and_nobody_else(garbage: bytes) -> None:
    async def talk() -> None:
        async with Server(port=0) as server, Client("Ada", port=server.port) as ada:
            await ada.hear()
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(bytes(Message(HELLO, "Mallory")) + garbage)
            writer.write_eof()
            await reader.read()
            writer.close()
            await ada.say("still here")
            assert await texts(ada, 1) == [("Ada", "still here")]
            assert list(server.guests) == ["Ada"]

    run(talk())


def test_a_server_that_ends_before_its_clients_has_nothing_to_report(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def talk() -> None:
        async with Server(port=0) as server:
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(bytes(Message(HELLO, "Ada")))
            while not server.guests:
                await asyncio.sleep(0.01)
        writer.close()
        await asyncio.sleep(0.05)

    run(talk())
    assert caplog.records == []


def test_another_protocol_is_told_at_once() -> None:
    """What stands where a length would is not waited for: the browser would wait too."""

    async def talk() -> None:
        async with Server(port=0) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(GARBAGE["HTTP"])
            assert b"version 71 is not spoken here" in await reader.read()
            writer.close()

    run(talk())


def test_a_client_that_breaks_off_within_a_message_is_let_go() -> None:
    async def talk() -> None:
        async with Server(port=0) as server, Client("Ada", port=server.port) as ada:
            await ada.hear()
            _, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(bytes(Message(HELLO, "Bob")) + b"\x01\x02")
            await writer.drain()
            assert await ada.hear() == Message(JOINED, "Bob")
            writer.close()
            assert await ada.hear() == Message(LEFT, "Bob")

    run(talk())


def test_a_silent_client_is_asked_and_then_let_go() -> None:
    async def talk() -> None:
        async with Server(port=0, patience=0.1) as server:
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(bytes(Message(HELLO, "Bob")))
            said = await reader.read()
            writer.close()
            assert bytes(Message(PING)) in said
            assert b"nothing was heard" in said

    run(talk())


def test_a_client_that_answers_pings_stays() -> None:
    async def talk() -> None:
        async with Server(port=0, patience=0.05) as server, Client("Ada", port=server.port) as ada:
            hearing = asyncio.create_task(texts(ada, 1))
            await asyncio.sleep(0.5)
            await ada.say("still here")
            assert await hearing == [("Ada", "still here")]

    run(talk())


def test_a_client_that_does_not_read_is_let_go() -> None:
    async def talk() -> None:
        async with Server(port=0, burst=20_000) as server:
            deaf = await asyncio.open_connection("127.0.0.1", server.port, limit=1)
            deaf[1].write(bytes(Message(HELLO, "Deaf")))
            async with Client("Ada", port=server.port) as ada:
                hearing = asyncio.create_task(texts(ada, 8000))
                for _ in range(8000):
                    await ada.say("x" * 3000)
                assert len(await hearing) == 8000
                assert list(server.guests) == ["Ada"]
            deaf[1].close()

    run(talk())


def test_a_flood_is_slowed_down_and_harms_nobody() -> None:
    async def talk() -> None:
        async with (
            Server(port=0, rate=100, burst=10) as server,
            Client("Ada", port=server.port) as ada,
            Client("Flood", port=server.port) as flood,
        ):
            for number in range(60):
                await flood.say(str(number))
            begin = asyncio.get_running_loop().time()
            await ada.say("me too")
            heard: list[tuple[str, str]] = []
            while ("Ada", "me too") not in heard:
                heard += await texts(ada, 1)
            rest = await texts(ada, 61 - len(heard))
            took = asyncio.get_running_loop().time() - begin
        flooded = [text for name, text in heard + rest if name == "Flood"]
        assert flooded == [str(number) for number in range(60)]
        assert len(heard) < 30  # Ada did not wait behind the flood
        assert took > 0.3  # 50 texts beyond the burst, at 100 a second

    run(talk())


def test_two_hundred_clients_hear_everything_in_order_while_some_misbehave() -> None:
    """Half of them speak, all hear all in one order; garbage comes in all the time."""
    count, each = 200, 3

    async def disturb(port: int, chance: random.Random) -> None:
        while True:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(bytes(Message(HELLO, f"m{chance.random()}")) + chance.randbytes(200))
            await asyncio.sleep(0.05)
            writer.close()

    async def talk() -> None:
        async with Server(port=0) as server:
            clients = [Client(f"c{number}", port=server.port) for number in range(count)]
            for client in clients:
                await client.__aenter__()
            while len(server.guests) < count:
                await asyncio.sleep(0.01)
            disturbing = asyncio.create_task(disturb(server.port, random.Random(1)))
            speakers = clients[::2]
            hearing = [
                asyncio.create_task(texts(client, each * len(speakers))) for client in clients
            ]
            for number in range(each):
                await asyncio.gather(*(speaker.say(str(number)) for speaker in speakers))
            heard = await asyncio.gather(*hearing)
            disturbing.cancel()
            for client in clients:
                await client.__aexit__()
        assert all(one == heard[0] for one in heard)
        for speaker in speakers:
            said = [text for name, text in heard[0] if name == speaker.name]
            assert said == [str(number) for number in range(each)]

    run(talk())


def test_nobody_serves() -> None:
    async def talk() -> None:
        async with Server(port=0) as server:
            port = server.port
        with pytest.raises(ChatError, match=f"no chat at 127.0.0.1 port {port}"):
            await Client("Ada", port=port).__aenter__()

    run(talk())


def test_a_segment_with_two_messages_is_taken_apart(tmp_path: Path) -> None:
    both = bytes(Message(HELLO, "Ada")) + bytes(Message(TEXT, text="grüß dich"))
    frame = netlab.Ethernet() / netlab.IPv4() / netlab.TCP(dst_port=50007) / both
    packet = netlab.dissect(bytes(frame))
    assert [type(header).__name__ for header in packet.layers[3:]] == ["Chat", "Chat"]
    assert packet.problems == ()
    assert [header.summary() for header in packet.layers[3:]] == ["hello Ada", "text : grüß dich"]


def test_half_a_message_is_no_problem_its_rest_may_follow() -> None:
    half = bytes(Message(TEXT, "Ada", "hello"))[:-2]
    frame = netlab.Ethernet() / netlab.IPv4() / netlab.TCP(dst_port=50007) / half
    assert netlab.dissect(bytes(frame)).problems == ()


def test_bye_is_a_polite_end() -> None:
    assert parse(bytes(Message(BYE))) == Message(BYE)
    with pytest.raises(ChatError, match="version 9 is not spoken here"):
        parse(b"\x09\x05\x00\x01\x00")
