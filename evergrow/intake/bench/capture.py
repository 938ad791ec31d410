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
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from urllib.error import URLError

from evergrow.intake.bench.memory import Watch, family
from evergrow.lib.bench import Result, report

BATCH = 100
RUNS = 3
STEADY = 50_000
SMALL_STORE = 1_000_000
PATIENCE_SECONDS = 120.0
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
THROUGH = "sent, identified and in the store"
PLAIN_INSERT = "inserting blocks of 20,000 rows, without identity or duplicates"


def run(options: argparse.Namespace) -> dict[str, Any]:
    """The benchmark object; each timed part lasts ``options.seconds``. ``options.stored`` adds the part on growth."""
    seconds = float(options.seconds)
    batches = {name: _load(door, seconds, BATCH, 16) for name, door in _DOORS.items()}
    singles = {name: _load(door, seconds, 1, 64) for name, door in _DOORS.items() if name != SINGLE_FSYNC}
    ours, single = batches[""], singles[""]
    bare, bare_single = batches[BARE], singles[BARE]
    with served(OURS) as server:
        server.wait_until_quiet()
        fresh = server.seconds_until_visible()
        through = [server.through(seconds) for _ in range(RUNS)]
        server.wait_until_quiet()
        waited = server.oldest_waiting(seconds)
        peak = max(server.peak_mib, ours["peak_mib"], single["peak_mib"])
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
        Result(THROUGH, round(median(run.rate for run in through)), "events/s", "higher", 50_000, PLAIN_INSERT, plain),
        Result("the same, processor time", round(median(run.processor for run in through), 1), "µs/event", "lower"),
        Result("one event sent until it can be asked for", fresh, "s", "lower", 2),
        Result(f"oldest event on its way, at {STEADY:,} events/s", waited, "s", "lower", 2),
        Result("memory of the server, highest", peak, "MiB", "lower", 1_228),
    ]
    if options.stored:
        results.append(growth(seconds, options.stored))
    return report("capture", engine, results)


def growth(seconds: float, stored: int) -> Result:
    """How fast events come through with many stored, beside few: two servers that take turns."""
    with served(OURS, stored=SMALL_STORE) as small, served(OURS, stored=stored) as large:
        for server in (small, large):
            server.through(1.0)
            server.wait_until_quiet()
        pairs = [[server.through(seconds).rate for server in (small, large)] for _ in range(RUNS)]
    few, many = (round(median(column)) for column in zip(*pairs, strict=True))
    words = f"the same with {SMALL_STORE:,}"
    return Result(f"{THROUGH}, {stored:,} stored", many, "events/s", "higher", round(few * 0.85), words, few)


_DOORS = {"": OURS, BARE: DOORS + "bare", SINGLE_FSYNC: DOORS + "single_fsync", DJANGO: DOORS + "django"}


def _rate(load: dict[str, Any]) -> float:
    return round(float(load["events"]) / float(load["seconds"]))


def _load(door: str, seconds: float, batch: int, connections: int) -> dict[str, Any]:
    """How fast a door takes requests, once what a new server does at first is done."""
    with served(door) as server:
        server.load(min(1.0, seconds), batch, connections)
        server.wait_until_quiet()
        return server.load(seconds, batch, connections) | {"peak_mib": server.peak_mib}


