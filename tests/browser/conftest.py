"""A real JupyterLab and a real Chromium, one of each for all browser tests."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import QUIET, Lab
from needs import require
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).parents[2]

expect.set_options(timeout=20_000)  # a machine may have much else to do


@pytest.fixture(scope="package")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A JupyterLab of its own, over a copy of the course."""
    require("chromium")
    home = tmp_path_factory.mktemp("jupyter")
    course = home / "course"
    for folder in ("notebooks", "exercises"):
        if (ROOT / folder).is_dir():
            shutil.copytree(ROOT / folder, course / folder)
    course.mkdir(exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(8)
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
    places = {name: str(home / name) for name in names}
    command = [
        sys.executable, "-m", "netlab.cli", "lab", "--no-browser", "--port", str(port),
        f"--IdentityProvider.token={token}", "--ServerApp.port_retries=0",
    ]  # fmt: skip
    log = (home / "log").open("wb")
    server = subprocess.Popen(command, cwd=course, stdout=log, stderr=log, env=os.environ | places)
    try:
        lab = Lab(f"http://127.0.0.1:{port}", token, course)
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{lab.url}/api?token={token}", timeout=5).close()
                break
            except OSError:
                if server.poll() is not None:
                    pytest.fail(f"JupyterLab ended: {(home / 'log').read_text()}")
                time.sleep(0.1)
        yield lab
    finally:
        server.terminate()
        server.wait(20)
        log.close()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without a window and without calls home.  It ends with the last browser
    test, as Playwright's loop runs in the thread of the tests, and nobody else could have one."""
    require("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """A page as wide as a laptop's screen; the tests of a file share it, as opening takes long."""
    context = chromium.new_context(viewport={"width": 1440, "height": 1100})
    yield context.new_page()
    context.close()
