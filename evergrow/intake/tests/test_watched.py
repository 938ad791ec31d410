"""The sets of watched properties say what the events say: while they are filled, and whatever is done to the events."""

from datetime import UTC, datetime, timedelta

import pytest

from evergrow import warehouse
from evergrow.customers.account_merges.actions import merge_accounts, undo_merge
from evergrow.customers.models import RetentionRule
from evergrow.customers.privacy.subject import Subject
from evergrow.customers.tests.stage import make_account
from evergrow.intake import merged_accounts
from evergrow.intake import watched as tending
from evergrow.intake.events import delete_import, insert_events
from evergrow.intake.personal import events as personal
from evergrow.intake.personal import retention
from evergrow.intake.rezone import rezone
from evergrow.lib import clock
from evergrow.warehouse import watched
from evergrow.workspaces import jobs

pytestmark = [pytest.mark.usefixtures("frozen", "warehouse_db"), pytest.mark.once]
NOON = datetime(2026, 3, 20, 4, tzinfo=UTC)
SETS = """select event, property, day, code, arraySort(bitmapToArray(groupBitmapMergeState(people))),
    arraySort(bitmapToArray(groupBitmapMergeState(accounts))), toUInt64(sum(count))
from property_people group by event, property, day, code order by all"""
TOLD = """select event, arrayJoin(['plan', 'none']) as property, day,
    if(mapContains(properties, property), concat('=', properties[property]), '-') as code,
    arraySort(groupUniqArrayIf(person, person != 0)), arraySort(groupUniqArrayIf(account, account != 0)), count()
from events where event = 'login' group by event, property, day, code order by all"""


def happen(workspace, count=60, *, first=0, segment="s1", **more):
    """Logins every seven hours back from noon, of people and accounts by number, with and without a plan."""
    numbers = range(first, first + count)
    columns = {
        "event": ["login" if n % 4 else "export" for n in numbers],
        "at": [NOON - timedelta(hours=7 * n) for n in numbers],
        "message_id": [f"m{n}" for n in numbers],
        "person": [n % 7 for n in numbers],
        "account": [n % 5 for n in numbers],
        "properties": [{"plan": ["Pro", "", "云"][n % 3]} if n % 5 else {} for n in numbers],
    }
    return insert_events(workspace, columns | more, segment=segment)


def ask(workspace, *keys, event="login"):
    for key in keys or ("plan", "none"):
        watched.note(workspace.pk, event, key, workspace.today())


def agree():
    found, told = warehouse.rows(SETS), warehouse.rows(TOLD)
    assert found == told
    assert found


@pytest.fixture
def filled(workspace):
    happen(workspace)
    ask(workspace)
    assert tending.run(workspace) > 10
    agree()
    return workspace


def state(workspace, key="plan"):
    return next((each.state, each.since) for each in watched.every(workspace.pk) if each.key == key)


def test_new_late_and_repeated_events_come_in_by_themselves(filled):
    assert state(filled) == (watched.ON, watched.ALWAYS)
    happen(filled, first=60, segment="s2")
    happen(filled, first=60, segment="s2")
    assert happen(filled, first=60, segment="s3").counted == 0
    agree()
    assert tending.run(filled) == 0
    assert watched.look(filled.pk, "export", "plan")[0] is None


def test_events_that_come_while_it_fills_are_there_once(workspace):
    happen(workspace)
    ask(workspace)
    for watch in watched.every(workspace.pk):
        begun = watched.begin(watch, lambda: tending.alone(workspace))
        begun, _days = watched.fill_more(begun, lambda: tending.alone(workspace), at_once=20)
        assert watched.look(workspace.pk, "login", watch.key)[0] == begun.since > NOON.date() - timedelta(days=15)
    happen(workspace, first=60, segment="late", at=[NOON - timedelta(hours=5 * n) for n in range(60)])
    assert tending.run(workspace) > 0
    agree()


def test_a_crash_between_emptying_and_filling_is_mended(filled, monkeypatch):
    real = warehouse.execute
    warehouse.execute("delete from property_people where day <= {day:Date}", day=NOON.date() - timedelta(days=3))

    def fails(sql, **params):
        if sql.startswith("-- The sets of a property on these days, from"):
            raise warehouse.StoreUnavailable("gone")
        real(sql, **params)

    with monkeypatch.context() as patch:
        patch.setattr(warehouse, "execute", fails)
        with pytest.raises(warehouse.StoreUnavailable):
            tending.run(filled)
    tending.run(filled)
    agree()


