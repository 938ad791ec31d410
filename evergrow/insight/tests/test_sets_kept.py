"""Sets of people kept in memory: right while events come in, late ones too, people merge and part, events go."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from evergrow import warehouse
from evergrow.insight.conditions import Topic
from evergrow.insight.funnel.people import Persons
from evergrow.insight.period import Between, Interval
from evergrow.insight.sets import accounts, bits, kept, state
from evergrow.insight.sets.kept import Days
from evergrow.insight.sets.state import State
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import ask_both_ways, store_accounts, store_events, store_merges
from evergrow.insight.trend import ask
from evergrow.insight.trend.question import Asked, Breakdown, Measure, TrendQuestion
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]

FIRST, LAST, TODAY = date(2026, 2, 3), date(2026, 3, 20), date(2026, 3, 25)
NOON = datetime(2026, 3, 25, 12, tzinfo=UTC)
PEOPLE = TrendQuestion(series=(Asked("A", Measure.PEOPLE),), interval=Interval.WEEK, range=Between(FIRST, LAST))
BY_PLAN = replace(PEOPLE, split=Breakdown((Topic("account", "plan"),)))
FACTS = {"plan": {number: ("Pro", "Basic")[number % 2] for number in range(1, 7)}}


@pytest.fixture
def workspace(warehouse_db: None, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    ask_both_ways(monkeypatch)
    monkeypatch.setattr("evergrow.insight.trend.watched.MOST_AT_SEVERAL", 1)
    found = Workspace.objects.create(slug="sets", name="Sets", zone="Asia/Shanghai")
    store_accounts(found, FACTS, range(1, 7))
    return found


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many days are read from the store at once."""
    found: list[int] = []
    really = kept._read

    def noted(workspace: int, event: str, days: Sequence[date], seen: State) -> Days:
        found.append(len(days))
        return really(workspace, event, days, seen)

    monkeypatch.setattr(kept, "_read", noted)
    return found


def store(workspace: Workspace, seed: int, days: Sequence[date], people: range, *, moves: bool = False) -> None:
    """Sixty events on some days of people who are each at one account, or ``moves``: at any."""
    rnd = random.Random(seed)
    events = []
    for _ in range(60):
        person, day = rnd.choice(people), rnd.choice(days)
        at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
        account = rnd.randrange(7) if moves else person % 7
        events.append(Happened(event="A", at=at, person=person, account=account, properties={}))
    world = World(events=events, zone=workspace.zone, week_start=0, today=TODAY, merges={}, facts={}, visible=None)
    store_events(workspace, events, world, first_id=seed * 1000)


def asked(workspace: Workspace, question: TrendQuestion = PEOPLE) -> list[int]:
    """The total of everybody and of each part; every statement was asked in both ways."""
    with clock.frozen(NOON):
        result = ask.ask(question, workspace)
    assert result.statements[-1].shortcut is not None
    assert result.statements[-1].shortcut() is not None
    return [int(each.total or 0) for each in (*result.wholes, *result.lines)]


DAYS = [FIRST + timedelta(days=place) for place in range(0, 40, 3)]


def test_only_days_on_which_something_arrived_are_read_again(workspace: Workspace, read: list[int]) -> None:
    store(workspace, 1, DAYS, range(1, 40))
    before = asked(workspace)
    assert read == [len(DAYS)]
    asked(workspace)
    asked(workspace, replace(PEOPLE, interval=Interval.DAY))
    asked(workspace, BY_PLAN)
    assert read == [len(DAYS)]
    store(workspace, 2, DAYS[:1], range(100, 110))  # long ago
    store(workspace, 3, [LAST], range(200, 1000))
    assert asked(workspace)[0] > before[0] + 10
    assert read == [len(DAYS), 2]


def test_people_merge_and_part_without_being_read_again(workspace: Workspace, read: list[int]) -> None:
    store(workspace, 1, DAYS, range(1, 40))
    store(workspace, 2, DAYS, range(30, 60), moves=True)
    sizes = [asked(workspace), asked(workspace, BY_PLAN)]
    read.clear()
    merges: list[dict[int, int]] = [{7: 8, 50: 51}, {number: 2_000 + number % 5 for number in range(10, 30)}, {7: 7}]
    for place, each in enumerate(merges, 1):
        store_merges(workspace, each, version=place)
        sizes += [asked(workspace), asked(workspace, BY_PLAN)]
    assert read == []
    assert sizes[2][0] == sizes[0][0] - 2
    assert sizes[4][0] < sizes[2][0] - 5


