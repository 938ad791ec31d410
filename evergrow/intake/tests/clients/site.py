"""A customer's site with the strictest Content-Security-Policy under which our own script works."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, Route

from evergrow.intake.tests.clients.source import Source

EARLY = """
window.evergrow = window.evergrow || [];
evergrow.push(["ready", (loaded) => { document.documentElement.dataset.version = loaded.version; }]);
"""


def until(page: Page, is_so: Callable[[], object], seconds: float = 10) -> None:
    """Wait while the browser goes on. (The page's policy refuses what Playwright's own waiting evaluates.)"""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it did not come about"
        page.wait_for_timeout(20)


class Site:
    """Any path below ``origin`` is a page that loads ``/evergrow.js`` with ``options`` as its ``data-`` attributes.

    ``complaints`` collects what the browser minds: errors and breaches of the policy, but no answer that failed.
    """

    def __init__(self, origin: str, source: Source, browser: Browser) -> None:
        self.origin, self.source, self.browser = origin, source, browser
        self.options: dict[str, str] = {}
        self.early = EARLY
        self.complaints: list[str] = []
        self.bodies: list[str] = []
        self.contexts: list[BrowserContext] = []
        self.visitor = self.somebody()

    def somebody(self, **options: Any) -> BrowserContext:
        """A browser that was never here."""
        context = self.browser.new_context(locale="en-US", timezone_id="Asia/Shanghai", **options)
        context.on("request", self._hear)
        self.contexts.append(context)
        return context

    def tab(self, context: BrowserContext | None = None) -> Page:
        page = (context or self.visitor).new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda m: self._mind(m.text) if m.type == "error" else None)
        return page

    def open(self, path: str = "/", page: Page | None = None, referer: str | None = None, **options: str) -> Page:
        """Open a page with these options and wait until the script runs."""
        self.options = options
        page = page or self.tab()
        page.goto(self.origin + path, referer=referer)
        until(page, lambda: page.evaluate("document.documentElement.dataset.version"))
        return page

    def html(self) -> str:
        attributes = {"key": self.source.key} | self.options
        written = " ".join(f'data-{name.replace("_", "-")}="{escape(value)}"' for name, value in attributes.items())
        early = '<script src="/early.js"></script>'
        ours = f'<script async src="{self.source.url}/evergrow.js" {written}></script>'
        return f"<!doctype html><title>A customer's page</title>{early}{ours}"

    def policy(self) -> str:
        return f"default-src 'none'; script-src 'self' {self.source.url}; connect-src {self.source.url}"

    def answer_instead(self, context: BrowserContext, answer: Callable[[Route], None]) -> None:
        """Take the instance's place for events until ``context.unroute_all``."""
        context.route(f"{self.source.url}/v1/b", answer)

    def _mind(self, text: str) -> None:
        if not text.startswith("Failed to load resource"):  # tests provoke this; the browser tells when it likes
            self.complaints.append(text)

    def _hear(self, request: Any) -> None:
        if request.method == "POST" and request.url.startswith(self.source.url):
            self.bodies.append(request.post_data or "")


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def do_GET(self) -> None:
        if self.path == "/early.js":
            self._send("text/javascript", self.site.early)
        elif self.path == "/favicon.ico":
            self.send_response(204)
            self.end_headers()
        else:
            self._send("text/html; charset=utf-8", self.site.html())

    def _send(self, kind: str, text: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", self.site.policy())
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def opened(source: Source, browser: Browser) -> Iterator[Site]:
    """The site on an origin of its own, and a visitor who was never there."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.site = site = Site(f"http://localhost:{server.server_port}", source, browser)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield site
    finally:
        for context in site.contexts:
            context.close()
        server.shutdown()
        server.server_close()
