"""From a question to a plan that needs no more thought: whole periods, the one before them, the table that answers."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from evergrow.customers.models import Account
from evergrow.insight import period
from evergrow.insight.lifecycle.question import EVERY_EVENT, LifecycleQuestion
from evergrow.insight.period import Between, Bucket
from evergrow.insight.presence import source
from evergrow.insight.presence.periods import whole
from evergrow.insight.presence.source import Source
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Plan:
    """``before`` is the first day of the period before the range: who returns was there, who is new never was."""

    question: LifecycleQuestion
    source: Source
    today: date
    days: Between
    buckets: tuple[Bucket, ...]
    before: date


def make(
    question: LifecycleQuestion, workspace: Workspace, *, today: date, visible: QuerySet[Account] | None = None
) -> Plan:
    """Settle days, accounts and table. ``visible`` limits the answer to these accounts (``None``: no limit).

    Raises BadQuestion when the range cannot be used.
    """
    interval, week_start = question.interval, workspace.week_start
    days = whole(period.settle(question.range, today, week_start), interval, today, week_start)
    return Plan(
        question=question,
        source=source.find(
            workspace,
            question.subject,
            () if question.event == EVERY_EVENT else (question.event,),
            question.filters,
            visible=visible,
        ),
        today=today,
        days=days,
        buckets=period.cut(days, interval, today, week_start),
        before=period.step(days.first, -1, interval),
    )
