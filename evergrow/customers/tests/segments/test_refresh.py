"""Who is in a segment, who came and who left, whatever happens in between."""

from datetime import timedelta

import numpy as np
import pytest

from conftest import NOON
from evergrow import warehouse
from evergrow.customers.actions import segments as actions
from evergrow.customers.actions.merges import merge_people, undo_merge
from evergrow.customers.models import Segment
from evergrow.customers.segments import arrivals, claims, lists, membership, moves, on_moves, order, refresh
from evergrow.customers.tests.segments.stage import found, happen, make_people, members
from evergrow.customers.tests.stage import make_account
from evergrow.lib import clock
from evergrow.workspaces.models import Job

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")
LOGIN = {"did": "login", "within": {"days": 30}}


def by_criteria(workspace, criteria=LOGIN, kind="person", name="Fresh", **more):
    return actions.create_segment(workspace=workspace, name=name, kind=kind, criteria=criteria, by=None, **more)


@pytest.fixture
def told():
    """Every change that a listener hears of."""
    heard = []
    listener = on_moves(heard.append)
    yield heard
    moves.stop(listener)


@pytest.fixture
def people(workspace):
    return make_people(workspace, 6)


def test_members_are_those_who_meet_the_criteria_now(workspace, people):
    happen(workspace, "login", NOON - timedelta(days=3), [1, 2, 3])
    happen(workspace, "login", NOON - timedelta(days=40), [4])
    happen(workspace, "paid", NOON - timedelta(days=1), [5])
    assert found(by_criteria(workspace)) == {1, 2, 3}


def test_who_comes_and_who_leaves_is_kept_with_its_moment(workspace, people):
    happen(workspace, "login", NOON - timedelta(days=3), [1, 2])
    segment = by_criteria(workspace)
    found(segment)
    happen(workspace, "login", NOON, [3])
    later = NOON + timedelta(days=28)
    with clock.frozen(later):
        assert found(segment) == {3}
    assert [(m.subject, m.entered, m.at, m.cause) for m in moves.latest(segment, 10)] == [
        (3, True, later, "refresh"),
        (1, False, later, "refresh"),
        (2, False, later, "refresh"),
    ]
    assert segment.size == 1
    assert segment.as_of == later


def test_a_listener_hears_of_every_change_after_it_is_kept(workspace, people, told, django_capture_on_commit_callbacks):
    happen(workspace, "login", NOON - timedelta(days=3), [1, 2])
    segment = by_criteria(workspace)
    with django_capture_on_commit_callbacks(execute=True):
        found(segment)
    happen(workspace, "login", NOON, [5])
    with clock.frozen(NOON + timedelta(minutes=1)), django_capture_on_commit_callbacks(execute=True):
        found(segment)
    assert [(m.cause, m.entered.tolist(), m.left.tolist()) for m in told] == [
        ("first", [1, 2], []),
        ("refresh", [5], []),
    ]


def test_new_criteria_say_so_in_the_moves(workspace, people):
    happen(workspace, "login", NOON - timedelta(days=3), [1, 2])
    happen(workspace, "paid", NOON - timedelta(days=3), [2, 3])
    segment = by_criteria(workspace)
    found(segment)
    actions.save_draft(segment=segment, criteria={"did": "paid"}, by=None)
    assert found(segment) == {1, 2}, "a draft changes nothing"
    actions.publish(segment=segment, by=None)
    assert found(segment) == {2, 3}
    assert {(m.subject, m.entered, m.cause) for m in moves.latest(segment, 10)} == {
        (1, False, "edited"),
        (3, True, "edited"),
    }


def test_a_merge_moves_the_membership_without_a_move(workspace, people):
    happen(workspace, "login", NOON - timedelta(days=3), [1, 2])
    segment = by_criteria(workspace)
    found(segment)
    merge_people(kept=people[0], merged=people[1], reason="same", by=None, tell_store=False)
    tell_merge(people[0])
    assert members(segment) == {1}, "at once, before any refresh"
    assert found(segment) == {1}
    assert moves.latest(segment, 10) == []


def test_a_merge_into_somebody_who_was_not_in_takes_the_membership_along(workspace, people):
    happen(workspace, "login", NOON - timedelta(days=3), [2])
    segment = by_criteria(workspace)
    found(segment)
    merge_people(kept=people[0], merged=people[1], reason="same", by=None, tell_store=False)
    tell_merge(people[0])
    assert found(segment) == {1}
    assert moves.latest(segment, 10) == []
    assert moves.inside(workspace.pk, [segment.pk], [1, 2]) == {segment.pk: NOON}


