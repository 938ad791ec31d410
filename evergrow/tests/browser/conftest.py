"""A newcomer's instance, served for real, and a real Chromium in front of it."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from evergrow.tests.browser import chromium

ROOT = Path(__file__).resolve().parents[3]


class Served:
    """``evergrow up`` in an empty data folder: its address and the link it printed."""

    def __init__(self, data: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.data, self.base = data, f"http://127.0.0.1:{self.port}"
        self.environment = {k: v for k, v in os.environ.items() if k != "EVERGROW_DATABASE_URL"} | {
            "EVERGROW_DATA": str(data)
        }

    def start(self) -> None:
        self.log = (self.data / "up.log").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-u", "-m", "evergrow", "up", "--port", str(self.port)],
            env=self.environment,
            cwd=ROOT,
            stdout=self.log,
            stderr=subprocess.STDOUT,
        )
        self.link = self.wait_for(r"(http://\S+/auth/link/\S+)", seconds=240)
        self.fresh_link = self.link
        self.wait_for_answer(seconds=30)

    def unused_link(self) -> str:
        """The printed sign-in link the first time, then one made by the command line."""
        link, self.fresh_link = self.fresh_link, ""
        if not link:
            made = self.run("member", "link", "owner@evergrow.example").stdout.strip()
            link = self.base + made[made.index("/auth/") :]
        return link

    def wait_for(self, pattern: str, seconds: float) -> str:
        """The text of the first group, once the server printed it."""
        import time

        end = time.monotonic() + seconds
        while time.monotonic() < end:
            text = (self.data / "up.log").read_text()
            if found := re.search(pattern, text):
                return found.group(1)
            assert self.process.poll() is None, text
            time.sleep(0.1)
        raise AssertionError(f"not printed within {seconds} s: {pattern}\n{text}")

    def wait_for_answer(self, seconds: float) -> None:
        import time

        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("nobody listens")

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(20)
        self.log.close()
        return code

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Another command on the same data folder."""
        return subprocess.run(
            [sys.executable, "-m", "evergrow", *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
        )


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """It stops after the last test of this folder: beside the tests of other folders its own work would cost them."""
    instance = Served(tmp_path_factory.mktemp("newcomer"))
    instance.start()
    yield instance
    if instance.process.poll() is None:
        instance.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium for one module: Playwright keeps an event loop in this thread, which Django's other tests refuse."""
    with chromium.launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def signed_in(served: Served, browser: Browser) -> dict[str, object]:
    """The cookies of the owner, who used the printed link, or another one once that is used."""
    context = browser.new_context(base_url=served.base, locale="en-US")
    page = context.new_page()
    page.goto(served.unused_link())
    page.locator(".btn-primary").first.click()
    page.wait_for_url("**/w/**")
    state = context.storage_state()
    context.close()
    return dict(state)


class Watched:
    """A page whose errors and blocked inline code are collected."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)


@pytest.fixture
def visit(served: Served, browser: Browser, signed_in: dict[str, object]) -> Iterator[object]:
    """``visit(width, scheme, language)`` opens a signed-in page of that size, theme and language."""
    contexts: list[BrowserContext] = []

    def open_page(width: int = 1440, scheme: str = "light", language: str = "en") -> Watched:
        height = 900 if width > 500 else 844
        context = browser.new_context(
            base_url=served.base,
            storage_state=signed_in,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
        )
        address = {"domain": "127.0.0.1", "path": "/"}
        context.add_cookies(
            [
                {"name": "evergrow_language", "value": language, **address},
                {"name": "evergrow_theme", "value": scheme, **address},
            ]
        )
        contexts.append(context)
        return Watched(context)

    yield open_page
    for context in contexts:
        context.close()
