"""The form of every benchmark: one object with the machine, and each figure beside a baseline of the same run."""

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from evergrow.lib import clock


@dataclass(frozen=True, slots=True)
class Result:
    """One figure. ``ratio`` says how many times better it is than the baseline, whichever way “better” points."""

    metric: str
    value: float
    unit: str
    better: Literal["lower", "higher"]
    target: float | None = None
    baseline: str = ""
    baseline_value: float | None = None

    @property
    def ratio(self) -> float | None:
        if not self.baseline_value or not self.value:
            return None
        better, worse = (self.value, self.baseline_value)
        return round(worse / better if self.better == "lower" else better / worse, 3)


def report(bench: str, engine: str, results: Sequence[Result]) -> dict[str, Any]:
    """The object that ``evergrow bench … --json`` prints: bench, at, machine, results."""
    return {
        "bench": bench,
        "at": clock.now().isoformat(timespec="seconds"),
        "machine": {
            "cpus": os.cpu_count(),
            "memory_gib": memory_gib(),
            "python": platform.python_version(),
            "python_loop_ms": python_loop_ms(),
            "engine": engine,
        },
        "results": [{**asdict(result), "ratio": result.ratio} for result in results],
    }


def python_loop_ms() -> float:
    """Milliseconds that a plain loop of a million additions takes at best: how fast a processor was just now.

    Two reports whose loops differ came from machines, or hours, that cannot be compared as they stand.
    """

    def loop() -> None:
        total = 0
        for number in range(1_000_000):
            total += number

    return round(durations(loop, repeats=5)[0] * 1000, 1)


def memory_gib() -> float:
    """The memory of this machine in GiB."""
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)


def durations(work: Callable[[], object], *, repeats: int = 0, seconds: float = 0.0) -> list[float]:
    """Seconds that each run of ``work`` took, sorted: ``repeats`` runs, or as many as start within ``seconds``."""
    taken: list[float] = []
    end = time.perf_counter() + seconds
    while len(taken) < repeats or (not repeats and (not taken or time.perf_counter() < end)):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return sorted(taken)


def spent(work: Callable[[], object], *, seconds: float) -> tuple[list[float], list[float]]:
    """Seconds of each run of ``work`` on the clock and of this thread's processor, each sorted; as many runs as start
    within ``seconds``. What other processes compute for it, as a database does, is in the first only."""
    taken: list[float] = []
    used: list[float] = []
    end = time.perf_counter() + seconds
    while not taken or time.perf_counter() < end:
        began, before = time.perf_counter(), time.thread_time()
        work()
        taken.append(time.perf_counter() - began)
        used.append(time.thread_time() - before)
    return sorted(taken), sorted(used)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the sorted values lie (nearest rank)."""
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