def test_a_list_gives_both_people_back_when_their_merge_is_undone(workspace, people, bob):
    segment = actions.create_segment(workspace=workspace, name="Guests", kind="person", numbers=[1, 2, 4], by=bob)
    merge = merge_people(kept=people[0], merged=people[1], reason="same", by=None, tell_store=False)
    tell_merge(people[0])
    assert found(segment) == {1, 4}
    undo_merge(merge=merge, by=None)
    tell_merge(people[0], people[1])
    assert found(segment) == {1, 2, 4}


def tell_merge(*people):
    from evergrow.customers import overrides

    overrides.write(people)


def test_accounts_are_found_by_their_traits(workspace):
    for n in range(6):
        make_account(workspace, f"Account {n}", mrr=n * 100, tier="vip" if n % 2 else "general")
    criteria = {"all": [{"trait": "tier", "is": ["vip"]}, {"trait": "mrr", "at_least": 300}]}
    assert found(by_criteria(workspace, criteria, "account")) == {4, 6}


def test_membership_is_that_of_an_independent_computation(workspace):
    rnd = np.random.default_rng(7)
    people = make_people(workspace, 40)
    did = {}
    for event in ("login", "paid"):
        for back in (1, 5, 20, 45):
            who = sorted(set(rnd.integers(1, 41, 15).tolist()))
            happen(workspace, event, NOON - timedelta(days=back), who)
            for number in who:
                did.setdefault((event, number), []).append(back)
    criteria = {"all": [LOGIN, {"did_not": "paid", "within": {"days": 10}}]}
    expected = {
        person.number
        for person in people
        if any(back < 30 for back in did.get(("login", person.number), []))
        and not any(back < 10 for back in did.get(("paid", person.number), []))
    }
    assert found(by_criteria(workspace, criteria)) == expected
    assert 0 < len(expected) < 40


def test_a_segment_on_a_segment_is_found_after_it(workspace, people):
    happen(workspace, "login", NOON - timedelta(days=3), [1, 2, 3])
    upper = by_criteria(workspace, name="Base")
    lower = by_criteria(workspace, {"all": [{"segment": upper.key}, {"did_not": "paid"}]}, name="Not paying")
    happen(workspace, "paid", NOON - timedelta(days=3), [3])
    done = refresh.refresh_due(workspace)
    assert [segment.key for segment in done.refreshed] == ["base", "not-paying"]
    assert members(lower) == {1, 2}
    happen(workspace, "login", NOON, [4])
    done = refresh.refresh(workspace, [upper])
    assert members(lower) == {1, 2, 4}, "it follows the one it stands on"


def test_a_circle_is_refused_with_the_way_round(workspace):
    first = by_criteria(workspace, name="First")
    second = by_criteria(workspace, {"segment": first.key}, name="Second")
    third = by_criteria(workspace, {"segment": second.pk}, name="Third")
    with pytest.raises(order.Circle, match="First → Third → Second → First"):
        actions.save_draft(segment=first, criteria={"any": [LOGIN, {"segment": third.key}]}, by=None)
    with pytest.raises(order.Circle, match="First → First"):
        actions.save_draft(segment=first, criteria={"segment": first.key}, by=None)


def test_only_what_arrivals_touch_is_refreshed(workspace, people, monkeypatch):
    monkeypatch.setattr(arrivals, "LAG", timedelta(0))
    happen(workspace, "login", NOON - timedelta(days=3), [1])
    happen(workspace, "paid", NOON - timedelta(days=3), [2])
    logins = by_criteria(workspace, name="Logins")
    by_criteria(workspace, {"did": "paid"}, name="Payers")
    by_criteria(workspace, {"did": "*"}, name="Anybody")
    by_criteria(workspace, name="Hourly", pace=60)
    assert len(refresh.refresh_due(workspace).refreshed) == 4
    assert refresh.refresh_due(workspace).refreshed == []
    happen(workspace, "login", NOON, [3])
    assert {s.key for s in refresh.refresh_due(workspace).refreshed} == {"logins", "anybody"}
    assert members(logins) == {1, 3}
    with clock.frozen(NOON + timedelta(minutes=61)):
        assert {s.key for s in refresh.refresh_due(workspace).refreshed} == {"hourly"}
    with clock.frozen(NOON + timedelta(days=1)):
        assert len(refresh.refresh_due(workspace).refreshed) == 4, "a new day moves every window"


def test_a_deletion_of_events_touches_what_looks_at_events(workspace, people, monkeypatch):
    monkeypatch.setattr(arrivals, "LAG", timedelta(0))
    make_account(workspace)
    by_criteria(workspace, name="Logins")
    by_criteria(workspace, {"trait": "mrr", "over": 1}, "account", name="Rich")
    refresh.refresh_due(workspace)
    warehouse.touch(workspace.pk)
    assert [s.key for s in refresh.refresh_due(workspace).refreshed] == ["logins"]


