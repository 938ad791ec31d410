"""The account list's filter on what accounts did, and when the list can say exactly who is behind a point."""

from datetime import UTC, date, datetime

import pytest

from evergrow.customers import access
from evergrow.insight.account_filter import Did, condition, list_query
from evergrow.insight.conditions import Check, Condition, Topic
from evergrow.insight.period import Bucket
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events
from evergrow.insight.trend.question import Split, TrendQuestion, simple
from evergrow.insight.trend.result import Part
from evergrow.workspaces.models import Member, Workspace

WEEK = Bucket(date(2026, 3, 16), date(2026, 3, 22))
WHOLE = Part("whole")


@pytest.mark.django_db
def test_accounts_that_did_it_in_those_days_are_listed(workspace: Workspace, warehouse_db: None, bob: Member) -> None:
    world = World(
        [
            Happened("a@b..c", datetime(2026, 3, 15, 15, 59, tzinfo=UTC), account=1),
            Happened("a@b..c", datetime(2026, 3, 15, 16, tzinfo=UTC), account=2),
            Happened("other", datetime(2026, 3, 17, tzinfo=UTC), account=3),
        ]
    )
    store_accounts(workspace, {}, [1, 2, 3])
    store_events(workspace, world.events, world)
    did = Did.parse("a@b..c@2026-03-16..2026-03-22")
    assert did == Did("a@b..c", WEEK.first, WEEK.last)
    assert [each.number for each in access.accounts(bob).filter(condition(bob, [str(did)]))] == [2]


@pytest.mark.parametrize(
    "text", ["login", "login@2026-03-16", "login@2026-13-16..2026-03-22", "@2026-03-16..2026-03-22"]
)
def test_what_cannot_be_read_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="Write an event and two days"):
        Did.parse(text)


def test_a_point_leads_to_the_list_where_the_list_can_say_it_exactly() -> None:
    pro = Condition(Topic("account", "plan"), Check.IS, ("Pro",))
    did = "did=login%402026-03-16..2026-03-22"
    assert list_query(simple("login"), WEEK, WHOLE) == did
    assert list_query(simple("login", filters=(pro,)), WEEK, WHOLE) == f"{did}&plan=Pro"
    by_tier = simple("login", split=Split(Topic("account", "tier")))
    assert list_query(by_tier, WEEK, Part("value", "vip")) == f"{did}&tier=vip"


@pytest.mark.parametrize(
    ("question", "part"),
    [
        (simple(""), WHOLE),
        (simple("login", filters=(Condition(Topic("property", "plan"), Check.IS, ("Pro",)),)), WHOLE),
        (simple("login", filters=(Condition(Topic("account", "plan"), Check.IS_NOT, ("Pro",)),)), WHOLE),
        (simple("login", split=Split(Topic("account", "tier"))), Part("other")),
        (simple("login", split=Split(Topic("property", "plan"))), Part("value", "Pro")),
    ],
)
def test_where_it_cannot_no_link_is_shown(question: TrendQuestion, part: Part) -> None:
    assert list_query(question, WEEK, part) == ""
