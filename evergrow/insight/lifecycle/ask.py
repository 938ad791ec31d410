"""Run a lifecycle: plan, compile, ask the store, put the answer together."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.lifecycle import compile, plan
from evergrow.insight.lifecycle.question import LifecycleQuestion
from evergrow.insight.lifecycle.result import LifecycleResult, Moves
from evergrow.insight.statement import run
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace


def ask(
    question: LifecycleQuestion, workspace: Workspace, *, visible: QuerySet[Account] | None = None
) -> LifecycleResult:
    """Answer a lifecycle as of now, over the accounts in ``visible`` only where that is given.

    Raises BadQuestion when the range cannot be used, ``warehouse.StoreUnavailable`` when nobody can answer now.
    """
    planned = plan.make(question, workspace, today=workspace.today(), visible=visible)
    version = warehouse.version(workspace.pk)
    statement = compile.moves(planned)
    return LifecycleResult(
        question=question,
        days=planned.days,
        buckets=planned.buckets,
        moves=_moves(run(statement, version)),
        today=planned.today,
        zone=workspace.zone,
        week_start=workspace.week_start,
        as_of=clock.now(),
        version=version,
        table=planned.source.table,
        statements=(statement,),
    )


def _moves(rows: Sequence[tuple[Any, ...]]) -> tuple[Moves, ...]:
    """New are those by whom the ever seen grow; who was lost is who was there before and did not return."""
    found: list[Moves] = []
    for (_at, active_before, _both, known_before), (_bucket, active, returning, known) in zip(
        rows[compile.FIRST - 1 :], rows[compile.FIRST :], strict=False
    ):
        new = int(known) - int(known_before)
        found.append(
            Moves(
                new=new,
                returning=int(returning),
                resurrecting=int(active) - int(returning) - new,
                dormant=int(active_before) - int(returning),
            )
        )
    return tuple(found)