def test_events_that_were_removed_are_not_counted_although_as_many_came(workspace: Workspace) -> None:
    store(workspace, 1, [LAST], range(1, 7))
    assert asked(workspace)[0] == 6
    for table in ("events", "activity", "person_accounts"):
        warehouse.execute(f"delete from {table} where workspace_id = {{n:UInt32}}", n=workspace.pk)
    warehouse.touch(workspace.pk)
    store(workspace, 1, [LAST], range(11, 15))
    assert asked(workspace)[0] == 4


def test_what_is_rewritten_again_and_again_is_asked_in_sql(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(workspace, 1, DAYS, range(1, 40))
    monkeypatch.setattr(kept, "CALM", 60.0)
    kept._lately.clear()

    def find() -> kept.Found | None:
        return kept.find(workspace.pk, "A", FIRST, LAST)

    assert find()
    warehouse.touch(workspace.pk)
    assert find() is None
    monkeypatch.setitem(kept._lately, (workspace.pk, "A"), ("0", 0.0))  # a minute later
    assert find()


def test_few_events_and_what_does_not_find_room_are_asked_in_sql(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(workspace, 1, DAYS, range(1, 40))
    with monkeypatch.context() as patch:
        patch.setattr(kept, "FEWEST", 100)
        assert kept.find(workspace.pk, "A", FIRST, LAST) is None
    monkeypatch.setattr(kept.kept, "most", 2_000)
    assert kept.find(workspace.pk, "A", FIRST, LAST) is None


def test_the_least_used_days_go_first() -> None:
    nobody = np.zeros(0, np.uint32)
    day = kept.Day(1, "0", np.zeros(50, np.uint64), np.zeros(50, np.uint64), kept.People(nobody, nobody))
    few = kept.Kept(3 * day.weight)
    keys = [(1, "A", FIRST + timedelta(days=place)) for place in range(5)]
    for key in keys:
        few.put(key, day)
        assert few.get(keys[0])
    assert [few.get(key) is not None for key in keys] == [True, False, False, True, True]
    assert few.size == 3 * day.weight


def test_what_was_looked_at_is_remembered_until_the_events_change(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(workspace, 1, DAYS, range(1, 40), moves=True)
    version = warehouse.version(workspace.pk)
    version.is_settled = True
    monkeypatch.setattr(warehouse, "version", lambda _workspace: version)
    seen = state.look(workspace.pk, "A", FIRST, LAST)
    at = accounts.known(workspace.pk)
    share = float(
        warehouse.scalar(warehouse.statement("insight", "people_at_several_accounts"), workspace=workspace.pk)
    )
    assert 0 < at.at_several == accounts.share_at_several(workspace.pk) == pytest.approx(share)
    store(workspace, 2, DAYS, range(1, 40))
    assert state.look(workspace.pk, "A", FIRST, LAST) is seen
    assert accounts.known(workspace.pk) is at
    monkeypatch.undo()
    assert state.look(workspace.pk, "A", FIRST, LAST).numbers != seen.numbers
    assert accounts.known(workspace.pk) is not at


def people(rnd: random.Random, most: int) -> set[int]:
    return set(rnd.sample(range(1, most), rnd.choice([0, 1, most // 3])))


def as_array(some: Sequence[int]) -> Persons:
    return np.array(some, dtype=np.uint32)


def test_bits_are_sets() -> None:
    rnd = random.Random(5)
    for _ in range(200):
        one, other = people(rnd, rnd.choice([40, 700])), people(rnd, rnd.choice([64, 129, 500]))
        a, b = (bits.of(as_array(sorted(each))) for each in (one, other))

        def told(found: bits.Bits) -> set[int]:
            return set(np.flatnonzero(bits.flags(found)).tolist())

        assert (told(a), bits.size(a)) == (one, len(one))
        assert told(bits.union((a, b, a))) == one | other
        assert told(bits.both(a, b)) == one & other
        assert told(bits.without(a, b)) == one - other
        before = sorted(people(rnd, 600) | {1})
        now = [rnd.randrange(601, 900) for _ in before]
        moved = dict(zip(before, now, strict=True))
        assert told(bits.joined(a, as_array(before), as_array(now))) == {moved.get(each, each) for each in one}
        assert np.flatnonzero(bits.times([a, b]) == 2).tolist() == sorted(one & other)
