"""Tails, sessions, duplicates and comparison through the JSON API."""

from datetime import UTC, datetime, timedelta

import pytest

from evergrow.customers.duplicates import actions
from evergrow.customers.models import Duplicate, Person, PersonMerge
from evergrow.customers.tests.stage import make_account, make_person, put_events
from evergrow.workspaces.models import Job
from evergrow.workspaces.tests.callers import caller

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")
NOON = datetime(2026, 3, 25, 4, 0, tzinfo=UTC)
JSON = {"content_type": "application/json"}


@pytest.fixture
def account(workspace):
    return make_account(workspace)


@pytest.fixture
def person(account):
    return make_person(account)


def test_events_come_in_pieces_under_filters(workspace, account, person, bob):
    rows = [
        {"at": NOON - timedelta(hours=n), "event": ("login", "export")[n % 2], "properties": {"n": str(n)}}
        for n in range(7)
    ]
    put_events(workspace, *({**row, "person": person.number, "account": account.number} for row in rows))
    client = caller(bob)
    for path in (f"people/{person.number}", f"accounts/{account.number}"):
        seen, cursor = [], ""
        while True:
            answer = client.get(f"/api/v1/{path}/events", {"limit": 3, "cursor": cursor}).json()
            seen += [each["properties"]["n"] for each in answer["items"]]
            cursor = answer["next"]
            if cursor is None:
                break
        assert seen == list("0123456")
        found = client.get(f"/api/v1/{path}/events", {"event": "export", "until": "2026-03-25"}).json()["items"]
        assert [each["properties"]["n"] for each in found] == list("135")
        assert client.get(f"/api/v1/{path}/events", {"cursor": "x"}).status_code == 422


def test_sessions_are_listed_and_opened(workspace, person, bob):
    moments = [NOON - timedelta(minutes=minutes) for minutes in (200, 100, 95, 1)]
    put_events(workspace, *({"at": at, "event": "login", "person": person.number} for at in moments))
    client = caller(bob)
    first = client.get(f"/api/v1/people/{person.number}/sessions", {"limit": 2}).json()
    assert [each["events"] for each in first["items"]] == [1, 2]
    rest = client.get(f"/api/v1/people/{person.number}/sessions", {"cursor": first["next"]}).json()
    assert ([each["events"] for each in rest["items"]], rest["next"]) == ([1], None)
    whole = client.get(f"/api/v1/people/{person.number}/sessions/{first['items'][1]['key']}").json()
    assert (len(whole["steps"]), whole["seconds"]) == (2, 300)
    assert client.get(f"/api/v1/people/{person.number}/sessions", {"cursor": "1-1"}).status_code == 422


def test_duplicates_are_listed_decided_and_looked_for(workspace, account, person, bob):
    other = make_person(account)
    actions.refresh(workspace)
    client = caller(bob)
    (row,) = client.get("/api/v1/duplicates").json()["items"]
    assert (row["first"], row["second"], row["reasons"]) == (
        person.number,
        other.number,
        [{"reason": "name", "sure": 0.7}],
    )
    address = f"/api/v1/duplicates/{row['id']}"
    assert client.post(address, {"act": "apart"}, **JSON).json()["state"] == "apart"
    assert client.get("/api/v1/duplicates").json()["items"] == []
    assert client.post(address, {"act": "reopen"}, **JSON).json()["state"] == "open"
    assert client.post(address, {"act": "merge"}, **JSON).status_code == 409
    merged = client.post(address, {"act": "merge", "keep": other.number}, **JSON)
    assert (merged.status_code, PersonMerge.objects.get().kept) == (200, other)
    assert client.post("/api/v1/duplicates/find").status_code == 202
    assert Job.objects.filter(kind="customers.find_duplicates").count() == 1
    assert Duplicate.objects.get().state == "merged"


def test_two_are_compared(account, person, bob):
    other = make_person(account, "Erin Clark")
    client = caller(bob)
    found = client.get(f"/api/v1/people/{person.number}/compare/{other.number}").json()
    lines = {line["label"]: line for group in found["groups"] for line in group["lines"]}
    assert lines["Name"] == {"label": "Name", "one": "Daniel Moore", "other": "Erin Clark", "differs": True}
    assert client.get(f"/api/v1/accounts/{account.number}/compare/999").status_code == 404


def test_traits_are_changed_and_removed(account, person, bob):
    client = caller(bob)
    Person.objects.filter(pk=person.pk).update(traits={"plan": "Pro", "kept": 1})
    changed = client.patch(f"/api/v1/people/{person.number}", {"traits": {"plan": None, "seats": 3}}, **JSON).json()
    assert changed["traits"] == {"kept": 1, "seats": 3}
    changed = client.patch(f"/api/v1/accounts/{account.number}", {"traits": {"plan": "Max"}}, **JSON).json()
    assert changed["traits"] == {"plan": "Max"}
    assert client.patch(f"/api/v1/people/{person.number}", {"traits": {" ": 1}}, **JSON).status_code == 422
