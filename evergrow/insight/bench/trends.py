"""Trends: counts and different ones by day, and a breakdown by a fact of accounts and by a property."""

from typing import Any

from evergrow.insight.bench.days import FIRST, LAST, RANGE

DAYS = {"first": FIRST, "last": LAST, "event": "event_0"}


def _asked(measure: str, **more: Any) -> dict[str, Any]:
    series = {"event": "event_0", "measure": measure}
    return {"kind": "trend", "version": 2, "series": [series], "interval": "day", "range": RANGE, **more}


def _same(answer: Any, rows: list[tuple[Any, ...]]) -> bool:
    """Every day's value is the same."""
    raw = dict(rows)
    return all(
        raw.get(bucket.first, 0) == value for bucket, value in zip(answer.buckets, answer.whole.values, strict=True)
    )


def _same_by_plan(answer: Any, rows: list[tuple[Any, ...]]) -> bool:
    """Every day's value of every plan is the same."""
    raw = {(day, plan): value for day, plan, value in rows}
    return all(
        raw.get((bucket.first, series.part.value), 0) == value
        for series in answer.series
        for bucket, value in zip(answer.buckets, series.values, strict=True)
    )


def _plan(by: str) -> dict[str, Any]:
    return {"split": {"by": [by], "top": 5}}


LINES: tuple[tuple[Any, ...], ...] = (
    ("trend: count by day", "trend", _asked("count"), "bench_raw_count", 20.0, DAYS, _same),
    ("trend: unique accounts by day", "trend", _asked("accounts"), "bench_raw_accounts", 20.0, DAYS, _same),
    ("trend: unique people by day", "trend", _asked("people"), "bench_raw_people", 20.0, DAYS, _same),
    (
        "trend: unique accounts by day and plan of the account",
        "trend",
        _asked("accounts", **_plan("account.plan")),
        "bench_raw_accounts_by_plan",
        120.0,
        DAYS,
        _same_by_plan,
    ),
    (
        "trend: unique people by day and plan of the account",
        "trend",
        _asked("people", **_plan("account.plan")),
        "bench_raw_people_by_plan",
        120.0,
        DAYS,
        _same_by_plan,
    ),
    (
        "trend: unique people by day and a property",
        "trend",
        _asked("people", **_plan("property.plan")),
        "bench_raw_people_by_plan",
        120.0,
        DAYS,
        _same_by_plan,
    ),
)
