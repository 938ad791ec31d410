"""Remembered answers are never old ones: whatever changes is seen on the page, in the list and by the API at once."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, TestCase
from django.urls import reverse

from evergrow import warehouse
from evergrow.customers.actions.merges import merge_people
from evergrow.customers.models import Person
from evergrow.insight import statement
from evergrow.insight.memory import Memory
from evergrow.insight.saved import actions
from evergrow.insight.saved.models import SavedQuestion, Sharing
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events
from evergrow.lib import clock
from evergrow.workspaces.models import AccountScope, Member, Workspace
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.django_db, pytest.mark.once]
WEEK = {"kind": "trend", "event": "login", "interval": "week", "range": {"from": "2026-03-16", "to": "2026-03-22"}}
PRO = [{"on": "account.plan", "is": "is", "values": ["Pro"]}]


def login(day: int, person: int, account: int) -> Happened:
    return Happened("login", datetime(2026, 3, day, 2, tzinfo=UTC), person=person, account=account)


@dataclass
class Door:
    """Three ways to the same number, for one member."""

    client: Client
    program: Client

    def says(self, saved: SavedQuestion) -> int:
        """The total of the whole; the page, the list and the API agree on it."""
        where = {"workspace": saved.workspace.slug, "number": saved.number}
        opened = self.client.get(reverse("insight:question", kwargs=where), follow=True).content.decode()
        listed = self.client.get(reverse("insight:question_reading", kwargs=where)).content.decode()
        answered = self.program.post(f"/api/v1/questions/saved/{saved.number}/answer").json()
        total = answered["answer"]["whole"]["total"] if "whole" in answered["answer"] else first_total(answered)
        said = re.search(r"<b>(\d+) (?:accounts?|people|person)", listed)
        assert int(said.group(1) if said else 0) == total
        assert (f"<b>{total} " in opened) == bool(said)
        return total


def first_total(answered: dict[str, Any]) -> int:
    return int(answered["answer"]["series"][0]["total"])


@pytest.fixture
def remembering(monkeypatch: pytest.MonkeyPatch) -> Memory:
    """Every answer is remembered at once, as it is when the last change is some seconds old."""
    ask = warehouse.version

    def settled(workspace_id: int) -> warehouse.Version:
        found = ask(workspace_id)
        found.is_settled = True
        return found

    monkeypatch.setattr(warehouse, "version", settled)
    monkeypatch.setattr(statement, "memory", Memory(10_000_000))
    return statement.memory


@pytest.fixture
def stage(workspace: Workspace, warehouse_db: None, frozen: datetime, remembering: Memory) -> Workspace:
    """Two accounts and two people logged in last week; the first account is on Pro."""
    store_accounts(workspace, {"plan": {1: "Pro", 2: "Basic", 3: "Basic"}}, [1, 2, 3])
    Person.objects.bulk_create(Person(workspace=workspace, number=number) for number in (1, 2, 3))
    world = World([])
    store_events(workspace, [login(16, 1, 1), login(17, 2, 2)], world)
    return workspace


@pytest.fixture
def door(sign_in: Callable[[Member], Client]) -> Callable[[Member], Door]:
    return lambda member: Door(sign_in(member), caller(member))


def save(by: Member, **parts: Any) -> SavedQuestion:
    return actions.save(workspace=by.workspace, form=WEEK | parts, by=by, name_en="Logins", sharing=Sharing.VIEW)


def test_what_did_not_change_is_not_asked_again(
    stage: Workspace, alice: Member, door: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved, ways, asked, rows = save(alice), door(alice), [], warehouse.rows
    assert ways.says(saved) == 2

    def counted(sql: str, **params: Any) -> Any:
        asked.append(sql)
        return rows(sql, **params)

    monkeypatch.setattr(warehouse, "rows", counted)
    assert ways.says(saved) == 2
    assert [sql for sql in asked if "FROM activity" in sql or "FROM account_day" in sql] == []


def test_a_new_event_and_a_late_one_are_seen(stage: Workspace, alice: Member, door: Any) -> None:
    saved, ways = save(alice, range={"last": 2, "unit": "week"}), door(alice)
    late = save(alice)
    assert ways.says(late) == 2
    store_events(stage, [login(25, 3, 3)], World([]), first_id=100)
    assert ways.says(late) == 2
    assert first_total(caller(alice).post(f"/api/v1/questions/saved/{saved.number}/answer").json()) == 3
    store_events(stage, [login(18, 3, 3)], World([]), first_id=200)
    assert ways.says(late) == 3


def test_a_merge_of_people_is_seen(stage: Workspace, alice: Member, door: Any) -> None:
    saved, ways = save(alice, measure="people"), door(alice)
    assert ways.says(saved) == 2
    kept, merged = (Person.objects.get(workspace=stage, number=number) for number in (1, 2))
    with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
        merge_people(kept=kept, merged=merged, reason="same human", by=alice)
    assert ways.says(saved) == 1


def test_a_fact_of_an_account_that_changes_is_seen(stage: Workspace, alice: Member, door: Any) -> None:
    saved, ways = save(alice, filters=PRO), door(alice)
    assert ways.says(saved) == 1
    stage.accounts.filter(number=2).update(plan="Pro")
    assert ways.says(saved) == 2
    account = stage.accounts.get(number=1)
    account.plan = "Basic"
    account.save()
    assert ways.says(saved) == 1


def test_a_right_that_changes_is_seen_and_is_ones_own(stage: Workspace, alice: Member, bob: Member, door: Any) -> None:
    saved, hers, his = save(alice), door(alice), door(bob)
    assert (hers.says(saved), his.says(saved)) == (2, 2)
    bob.scope = AccountScope.OWN
    bob.save()
    assert (hers.says(saved), his.says(saved)) == (2, 0)
    seat = stage.accounts.get(number=1).team.create(role="csm", member=bob, started_on="2026-01-01")
    assert (hers.says(saved), his.says(saved)) == (2, 1)
    seat.delete()
    assert his.says(saved) == 0


def test_a_day_that_begins_is_seen(stage: Workspace, alice: Member, door: Any) -> None:
    saved = save(alice, interval="day", range={"last": 9, "unit": "day"})
    ask = f"/api/v1/questions/saved/{saved.number}/answer"
    assert first_total(caller(alice).post(ask).json()) == 1
    with clock.frozen(datetime(2026, 3, 25, 4, tzinfo=UTC) + timedelta(days=1)):
        assert first_total(caller(alice).post(ask).json()) == 0


def test_asking_again_forgets_what_is_remembered(
    stage: Workspace, alice: Member, door: Any, remembering: Memory
) -> None:
    ways = door(alice)
    ways.says(save(alice))
    assert len(remembering) > 0
    ways.client.post(reverse("insight:refresh", kwargs={"workspace": stage.slug}))
    assert len(remembering) == 0
