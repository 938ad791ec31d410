"""Worked cases of retention by hand, and what must hold whatever the data are."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from evergrow.insight.conditions import Check, Condition, Topic
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import Between, Interval, Last
from evergrow.insight.retention import ask
from evergrow.insight.retention.question import (
    Bracket,
    Clock,
    Cohorts,
    RetentionQuestion,
    Returning,
    Step,
    Subject,
)
from evergrow.insight.retention.result import RetentionResult
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.retention_worlds import make_question, settle
from evergrow.insight.tests.stage import store_accounts, store_events, store_merges
from evergrow.insight.trend.question import Split
from evergrow.lib import clock
from evergrow.lib.shares import wilson
from evergrow.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("warehouse_db", "frozen")]

# 2 March 2026 is a Monday; the stage's now is noon of Wednesday 25 March in Shanghai
WEEKS = RetentionQuestion(
    Subject.ACCOUNTS, Step("signup"), Step("login"), range=Between(date(2026, 3, 2), date(2026, 3, 25))
)


def at(day: int, hour: float = 12, month: int = 3) -> datetime:
    """A moment of March 2026 in Shanghai."""
    return datetime(2026, month, day, tzinfo=UTC) + timedelta(hours=hour - 8)


def did(event: str, account: int, *days: int, **properties: str) -> list[Happened]:
    return [Happened(event, at(day), person=account, account=account, properties=properties) for day in days]


def store(workspace: Workspace, *events: list[Happened]) -> None:
    store_events(workspace, [each for some in events for each in some], World([], zone=workspace.zone))


def triangle(result: RetentionResult) -> list[list[int | None]]:
    return [[cell and cell.came for cell in cohort.cells] for cohort in result.whole.cohorts]


def sizes(result: RetentionResult) -> list[int]:
    return [cohort.size for cohort in result.whole.cohorts]


def test_a_triangle_by_hand(workspace: Workspace) -> None:
    """Two begin in the first week, one in the second: who logs in week by week."""
    store(
        workspace,
        did("signup", 1, 2),
        did("login", 1, 3, 10, 24),
        did("signup", 2, 8),
        did("login", 2, 17),
        did("signup", 3, 9),
        did("login", 3, 9, 16),
    )
    result = ask.ask(WEEKS, workspace)
    assert sizes(result) == [2, 1, 0, 0]
    assert triangle(result) == [[1, 1, 1, 1], [1, 1, 0, None], [0, 0, None, None], [0, None, None, None]]
    complete = [[cell.is_complete for cell in cohort.cells if cell] for cohort in result.whole.cohorts]
    assert complete == [[True, True, True, False], [True, True, False], [True, False], [False]]
    assert result.table == "activity"


def test_the_mean_is_weighted_and_leaves_running_cells_out(workspace: Workspace) -> None:
    store(workspace, did("signup", 1, 2), did("signup", 2, 2), did("signup", 3, 2), did("signup", 4, 9))
    store(workspace, did("login", 1, 9), did("login", 4, 16), did("login", 2, 24))
    means = ask.ask(WEEKS, workspace).whole.means
    # Week 1: one of three of the first cohort, one of one of the second: 2 of 4, and not the mean of 33 % and 100 %
    assert means[1] is not None
    assert (means[1].came, means[1].size, means[1].share, means[1].cohorts) == (2, 4, 0.5, 2)
    assert (means[1].low, means[1].high) == wilson(2, 4)
    assert means[3] is None, "week 3 of the only cohort that has one still runs"


def test_first_in_the_range_first_ever_and_recurring_differ_as_said(workspace: Workspace) -> None:
    """Account 1 signed up in February, and again in both of the first weeks of March."""
    store(workspace, [Happened("signup", at(20, month=2), account=1)], did("signup", 1, 3, 10), did("signup", 2, 4))
    found = {cohorts: sizes(ask.ask(replace(WEEKS, cohorts=cohorts), workspace)) for cohorts in Cohorts}
    assert found == {
        Cohorts.FIRST: [2, 0, 0, 0],
        Cohorts.FIRST_EVER: [1, 0, 0, 0],
        Cohorts.RECURRING: [2, 1, 0, 0],
    }


def test_first_ever_looks_for_the_first_event_that_meets_the_conditions(workspace: Workspace) -> None:
    store(workspace, [Happened("signup", at(20, month=2), account=1, properties={"plan": "Free"})])
    store(workspace, did("signup", 1, 3, plan="Pro"))
    pro = Step("signup", (Condition(Topic("property", "plan"), Check.IS, ("Pro",)),))
    question = replace(WEEKS, cohorts=Cohorts.FIRST_EVER)
    assert sizes(ask.ask(question, workspace)) == [0, 0, 0, 0]
    assert sizes(ask.ask(replace(question, start=pro), workspace)) == [1, 0, 0, 0]


def test_on_or_after_counts_later_returns_and_only_elapsed_periods(workspace: Workspace) -> None:
    store(workspace, did("signup", 1, 2), did("login", 1, 18), did("signup", 2, 2))
    result = ask.ask(replace(WEEKS, returning=Returning.ON_OR_AFTER), workspace)
    assert triangle(result)[0] == [1, 1, 1, 0]
    assert [cell.is_complete for cell in result.whole.cohorts[0].cells] == [True, True, True, False]


def test_brackets_count_once_however_often_one_returns(workspace: Workspace) -> None:
    store(workspace, did("signup", 1, 1), did("login", 1, 2, 3, 6), did("signup", 2, 1), did("login", 2, 5))
    question = replace(
        WEEKS,
        interval=Interval.DAY,
        range=Between(date(2026, 3, 1), date(2026, 3, 1)),
        returning=Returning.BRACKETS,
        brackets=(Bracket(0, 0), Bracket(1, 3), Bracket(4, 7), Bracket(20, 30)),
    )
    result = ask.ask(question, workspace)
    assert triangle(result) == [[0, 1, 2, 0]]
    assert [cell.is_complete for cell in result.whole.cohorts[0].cells] == [True, True, True, False]


def test_rolling_days_are_24_hours_from_ones_own_start(workspace: Workspace) -> None:
    """Mixpanel's rule: day 1 is 24 to 48 hours after the start, whatever midnights lie between."""
    events = [Happened("signup", at(2, 23), account=1), Happened("login", at(3, 1), account=1)]
    events += [Happened("signup", at(2, 12), account=2), Happened("login", at(3, 12), account=2)]
    events += [Happened("signup", at(2, 12), account=3), Happened("login", at(4, 11.99), account=3)]
    events += [Happened("signup", at(2, 12), account=4), Happened("login", at(2, 11), account=4)]
    store(workspace, events)
    days = replace(WEEKS, interval=Interval.DAY, range=Between(date(2026, 3, 2), date(2026, 3, 2)), periods=3)
    assert triangle(ask.ask(days, workspace)) == [[1, 2, 1, 0]]
    assert triangle(ask.ask(replace(days, clock=Clock.ROLLING), workspace)) == [[1, 2, 0, 0]]


