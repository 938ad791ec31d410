"""The sentence above a chart: exact, in both languages' grammar, and silent about what cannot be compared."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from evergrow.insight import event_names
from evergrow.insight.conditions import Topic
from evergrow.insight.period import Between, Interval
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_events
from evergrow.insight.trend import ask
from evergrow.insight.trend.question import Comparison, Measure, Split, TrendQuestion, simple
from evergrow.insight.trend.reading import reading
from evergrow.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def stage(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    """One login on 1 March, then one a day from the 2nd to the 10th by ever new accounts."""
    world = World(
        [
            Happened("login", datetime(2026, 3, day, 2, tzinfo=UTC), account=day, properties={"web": str(day > 4)})
            for day in range(1, 11)
        ]
    )
    store_events(workspace, world.events, world)
    return workspace


def said(stage: Workspace, question: TrendQuestion, language: str = "en") -> str:
    with translation.override("zh-hans" if language == "zh" else language):
        return str(reading(ask.ask(question, stage), event_names.of(stage), language))


def weeks(first: int, last: int, **more: object) -> TrendQuestion:
    days = Between(date(2026, 3, first), date(2026, 3, last))
    return simple("login", interval=Interval.WEEK, range=days, **more)


def test_a_full_week_is_compared_with_the_full_one_before(stage: Workspace) -> None:
    assert said(stage, weeks(2, 15)) == "9–15 Mar: <b>2 accounts, 71.4% fewer than</b> the week before (7)."


def test_a_full_week_is_not_compared_with_a_cut_one(stage: Workspace) -> None:
    assert said(stage, weeks(4, 15)) == "9–15 Mar: <b>2 accounts</b>."


def test_a_single_one_is_told_in_the_singular(stage: Workspace) -> None:
    days = Between(date(2026, 3, 9), date(2026, 3, 10))
    question = simple("login", Measure.COUNT, Interval.DAY, days)
    assert said(stage, question) == "10 Mar: <b>1 time, as many as</b> the day before (1)."
    assert said(stage, question, "zh") == "3月10日：<b>1 次，较前一天持平</b>（前一天 1）。"


def test_a_range_without_a_full_period_says_so(stage: Workspace) -> None:
    assert said(stage, weeks(3, 5)) == "<b>3 accounts</b> in 3–5 Mar; the range holds no full period."
    store_events(stage, [Happened("login", datetime(2026, 3, 24, tzinfo=UTC), account=1)], World([]), first_id=50)
    assert said(stage, weeks(23, 25)) == "<b>1 account</b> so far; no period is complete yet."


def test_nobody_is_said_to_be_nobody(stage: Workspace) -> None:
    assert said(stage, weeks(16, 22)) == "<b>Nobody did this</b> from 16–22 Mar."


def test_the_means_of_full_weeks_are_compared(stage: Workspace) -> None:
    assert said(stage, weeks(9, 15, compare=Comparison.BEFORE)).endswith(
        "Over 1 full period: 71.4% fewer than in the period before (mean 2 against 7)."
    )


def test_the_largest_part_is_named(stage: Workspace) -> None:
    question = weeks(2, 15, measure=Measure.COUNT, split=Split(Topic("property", "web")))
    assert said(stage, question).endswith("Largest over the whole range: True, 6 times (66.7%).")
