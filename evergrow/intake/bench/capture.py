"""The parts of the benchmark, each against a server of its own in a throw-away folder.

The load comes from a process of its own (``load``); on two cores both share the machine. The baselines (``doors``)
answer the same load in the same run.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError

from evergrow.lib.bench import Result, report

BATCH = 100
MAKE_KEY = """
import django; django.setup()
from evergrow.workspaces.models import Workspace
from evergrow.workspaces.actions.keys import create_key
workspace = Workspace.objects.create(slug="bench", name="Bench")
print(create_key(workspace=workspace, kind="write", name="bench", by=None)[1])
"""
BARE_INSERT = """
import django; django.setup()
from evergrow.intake.bench import bare_insert
print(bare_insert.events_per_second())
"""
ENGINE = """
import django; django.setup()
from evergrow import warehouse
print(warehouse.describe())
"""
OURS = "evergrow.asgi:application"
DOORS = "evergrow.intake.bench.doors:"
BARE = "a bare ASGI handler: decode, append, fsync in groups"
SINGLE_FSYNC = "the same with one fsync per request"
DJANGO = "a Django view doing the same"
PLAIN_INSERT = "inserting blocks of 20,000 rows, without identity or duplicates"


def run(options: argparse.Namespace) -> dict[str, Any]:
    """The benchmark object; each timed part lasts ``options.seconds``."""
    seconds = float(options.seconds)
    batches = {name: _load(door, seconds, BATCH, 16) for name, door in _DOORS.items()}
    singles = {name: _load(door, seconds, 1, 64) for name, door in _DOORS.items() if name != SINGLE_FSYNC}
    ours, single = batches[""], singles[""]
    bare, bare_single = batches[BARE], singles[BARE]
    with served(OURS) as server:
        fresh = server.seconds_until_visible()
        begun = time.monotonic()
        sent = server.load(seconds, BATCH, 16)["events"]
        server.wait_until_drained()
        through = sent / (time.monotonic() - begun)
        plain = float(server.python("-c", BARE_INSERT))
        engine = server.python("-c", ENGINE).strip() + ", SQLite"
    results = [
        Result("acknowledged, batches of 100", rate, "events/s", "higher", 100_000, name, _rate(batches[name]))
        for name, rate in ((name, _rate(ours)) for name in (BARE, SINGLE_FSYNC, DJANGO))
    ]
    results += [
        Result("batch of 100, p50", ours["p50"], "ms", "lower", None, BARE, bare["p50"]),
        Result("batch of 100, p99", ours["p99"], "ms", "lower", None, BARE, bare["p99"]),
        Result("single events", _rate(single), "requests/s", "higher", 8_000, BARE, _rate(bare_single)),
        Result("single events", _rate(single), "requests/s", "higher", 8_000, DJANGO, _rate(singles[DJANGO])),
        Result("single event, p50", single["p50"], "ms", "lower", None, BARE, bare_single["p50"]),
        Result("single event, p99", single["p99"], "ms", "lower", 30, BARE, bare_single["p99"]),
        Result("sent, identified and in the store", round(through), "events/s", "higher", 50_000, PLAIN_INSERT, plain),
        Result("one event sent until it can be asked for", fresh, "s", "lower", 2),
    ]
    return report("capture", engine, results)


_DOORS = {"": OURS, BARE: DOORS + "bare", SINGLE_FSYNC: DOORS + "single_fsync", DJANGO: DOORS + "django"}


def _rate(load: dict[str, Any]) -> float:
    return round(float(load["events"]) / float(load["seconds"]))


def _load(door: str, seconds: float, batch: int, connections: int) -> dict[str, Any]:
    with served(door) as server:
        server.load(min(1.0, seconds), batch, connections)
        return server.load(seconds, batch, connections)


class Server:
    """A served door in a folder of its own."""

    def __init__(self, data: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("EVERGROW_")}
        self.env = kept | {
            "EVERGROW_DATA": str(data),
            "EVERGROW_CAPTURE_EVENTS_PER_SECOND": "0",
            "EVERGROW_SPOOL_MIN_FREE_MIB": "64",
            "DJANGO_SETTINGS_MODULE": "evergrow.settings",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.python("-m", "evergrow", "manage", "migrate", "-v0")
        self.key = self.python("-c", MAKE_KEY).strip()
        self.process: subprocess.Popen[bytes] | None = None

    def python(self, *arguments: str) -> str:
        """What a Python process with this server's settings prints; the served one is stopped before."""
        if arguments[0] == "-c" and getattr(self, "process", None):
            self.stop()
        done = subprocess.run([sys.executable, *arguments], env=self.env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"A part of the benchmark failed:\n{done.stderr}")
        return done.stdout

    def start(self, door: str) -> None:
        command = [sys.executable, "-m", "uvicorn", door, "--port", str(self.port), "--log-level", "warning"]
        self.process = subprocess.Popen([*command, "--no-access-log", "--no-server-header"], env=self.env)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                self.health()
                return
            except (URLError, ConnectionError):
                time.sleep(0.05)
        raise RuntimeError("The server to measure did not start.")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)
            self.process = None

    def health(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=60) as answer:
            return dict(json.load(answer))

    def load(self, seconds: float, batch: int, connections: int) -> dict[str, Any]:
        """Send for a while: requests, events, seconds, p50 and p99 in ms. Raises RuntimeError for any refusal."""
        numbers = [str(value) for value in (self.port, self.key, seconds, batch, connections)]
        done = json.loads(self.python("-m", "evergrow.intake.bench.load", *numbers))
        if done["refused"]:
            raise RuntimeError(f"{done['refused']} requests were refused; the figures would mean nothing.")
        return dict(done)

    def wait_until_drained(self) -> None:
        while self.health()["spool_bytes"]:
            time.sleep(0.02)

    def seconds_until_visible(self) -> float:
        """From sending one event to its being counted, the worst of five."""
        worst = 0.0
        for _ in range(5):
            before = self.health()["inserted"]
            begun = time.monotonic()
            self.load(0, 1, 1)
            while self.health()["inserted"] == before:
                time.sleep(0.01)
            worst = max(worst, time.monotonic() - begun)
        return round(worst, 3)


@contextmanager
def served(door: str) -> Iterator[Server]:
    """A door that answers, in a folder that is thrown away."""
    data = Path(tempfile.mkdtemp(prefix="evergrow-bench-"))
    try:
        server = Server(data)
        server.start(door)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(data, ignore_errors=True)