def test_a_rolling_cell_is_complete_when_the_last_who_began_has_had_the_time(workspace: Workspace) -> None:
    store(workspace, did("signup", 1, 22))
    days = replace(
        WEEKS, interval=Interval.DAY, range=Between(date(2026, 3, 22), date(2026, 3, 22)), clock=Clock.ROLLING
    )
    # Now is noon of the 25th. Whoever began before midnight of the 22nd has had a day 0 and a day 1, not yet a day 2
    assert [cell.is_complete for cell in ask.ask(days, workspace).whole.cohorts[0].cells] == [True, True, False, False]


@pytest.mark.parametrize(
    ("zone", "day", "moment", "calendar"),
    [
        # The clocks go forward on 8 March, which has 23 hours: the return is 20 minutes into the 9th
        ("America/New_York", date(2026, 3, 7), datetime(2026, 3, 8, 4, 30, tzinfo=UTC), [0, 0, 1]),
        # They go back half an hour on 5 April, which has 24.5 hours
        ("Australia/Lord_Howe", date(2026, 4, 4), datetime(2026, 4, 4, 12, 30, tzinfo=UTC), [0, 1, 0]),
        # A zone with half an hour
        ("Asia/Kolkata", date(2026, 3, 7), datetime(2026, 3, 7, 18, 15, tzinfo=UTC), [0, 1, 0]),
    ],
)
def test_days_are_those_of_the_zone_and_rolling_hours_are_hours(
    workspace: Workspace, zone: str, day: date, moment: datetime, calendar: list[int]
) -> None:
    """Begins at half past eleven at night there and returns 23 hours 50 minutes later, within the first 24 hours."""
    workspace.zone = zone
    workspace.save()
    world = World([], zone=zone)
    events = [Happened("signup", moment, account=1)]
    events.append(Happened("login", moment + timedelta(hours=23, minutes=50), account=1))
    assert world.day(events[0]) == day
    store_events(workspace, events, world)
    question = replace(WEEKS, interval=Interval.DAY, range=Between(day, day), periods=2)
    with clock.frozen(datetime(2026, 4, 20, tzinfo=UTC)):
        assert triangle(ask.ask(question, workspace)) == [calendar]
        assert triangle(ask.ask(replace(question, clock=Clock.ROLLING), workspace)) == [[1, 0, 0]]


