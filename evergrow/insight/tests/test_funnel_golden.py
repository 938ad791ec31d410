"""The worked examples of how funnels are counted, by name; and each option on the smallest history that shows it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from evergrow.customers.portrait.statistics import share_difference
from evergrow.insight import queries
from evergrow.insight.conditions import Check, Condition, Topic
from evergrow.insight.errors import BadQuestion
from evergrow.insight.funnel import ask, behind, bins, compile, lean, plan
from evergrow.insight.funnel.kind import answer
from evergrow.insight.funnel.point import Point
from evergrow.insight.funnel.question import (
    Attribution,
    Counting,
    Exclusion,
    FunnelQuestion,
    Order,
    Split,
    Start,
    Step,
    Subject,
    Unit,
    Window,
)
from evergrow.insight.funnel.result import Waits, difference
from evergrow.insight.period import Between, Interval
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events, store_merges
from evergrow.insight.trend.result import Part
from evergrow.workspaces.models import AccountScope, Member, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]
MIDNIGHT = datetime(2026, 3, 10, tzinfo=UTC)
DAYS = Between(date(2026, 3, 9), date(2026, 3, 12))
ABC = (Step("A"), Step("B"), Step("C"))
AB = ABC[:2]


def at(clock: str) -> datetime:
    """``24:30`` is half past midnight of the next day."""
    hours, minutes = clock.split(":")
    return MIDNIGHT + timedelta(hours=int(hours), minutes=int(minutes))


def happen(workspace: Workspace, *told: str, person: int = 1, first_id: int = 0, **more: Any) -> None:
    """``A 1:00`` and so on, by one person, in the order in which they were sent."""
    events = []
    for each in told:
        name, clock = each.split(" ")
        events.append(
            Happened(
                name,
                at(clock),
                person=person,
                account=more.get("account", person),
                properties=more.get("properties", {}),
            )
        )
    store_events(workspace, events, World(events), first_id=first_id + 100 * person)


def counts(workspace: Workspace, steps: tuple[Step, ...] = ABC, **options: Any) -> list[int]:
    question = FunnelQuestion(steps, range=options.pop("range", DAYS), **options)
    return list(ask.ask(question, workspace).whole.counts)


HOUR = Window(1, Unit.HOUR)
DAY = Window(24, Unit.HOUR)


@pytest.fixture
def stage(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    return workspace


def test_a_later_start_takes_over_and_converts(stage: Workspace) -> None:
    """A 1:00, A 1:30, B 1:45, C 2:15, one hour: PostHog comes through to C, Mixpanel only to B."""
    happen(stage, "A 1:00", "A 1:30", "B 1:45", "C 2:15")
    assert counts(stage, window=HOUR) == [1, 1, 1]
    assert counts(stage, window=HOUR, start=Start.FIRST) == [1, 1, 0]


def test_a_day_after_the_second_start_is_in_time(stage: Workspace) -> None:
    """A 00:00, A 01:00, B 24:30, 24 hours: PostHog yes, Mixpanel's first entry no."""
    happen(stage, "A 0:00", "A 1:00", "B 24:30")
    assert counts(stage, AB, window=DAY) == [1, 1]
    assert counts(stage, AB, window=DAY, start=Start.FIRST) == [1, 0]


def test_a_try_past_its_second_step_keeps_its_start(stage: Workspace) -> None:
    happen(stage, "A 1:00", "B 1:10", "A 1:30", "C 2:15")
    assert counts(stage, window=HOUR) == [1, 1, 0]


@pytest.mark.parametrize(("moment", "reached"), [("2:00", 1), ("2:01", 0)])
def test_the_window_includes_its_end(stage: Workspace, moment: str, reached: int) -> None:
    happen(stage, "A 1:00", f"B {moment}")
    assert counts(stage, AB, window=HOUR) == [1, reached]


def test_the_window_runs_from_the_first_step_not_the_one_before(stage: Workspace) -> None:
    happen(stage, "A 1:00", "B 1:50", "C 2:20")
    assert counts(stage, window=HOUR) == [1, 1, 0]


def test_events_of_the_same_instant_count_as_in_order(stage: Workspace) -> None:
    happen(stage, "C 1:00", "B 1:00", "A 1:00")
    assert counts(stage) == [1, 1, 1]


def test_one_event_fills_one_step(stage: Workspace) -> None:
    happen(stage, "A 1:00")
    happen(stage, "A 1:00", "A 1:00", person=2)
    assert counts(stage, (Step("A"), Step("A"))) == [2, 1]


