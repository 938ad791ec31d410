"""Questions asked in turn while events arrive at a steady rate."""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from datetime import time as time_of_day

from evergrow.insight.bench import cases, fill, timing
from evergrow.insight.bench.days import LAST
from evergrow.insight.statement import Statement
from evergrow.lib import bench
from evergrow.lib.bench import Result
from evergrow.workspaces.models import Member, Workspace

TARGET = 500.0


def results(member: Member, stored: int, seconds: float, rate: int) -> list[Result]:
    """The 95th percentile of every question, and of all together, while ``rate`` events a second are inserted."""
    asked = {case.name: timing.asked(member, case)[1] for case in cases.every()}
    taken: dict[str, list[float]] = {name: [] for name in asked}
    done = threading.Event()
    arrived: list[int] = []
    writer = threading.Thread(target=_arrive, args=(member.workspace, stored, rate, done, arrived))
    began = time.perf_counter()
    writer.start()
    try:
        while time.perf_counter() - began < seconds:
            for name, statements in asked.items():
                taken[name].append(_once(statements))
    finally:
        done.set()
        writer.join()
    passed = time.perf_counter() - began
    every = sorted(each for found in taken.values() for each in found)
    found = [Result("events arriving", round(sum(arrived) / passed), "events/s", "higher", float(rate))]
    found.append(
        Result("all questions while events arrive, p95", round(bench.quantile(every, 0.95), 3), "ms", "lower", TARGET)
    )
    return found + [
        Result(f"{name} while events arrive, p95", round(bench.quantile(sorted(each), 0.95), 3), "ms", "lower", TARGET)
        for name, each in taken.items()
    ]


def _arrive(workspace: Workspace, first: int, rate: int, done: threading.Event, arrived: list[int]) -> None:
    """A block each second, late ones at once, until ``done``."""
    due = time.perf_counter()
    while not done.is_set():
        fill.write(workspace, first + sum(arrived), rate, datetime.combine(LAST, time_of_day(12), UTC), 1000)
        arrived.append(rate)
        due += 1
        done.wait(max(0.0, due - time.perf_counter()))


def _once(statements: Sequence[Statement]) -> float:
    began = time.perf_counter()
    for each in statements:
        each.rows()
    return (time.perf_counter() - began) * 1000