@pytest.mark.parametrize(("week_start", "found"), [(0, [[0, 1]]), (6, [[1, 0]])])
def test_weeks_start_where_the_workspace_says(workspace: Workspace, week_start: int, found: list[list[int]]) -> None:
    """Sunday 8 March and Monday 9 March are in one week that starts on Sunday, in two that start on Monday."""
    workspace.week_start = week_start
    workspace.save()
    store(workspace, did("signup", 1, 8), did("login", 1, 9))
    question = replace(WEEKS, range=Between(date(2026, 3, 8), date(2026, 3, 8)), periods=1)
    assert triangle(ask.ask(question, workspace)) == found


def test_people_who_were_merged_are_one_and_a_late_merge_changes_earlier_cohorts(workspace: Workspace) -> None:
    store(workspace, did("signup", 1, 2), did("login", 2, 10))
    question = replace(WEEKS, subject=Subject.PEOPLE)
    assert triangle(ask.ask(question, workspace))[0] == [0, 0, 0, 0]
    store_merges(workspace, {2: 1})
    assert triangle(ask.ask(question, workspace))[0] == [0, 1, 0, 0]
    store(workspace, did("signup", 2, 1))
    assert sizes(ask.ask(replace(question, cohorts=Cohorts.FIRST_EVER), workspace)) == [0, 0, 0, 0]


def test_late_events_are_in_the_next_answer(workspace: Workspace) -> None:
    store(workspace, did("signup", 1, 2))
    assert triangle(ask.ask(WEEKS, workspace))[0] == [0, 0, 0, 0]
    store_events(workspace, did("login", 1, 10), World([]), first_id=50)
    assert triangle(ask.ask(WEEKS, workspace))[0] == [0, 1, 0, 0]


def test_a_return_needs_as_many_events_as_are_asked(workspace: Workspace) -> None:
    store(workspace, did("signup", 1, 2), did("login", 1, 9, 10), did("signup", 2, 2), did("login", 2, 9))
    result = ask.ask(replace(WEEKS, minimum=2), workspace)
    assert (triangle(result)[0], result.table) == ([0, 1, 0, 0], "account_day")


def test_revenue_retention_is_what_came_over_what_came_first(workspace: Workspace) -> None:
    store(workspace, did("signup", 1, 2), did("paid", 1, 2, amount="100"), did("paid", 1, 9, amount="130.5"))
    store(workspace, did("signup", 2, 2), did("paid", 2, 3, amount="100"), did("paid", 2, 10, amount="n/a"))
    result = ask.ask(replace(WEEKS, back=Step("paid"), sum_of="amount"), workspace)
    first = result.whole.cohorts[0]
    assert [(cell.value, cell.share) for cell in first.cells[:2]] == [(200.0, 1.0), (130.5, 0.6525)]
    assert result.whole.means[1] is not None
    assert (result.whole.means[1].share, result.whole.means[1].low) == (0.6525, None)
    assert ask.ask(replace(WEEKS, sum_of="amount"), workspace).whole.cohorts[0].cells[1].share is None


