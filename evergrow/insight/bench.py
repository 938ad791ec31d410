"""``evergrow bench trend``: ninety days asked from day bitmaps and from raw events, on made-up events."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.insight.conditions import Topic
from evergrow.insight.period import Between, Interval
from evergrow.insight.statement import Statement
from evergrow.insight.trend import compile, plan
from evergrow.insight.trend.plan import Plan
from evergrow.insight.trend.question import Measure, Split, TrendQuestion
from evergrow.lib import bench
from evergrow.lib.bench import Result
from evergrow.workspaces.models import Workspace

DAYS, EVENTS, PEOPLE, ACCOUNTS = 90, 40, 500_000, 5_000
FIRST = date(2026, 1, 1)
BLOCK = 200_000
SEED = 20_260_325
UNSAVED = Workspace(pk=4_000_000_000, slug="bench", zone="UTC")
WIDTHS = {Interval.DAY: 1, Interval.WEEK: 7}
KEPT = ("workspace", "first", "last", "anchor")
PLANS = ["Starter", "Pro", "Business", "Enterprise"]


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Fill a throw-away store with ``options.events`` events and time the questions, each beside the same from raw."""
    warehouse.migrate()
    fill(options.events)
    first_day = FIRST + timedelta(days=1)
    base = TrendQuestion("event_0", Measure.COUNT, Interval.DAY, Between(first_day, FIRST + timedelta(days=DAYS - 1)))
    questions: dict[str, tuple[TrendQuestion, float]] = {
        "count by day": (base, 20.0),
        "unique accounts by day": (replace(base, measure=Measure.ACCOUNTS), 20.0),
        "unique people by day": (replace(base, measure=Measure.PEOPLE), 20.0),
        "unique people of any event by week": (
            replace(base, event="", measure=Measure.PEOPLE, interval=Interval.WEEK),
            60.0,
        ),
    }
    results: list[Result] = []
    for name, (question, target) in questions.items():
        results += timed(name, question, target, options.seconds)
    by_plan = replace(base, measure=Measure.PEOPLE, split=Split(Topic("property", "plan")))
    results += alone("unique people by day and plan (raw events)", by_plan, 120.0, options.seconds)
    return bench.report("trend", warehouse.describe(), [Result("events", options.events, "events", "higher"), *results])


def fill(count: int) -> None:
    """Events over 90 days: few accounts and events are busy, most are not; the same every time."""
    rnd = np.random.default_rng(SEED)
    days = np.sort(rnd.integers(0, DAYS, count))
    for start in range(0, count, BLOCK):
        part = days[start : start + BLOCK]
        size = len(part)
        day = np.datetime64(FIRST, "D") + part
        at = day.astype("datetime64[ms]") + rnd.integers(0, 86_400_000, size).astype("timedelta64[ms]")
        person = (rnd.random(size) ** 2 * PEOPLE).astype(np.uint32) + 1
        names = (rnd.random(size) ** 3 * EVENTS).astype(int)
        warehouse.insert(
            "events",
            {
                "workspace_id": np.full(size, UNSAVED.pk, np.uint32),
                "event": [f"event_{name}" for name in names.tolist()],
                "at": at,
                "day": day,
                "person": person,
                "account": (person % ACCOUNTS + 1).astype(np.uint32),
                "message_id": [f"b{number}" for number in range(start, start + size)],
                "distinct_id": ["" for _ in range(size)],
                "sequence": np.zeros(size, np.uint32),
                "properties": [{"plan": PLANS[number % 4], "page": f"/p/{number % 50}"} for number in person.tolist()],
                "original_at": at,
                "received_at": at,
                "source": ["bench"] * size,
                "import_id": np.zeros(size, np.uint64),
                "segment": ["bench"] * size,
            },
        )


def timed(name: str, question: TrendQuestion, target: float, seconds: float) -> list[Result]:
    """Median and slowest from the chosen table, beside plain SQL over raw events that gives the same numbers."""
    chosen = planned(question)
    quick, plain = statement(chosen), baseline(chosen)
    found = {row[0]: row[-1] for row in warehouse.rows(quick.sql, **quick.params) if not row[2]}
    if found != dict(warehouse.rows(plain.sql, **plain.params)):
        raise AssertionError(f"The two ways disagree about “{name}”.")
    slow = milliseconds(plain, seconds)
    fast = milliseconds(quick, seconds)
    baseline_name = "plain SQL over raw events, points without totals"
    return [
        Result(f"{name}, median", median(fast), "ms", "lower", target, baseline_name, median(slow)),
        Result(f"{name}, slowest", fast[-1], "ms", "lower", None, baseline_name, slow[-1]),
    ]


def alone(name: str, question: TrendQuestion, target: float, seconds: float) -> list[Result]:
    """A question that only raw events can answer."""
    chosen = planned(question)
    ranking = compile.ranking(chosen)
    rows = warehouse.rows(ranking.sql, **ranking.params)
    found = compile.series(chosen, chosen.buckets, [str(row[0]) for row in rows], "trend")
    taken = milliseconds(found, seconds)
    return [
        Result(f"{name}, median", median(taken), "ms", "lower", target),
        Result(f"{name}, slowest", taken[-1], "ms", "lower"),
    ]


def planned(question: TrendQuestion) -> Plan:
    return plan.make(question, UNSAVED, today=FIRST + timedelta(days=DAYS))


def baseline(chosen: Plan) -> Statement:
    """What one would write by hand: ``count`` or ``uniqExact`` of raw events, people after a join with their merges."""
    question, params = chosen.question, statement(chosen).params
    sql = warehouse.statement("insight", f"bench_{question.measure}")
    more = {"event": question.event, "width": WIDTHS[question.interval]}
    return Statement("baseline", sql, {**more, **{name: params[name] for name in KEPT}})


def statement(chosen: Plan) -> Statement:
    return compile.series(chosen, chosen.buckets, None, "trend")


def milliseconds(found: Statement, seconds: float) -> list[float]:
    ask: Callable[[], object] = lambda: warehouse.rows(found.sql, **found.params)  # noqa: E731
    ask()
    return [taken * 1000 for taken in bench.durations(ask, seconds=seconds)]


def median(ordered: list[float]) -> float:
    return round(bench.quantile(ordered, 0.5), 3)
