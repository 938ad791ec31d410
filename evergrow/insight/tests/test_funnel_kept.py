"""Moments kept in memory: plain funnels stay right while events come in, late ones too, people merge, events go."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from evergrow import warehouse
from evergrow.insight.conditions import Check, Condition, Topic
from evergrow.insight.funnel import ask, days, fold, kept, plan, quick, stood
from evergrow.insight.funnel.moments import BITS, Moments
from evergrow.insight.funnel.people import People
from evergrow.insight.funnel.question import Exclusion, FunnelQuestion, Order, Split, Start, Step, Subject, Unit, Window
from evergrow.insight.period import Between
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_events, store_merges
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]

FIRST, LAST, TODAY = date(2026, 2, 3), date(2026, 3, 20), date(2026, 3, 25)
NOON = datetime(2026, 3, 25, 12, tzinfo=UTC)
PLAIN = FunnelQuestion(steps=(Step("A"), Step("B"), Step("C")), window=Window(3, Unit.DAY), range=Between(FIRST, LAST))


@pytest.fixture
def workspace(warehouse_db: None, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(quick, "FEWEST", 0)
    kept.kept.forget()
    stood.points.forget()
    return Workspace.objects.create(slug="kept", name="Kept", zone="Asia/Shanghai")


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Which spans are read from the store, by event and number of days."""
    found: list[tuple[str, int]] = []
    really = kept._read

    def noted(steps: Sequence[Sequence[kept.Wanted]], people: People) -> list[list[Moments]]:
        wanted = [each for step in steps for each in step]
        found.extend((each.event, len(list(each.span.days()))) for each in wanted if each.state.events)
        return really(steps, people)

    monkeypatch.setattr(kept, "_read", noted)
    return found


def happened(event: str, at: datetime, person: int) -> Happened:
    return Happened(event=event, at=at, person=person, account=0, properties={})


def many(seed: int, size: int = 600) -> list[Happened]:
    rnd = random.Random(seed)
    begin = datetime(2026, 1, 31, 15, tzinfo=UTC)
    return [
        happened(rnd.choice("AABBC"), begin + timedelta(hours=rnd.randrange(54 * 24)), rnd.randrange(1, 60))
        for _ in range(size)
    ]


def store(workspace: Workspace, events: list[Happened], first_id: int) -> None:
    world = World(events=events, zone=workspace.zone, week_start=0, today=TODAY, merges={}, facts={}, visible=None)
    store_events(workspace, events, world, first_id=first_id)


def assert_right(workspace: Workspace, question: FunnelQuestion = PLAIN) -> tuple[int, ...]:
    """The answer from memory is that of the statement shown; its counts."""
    with clock.frozen(NOON):
        statement = ask.ask(question, workspace).statements[0]
    assert statement.shortcut is not None
    found, size = statement.shortcut(), len(question.steps)
    assert found is not None
    branch = ask._whole(found, size)
    assert branch == ask._whole(warehouse.rows(statement.sql, **statement.params), size)
    return branch.counts


def test_what_came_in_is_all_that_is_read_again(workspace: Workspace, read: list[tuple[str, int]]) -> None:
    store(workspace, many(1), 0)
    counts = assert_right(workspace)
    assert {event for event, _days in read} == {"A", "B", "C"}
    read.clear()
    assert assert_right(workspace) == counts
    assert assert_right(workspace, replace(PLAIN, window=Window(9, Unit.HOUR)))[0] == counts[0]
    assert read == []

    late = datetime(2026, 2, 11, 4, tzinfo=UTC)  # in a week that was over long ago
    store(workspace, [happened("A", late, 900), happened("B", late + timedelta(minutes=1), 900)], 10_000)
    assert assert_right(workspace) == (counts[0] + 1, counts[1] + 1, counts[2])
    assert sorted(read) == [("A", 7), ("B", 7)]


def test_people_merge_without_being_read_again_and_part(workspace: Workspace, read: list[tuple[str, int]]) -> None:
    store(workspace, many(2), 0)
    assert_right(workspace)
    read.clear()
    into_ten = {number: number % 10 + 1 for number in range(20, 40)}
    for place, merges in enumerate([{7: 8}, {8: 9, 7: 9}, into_ten, {50: 52, 51: 52, 2_000: 3}], start=1):
        store_merges(workspace, merges, version=place)
        assert_right(workspace)
    assert read == []
    store_merges(workspace, {51: 51}, version=10)
    assert_right(workspace)
    assert read != []


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """After how many spans each walk began."""
    found: list[int] = []
    really = stood.walk

    def noted(way: stood.Way, begin: stood.Point, *more: Any) -> list[fold.Standing]:
        found.append(begin.place)
        return really(way, begin, *more)

    monkeypatch.setattr(stood, "walk", noted)
    return found


def lately(rnd: random.Random, days_ago: int, people: int, size: int = 40) -> list[Happened]:
    """Events of the last days of the range."""
    begin = datetime(2026, 3, 20, 16, tzinfo=UTC) - timedelta(days=days_ago)
    return [
        happened(
            rnd.choice("AABBC"), begin + timedelta(minutes=rnd.randrange(days_ago * 1440)), rnd.randrange(1, people)
        )
        for _ in range(size)
    ]