def test_entries_lie_in_the_range_and_later_steps_after_it(stage: Workspace) -> None:
    happen(stage, "A 1:00", "B 49:00")
    happen(stage, "A 49:00", "B 50:00", person=2)
    assert counts(stage, AB, range=Between(date(2026, 3, 10), date(2026, 3, 10))) == [1, 1]


def test_strict_steps_bear_nothing_in_between(stage: Workspace) -> None:
    happen(stage, "A 1:00", "Z 1:10", "B 1:20")
    happen(stage, "A 1:00", "B 1:20", "Z 1:20", "C 1:30", person=2)
    assert counts(stage, order=Order.STRICT) == [2, 1, 1]
    assert counts(stage, AB) == [2, 2]


def test_any_order_counts_different_steps_within_a_window(stage: Workspace) -> None:
    happen(stage, "C 1:00", "A 1:30", "B 2:30", "A 3:00")
    assert counts(stage, order=Order.ANY, window=DAY) == [1, 1, 1]
    assert counts(stage, order=Order.ANY, window=HOUR) == [1, 1, 0]


def test_an_excluded_event_ends_the_try_or_leaves_the_subject_out(stage: Workspace) -> None:
    happen(stage, "A 1:00", "X 1:10", "B 1:20")
    happen(stage, "A 1:00", "X 1:10", "A 1:20", "B 1:30", person=2)
    happen(stage, "A 1:00", "X 1:20", "B 1:20", person=3)
    without = (Exclusion("X"),)
    assert counts(stage, AB, exclusions=without) == [3, 2]
    assert counts(stage, AB, exclusions=without, drops_subject=True) == [1, 1]


def test_an_optional_step_may_be_left_out(stage: Workspace) -> None:
    steps = (Step("A"), Step("B", is_optional=True), Step("C"))
    happen(stage, "A 1:00", "C 1:30")
    happen(stage, "A 1:00", "B 1:10", "C 1:30", person=2)
    result = ask.ask(FunnelQuestion(steps, range=DAYS), stage)
    assert result.whole.counts == (2, 1, 2)
    assert (result.lost(result.whole, 1), result.lost(result.whole, 2)) == (1, 0)
    assert [wait.median if wait else None for wait in result.whole.waits] == [None, 600, 1500]


def test_a_property_is_held_constant(stage: Workspace) -> None:
    happen(stage, "A 1:00", properties={"cart": "1"})
    happen(stage, "B 1:10", properties={"cart": "2"}, first_id=50)
    happen(stage, "A 1:00", "B 1:10", person=2, properties={"cart": "3"})
    assert counts(stage, AB, hold="cart") == [2, 1]
    assert counts(stage, AB) == [2, 2]


def test_totals_begin_anew_once_a_try_is_over(stage: Workspace) -> None:
    happen(stage, "A 1:00", "B 1:10", "A 2:00", "B 2:10", "A 5:00", "A 5:10")
    assert counts(stage, AB, counting=Counting.TOTALS, window=HOUR) == [3, 2]
    assert counts(stage, AB, window=HOUR) == [1, 1]


def test_sessions_part_after_thirty_minutes(stage: Workspace) -> None:
    """29 minutes apart is one session, exactly 30 are two; other events hold a session together."""
    happen(stage, "A 1:00", "B 1:29")
    happen(stage, "A 1:00", "B 1:30", person=2)
    happen(stage, "A 1:00", "Z 1:20", "B 1:45", "A 3:00", person=3)
    assert counts(stage, AB, subject=Subject.SESSIONS) == [4, 2]


def test_months_are_those_of_the_calendar(stage: Workspace) -> None:
    """From 31 January one month lasts until 28 February, the same time of day included."""
    for person, last in ((1, datetime(2026, 2, 28, 4, tzinfo=UTC)), (2, datetime(2026, 2, 28, 4, 1, tzinfo=UTC))):
        events = [
            Happened("A", datetime(2026, 1, 31, 4, tzinfo=UTC), person=person),
            Happened("B", last, person=person),
        ]
        store_events(stage, events, World(events), first_id=person * 10)
    days = Between(date(2026, 1, 31), date(2026, 1, 31))
    assert counts(stage, AB, window=Window(1, Unit.MONTH), range=days) == [2, 1]


def test_merged_people_are_one(stage: Workspace) -> None:
    """Four people before the merge, three after it."""
    for person in range(1, 4):
        happen(stage, "A 1:00", person=person)
    happen(stage, "A 0:30", "B 1:10", person=4)
    assert counts(stage, AB) == [4, 1]
    store_merges(stage, {4: 1})
    assert counts(stage, AB) == [3, 1]


