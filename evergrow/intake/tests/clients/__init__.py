"""Other products' capture clients, unmodified, as npm packages: run by Node.js, or in a page of a customer's site.

The programs and pages stand in this folder, so that they find the packages in its ``node_modules`` (``make test``
installs them). Both are given ``key`` and ``url``: programs as the variables KEY and URL, pages in their query.
"""

import functools
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request

from evergrow.intake.tests.clients.source import Source

HERE = Path(__file__).parent


def needs_packages() -> None:
    """Skip the test where the packages were not installed (``make test`` does)."""
    if not (HERE / "node_modules").exists():
        pytest.skip(f"no packages in {HERE.name}/node_modules: run make test")


def node(program: str, source: Source, seconds: float = 30, **variables: str) -> str:
    """What a program of this folder prints, such as ``node("segment_node.mjs", source)``. Fails where it fails."""
    needs_packages()
    own = Path(sys.executable).parent / "node"
    command = shutil.which("node") or (str(own) if own.exists() else pytest.skip("no Node.js here"))
    environment = os.environ | {"KEY": source.key, "URL": source.url} | variables
    done = subprocess.run(
        [command, str(HERE / program)], env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Host:
    """A page of the site, and what happened on it: ``complaints`` of the browser, ``requests`` to the instance."""

    def __init__(self, origin: str, source: Source, context: BrowserContext) -> None:
        self.origin, self.source, self.context = origin, source, context
        self.complaints: list[str] = []
        self.requests: list[Request] = []
        self.page: Page = context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        context.on("request", lambda each: self.requests.append(each) if each.url.startswith(source.url) else None)

    def open(self, page: str, **fields: str) -> Page:
        """Open a page of this folder and wait until it says ``window.finished = true``."""
        query = urlencode({"key": self.source.key, "url": self.source.url} | fields)
        self.page.goto(f"{self.origin}/{page}?{query}")
        self.page.wait_for_function("window.finished === true", timeout=20_000)
        return self.page

    def leave(self) -> None:
        """Go elsewhere, as a visitor does: what the client still holds it must send now."""
        self.page.goto("about:blank")

    def sent(self, path: str) -> list[Request]:
        """The requests to an address of the instance that begins with ``path``, without preflights."""
        self.page.wait_for_timeout(50)  # lets the browser tell what happened since
        start = f"{self.source.url}{path}"
        return [each for each in self.requests if each.url.startswith(start) and each.method != "OPTIONS"]


class _Files(SimpleHTTPRequestHandler):
    """The files of this folder, and an empty answer for the icon that browsers ask for."""

    def do_GET(self) -> None:
        if self.path != "/favicon.ico":
            super().do_GET()
            return
        self.send_response(204)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def hosting(source: Source, browser: Browser) -> Iterator[Host]:
    """Serve this folder as a customer's site on an origin of its own, and open a fresh browser context."""
    needs_packages()
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=str(HERE)))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
    context = browser.new_context(user_agent=agent, locale="en-US", service_workers="block")
    try:
        yield Host(f"http://localhost:{server.server_port}", source, context)
    finally:
        context.close()
        server.shutdown()
        server.server_close()
