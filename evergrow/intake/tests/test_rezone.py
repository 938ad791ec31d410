"""A workspace moves to another zone: every event falls on the day it fell there, and none is lost or doubled."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from evergrow import warehouse
from evergrow.intake.events import delete_import, insert_events
from evergrow.intake.rezone import rezone
from evergrow.workspaces import actions, jobs
from evergrow.workspaces.models import Job

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("warehouse_db")]
MOMENTS = [datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=5 * n) for n in range(300)]
FACTS = "select message_id, at, day, person, account, event, properties, import_id, segment from events order by at"
ROLLED = {
    "activity": "select event, day, groupBitmapMerge(people), groupBitmapMerge(accounts), sum(count) from activity"
    " group by event, day order by event, day",
    "account_day": "select account, day, event, sum(count), groupBitmapMerge(people) from account_day"
    " group by account, day, event order by account, day, event",
    "property_days": "select event, property, day, sum(count), groupBitOr(kinds) from property_days"
    " group by event, property, day order by event, property, day",
}
COUNTED = {
    "activity": "select event, day, uniqExactIf(person, person != 0), uniqExactIf(account, account != 0), count()"
    " from events group by event, day order by event, day",
    "account_day": "select account, day, event, count(), uniqExactIf(person, person != 0) from events"
    " where account != 0 group by account, day, event order by account, day, event",
    "property_days": "select event, 'n', day, count(), toUInt16(2) from events group by event, day order by event, day",
}


@pytest.fixture
def filled(workspace):
    insert_events(
        workspace,
        {
            "event": ["login" if n % 3 else "export" for n in range(len(MOMENTS))],
            "at": MOMENTS,
            "message_id": [f"m{n}" for n in range(len(MOMENTS))],
            "person": [n % 11 for n in range(len(MOMENTS))],
            "account": [n % 5 for n in range(len(MOMENTS))],
            "properties": [{"n": str(n)} for n in range(len(MOMENTS))],
            "import_id": [n % 2 for n in range(len(MOMENTS))],
        },
        segment="s1",
    )
    return workspace


def check(zone: str, facts_before: list) -> None:
    facts = warehouse.rows(FACTS)
    assert [row[:2] + row[3:] for row in facts] == [row[:2] + row[3:] for row in facts_before], "nothing else changed"
    assert [row[2] for row in facts] == [at.astimezone(ZoneInfo(zone)).date() for at in MOMENTS]
    for rollup, asked in ROLLED.items():
        assert warehouse.rows(asked) == warehouse.rows(COUNTED[rollup]), rollup
    assert warehouse.scalar("select count() from events_on_the_move") == 0


def test_every_event_goes_to_its_new_day(filled):
    before = warehouse.rows(FACTS)
    filled.zone = "America/New_York"
    moved = rezone(filled)
    assert moved == sum(
        at.astimezone(ZoneInfo("America/New_York")).date() != at.astimezone(ZoneInfo("Asia/Shanghai")).date()
        for at in MOMENTS
    )
    check("America/New_York", before)
    assert rezone(filled) == 0
    filled.zone = "Asia/Shanghai"
    rezone(filled)
    check("Asia/Shanghai", before)


@pytest.mark.parametrize("step", [1, 2, 3, 4, 6, 10])
def test_a_run_that_broke_off_at_any_step_goes_on(filled, monkeypatch, step):
    before, real, calls = warehouse.rows(FACTS), warehouse.execute, []

    def fails_once(sql, **params):
        calls.append(sql)
        if len(calls) == step + 1:
            raise warehouse.StoreUnavailable("gone")
        real(sql, **params)

    monkeypatch.setattr(warehouse, "execute", fails_once)
    filled.zone = "Pacific/Auckland"
    with pytest.raises(warehouse.StoreUnavailable):
        rezone(filled)
    rezone(filled)
    check("Pacific/Auckland", before)


def test_another_workspace_stays_as_it_is(filled, mallory):
    insert_events(mallory.workspace, {"event": "x", "at": MOMENTS[:9], "message_id": list("abcdefghi")}, segment="s2")
    theirs = f"select message_id, day from events where workspace_id = {mallory.workspace_id} order by at"
    before = warehouse.rows(theirs)
    filled.zone = "America/New_York"
    rezone(filled)
    assert warehouse.rows(theirs) == before


def test_a_message_seen_before_still_counts_once_and_an_import_can_still_be_undone(filled):
    filled.zone = "America/New_York"
    rezone(filled)
    again = insert_events(
        filled, {"event": "login", "at": MOMENTS[:5], "message_id": ["m0", "m1", "m2", "m3", "m4"]}, segment="s9"
    )
    assert again.duplicates == 5
    assert delete_import(filled, 1) == len(MOMENTS) // 2
    assert warehouse.scalar("select count() from events") == len(MOMENTS) // 2


def test_changing_the_setting_starts_it_now_and_once_more_later(filled, alice, frozen):
    actions.change_workspace(workspace=filled, by=alice, zone="Europe/Berlin")
    queued = Job.objects.filter(kind="intake.rezone").order_by("run_at")
    assert [job.run_at - frozen for job in queued] == [timedelta(), timedelta(minutes=15)]
    before = warehouse.rows(FACTS)
    jobs.run(claimed(queued[0]))
    check("Europe/Berlin", before)


def claimed(job: Job) -> Job:
    Job.objects.exclude(kind="intake.rezone").delete()
    found = jobs.claim()
    assert found == job
    return found