def test_a_breakdown_counts_under_the_value_of_the_step(stage: Workspace) -> None:
    happen(stage, "A 1:00", properties={"plan": "Free"})
    happen(stage, "B 1:10", properties={"plan": "Pro"}, first_id=50)
    happen(stage, "A 1:00", person=2, properties={"plan": "Free"})

    def told(attribution: Attribution, step: int = 1) -> dict[str, tuple[int, ...]]:
        split = Split(Topic("property", "plan"), 5, attribution, step)
        result = ask.ask(FunnelQuestion(AB, range=DAYS, split=split), stage)
        assert result.whole.counts == (2, 1)
        return {branch.part.code: branch.counts for branch in result.parts}

    assert told(Attribution.FIRST) == {"=Free": (2, 1)}
    assert told(Attribution.LAST) == {"=Free": (1, 0), "=Pro": (1, 1)}
    assert told(Attribution.STEP, 2) == {"=Pro": (1, 1), "-": (1, 0)}
    assert told(Attribution.ALL) == {"=Free": (2, 0)}


def test_others_are_what_the_largest_leave(stage: Workspace) -> None:
    for person, plan_name in enumerate(["Pro", "Pro", "Free", "Basic"], 1):
        happen(stage, "A 1:00", "B 2:00", person=person, properties={"plan": plan_name})
    question = FunnelQuestion(AB, range=DAYS, split=Split(Topic("property", "plan"), 1))
    result = ask.ask(question, stage)
    assert [(branch.part.code, branch.counts) for branch in result.parts] == [("=Pro", (2, 2)), ("+", (2, 2))]
    found = behind.behind(question, stage, Point(2, part=Part("other")))
    assert sorted(row.number for row in found.rows) == [3, 4]


def test_periods_are_asked_anew_and_open_ones_are_marked(stage: Workspace) -> None:
    """The window of those who entered on 24 March has not passed on the 25th."""
    happen(stage, "A 1:00", "A 25:00", "B 25:30")
    events = [Happened("A", datetime(2026, 3, 24, 2, tzinfo=UTC), person=2)]
    store_events(stage, events, World(events), first_id=900)
    question = FunnelQuestion(
        AB, window=Window(2, Unit.DAY), range=Between(date(2026, 3, 10), date(2026, 3, 25)), over=Interval.DAY
    )
    periods = {period.bucket.first.day: period for period in ask.ask(question, stage).periods}
    assert [periods[day].counts for day in (10, 11, 12, 24)] == [(1, 1), (1, 1), (0, 0), (1, 0)]
    assert [periods[day].is_complete for day in (10, 22, 23, 24, 25)] == [True, True, False, False, False]


def test_two_groups_are_compared_by_newcombes_interval(stage: Workspace) -> None:
    for person in range(1, 11):
        events = ["A 1:00", "B 2:00"] if person in (1, 2, 3, 6) else ["A 1:00"]
        happen(stage, *events, person=person, properties={"side": "left" if person <= 5 else "right"})
    side = Topic("property", "side")
    left, right = (Condition(side, Check.IS, (name,)) for name in ("left", "right"))
    result = ask.ask(FunnelQuestion(AB, range=DAYS, filters=(left,), against=(right,)), stage)
    assert result.against is not None
    assert (result.whole.counts, result.against.counts) == ((5, 3), (5, 1))
    assert difference(result.whole, result.against) == share_difference(3, 5, 1, 5)


def test_waits_are_told_and_spread_over_bins(stage: Workspace) -> None:
    for person, minutes in enumerate([1, 2, 3, 4], 1):
        happen(stage, "A 1:00", f"B 1:0{minutes}", person=person)
    result = ask.ask(FunnelQuestion(AB, range=DAYS), stage)
    wait = result.whole.waits[1]
    assert wait == Waits(4, 60, 150, pytest.approx(222), 240)
    assert result.whole.whole_way == wait
    assert [(each.step, each.shortest, each.width, each.counts) for each in result.spreads] == [
        (1, 60, 60, (1, 1, 2)),
        (2, 60, 60, (1, 1, 2)),
    ]


@pytest.mark.parametrize(("n", "count"), [(1, 3), (27, 3), (28, 4), (64, 4), (65, 5), (10**9, 60)])
def test_there_are_as_many_bins_as_the_cube_root(n: int, count: int) -> None:
    assert bins.cut(Waits(n, 0, 1, 1, 600)).count == count
    assert bins.cut(Waits(n, 5, 5, 5, 5)).width == 60


