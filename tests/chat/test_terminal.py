"""netlab chat: a server and two people, each a process of its own."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from netlab.chat.messages import Message
from netlab.chat.terminal import line
from netlab.wire.chat import JOINED, LEFT, TEXT

COMMAND = [sys.executable, "-u", "-m", "netlab.cli", "chat"]


def start(*options: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [*COMMAND, *options], stdin=pipe, stdout=pipe, stderr=subprocess.STDOUT, text=True
    )


def says(process: subprocess.Popen[str]) -> str:
    assert process.stdout
    return process.stdout.readline().strip()


@pytest.fixture
def port() -> Iterator[str]:
    """A server's port; Ctrl-C ends it cleanly."""
    server = start("--port", "0")
    try:
        found = re.search(r"port (\d+)", says(server))
        assert found
        yield found[1]
    finally:
        server.send_signal(signal.SIGINT)
        rest, _ = server.communicate(timeout=10)
        assert "Traceback" not in rest
        assert server.returncode == 0


def test_two_people_talk(port: str) -> None:
    with start("Ada", "--port", port) as ada:
        assert says(ada) == "* Ada has come"  # only who is there already hears of the other
        with start("Grace", "--port", port) as grace:
            assert says(ada) == says(grace) == "* Grace has come"
            assert grace.stdin
            grace.stdin.write("hello\n")
            grace.stdin.flush()
            assert says(ada) == "Grace: hello"
            grace.stdin.close()
            assert says(ada) == "* Grace has gone"
        assert ada.stdin
        ada.stdin.close()


def test_a_name_that_is_taken_is_told_in_a_sentence(port: str) -> None:
    with start("Ada", "--port", port) as ada, start("Ada", "--port", port) as second:
        outputs = sorted([says(ada), says(second)])
        assert outputs == ["* Ada has come", "netlab: the server says: the name 'Ada' is taken"]
        for process in (ada, second):
            assert process.stdin
            process.stdin.close()


def test_nobody_serves() -> None:
    run = subprocess.run([*COMMAND, "Ada", "--port", "9"], capture_output=True, text=True)
    assert run.returncode == 1
    assert run.stderr == "netlab: no chat at 127.0.0.1 port 9: Connection refused\n"


def test_what_others_say_cannot_take_over_the_terminal() -> None:
    assert line(Message(TEXT, "Ada", "a\x1b[2Jb")) == "Ada: a�[2Jb"
    assert line(Message(JOINED, "Ada")) == "* Ada has come"
    assert line(Message(LEFT, "Ada")) == "* Ada has gone"