def test_they_follow_a_new_zone_an_import_taken_back_and_a_merge_of_accounts(filled, alice):
    happen(filled, 30, first=60, segment="import:1:0", import_id=1)
    filled.zone = "America/New_York"
    rezone(filled)
    agree()
    delete_import(filled, 1)
    agree()
    kept, merged = (make_account(filled, name) for name in "AB")
    happen(filled, 9, first=90, segment="s5", account=merged.number)
    made = merge_accounts(kept=kept, merged=merged, reason="one customer", by=alice)
    merged_accounts.run(filled)
    agree()
    undo_merge(merge=made, by=alice)
    merged_accounts.run(filled)
    agree()


def test_an_erased_person_is_in_none_of_them_and_neither_is_what_values_said_of_them(filled):
    happen(filled, 5, first=61, segment="s2", properties=[{"plan": "for maya@kite.example"}] * 5)
    personal.erase(Subject(filled.pk, [], [3], [], ["maya@kite.example"]))
    agree()
    assert not [row for row in warehouse.rows(SETS) if 3 in row[4] or "maya" in row[3]]


def test_retention_that_keeps_counts_keeps_the_sets_without_the_erased(filled):
    before = sum(row[-1] for row in warehouse.rows(SETS))
    rule = RetentionRule.objects.create(workspace=filled, pattern="login", days=8)
    retention.run(filled)
    assert tending.run(filled) == 0
    assert sum(row[-1] for row in warehouse.rows(SETS)) == before
    personal.erase(Subject(filled.pk, [], [3], []))
    assert not [row for row in warehouse.rows(SETS) if 3 in row[4]]
    RetentionRule.objects.filter(pk=rule.pk).update(rebuild_counts=True)
    happen(filled, 40, first=61, segment="s9")
    retention.run(filled)
    assert min(row[2] for row in warehouse.rows(SETS)) >= filled.today() - timedelta(days=8)


def test_too_many_values_are_not_watched(filled, monkeypatch):
    monkeypatch.setattr(watched, "MOST_VALUES", 10)
    ask(filled, "id")
    happen(filled, 30, first=60, segment="s2", at=NOON, properties=[{"id": str(n), "plan": str(n)} for n in range(30)])
    tending.run(filled)
    assert [state(filled, key)[0] for key in ("id", "plan", "none")] == ["wide", "wide", "on"]
    assert watched.look(filled.pk, "login", "plan")[0] is None
    tending.run(filled)
    assert {row[1] for row in warehouse.rows(SETS)} == {"none"}


def test_what_nobody_asks_for_any_more_is_given_up_and_begun_again_when_somebody_does(filled, frozen):
    with clock.frozen(frozen + timedelta(days=20)):
        ask(filled, "none")
    with clock.frozen(frozen + timedelta(days=29)):
        tending.run(filled)
        assert (state(filled), state(filled, "none")) == (("off", watched.NEVER), ("on", watched.ALWAYS))
        assert {row[1] for row in warehouse.rows(SETS)} == {"none", "plan"}, "a question may still be reading them"
        happen(filled, first=60, segment="s2")
        tending.run(filled)
        assert {row[1] for row in warehouse.rows(SETS)} == {"none"}
        ask(filled)
        tending.run(filled)
        agree()


def test_so_many_are_watched_the_last_asked_first(filled, frozen, monkeypatch):
    monkeypatch.setattr(watched, "MOST_WATCHED", 1)
    with clock.frozen(frozen + timedelta(days=1)):
        ask(filled, "plan")
        tending.run(filled)
    assert (state(filled)[0], state(filled, "none")[0]) == ("on", "off")


def test_it_runs_by_itself_and_keeps_to_its_workspace(workspace, mallory):
    happen(workspace)
    happen(mallory.workspace, 8)
    ask(workspace)
    jobs.enqueue(tending.KIND, workspace)
    jobs.enqueue(tending.KIND, mallory.workspace)
    while job := jobs.claim():
        jobs.run(job)
    mine = "select uniqExact(workspace_id), any(workspace_id) from property_people"
    assert warehouse.rows(mine) == [(1, workspace.pk)]
    assert watched.every(mallory.workspace_id) == []
