"""The lessons' web site: each of its answers, as the kit and as Python read it."""

import gzip
import http.client
import json
import socket
from collections.abc import Iterator

import pytest

from netlab.http import fetch, responses
from netlab.http.site import HOME, LETTER, MENU, NEWS, STORY, Site, png


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site() as site:
        yield site


CONTENTS = {
    "/": HOME,
    "/menu": MENU,
    "/picture": png(LETTER),
    "/story": STORY,
    "/news": "".join(NEWS),
    "/old": "moved to /\n",
    "/none": "there is no such page\n",
}


@pytest.mark.parametrize("path", CONTENTS)
def test_each_page_is_sound_and_says_what_it_is(site: Site, path: str) -> None:
    response = fetch(site.url + path).response
    assert response.problems == ()
    assert response.content == CONTENTS[path]


@pytest.mark.parametrize("path", CONTENTS)
def test_pythons_client_reads_the_same_over_one_connection(site: Site, path: str) -> None:
    connection = http.client.HTTPConnection(*site.address, timeout=10)
    for method in ("GET", "HEAD", "GET"):
        connection.request(method, path)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status == {"/old": 301, "/none": 404}.get(path, 200)
        assert (body == b"") == (method == "HEAD")
    if answer.getheader("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    wanted = CONTENTS[path]
    is_json = answer.getheader("Content-Type") == "application/json"
    found = json.loads(body) if is_json else body if isinstance(wanted, bytes) else body.decode()
    assert found == wanted
    connection.close()


def test_a_form_comes_back_as_json(site: Site) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = fetch(site.url + "/order", method="POST", headers=kind, body=b"cup=tea&cup=caf%C3%A9")
    assert answer.request.content == [("cup", "tea"), ("cup", "café")]
    assert answer.response.content == [["cup", "tea"], ["cup", "café"]]


UNSOUND = {
    "two lengths": b"Content-Length: 3\r\nContent-Length: 30\r\n",
    "a length that is none": b"Content-Length: +3\r\n",
    "a coding": b"Transfer-Encoding: chunked\r\n",
    "a length beside a coding": b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
    "a very long form": b"Content-Length: 65537\r\n",
}


@pytest.mark.parametrize("headers", UNSOUND.values(), ids=UNSOUND)
def test_a_body_whose_end_is_open_smuggles_nothing(site: Site, headers: bytes) -> None:
    with socket.create_connection(site.address, timeout=10) as connection:
        head = b"POST /order HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n"
        connection.sendall(head + b"0\r\n\r\nGET /menu HTTP/1.1\r\nHost: x\r\n\r\n")
        found = responses(connection.makefile("rb").read(), ["POST", "GET"])
    assert [answer.status for answer in found] == [400]
    assert found[0].closes


def test_a_body_that_is_not_read_is_no_request(site: Site) -> None:
    hidden = b"GET /menu HTTP/1.1\r\nHost: x\r\n\r\n"
    with socket.create_connection(site.address, timeout=10) as connection:
        head = b"GET /none HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(hidden)
        connection.sendall(head + hidden)
        found = responses(connection.makefile("rb").read(), ["GET", "GET"])
    assert [answer.status for answer in found] == [404]


def test_a_closed_site_takes_no_connection() -> None:
    with Site() as site:
        pass
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(site.address, timeout=10)
