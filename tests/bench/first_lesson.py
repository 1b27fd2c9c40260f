"""How long it takes from a clean clone and `make lab` to the lesson on screen."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "browser"))
from lab import QUIET  # noqa: E402

TOKEN = "first-lesson"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str, command: subprocess.Popen[bytes]) -> None:
    while command.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    sys.exit("make lab ended before JupyterLab answered")


def main() -> None:
    """Clone, make lab, and wait until the lesson's title can be read."""
    if not shutil.which("chromium"):
        print(
            "make lab to the first lesson: not measured, needs chromium: apt-get install chromium"
        )
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "-q", str(ROOT), f"{folder}/netlab"], check=True)
        port = free_port()
        options = f"ARGS=--no-browser --port {port} --IdentityProvider.token={TOKEN}"
        clean = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
        begin = time.perf_counter()
        command = subprocess.Popen(
            ["make", "lab", options], cwd=f"{folder}/netlab", start_new_session=True, env=clean,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for(f"http://127.0.0.1:{port}/api?token={TOKEN}", command)
            served = time.perf_counter() - begin
            with sync_playwright() as playwright:
                chromium = shutil.which("chromium")
                browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
                page = browser.new_page()
                page.goto(f"http://127.0.0.1:{port}/?token={TOKEN}")
                page.locator("h1", has_text="what really travels through the cable").first.wait_for(
                    timeout=120_000
                )
                shown = time.perf_counter() - begin
                browser.close()
        finally:
            os.killpg(command.pid, signal.SIGTERM)
            command.wait(30)
    print(f"make lab in a clean clone: {served:.0f} s until JupyterLab answers,")
    print(f"  {shown:.0f} s until the first lesson can be read")


if __name__ == "__main__":
    main()
