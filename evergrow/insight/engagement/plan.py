"""From a question and a definition to a plan that needs no more thought: whole periods, the two to move between."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from evergrow.customers.models import Account
from evergrow.insight import event_names, period
from evergrow.insight.engagement import definitions
from evergrow.insight.engagement.definition import Definition
from evergrow.insight.engagement.question import EngagementQuestion
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import Between, Bucket
from evergrow.insight.presence import periods, source
from evergrow.insight.presence.source import Source
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Plan:
    """``source`` tells who was there; ``keyed`` how often key events were done, None where no group asks for any.

    Movement leads from ``since`` to ``until``, the period right after it.
    """

    question: EngagementQuestion
    definition: Definition
    source: Source
    keyed: Source | None
    today: date
    days: Between
    buckets: tuple[Bucket, ...]
    since: Between
    until: Bucket


def make(
    question: EngagementQuestion,
    workspace: Workspace,
    *,
    today: date,
    visible: QuerySet[Account] | None = None,
    at: date | None = None,
) -> Plan:
    """Settle days, definition, accounts and tables; ``at`` stands before the question's own.

    ``visible`` limits the answer to these accounts (``None``: no limit). Raises BadQuestion when the range cannot be
    used or no period of it begins on the day asked.
    """
    definition = definitions.current(workspace, question.subject)
    interval, week_start = definition.period, workspace.week_start
    days = periods.whole(period.settle(question.range, today, week_start), interval, today, week_start)
    buckets = period.cut(days, interval, today, week_start)
    until = _until(buckets, at or question.at)
    there = source.find(workspace, question.subject, definition.events, question.filters, visible=visible)
    return Plan(
        question=question,
        definition=definition,
        source=there,
        keyed=_keyed(question, definition, workspace, visible),
        today=today,
        days=days,
        buckets=buckets,
        since=periods.before(until.first, interval),
        until=until,
    )


def _keyed(
    question: EngagementQuestion, definition: Definition, workspace: Workspace, visible: QuerySet[Account] | None
) -> Source | None:
    keys = definition.keys(event_names.of(workspace))
    if not keys or not any(group.key_times for group in definition.groups):
        return None
    return source.find(workspace, question.subject, keys, question.filters, visible=visible)


def _until(buckets: tuple[Bucket, ...], at: date | None) -> Bucket:
    """The period that begins on a day; else the last full one, or the running one where there is no other."""
    if at is None:
        return next((bucket for bucket in reversed(buckets) if bucket.is_complete), buckets[-1])
    for bucket in buckets:
        if bucket.first == at:
            return bucket
    raise BadQuestion("at", _("No period of the range begins on this day."))
