"""``evergrow bench pages``: how long a served instance with the sample takes for the pages of a morning."""

import argparse
import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evergrow.lib.bench import Result, durations, quantile, report

ROOT = Path(__file__).resolve().parents[2]
HOME = "/w/sample/"
TARGET_SECONDS = 0.3
PAGES = {
    "home": HOME,
    "accounts, 50 of 12,000": HOME + "accounts/?status=",
    "accounts, customers by health": HOME + "accounts/",
    "tasks": HOME + "tasks/",
    "trend, unique accounts by week": HOME + "insight/trends/?event=login&measure=accounts&interval=week",
    "search": HOME + "search/?q=har",
}
BASELINE = "the sign-in page, which asks nothing of the stores"


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Load the sample into a throw-away folder, serve it, sign in, and time each page over one kept connection."""
    with tempfile.TemporaryDirectory(prefix="evergrow-bench-") as data, served(Path(data)) as served_at:
        base, link, first_run = served_at
        visitor = Visitor(base)
        plain = visitor.time("/auth/login/", options.seconds / 2)
        visitor.sign_in(link)
        account = re.search(rf"{HOME}accounts/\d+/", visitor.get(PAGES["accounts, customers by health"]))
        pages = {**PAGES, **({"account page": account.group()} if account else {})}
        results = [Result("first run: sample loaded and scored", first_run, "s", "lower", target=60.0)]
        for name, path in pages.items():
            taken = visitor.time(path, options.seconds)
            results += [
                Result(
                    f"{name} p50", quantile(taken, 0.5), "s", "lower", TARGET_SECONDS, BASELINE, quantile(plain, 0.5)
                ),
                Result(f"{name} p95", quantile(taken, 0.95), "s", "lower", None, BASELINE, quantile(plain, 0.95)),
            ]
    return report("pages", "ClickHouse in process, SQLite", results)


@contextmanager
def served(data: Path) -> Iterator[tuple[str, str, float]]:
    """``evergrow up`` in an empty folder: its address, its sign-in link, and the seconds of its first run."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    began, log = time.monotonic(), data / "up.log"
    stores = ("EVERGROW_DATABASE_URL", "EVERGROW_CLICKHOUSE_URL", "EVERGROW_PUBLIC_URL")
    environment = {k: v for k, v in os.environ.items() if k not in stores} | {"EVERGROW_DATA": str(data / "data")}
    command = [sys.executable, "-u", "-m", "evergrow", "up", "--port", str(port)]
    with log.open("w") as out:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
    try:
        while not (found := re.search(r"http://\S+/auth/link/\S+", log.read_text())):
            if process.poll() is not None:
                raise RuntimeError(f"The instance to measure did not start:\n{log.read_text()}")
            time.sleep(0.05)
        first_run = time.monotonic() - began
        while socket.socket().connect_ex(("127.0.0.1", port)):
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", found.group(), first_run
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


class Visitor:
    """Somebody with cookies and without a browser."""

    def __init__(self, base: str) -> None:
        self.base = base
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)

    def get(self, path: str, form: dict[str, str] | None = None) -> str:
        """The page's text; raises HTTPError for an answer that is none."""
        url = urllib.parse.urljoin(self.base, path)
        body = urllib.parse.urlencode(form).encode() if form is not None else None
        request = urllib.request.Request(url, data=body, headers={"Referer": url})  # noqa: S310
        with self.opener.open(request, timeout=60) as answer:
            return str(answer.read().decode())

    def sign_in(self, link: str) -> None:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.get(link))
        self.get(link, {"csrfmiddlewaretoken": token.group(1) if token else ""})

    def time(self, path: str, seconds: float) -> list[float]:
        self.get(path)
        return durations(lambda: self.get(path), seconds=seconds)
