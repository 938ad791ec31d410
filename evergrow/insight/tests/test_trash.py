"""Accounts in the trash are counted by no question, as if they were erased already; an undo brings them back."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from evergrow import warehouse
from evergrow.customers.bulk import running, trash
from evergrow.customers.models import BulkChange
from evergrow.insight import queries, statement
from evergrow.insight.conditions import Check, Condition, Topic
from evergrow.insight.engagement import ask as engagement
from evergrow.insight.engagement.question import EngagementQuestion
from evergrow.insight.funnel import ask as funnel
from evergrow.insight.funnel.question import FunnelQuestion, Step
from evergrow.insight.funnel.question import Subject as Whose
from evergrow.insight.lifecycle import ask as lifecycle
from evergrow.insight.lifecycle.question import LifecycleQuestion
from evergrow.insight.memory import Memory
from evergrow.insight.period import Between
from evergrow.insight.presence.source import Subject
from evergrow.insight.retention import ask as retention
from evergrow.insight.retention.question import RetentionQuestion
from evergrow.insight.stickiness import ask as stickiness
from evergrow.insight.stickiness.question import StickinessQuestion
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events
from evergrow.insight.trend import ask as trend
from evergrow.insight.trend import behind
from evergrow.insight.trend.behind import Point
from evergrow.insight.trend.question import Measure, Split, simple
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]
DAYS = Between(date(2026, 3, 16), date(2026, 3, 22))
STEPS = (Step("login"), Step("export"))


@pytest.fixture
def three(workspace: Workspace, warehouse_db: None, frozen: datetime, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Accounts 1, 2 and 3 logged in and exported, by a person each; every answer is remembered at once."""
    ask = warehouse.version

    def settled(workspace_id: int) -> warehouse.Version:
        found = ask(workspace_id)
        found.is_settled = True
        return found

    monkeypatch.setattr(warehouse, "version", settled)
    monkeypatch.setattr(statement, "memory", Memory(10_000_000))
    store_accounts(workspace, {"plan": {1: "Pro", 2: "Pro"}}, [1, 2, 3])
    events = [
        Happened(event, datetime(2026, 3, 17, hour, tzinfo=UTC), person=number, account=number)
        for number in (1, 2, 3)
        for event, hour in (("login", 2), ("export", 3))
    ]
    store_events(workspace, events, World([]))
    return workspace


def _trend(measure: Measure, event: str = "login") -> Callable[[Workspace], Any]:
    return lambda workspace: trend.ask(simple(event, measure, range=DAYS), workspace).whole.total


COUNTS: dict[str, Callable[[Workspace], Any]] = {
    "accounts": _trend(Measure.ACCOUNTS),
    "accounts by any event": _trend(Measure.ACCOUNTS, ""),
    "active accounts": _trend(Measure.ACTIVE_ACCOUNTS),
    "first accounts": _trend(Measure.FIRST_ACCOUNTS),
    "lifecycle": lambda w: sum(each.new for each in lifecycle.ask(LifecycleQuestion("login", range=DAYS), w).moves),
    "stickiness": lambda w: stickiness.ask(StickinessQuestion("login", Subject.ACCOUNT, range=DAYS), w).total,
    "engagement": lambda w: sum(engagement.ask(EngagementQuestion(Subject.ACCOUNT, DAYS), w).sizes[0]),
    "retention": lambda w: retention.ask(RetentionQuestion(range=DAYS), w).whole.size,
    "funnel": lambda w: funnel.ask(FunnelQuestion(STEPS, Whose.ACCOUNTS, range=DAYS), w).whole.converted,
    "behind": lambda w: behind.behind(simple("login", Measure.COUNT, range=DAYS), w, Point()).total,
    "names": lambda w: next(each.accounts for each in queries.events_seen(w) if each.event == "login"),
}


def _throw_away(workspace: Workspace, number: int, by: Member) -> BulkChange:
    keys = [workspace.accounts.get(number=number).pk]
    return running.begin(workspace=workspace, kind="delete", args={}, keys=keys, by=by)


@pytest.mark.parametrize("count", COUNTS.values(), ids=COUNTS)
def test_an_account_in_the_trash_is_not_counted_and_an_undo_brings_it_back(
    count: Callable[[Workspace], Any], three: Workspace, alice: Member
) -> None:
    assert count(three) == 3
    change = _throw_away(three, 2, alice)
    assert count(three) == 2
    running.start_undo(change=change, by=alice)
    assert count(three) == 3


def test_its_events_and_people_count_as_of_no_account_and_nothing_jumps_when_it_is_erased(
    three: Workspace, alice: Member
) -> None:
    measures = (Measure.COUNT, Measure.PEOPLE, Measure.ACCOUNTS, Measure.FIRST_ACCOUNTS, Measure.ACTIVE_ACCOUNTS)
    change = _throw_away(three, 2, alice)
    waiting = [_trend(measure)(three) for measure in measures]
    assert waiting == [3, 3, 2, 2, 2]
    with clock.frozen(change.undo_until + timedelta(days=1)):
        trash.empty(three)
        assert [_trend(measure)(three) for measure in measures] == waiting


def test_a_breakdown_and_a_filter_know_it_no_more(three: Workspace, alice: Member) -> None:
    _throw_away(three, 2, alice)
    by_plan = trend.ask(simple("login", range=DAYS, split=Split(Topic("account", "plan"), 5)), three)
    assert {series.part.code: series.total for series in by_plan.series} == {"=Pro": 1, "-": 1}
    others = (Condition(Topic("account", "plan"), Check.IS_NOT, ("Pro",)),)
    assert trend.ask(simple("login", range=DAYS, filters=others), three).whole.total == 1