class Through(NamedTuple):
    """Events a second all the way into the store, and the server's processor time for each in microseconds.

    The second stays honest on a machine that others use, too.
    """

    rate: float
    processor: float


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
        self.memory: Watch | None = None

    def python(self, *arguments: str) -> str:
        """What a Python process with this server's settings prints; the served one is stopped before."""
        if arguments[0] == "-c" and getattr(self, "process", None):
            self.stop()
        done = subprocess.run(
            [sys.executable, *arguments], env=self.env, capture_output=True, text=True, check=False, timeout=600
        )
        if done.returncode:
            raise RuntimeError(f"A part of the benchmark failed:\n{done.stderr}")
        return done.stdout

    def start(self, door: str) -> None:
        uvicorn = ["-m", "uvicorn", door, "--log-level", "warning", "--no-access-log", "--no-server-header"]
        command = ["-m", "evergrow", "serve"] if door == OURS else uvicorn
        self.process = subprocess.Popen([sys.executable, *command, "--port", str(self.port)], env=self.env)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                self.health()
                self.memory = Watch(self.process.pid)
                return
            except (URLError, ConnectionError):
                time.sleep(0.05)
        raise RuntimeError("The server to measure did not start.")

    def stop(self) -> None:
        if self.memory is not None:
            self.memory.stop()
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)
            self.process = None

    def health(self) -> dict[str, Any]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=60) as answer:
            return dict(json.load(answer))

    def load(self, seconds: float, batch: int, connections: int, rate: float = 0) -> dict[str, Any]:
        """Send for a while: requests, events, seconds, p50 and p99 in ms; ``rate`` is events a second, 0 for as many
        as are taken. Raises RuntimeError for any refusal."""
        numbers = [str(value) for value in (self.port, self.key, seconds, batch, connections, rate)]
        printed = self.python("-m", "evergrow.intake.bench.load", *numbers)
        if not printed.strip():
            raise RuntimeError("The generator of the load printed nothing.")
        done = json.loads(printed)
        if done["refused"]:
            raise RuntimeError(f"{done['refused']} requests were refused; the figures would mean nothing.")
        return dict(done)

    def through(self, seconds: float) -> "Through":
        """Send as many events as are taken, until the last of them is in the store. Raises RuntimeError for a loss.

        The clock starts with the first event: until then the generator only gets ready.
        """
        before, busy = self.health()["inserted"], self._busy_seconds()
        load = self.load(seconds, BATCH, 16)
        sent = int(load["events"])
        self.wait_until_drained()
        taken = time.monotonic() - float(load["began"])
        arrived = self.health()["inserted"] - before
        if arrived != sent:
            raise RuntimeError(f"{sent} events were sent, and {arrived} arrived.")
        return Through(sent / taken, (self._busy_seconds() - busy) / sent * 1e6)

    def oldest_waiting(self, seconds: float) -> float:
        """How many seconds the oldest event on its way has waited at worst, while events come at a steady rate.

        What waits, in bytes, was sent during the time in which as many bytes come in.
        """
        worst, is_done = 0, threading.Event()

        def watch() -> None:
            nonlocal worst
            while not is_done.wait(0.05):
                worst = max(worst, self.health()["spool_bytes"])

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            done = self.load(seconds, BATCH, 16, STEADY)
        finally:
            is_done.set()
            watcher.join()
        if done["events"] < 0.95 * STEADY * done["seconds"]:
            raise RuntimeError(f"The rate of {STEADY} events a second was not reached; the figure would mean nothing.")
        return round(worst / (float(done["bytes"]) / float(done["seconds"])), 3)

    def wait_until_drained(self) -> None:
        self._wait(lambda: not self.health()["spool_bytes"], "did not drain its spool")

    def wait_until_quiet(self) -> None:
        """Until the server has little to do: known ids are read, parts are merged."""

        def is_quiet() -> bool:
            before = self._busy_seconds()
            time.sleep(1.0)
            return self._busy_seconds() - before < 0.1

        self._wait(is_quiet, "did not come to rest")

    def _wait(self, is_so: Callable[[], bool], trouble: str) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            if time.monotonic() > until:
                raise RuntimeError(f"The server to measure {trouble} within {PATIENCE_SECONDS:.0f} seconds.")
            time.sleep(0.02)

    @property
    def peak_mib(self) -> int:
        """The most memory that the server and its helpers ever had together."""
        return self.memory.peak_mib() if self.memory else 0

    def _busy_seconds(self) -> float:
        ticks = 0
        for pid in family(self.process.pid if self.process else 0):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))  # its own, and those of its children that have ended
        return ticks / os.sysconf("SC_CLK_TCK")

    def seconds_until_visible(self) -> float:
        """From sending one event to its being counted, the worst of five."""
        worst = 0.0
        for _ in range(5):
            before = self.health()["inserted"]
            begun = time.monotonic()
            self.load(0, 1, 1)
            self._wait(lambda known=before: self.health()["inserted"] > known, "did not show an event")  # type: ignore[misc]
            worst = max(worst, time.monotonic() - begun)
        return round(worst, 3)


@contextmanager
def served(door: str, stored: int = 0) -> Iterator[Server]:
    """A door that answers, in a folder that is thrown away, with events in its store."""
    data = Path(tempfile.mkdtemp(prefix="evergrow-bench-"))
    try:
        server = Server(data)
        if stored:
            server.python("-m", "evergrow.intake.bench.fill", str(stored))
        server.start(door)
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(data, ignore_errors=True)