def test_the_list_behind_holds_those_who_came_and_those_who_were_lost(stage: Workspace) -> None:
    happen(stage, "A 1:00", "B 2:00")
    happen(stage, "A 1:00", person=2)
    question = FunnelQuestion(AB, range=DAYS, over=Interval.DAY)

    def listed(point: Point) -> list[int]:
        return [row.number for row in behind.behind(question, stage, point).rows]

    assert listed(Point(1)) == [1, 2]
    assert listed(Point(2)) == [1]
    assert listed(Point(2, is_lost=True)) == [2]
    assert listed(Point(1, entered=date(2026, 3, 10))) == [1, 2]
    assert listed(Point(1, entered=date(2026, 3, 11))) == []
    (row,) = behind.behind(question, stage, Point(2)).rows
    assert (row.times, row.last_day, row.more) == (None, date(2026, 3, 10), (at("1:00"), at("2:00"), 2))


@pytest.mark.parametrize(
    ("point", "part"),
    [
        (Point(3), "at"),
        (Point(1, is_lost=True), "at"),
        (Point(1, part=Part("other")), "part"),
        (Point(1, entered=date(2026, 1, 1)), "entered"),
        (Point(1, is_other=True), "other"),
    ],
)
def test_a_point_that_is_not_there_is_refused(stage: Workspace, point: Point, part: str) -> None:
    with pytest.raises(BadQuestion) as refusal:
        behind.behind(FunnelQuestion(AB, range=DAYS), stage, point)
    assert refusal.value.part == part


def test_a_member_who_sees_some_accounts_counts_only_those(stage: Workspace, bob: Member) -> None:
    store_accounts(stage, {}, [1, 2])
    happen(stage, "A 1:00", "B 2:00")
    happen(stage, "A 1:00", "B 2:00", person=2)
    question = FunnelQuestion(AB, range=DAYS)
    assert answer(bob, question).whole.counts == (2, 2)
    bob.scope = AccountScope.OWN
    assert answer(bob, question).whole.counts == (0, 0)
    stage.accounts.get(number=1).team.create(role="csm", member=bob, started_on="2026-01-01")
    assert answer(bob, question).whole.counts == (1, 1)


def test_another_workspace_is_never_counted(stage: Workspace, mallory: Member) -> None:
    happen(stage, "A 1:00", "B 2:00")
    assert answer(mallory, FunnelQuestion(AB, range=DAYS)).whole.counts == (0, 0)


def test_simple_questions_walked_array_by_array_come_to_what_the_fold_comes_to(
    stage: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(stage, "A 1:00", "A 1:30", "B 1:45", "C 2:15")
    happen(stage, "C 1:00", "B 1:00", "A 1:00", person=2)
    happen(stage, "A 1:00", "B 2:01", person=3)
    happen(stage, "A 80:00", "B 81:00", person=4)
    happen(stage, "A 1:00", "B 1:10", "A 1:20", "B 1:30", "B 1:40", "C 2:10", "A 9:00", "B 9:01", "C 9:02", person=5)
    for start in Start:
        question = FunnelQuestion(ABC, window=HOUR, start=start, range=DAYS, over=Interval.DAY)
        planned = plan.make(question, stage, today=stage.today())
        assert "arrayFold" not in compile.branches(planned).sql
        quick = ask.ask(question, stage)
        with monkeypatch.context() as patched:
            patched.setattr(lean, "can_walk", lambda rules: False)
            assert "arrayFold" in compile.branches(planned).sql
            folded = ask.ask(question, stage)
        assert quick.whole == folded.whole
        assert quick.periods == folded.periods
        assert quick.whole.counts == ((4, 3, 3) if start is Start.LATEST else (4, 3, 1))


def test_values_are_never_read_as_sql(stage: Workspace) -> None:
    nasty = "'; DROP TABLE events; -- {workspace:UInt32}"
    events = [Happened(nasty, at(clock), person=1, properties={nasty: nasty}) for clock in ("1:00", "2:00")]
    store_events(stage, events, World(events))
    topic = Topic("property", nasty)
    question = FunnelQuestion(
        (Step(nasty), Step(nasty, (Condition(topic, Check.IS, (nasty,)),))), range=DAYS, split=Split(topic), hold=nasty
    )
    result = ask.ask(question, stage)
    assert result.whole.counts == (1, 1)
    assert [branch.part.value for branch in result.parts] == [nasty]
    assert all("DROP" not in statement.sql for statement in result.statements)


def test_json_questions_come_through_the_one_door(stage: Workspace, alice: Member) -> None:
    happen(stage, "A 1:00", "B 2:00")
    raw = {
        "kind": "funnel",
        "steps": [{"event": "A"}, {"event": "B"}],
        "range": {"from": "2026-03-09", "to": "2026-03-12"},
    }
    assert queries.answer_data(alice, raw).whole.counts == (1, 1)
