"""Run a trend: plan, compile, ask the store, put the answer together."""

from collections.abc import Sequence

from django.db.models import QuerySet

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.period import Bucket
from evergrow.insight.statement import Run
from evergrow.insight.trend import compile, few, lines, plan
from evergrow.insight.trend.parts import code
from evergrow.insight.trend.plan import Plan
from evergrow.insight.trend.question import Measure, TrendQuestion
from evergrow.insight.trend.result import Numbers, TrendResult
from evergrow.insight.trend.values import Values
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace


def ask(question: TrendQuestion, workspace: Workspace, *, visible: QuerySet[Account] | None = None) -> TrendResult:
    """Answer a trend as of now, over the accounts in ``visible`` only where that is given.

    Raises BadQuestion when the range cannot be used, ``warehouse.StoreUnavailable`` when nobody can answer now.
    """
    now = clock.now()
    plans = plans_of(question, workspace, visible)
    first = plans[0]
    running = Run(warehouse.version(workspace.pk))
    at_once = few.find(first, running)
    shown, parts = (at_once.shown, len(at_once.shown)) if at_once else _largest(first, running)
    values = [Values.of(first, first.buckets, at_once.rows)] if at_once else []
    values += [
        _measured(each, running, each.buckets, shown, "trend", at)
        for at, each in enumerate(plans[len(values) :], len(values))
    ]
    before: list[Values] = []
    if first.compared:
        before = [_measured(each, running, each.compared, shown, "compared", at) for at, each in enumerate(plans)]
    made = lines.made(first, values, before, shown)
    return TrendResult(
        question=question,
        days=first.days,
        buckets=first.buckets,
        compared_buckets=first.compared,
        wholes=made.wholes,
        lines=made.lines,
        parts=parts,
        numbers=tuple(_numbers(each, running) for each in plans),
        today=first.today,
        zone=workspace.zone,
        week_start=workspace.week_start,
        as_of=now,
        version=running.version,
        tables=tuple(each.table for each in plans),
        statements=tuple(running.asked),
    )


def plans_of(question: TrendQuestion, workspace: Workspace, visible: QuerySet[Account] | None) -> list[Plan]:
    """A plan for each series, all as of the same moment."""
    now = clock.now()
    return [plan.make(question, workspace, now=now, visible=visible, asked=asked) for asked in question.series]


def largest_parts(planned: Plan) -> list[str] | None:
    """The codes of the parts that a breakdown shows by name; ``None`` without a breakdown."""
    return _largest(planned, Run(warehouse.version(planned.workspace.pk)))[0]


def _largest(planned: Plan, running: Run) -> tuple[list[str] | None, int]:
    """The parts shown by name, the largest of the first series first, and how many parts there are."""
    if planned.question.split is None:
        return None, 1
    rows = running.rows(compile.ranking(planned))
    return [code(part) for part, _value, _parts in rows], int(rows[0][2]) if rows else 0


def _measured(
    planned: Plan, running: Run, buckets: Sequence[Bucket], shown: list[str] | None, name: str, place: int
) -> Values:
    statement = compile.series(planned, buckets, shown, name if not place else f"{name} {place + 1}")
    return Values.of(planned, buckets, running.rows(statement))


def _numbers(planned: Plan, running: Run) -> Numbers | None:
    if planned.asked.measure is not Measure.PROPERTY:
        return None
    ((events, numbers),) = running.rows(compile.numbers(planned))
    return Numbers(int(events), int(numbers))
