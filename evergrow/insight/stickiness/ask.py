"""Run a stickiness question: plan, compile, ask the store, put the answer together."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.statement import Statement, run
from evergrow.insight.stickiness import compile, plan
from evergrow.insight.stickiness.plan import Plan
from evergrow.insight.stickiness.question import StickinessQuestion, View
from evergrow.insight.stickiness.result import Ratio, StickinessResult
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

Rows = Sequence[tuple[Any, ...]]


def ask(
    question: StickinessQuestion, workspace: Workspace, *, visible: QuerySet[Account] | None = None
) -> StickinessResult:
    """Answer as of now, over the accounts in ``visible`` only where that is given.

    Raises BadQuestion when the range cannot be used, ``warehouse.StoreUnavailable`` when nobody can answer now.
    """
    planned = plan.make(question, workspace, today=workspace.today(), visible=visible)
    version = warehouse.version(workspace.pk)
    statements = _statements(planned)
    rows = [run(statement, version) for statement in statements]
    is_ratio, is_power = question.view is View.RATIO, question.view is View.POWER
    return StickinessResult(
        question=question,
        days=planned.days,
        counts=() if is_ratio else _counts(rows[0], planned),
        before=_counts(rows[1], planned) if is_power else (),
        ratios=_ratios(rows[0], planned) if is_ratio else (),
        today=planned.today,
        zone=workspace.zone,
        week_start=workspace.week_start,
        as_of=clock.now(),
        version=version,
        table=planned.source.table if question.least == 1 else planned.source.counted,
        statements=statements,
    )


def _statements(planned: Plan) -> tuple[Statement, ...]:
    if planned.question.view is View.RATIO:
        return (compile.ratios(planned),)
    now = compile.intervals(planned, planned.days)
    if planned.question.view is View.INTERVALS:
        return (now,)
    return now, compile.intervals(planned, planned.before, "intervals_before")


def _counts(rows: Rows, planned: Plan) -> tuple[int, ...]:
    found = {int(intervals): int(subjects) for intervals, subjects in rows}
    return tuple(found.get(place, 0) for place in range(1, len(planned.starts) + 1))


def _ratios(rows: Rows, planned: Plan) -> tuple[Ratio, ...]:
    daily = [int(row[1]) for row in rows]
    lead = compile.MONTH - 1
    return tuple(
        Ratio(
            day=planned.days.first + timedelta(days=place - lead),
            daily=daily[place],
            weekly=int(weekly),
            monthly=int(monthly),
            mean_of_week=sum(daily[place - compile.WEEK + 1 : place + 1]) / compile.WEEK,
            mean_of_month=sum(daily[place - compile.MONTH + 1 : place + 1]) / compile.MONTH,
        )
        for place, (_day, _daily, weekly, monthly) in enumerate(rows)
        if place >= lead
    )