def test_a_breakdown_takes_the_value_of_the_first_start(workspace: Workspace) -> None:
    store(workspace, did("signup", 1, 2, plan="Free"), did("signup", 1, 3, plan="Pro"), did("login", 1, 9))
    store(workspace, did("signup", 2, 2, plan="Pro"), did("signup", 3, 2))
    result = ask.ask(replace(WEEKS, split=Split(Topic("property", "plan"), 5)), workspace)
    assert [(each.part.code, each.size) for each in result.series] == [("-", 1), ("=Free", 1), ("=Pro", 1)]
    assert [each.cohorts[0].cells[1].came for each in result.series] == [0, 1, 0]


def test_row_rights_narrow_both_events(workspace: Workspace) -> None:
    store_accounts(workspace, {}, [1, 2])
    store(workspace, did("signup", 1, 2), did("login", 1, 9), did("signup", 2, 2), did("login", 2, 9))
    mine = workspace.accounts.filter(number=1)
    for subject, table in ((Subject.ACCOUNTS, "activity"), (Subject.PEOPLE, "account_day")):
        result = ask.ask(replace(WEEKS, subject=subject), workspace, visible=mine)
        assert (sizes(result)[0], triangle(result)[0][1], result.table) == (1, 1, table)


def test_what_cannot_be_asked_is_refused(workspace: Workspace) -> None:
    with pytest.raises(BadQuestion, match="120 cohorts"):
        ask.ask(replace(WEEKS, interval=Interval.DAY, range=Last(200, Interval.DAY)), workspace)
    far = replace(WEEKS, returning=Returning.BRACKETS, brackets=(Bracket(50, 60),))
    with pytest.raises(BadQuestion, match="No cohort has come that far"):
        ask.ask(far, workspace)


def test_what_must_always_hold_holds() -> None:
    """On random events: shares lie in 0–1, on-or-after falls and is at least on, minimum and parts behave."""
    seeds = range(700, 712)
    for settled, seed in zip(settle(seeds), seeds, strict=True):
        rnd = random.Random(seed)
        question = replace(
            make_question(rnd, settled.world), returning=Returning.ON, brackets=(), sum_of="", split=None
        )
        on = settled.ask(question)
        after = settled.ask(replace(question, returning=Returning.ON_OR_AFTER))
        twice = settled.ask(replace(question, minimum=question.minimum + 1))
        parts = settled.ask(replace(question, split=Split(Topic("account", "plan"), 2)))
        check_shares(on)
        for one, later, more in zip(on.whole.cohorts, after.whole.cohorts, twice.whole.cohorts, strict=True):
            assert one.size == later.size == more.size
            came = [cell.came for cell in later.cells if cell]
            assert came == sorted(came, reverse=True)
            for cell, cell_after, cell_more in zip(one.cells, later.cells, more.cells, strict=True):
                if cell:
                    assert cell_more.came <= cell.came <= cell_after.came
        assert sizes(parts) == sizes(on)
        assert triangle(parts) == triangle(on)
        assert sum(each.size for each in parts.series) == on.whole.size


def check_shares(result: RetentionResult) -> None:
    for cohort in result.whole.cohorts:
        assert all(cell.share is None or 0 <= cell.share <= 1 for cell in cohort.cells if cell)
    for mean in filter(None, result.whole.means):
        assert 0 <= mean.low <= mean.share <= mean.high <= 1


def test_who_returns_by_the_start_event_itself_is_there_in_the_first_column() -> None:
    for settled, seed in zip(settle(range(720, 726)), range(720, 726), strict=True):
        drawn = make_question(random.Random(seed), settled.world)
        question: Any = replace(
            drawn, back=drawn.start, returning=Returning.ON, brackets=(), minimum=1, sum_of="", split=None
        )
        for cohort in settled.ask(question).whole.cohorts:
            assert cohort.cells[0] is None or cohort.cells[0].came == cohort.size
