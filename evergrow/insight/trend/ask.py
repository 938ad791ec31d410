"""Run a trend: plan, compile, ask the store, put the answer together."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.period import Bucket
from evergrow.insight.statement import Statement, run
from evergrow.insight.trend import compile, plan
from evergrow.insight.trend.plan import Plan
from evergrow.insight.trend.question import TrendQuestion
from evergrow.insight.trend.result import Part, Series, TrendResult
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace


@dataclass(slots=True)
class _Run:
    """Asks statements of one question on one version of the data, and keeps them to be shown."""

    version: str
    asked: list[Statement] = field(default_factory=list)

    def rows(self, statement: Statement) -> list[tuple[Any, ...]]:
        self.asked.append(statement)
        return run(statement, self.version)


@dataclass(slots=True)
class _Values:
    """What the cube gave: points and totals by part code; ``""`` is every part together."""

    points: dict[tuple[int, str], int] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)


def ask(question: TrendQuestion, workspace: Workspace, *, visible: QuerySet[Account] | None = None) -> TrendResult:
    """Answer a trend as of now, over the accounts in ``visible`` only where that is given.

    Raises BadQuestion when the range cannot be used, ``warehouse.StoreUnavailable`` when nobody can answer now.
    """
    planned = plan.make(question, workspace, today=workspace.today(), visible=visible)
    running = _Run(warehouse.version(workspace.pk))
    shown, parts = _largest(planned, running)
    now = _measure(planned, running, planned.buckets, shown, "trend")
    before = _measure(planned, running, planned.compared, shown, "compared") if planned.compared else None
    whole = _series("", planned, now, before)
    return TrendResult(
        question=question,
        days=planned.days,
        buckets=planned.buckets,
        compared_buckets=planned.compared,
        whole=whole,
        series=tuple(_series(code, planned, now, before) for code in _lines(now, shown)) or (whole,),
        parts=parts,
        today=planned.today,
        zone=workspace.zone,
        week_start=workspace.week_start,
        as_of=clock.now(),
        version=running.version,
        table=planned.table,
        statements=tuple(running.asked),
    )


def largest_parts(planned: Plan) -> list[str] | None:
    """The codes of the parts that a breakdown shows by name; ``None`` without a breakdown."""
    return _largest(planned, _Run(warehouse.version(planned.workspace.pk)))[0]


def _largest(planned: Plan, running: _Run) -> tuple[list[str] | None, int]:
    if planned.question.split is None:
        return None, 1
    rows = running.rows(compile.ranking(planned))
    return [str(code) for code, _value, _parts in rows], int(rows[0][2]) if rows else 0


def _measure(planned: Plan, running: _Run, buckets: Sequence[Bucket], shown: list[str] | None, name: str) -> _Values:
    found = _Values()
    for bucket, part, every_bucket, every_part, value in running.rows(compile.series(planned, buckets, shown, name)):
        code = "" if every_part else str(part)
        if every_bucket:
            found.totals[code] = int(value)
        else:
            found.points[int(bucket), code] = int(value)
    return found


def _lines(now: _Values, shown: list[str] | None) -> list[str]:
    """The parts in the order of their size, and the others together last where there are any."""
    if shown is None:
        return []
    return [*shown, *([compile.OTHER] if now.totals.get(compile.OTHER) else [])]


def _series(code: str, planned: Plan, now: _Values, before: _Values | None) -> Series:
    size = range(len(planned.buckets))
    return Series(
        part=Part.of(code),
        values=tuple(now.points.get((position, code), 0) for position in size),
        total=now.totals.get(code, 0),
        compared=tuple(before.points.get((position, code), 0) for position in size) if before else (),
        compared_total=before.totals.get(code, 0) if before else 0,
    )
