"""fetch with a capture beside it: the packets are those of its connection."""

import subprocess
import sys

import pytest
from live.namespace import ROOT, run

pytestmark = pytest.mark.needs("namespaces", "ip")

FETCH = """
import http.server, threading
import netlab
from netlab.http import fetch
with http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    fetched = fetch(f"http://127.0.0.1:{port}/README.md", capture="lo")
    server.shutdown()
(one,) = netlab.flows.conversations(fetched.packets)
print(one.sent.startswith(b"GET /README.md"), one.received.endswith(fetched.response.body))
print(one.client == fetched.local, one.server == fetched.address, fetched.lacking == "")
"""


def test_the_packets_hold_what_was_said() -> None:
    assert run(FETCH).splitlines()[-2:] == ["True True", "True True True"]


UNPRIVILEGED = """
import http.server, threading
from netlab.http import fetch
with http.server.HTTPServer(("127.0.0.1", 0), http.server.SimpleHTTPRequestHandler) as server:
    threading.Thread(target=server.serve_forever, daemon=True).start()
    fetched = fetch(f"http://127.0.0.1:{server.server_address[1]}/", capture="lo")
    server.shutdown()
print(fetched.response.status, fetched.packets, fetched.lacking)
"""


@pytest.mark.needs("setpriv")
def test_without_the_right_the_page_still_comes() -> None:
    command = ["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw"]
    done = subprocess.run(
        [*command, sys.executable, "-c", UNPRIVILEGED], capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.startswith("200 None packets can be captured by root only"), done.stderr
