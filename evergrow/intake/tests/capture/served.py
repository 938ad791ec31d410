"""A really served instance in a process of its own, with its own data folder, that can be killed and started again."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import URLError

import orjson

PROTOCOL = "evergrow.intake.capture.protocol:Protocol"
ROOT = Path(__file__).resolve().parents[4]
MAKE_KEY = """
import django; django.setup()
from evergrow.workspaces.models import Workspace
from evergrow.workspaces.actions.keys import create_key
workspace = Workspace.objects.create(slug="acme", name="Acme")
print(create_key(workspace=workspace, kind="write", name="Web", by=None)[1])
"""
COUNT = """
import django; django.setup()
import json
from evergrow import warehouse
rows = warehouse.rows("select message_id, count() from events group by message_id")
rollup = warehouse.scalar("select sum(count) from activity")
print(json.dumps([dict(rows), rollup]))
"""


class Served:
    """``url`` answers between ``start`` and ``stop`` or ``kill``; ``key`` is a write key."""

    application = "evergrow.asgi:application"

    def __init__(self, data: Path, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("EVERGROW_")}
        self.env = {
            **kept,
            "EVERGROW_DATA": str(data),
            "EVERGROW_SPOOL_MIN_FREE_MIB": "16",
            "EVERGROW_CAPTURE_EVENTS_PER_SECOND": "0",
            "DJANGO_SETTINGS_MODULE": "evergrow.settings",
            "PYTHONPATH": str(ROOT),
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.run("-m", "evergrow", "manage", "migrate", "-v0")
        self.prepare()

    def prepare(self) -> None:
        self.key = self.run("-c", MAKE_KEY).strip()

    def run(self, *arguments: str) -> str:
        """What a Python process with this instance's settings prints."""
        done = subprocess.run([sys.executable, *arguments], env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", self.application, "--lifespan", "on"]
        options = ["--port", str(self.port), "--log-level", "warning", "--no-access-log", "--http", PROTOCOL]
        self.process = subprocess.Popen([*command, *options], env=self.env, cwd=ROOT)
        until = time.monotonic() + 30
        while time.monotonic() < until and self.process.poll() is None:
            try:
                self.health()
                return
            except (URLError, ConnectionError):
                time.sleep(0.05)
        raise AssertionError("The server did not start.")

    def health(self) -> dict:
        with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
            return orjson.loads(answer.read())

    def wait_until_drained(self, seconds: float = 30) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self.health()["spool_bytes"] == 0:
                return
            time.sleep(0.05)
        raise AssertionError(f"The spool was not drained: {self.health()}")

    def kill(self) -> None:
        """As if the power went: no chance to finish anything."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def counted(self) -> tuple[dict[str, int], int]:
        """How often each message id is in the stopped store, and what the rollup says altogether."""
        ids, rollup = orjson.loads(self.run("-c", COUNT))
        return ids, rollup
