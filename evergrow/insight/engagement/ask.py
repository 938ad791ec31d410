"""Run a question about engagement groups: plan, compile, ask the store, put the answer together."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.engagement import compile, plan
from evergrow.insight.engagement.plan import Plan
from evergrow.insight.engagement.question import EngagementQuestion
from evergrow.insight.engagement.result import EngagementResult
from evergrow.insight.statement import run
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace


def ask(
    question: EngagementQuestion, workspace: Workspace, *, visible: QuerySet[Account] | None = None
) -> EngagementResult:
    """Answer as of now and by the definition in force, over the accounts in ``visible`` only where that is given.

    Raises BadQuestion when the range cannot be used, ``warehouse.StoreUnavailable`` when nobody can answer now.
    """
    planned = plan.make(question, workspace, today=workspace.today(), visible=visible)
    version = warehouse.version(workspace.pk)
    statements = (compile.sizes(planned), compile.moves(planned))
    sizes, moves = (run(statement, version) for statement in statements)
    return EngagementResult(
        question=question,
        definition=planned.definition,
        days=planned.days,
        buckets=planned.buckets,
        sizes=_sizes(sizes, planned),
        since=planned.since,
        until=planned.until,
        moves={(int(was), int(now)): int(count) for was, now, count in moves},
        today=planned.today,
        zone=workspace.zone,
        week_start=workspace.week_start,
        as_of=clock.now(),
        version=version,
        table=_table(planned),
        statements=statements,
    )


def _sizes(rows: Sequence[tuple[Any, ...]], planned: Plan) -> tuple[tuple[int, ...], ...]:
    found = {(int(bucket), int(level)): int(count) for bucket, level, count in rows}
    levels = range(len(planned.definition.groups) + 1)
    return tuple(tuple(found.get((place, level), 0) for level in levels) for place in range(len(planned.buckets)))


def _table(planned: Plan) -> str:
    """The dearest table that was asked: that of the days, or that of the key events."""
    asked = {planned.source.table, *([planned.keyed.counted] if planned.keyed else [])}
    return next(table for table in ("events", "account_day", "activity") if table in asked)
