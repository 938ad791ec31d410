"""Steps that move by themselves: a long chain of waits in many runs, day by day, beside bare guarded updates.

Each visit of a run ends one wait and makes the next one ready: two changes of state, with the dates of the open steps
reckoned anew, all under the run's lock. The baseline changes the states of as many steps, in statements of the same
size, and does nothing else. The chains stand alike, as those do that a trigger starts in one night; they are measured a
second time with each run worked out by itself. On PostgreSQL four workers share the runs, on SQLite there is one.
"""

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest.mock import patch

from evergrow.lib import clock
from evergrow.lib.bench import Result

BEGIN = datetime(2026, 3, 2, 1, tzinfo=UTC)
STEPS, DAYS = 10, 60
RUNS = {"sqlite": 3_000, "postgresql": 8_000}
WORKERS = {"sqlite": 1, "postgresql": 4}
TARGETS = {"sqlite": 5_000.0, "postgresql": 15_000.0}
BASELINE = "bare guarded UPDATE statements of the same size, as many workers"


def measure() -> list[Result]:
    """Both passes on the relational store of this process; changes of state per second."""
    from django.db import connection

    from evergrow.success.bench import crowd

    vendor, workers = connection.vendor, WORKERS[connection.vendor]
    space, other = _crowd("bench", RUNS[vendor]), _crowd("others", RUNS[vendor])
    connection.close()
    bare = _together(space.pk, workers, "bare")
    moved, apart = _together(space.pk, workers, "engine"), _together(other.pk, workers, "apart")
    if crowd.left(space) or crowd.left(other):
        raise AssertionError("Some runs did not come to their end.")
    words, baseline = f"step transitions, {RUNS[vendor]:,} runs, {workers} workers, {vendor}", f"{BASELINE}, {vendor}"
    single, used = f"{words}, each run by itself", "a processor-second of the workers"
    return [
        Result(words, round(moved.rate), "1/s", "higher", TARGETS[vendor], baseline, round(bare.rate)),
        Result(
            f"{words}, {used}", round(moved.by_processor), "1/s", "higher", None, baseline, round(bare.by_processor)
        ),
        Result(single, round(apart.rate), "1/s", "higher", None, baseline, round(bare.rate)),
        Result(
            f"{single}, {used}", round(apart.by_processor), "1/s", "higher", None, baseline, round(bare.by_processor)
        ),
    ]


def _crowd(slug: str, count: int) -> Any:
    """A workspace with so many runs of the chain; the workspace."""
    from evergrow.success.bench import crowd

    space = crowd.workspace(slug)
    firms = crowd.accounts(space, count)
    with clock.frozen(BEGIN):
        crowd.runs(space, crowd.playbook(space, "chain", _chain()), firms, BEGIN)
    return space


def _chain() -> list[dict[str, Any]]:
    facts = {"kind": "wait", "offset": 1, "unit": "days", "roll": "none"}
    return [{"key": f"s{n}", "after": [f"s{n - 1}"] if n else [], **facts} for n in range(STEPS)]


class Measured(NamedTuple):
    """Changes of state per second on the clock, and per second of processor time that the workers used."""

    rate: float
    by_processor: float


def _together(space: int, workers: int, way: str) -> Measured:
    """Start the workers, let them begin at once; what all of them came to."""
    with TemporaryDirectory() as folder:
        go = Path(folder) / "go"
        command = [sys.executable, "-m", __name__, way, str(space), str(workers), str(go)]
        started = [
            subprocess.Popen([*command, str(place)], stdout=subprocess.PIPE, text=True, env=os.environ)
            for place in range(workers)
        ]
        while len(list(Path(folder).glob("ready-*"))) < workers:
            time.sleep(0.01)
        began = time.perf_counter()
        go.touch()
        told = [process.communicate()[0] for process in started]
        taken = time.perf_counter() - began
    if any(process.returncode for process in started):
        raise RuntimeError("A worker of the bench failed.")
    moved, used = (sum(map(float, values)) for values in zip(*(text.split()[-2:] for text in told), strict=True))
    return Measured(moved / taken, moved / used)


def _engine(space: Any, place: int, workers: int) -> int:
    """Take on whatever is due, a day after the other, until no run is left."""
    from evergrow.success.bench import crowd
    from evergrow.success.engine.going import go_on_due

    moved = 0
    for day in range(DAYS):
        with clock.frozen(BEGIN + timedelta(days=day)):
            moved += go_on_due(space)
        if not crowd.left(space):
            break
    return moved


def _apart(space: Any, place: int, workers: int) -> int:
    """The same where no two runs stand alike: each is worked out by itself."""
    from evergrow.success.engine import alike
    from evergrow.success.engine.rows import PK

    with patch.object(alike, "_stand", lambda folded, _: (folded.run[PK],)):
        return _engine(space, place, workers)


def _bare(space: Any, place: int, workers: int) -> int:
    """Move this worker's share of the steps there and back."""
    from evergrow.success.engine.going import BATCH
    from evergrow.success.models import Task, TaskState

    pks = list(Task.objects.filter(workspace=space).order_by("pk").values_list("pk", flat=True))[place::workers]
    moved = 0
    for source, target in [(TaskState.BLOCKED, TaskState.READY), (TaskState.READY, TaskState.BLOCKED)]:
        for start in range(0, len(pks), BATCH):
            rows = Task.objects.filter(pk__in=pks[start : start + BATCH], state=source)
            moved += rows.update(state=target)
    return moved


def _work(way: str, space: str, workers: str, go: str, place: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evergrow.settings")
    import django

    django.setup()
    from evergrow.lib import pauses
    from evergrow.workspaces.models import Workspace

    workspace = Workspace.objects.get(pk=space)
    import_module("evergrow.success.engine.going")
    pauses.keep_short()
    (Path(go).parent / f"ready-{place}").touch()
    while not Path(go).exists():
        time.sleep(0.001)
    began = time.process_time()
    moved = {"engine": _engine, "apart": _apart, "bare": _bare}[way](workspace, int(place), int(workers))
    print(moved, time.process_time() - began)


if __name__ == "__main__":
    _work(*sys.argv[1:])