def test_only_days_on_which_something_arrived_are_walked_again(workspace: Workspace, begun: list[int]) -> None:
    rnd = random.Random(7)
    store(workspace, many(5), 0)
    first_of_each = replace(PLAIN, start=Start.FIRST)
    for wave in range(4):
        store(workspace, lately(rnd, 1, 60 + 40 * wave), 10_000 + wave * 100)  # more and more people
        assert_right(workspace)
        assert_right(workspace, first_of_each)
    assert begun[:8:2] == [0, 0, 0, 0]  # at first it is not known that these days go on
    assert min(begun[8:]) > 10
    begun.clear()
    for wave in range(5):  # and what comes late
        store(workspace, lately(rnd, rnd.choice([1, 1, 9, 30]), 300), 20_000 + wave * 100)
        assert_right(workspace)
    assert len({*begun} - {0}) > 1
    begun.clear()
    for version, merges in enumerate(
        [{7: 8, 50: 250}, {8: 2_000, 7: 2_000}, dict.fromkeys(range(100, 140), 3)], start=1
    ):
        store_merges(workspace, merges, version=version)
        assert_right(workspace)
    assert min(begun) > 10
    store_merges(workspace, {50: 50}, version=4)  # and parts
    assert_right(workspace)
    assert min(begun) == 0
    warehouse.execute("delete from events where workspace_id = {n:UInt32} and person = 8", n=workspace.pk)
    warehouse.touch(workspace.pk)
    assert_right(workspace)


def test_people_stand_where_as_many_moments_were_read_as_were_counted_and_nowhere_later(workspace: Workspace) -> None:
    nobody = People(np.zeros(0, np.uint32), np.zeros(0, np.uint32))
    zone = Workspace(zone="UTC").tz
    spans = list(days.spans(Between(date(2026, 1, 1), date(2026, 1, 12)), date(2026, 1, 12), date(2026, 1, 5), zone))
    state = kept.State(100, "0")
    way = stood.Way(1, ("A",), 1000, False, tuple((span, (state,)) for span in spans), nobody)
    whole = [moments_of(100)] * len(spans)
    torn = [replace(each, is_sure=place != 5) for place, each in enumerate(whole)]
    assert way.lively == len(spans) - 2
    assert stood._stops(way, stood.BEGIN, [whole]) == {way.lively}
    assert stood._stops(way, stood.BEGIN, [torn]) == set()
    assert stood._stops(replace(way, passed=way.passed[:7]), stood.BEGIN, [torn[:7]]) == {5}


def test_where_people_stood_is_kept_within_its_bytes() -> None:
    points = stood.Points(2 * fold.Standing(2, 0, 100).weight)
    nobody = People(np.zeros(0, np.uint32), np.zeros(0, np.uint32))
    span = next(days.spans(Between(TODAY, TODAY), TODAY, TODAY, Workspace(zone="UTC").tz))
    passed = tuple((span, (kept.State(place, "0"),)) for place in range(4))
    ways = [stood.Way(1, (event,), 1000, False, passed, nobody) for event in "ABC"]
    at = [stood.Point(passed[:place], nobody, (fold.Standing(2, 0, 100),)) for place in (1, 2, 3)]
    points.put(ways[0], at)
    assert [each.place for each in points.of(ways[0])] == [2, 3]
    points.put(ways[1], at[:1])
    assert (points.of(ways[0]), len(points.of(ways[1])), points.size) == ([], 1, at[0].weight)
    points.put(ways[2], [stood.Point(passed[:2], nobody, (fold.Standing(2, 0, 500),))])
    assert points.of(ways[2]) == []


def check_histories(workspace: Workspace, seed: int, batches: int) -> None:
    """Random plain funnels over five hundred people's histories a batch, while events come in late and people merge."""
    rnd = random.Random(seed)
    begin = datetime(2026, 1, 31, 15, tzinfo=UTC)
    for batch in range(batches):
        for wave in range(2):
            events = [
                happened(
                    rnd.choice("AABBBCCD"),
                    begin + timedelta(minutes=20 * rnd.randrange(54 * 72)),
                    batch * 500 + int(1 + 500 * rnd.random() ** 2),
                )
                for _ in range(2_500)
            ]
            store(workspace, events, batch * 10_000 + wave * 5_000)
            first = FIRST + timedelta(days=rnd.randrange(20))
            question = FunnelQuestion(
                steps=tuple(Step(name) for name in rnd.sample("ABCD", rnd.choice([2, 3, 3, 4]))),
                window=rnd.choice([Window(30, Unit.MINUTE), Window(2, Unit.DAY), Window(1, Unit.WEEK)]),
                start=rnd.choice(list(Start)),
                range=Between(first, first + timedelta(days=rnd.randrange(30))),
            )
            assert assert_right(workspace, question)[0]
            people = rnd.sample(range(batch * 500 + 1, batch * 500 + 500), 20)
            store_merges(workspace, dict(zip(people[:10], people[10:], strict=True)), version=batch * 2 + wave + 1)
            assert_right(workspace, question)


