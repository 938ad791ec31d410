"""Breakdowns by one property of an event that its sets of people by the day can answer (``warehouse.watched``)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from evergrow.insight.sets import accounts
from evergrow.insight.trend.question import ACTIVE, EVERY_EVENT, OF_ACCOUNTS, Measure
from evergrow.warehouse import watched

if TYPE_CHECKING:
    from evergrow.insight.trend.plan import Plan

MOST_AT_SEVERAL = 0.02
KNOWN = {Measure.COUNT, Measure.PEOPLE, Measure.ACCOUNTS} | ACTIVE


def fits(plan: Plan) -> bool:
    """Whether sets by the day of one property's values could answer: nothing else of the events matters."""
    measure = plan.asked.measure
    is_by_property = len(plan.part_of) == 1 and plan.part_of[0] is None
    has_limits = bool(plan.properties) or (bool(plan.accounts) and measure not in OF_ACCOUNTS)
    is_known = measure in KNOWN and plan.asked.event != EVERY_EVENT and not plan.is_hourly
    return is_by_property and is_known and not has_limits


def holds(plan: Plan) -> bool:
    """Whether the sets hold every day that is asked for. Notes once a day that somebody asked."""
    assert plan.question.split is not None
    (topic,) = plan.question.split.by
    since, asked_on = watched.look(plan.workspace.pk, plan.asked.event, topic.key)
    if asked_on < plan.today:
        watched.note(plan.workspace.pk, plan.asked.event, topic.key, plan.today)
    return since is not None and since <= _first(plan)


def most_are_at_one_account(plan: Plan) -> bool:
    """Whether so few people are known at several accounts that reading the events of these is worth while."""
    return accounts.share_at_several(plan.workspace.pk) <= MOST_AT_SEVERAL


def _first(plan: Plan) -> date:
    """The first day that counts."""
    first = min((each.first for each in (*plan.buckets, *plan.compared)), default=plan.days.first)
    return first - timedelta(days=plan.asked.days) if plan.asked.measure in ACTIVE else first
