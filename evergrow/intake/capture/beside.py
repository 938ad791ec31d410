"""The drain as the server sees it: a process (``draining``) that is begun, woken, listened to, and begun again."""

import logging
import os
import subprocess
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

import pyarrow as pa
from django.db import close_old_connections, connections

from evergrow.intake.capture import drain, draining
from evergrow.intake.capture.drain import News
from evergrow.intake.capture.draining import ALONE, PUT_IN, TELL
from evergrow.intake.capture.spool import Spool
from evergrow.intake.events import lock_here, put_in
from evergrow.intake.known_ids import Flags, known_ids
from evergrow.lib import children
from evergrow.warehouse.sharing import Host
from evergrow.workspaces.models import Workspace

log = logging.getLogger(__name__)
ENDS = 3  # one inserts while the next part is looked up; one is to spare
LOOK_SECONDS = 0.5
PAUSES = (0.1, 1.0, 5.0)  # before it is begun again, once, twice and more often in a row
STEADY_SECONDS = 60.0
PATIENCE_SECONDS = 20.0
REMEMBERED = 64
ENDED = "The process that drains ended. It is begun again."


class DrainProcess:
    """``counted``, ``duplicates`` and ``rejected`` since the server began; ``trouble`` is "" while all goes well."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self.counted = self.duplicates = self.rejected = 0
        self.trouble = ""
        self.process: subprocess.Popen[bytes] | None = None
        self._said = (0, 0, 0)
        self._done: deque[str] = deque(maxlen=REMEMBERED)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="drain", daemon=True)
        self._host = Host({PUT_IN: _put_in, TELL: self.hear}, {ALONE: lock_here}, at_end=connections.close_all)

    def start(self) -> None:
        """Begin the process, and begin it again whenever it ends."""
        self._thread.start()

    def stop(self) -> None:
        """Let it finish the segment in hand and end; what is left is drained at the next start."""
        self._stop.set()
        self.spool.sealed.set()
        self._thread.join(PATIENCE_SECONDS + 5.0)
        known_ids.stop()

    def hear(self, news: News) -> None:
        """Take what the process says. A part that is repeated because the process was killed is not counted again."""
        said, self._said = self._said, (news.counted, news.duplicates, news.rejected)
        self.trouble = news.trouble
        if not news.part or news.part in self._done:
            return
        self._done.append(news.part)
        self.counted += news.counted - said[0]
        self.duplicates += news.duplicates - said[1]
        self.rejected += news.rejected - said[2]
        drain.note(news)

    def begin_anew(self) -> None:
        """A new process begins to count from nothing."""
        self._said = (0, 0, 0)
        self.trouble = ENDED

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                self.process = begin(self._host)
                self._watch(self.process)
            except OSError as error:
                log.error("The process that drains could not be begun: %s", error)
            if self._stop.is_set():
                break
            self.begin_anew()
            log.error("%s", ENDED)
            failures = 0 if time.monotonic() - began > STEADY_SECONDS else failures + 1
            self._stop.wait(PAUSES[min(failures, len(PAUSES) - 1)])
        if self.process is not None:
            end(self.process)

    def _watch(self, process: "subprocess.Popen[bytes]") -> None:
        """Wake it whenever a file was sealed, until it ends or is to end."""
        while process.poll() is None and not self._stop.is_set():
            if self.spool.sealed.wait(LOOK_SECONDS):
                self.spool.sealed.clear()
                if process.stdin is not None:
                    with suppress(OSError):
                        process.stdin.write(b"!")


def begin(host: Host) -> "subprocess.Popen[bytes]":
    """The process: a fresh interpreter, never a copy of this one, whose event store must not be copied."""
    ends: Sequence[int] = [host.connect().detach() for _ in range(ENDS)]
    try:
        return subprocess.Popen(
            children.command(draining.__name__, *map(str, ends)),
            stdin=subprocess.PIPE,
            bufsize=0,
            pass_fds=ends,
            env=children.environment(),
        )
    finally:
        for each in ends:
            os.close(each)


def end(process: "subprocess.Popen[bytes]") -> None:
    """Let the process end by itself, or kill it after a while."""
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
    try:
        process.wait(PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        log.error("The process that drains did not end in time; what it had in hand is drained at the next start.")
        process.kill()
        process.wait()


def _put_in(workspace: int, block: memoryview, segment: str) -> Flags:
    close_old_connections()
    table = pa.ipc.open_stream(pa.py_buffer(block)).read_all()
    return put_in(Workspace(pk=workspace), table, segment=segment, block=block)
