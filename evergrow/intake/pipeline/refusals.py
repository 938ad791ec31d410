"""Messages that a known source was refused at the door: counted in memory, written down every second or two.

They were never acknowledged, so that losing a second of these counts with the process is right.
"""

import logging
import threading
from collections import defaultdict

from evergrow.intake.capture.answers import Problem
from evergrow.intake.capture.keys import Source
from evergrow.intake.capture.requests import Request
from evergrow.intake.pipeline import meters
from evergrow.intake.pipeline.tally import MINUTE, Counts, Rows, write
from evergrow.lib import clock

log = logging.getLogger(__name__)
FLUSH_SECONDS = 1.5
_lock = threading.Lock()
_waiting: Rows = defaultdict(Counts)


def note(request: Request, problem: Problem, source: Source | None) -> None:
    """A request was refused. One whose body is kept among the rejects counts there, once it is drained."""
    if source is None:
        meters.refuse_unknown(problem.code)
    elif not request.is_kept:
        meters.refuse(source.workspace_id, source.key_id, problem.code, request.count)
        minute = int(clock.now().timestamp() * 1000) // MINUTE
        with _lock:
            row = _waiting[source.workspace_id, source.key_id, minute]
            row.refused += request.count
            row.refusals[problem.code] += request.count


def flush() -> int:
    """Write down what was counted since the last time, as soon as the store takes it; how many rows."""
    global _waiting
    with _lock:
        rows, _waiting = _waiting, defaultdict(Counts)
    try:
        write(rows)
    except Exception as error:
        log.warning("Counts of refused messages wait: %s", error)
        _put_back(rows)
        return 0
    return len(rows)


def _put_back(rows: Rows) -> None:
    with _lock:
        for place, row in rows.items():
            mine = _waiting[place]
            mine.refused += row.refused
            mine.refusals.update(row.refusals)


class Flusher:
    """A thread that flushes until it is stopped, and once more then."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="refusals", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.wait(FLUSH_SECONDS):
            flush()
        flush()