@pytest.mark.timeout(120)
def test_a_thousand_histories_lead_as_far_in_memory_as_in_sql(workspace: Workspace) -> None:
    check_histories(workspace, 1, 2)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_twenty_thousand_histories_lead_as_far_in_memory_as_in_sql(workspace: Workspace) -> None:
    check_histories(workspace, 2, 40)


def test_events_that_were_removed_are_not_counted_although_as_many_came(workspace: Workspace) -> None:
    at = datetime(2026, 2, 11, 4, tzinfo=UTC)
    store(workspace, [happened("A", at, 1), happened("B", at + timedelta(hours=1), 1)], 0)
    assert assert_right(workspace) == (1, 1, 0)
    warehouse.execute("delete from events where workspace_id = {n:UInt32} and event = 'B'", n=workspace.pk)
    warehouse.touch(workspace.pk)
    assert assert_right(workspace) == (1, 0, 0)


def test_events_that_do_not_lie_on_their_days_are_asked_for_in_sql(workspace: Workspace) -> None:
    store(workspace, many(3), 0)
    workspace.zone = "America/New_York"  # what is stored has not followed yet
    with clock.frozen(NOON):
        statement = ask.ask(PLAIN, workspace).statements[0]
    assert statement.shortcut is not None
    assert statement.shortcut() is None
    assert statement.rows() == warehouse.rows(statement.sql, **statement.params)


def test_only_plain_funnels_of_many_events_that_find_room_are_counted_in_memory(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(workspace, many(4), 0)
    is_pro = (Condition(Topic("property", "plan"), Check.IS, ("Pro",)),)
    others: list[dict[str, Any]] = [
        {"subject": Subject.ACCOUNTS},
        {"order": Order.ANY},
        {"steps": (Step("A"), Step("B"), Step("A"))},
        {"steps": (Step("A"), Step("B", is_pro))},
        {"steps": (Step("A"), Step("B", is_optional=True), Step("C"))},
        {"window": Window(1, Unit.MONTH)},
        {"exclusions": (Exclusion("X"),)},
        {"hold": "plan"},
        {"filters": is_pro},
        {"split": Split(Topic("property", "plan"))},
    ]
    made = [plan.make(replace(PLAIN, **other), workspace, today=TODAY) for other in others]
    assert [quick.is_plain(each) for each in made] == [False] * len(others)
    plain = plan.make(PLAIN, workspace, today=TODAY)
    assert not quick.is_plain(plan.make(PLAIN, workspace, today=TODAY, visible=workspace.accounts.all()))
    assert quick.rows(plain)
    for name, value in (("FEWEST", 1_000), ("LARGEST", 10)):
        with monkeypatch.context() as patch:
            patch.setattr(quick, name, value)
            assert quick.rows(plain) is None
    monkeypatch.setattr(kept.kept, "most", 5_000)
    assert quick.rows(plain) is None


def test_moments_are_kept_within_their_bytes_and_the_least_used_goes_first() -> None:
    few = kept.Kept(10 * kept.weight(moments_of(100)))
    nobody = People(np.zeros(0, np.uint32), np.zeros(0, np.uint32))
    zone = Workspace(zone="UTC").tz
    spans = list(days.spans(Between(date(2026, 1, 1), date(2026, 1, 20)), date(2026, 1, 20), date(2026, 1, 5), zone))
    wanted = [kept.Wanted(1, "A", span, kept.State(100, "0")) for span in spans]
    first, *others = wanted
    for each in wanted:
        few.put(each, replace(moments_of(100), people=nobody))
        assert few.get(first, nobody) is not None
    assert few.size <= few.most
    assert few.get(others[0], nobody) is None
    assert few.get(others[-1], nobody) is not None
    assert few.get(replace(others[-1], state=kept.State(100, "1")), nobody) is None
    assert few.get(others[-1], nobody) is None


def moments_of(size: int) -> Moments:
    people = People(np.zeros(0, np.uint32), np.zeros(0, np.uint32))
    return Moments.sorted(np.arange(1, size + 1, dtype=np.uint64) << BITS, people)


def test_days_are_cut_into_the_same_weeks_whatever_range_is_asked_for() -> None:
    zone = Workspace(zone="Europe/Berlin").tz
    found = list(days.spans(Between(date(2026, 3, 4), date(2026, 4, 1)), date(2026, 4, 10), date(2026, 4, 1), zone))
    assert [day for span in found for day in span.days()] == [date(2026, 3, 4) + timedelta(n) for n in range(38)]
    assert [span.may_start for span in found if span.last > date(2026, 4, 1)] == [False] * 9
    weeks = [span for span in found if span.first != span.last]
    assert {span.first.weekday() for span in weeks} == {6}
    assert max(span.last for span in weeks) < date(2026, 3, 31)
    assert [span.ends for span in found[:-1]] == [span.begins for span in found[1:]]
