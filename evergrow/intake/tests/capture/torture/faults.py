"""What goes wrong: a killed process, a disk that is really full, a store that hangs or is gone."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError

from evergrow.intake.tests.capture.served import ROOT, Served
from evergrow.warehouse.tests.small_disk import fill


class Store:
    """An event store in a process of its own, behind the protocol of a ClickHouse server; it can hang or die."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://default@127.0.0.1:{self.port}/evergrow"
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "evergrow.intake.tests.capture.torture.store",
            str(self.port),
            str(self.folder),
        ]
        self.process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            time.sleep(0.05)
        raise AssertionError("The store did not start.")

    def hang(self, seconds: float) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(self.process.pid, signal.SIGCONT)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


class Chaos:
    """Does one fault after another; ``done`` counts them by kind."""

    def __init__(self, served: Served, seed: int, disk: Path | None = None, store: Store | None = None) -> None:
        self.served, self.disk, self.store = served, disk, store
        self.random = random.Random(seed)
        self.done: dict[str, int] = {}
        self.restarts: list[float] = []
        self.memory = 0

    def kill(self) -> None:
        """Let it work for a while, kill it, start it again; now and then with another fault at the same time."""
        time.sleep(self.random.uniform(0.2, 1.6))
        self.memory = max(self.memory, resident(self.served))
        if self.random.random() < 0.3:
            self.kill_helper()
        draw = self.random.random()
        if self.disk is not None and draw < 0.15:
            self.full_disk(and_kill=draw < 0.08)
        elif self.store is not None and draw < 0.12:
            self.note("store hung")
            self.store.hang(self.random.uniform(1, 4))
        elif self.store is not None and draw < 0.22:
            self.note("store killed")
            self.store.kill()
            time.sleep(self.random.uniform(0.1, 1))
            if draw < 0.17:
                self.again()
            self.store.start()
        self.again()

    def full_disk(self, *, and_kill: bool) -> None:
        assert self.disk is not None
        self.note("disk full")
        filler = fill(self.disk)
        try:
            time.sleep(self.random.uniform(0.3, 1.5))
            if and_kill:
                self.note("killed on a full disk")
                self.served.kill()
        finally:
            filler.unlink()
        if and_kill:
            self.served.start()
            time.sleep(0.3)

    def kill_helper(self) -> None:
        """Kill the process that drains, or the one that reads for it, and let the server notice."""
        found = children(self.served)
        if found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.random.choice(found), signal.SIGKILL)
                self.note("helpers killed")
        time.sleep(self.random.uniform(0, 0.5))

    def again(self) -> None:
        self.note("kills")
        self.served.kill()
        began = time.monotonic()
        self.served.start()
        self.restarts.append(time.monotonic() - began)

    def note(self, fault: str) -> None:
        self.done[fault] = self.done.get(fault, 0) + 1


def children(served: Served) -> list[int]:
    """The processes that the serving one began, and those that these began."""
    if served.process is None:
        return []
    every = [served.process.pid]
    with contextlib.suppress(OSError):
        for pid in every:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                every += map(int, task.read_text().split())
    return every[1:]


def resident(served: Served) -> int:
    """The most memory that the serving process has held, in MiB."""
    if served.process is None:
        return 0
    with contextlib.suppress(OSError, URLError):
        for line in Path(f"/proc/{served.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) // 1024
    return 0