def test_a_second_refresh_at_the_same_time_leaves_the_segment_alone(workspace, people):
    happen(workspace, "login", NOON - timedelta(days=3), [1])
    segment = by_criteria(workspace)
    at = claims.take(segment, lambda parts: None)
    done = refresh.refresh(workspace, [segment])
    assert [s.pk for s in done.busy] == [segment.pk]
    assert members(segment) == set()
    claims.let_go(segment, at)
    assert found(segment) == {1}


def test_a_refresh_that_lost_its_claim_writes_nothing(workspace, people, monkeypatch):
    happen(workspace, "login", NOON - timedelta(days=3), [1])
    segment = by_criteria(workspace)
    meeting = refresh._meeting

    def slow(*asked):
        result = meeting(*asked)
        monkeypatch.setattr(refresh, "_meeting", meeting)
        with clock.frozen(NOON + claims.LEASE + timedelta(seconds=1)):
            refresh.refresh(workspace, [Segment.objects.get(pk=segment.pk)])
        return result

    monkeypatch.setattr(refresh, "_meeting", slow)
    done = refresh.refresh(workspace, [segment])
    assert done.refreshed == []
    assert warehouse.scalar("select count() from segment_moves") == 1


class Crash(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("dies_in", ["write_members", "settle", "sizes"])
def test_a_crash_between_two_writes_neither_loses_nor_doubles_a_move(
    workspace, people, told, monkeypatch, dies_in, django_capture_on_commit_callbacks
):
    happen(workspace, "login", NOON - timedelta(days=3), [1, 2])
    segment = by_criteria(workspace)
    found(segment)
    happen(workspace, "login", NOON, [3])

    def die(*_args, **_more):
        raise Crash

    with monkeypatch.context() as broken:
        if dies_in == "write_members":
            broken.setattr(membership, "write_members", die)
        elif dies_in == "sizes":
            insert = warehouse.insert
            broken.setattr(
                warehouse, "insert", lambda table, rows: die() if table == "segment_sizes" else insert(table, rows)
            )
        else:
            broken.setattr(refresh._Refresh, "_write_row", die)
        with clock.frozen(NOON + timedelta(minutes=1)), pytest.raises(Crash):
            refresh.refresh(workspace, [segment])
    with clock.frozen(NOON + timedelta(minutes=10)), django_capture_on_commit_callbacks(execute=True):
        assert found(segment) == {1, 2, 3}
    assert [(m.subject, m.entered) for m in moves.latest(segment, 10)] == [(3, True)]
    assert [m.entered.tolist() for m in told] == [[3]]
    by_segment, by_subject = (
        warehouse.rows(f"select subject, at, entered, cause from {table} final order by subject, at")
        for table in ("segment_moves", "subject_moves")
    )
    assert by_segment == by_subject


def test_criteria_that_cannot_be_asked_keep_the_members_and_say_why(workspace, people, monkeypatch):
    happen(workspace, "login", NOON - timedelta(days=3), [1])
    segment = by_criteria(workspace)
    found(segment)
    from evergrow.customers import criteria

    def too_dear(*_asked):
        raise criteria.CostError("Too dear.")

    monkeypatch.setattr(refresh, "_meeting", too_dear)
    assert found(segment) == {1}
    assert segment.problem == "Too dear."
    assert not segment.is_refreshing
    with clock.frozen(NOON + timedelta(minutes=5)):
        assert refresh.refresh_due(workspace).failed == [], "the schedule leaves it alone for a while"


def test_a_published_segment_is_found_by_a_job(workspace, people):
    from evergrow.workspaces import jobs

    happen(workspace, "login", NOON - timedelta(days=3), [1])
    segment = by_criteria(workspace)
    assert Job.objects.get(kind="segments.refresh_one").args == {"segment": segment.pk}
    assert jobs.run_next()
    assert members(segment) == {1}


def test_a_list_knows_what_was_put_on_and_taken_off(workspace, people, bob):
    segment = actions.create_segment(workspace=workspace, name="Guests", kind="person", numbers=[2, 1, 2], by=bob)
    assert segment.size == 2
    assert actions.put_on_list(segment=segment, numbers=[2, 5], by=bob) == 1
    assert actions.take_off_list(segment=segment, numbers=[1, 6], by=bob) == 1
    assert members(segment) == {2, 5}
    assert set(lists.read(segment).tolist()) == {2, 5}
    assert [(m.subject, m.entered) for m in moves.latest(segment, 9)] == [(1, False), (5, True)]
