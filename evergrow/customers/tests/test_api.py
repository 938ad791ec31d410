"""Customers through the API: the same actions and the same row rights as on the pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import make_member
from evergrow.customers.models import Account, Subscription, TeamSeat
from evergrow.customers.tests.stage import make_account, make_person, make_seat
from evergrow.workspaces.models import AccountScope, AuditEntry
from evergrow.workspaces.tests.callers import caller

JSON = {"content_type": "application/json"}


def test_an_account_is_made_read_and_changed(bob, frozen):
    client = caller(bob)
    made = client.post("/api/v1/accounts", {"name": "风筝", "external_id": "crm-1"}, **JSON)
    assert made.status_code == 201
    number = made.json()["number"]
    changed = client.patch(f"/api/v1/accounts/{number}", {"industry": "Toys"}, **JSON).json()
    assert (changed["name"], changed["industry"], changed["mrr"]) == ("风筝", "Toys", "0.00")
    assert client.get("/api/v1/accounts", {"external_id": "crm-1"}).json()["items"] == [changed]
    assert AuditEntry.objects.filter(verb="account.edited", by=bob).count() == 1


def test_the_same_external_id_twice_is_refused_by_name(bob):
    client = caller(bob)
    client.post("/api/v1/accounts", {"name": "One", "external_id": "same"}, **JSON)
    again = client.post("/api/v1/accounts", {"name": "Two", "external_id": "same"}, **JSON)
    assert again.status_code == 422
    assert again.json()["type"] == "urn:evergrow:problem:ExternalIdTaken"
    assert again.json()["errors"][0]["where"] == "body.external_id"


def test_the_filters_are_those_of_the_page(workspace, bob):
    for name, tier in (("Kite", "vip"), ("Kestrel", "strategic"), ("Swan", "vip")):
        make_account(workspace, name, tier=tier)
    client = caller(bob)

    def names(query: str) -> list[str]:
        return [account["name"] for account in client.get(f"/api/v1/accounts?{query}").json()["items"]]

    assert names("tier=vip") == ["Kite", "Swan"]
    assert names("tier=vip&tier=strategic&q=k") == ["Kite", "Kestrel"]
    bad = client.get("/api/v1/accounts?mrr=lots")
    assert (bad.status_code, bad.json()["errors"][0]["where"]) == (422, "query.mrr")


def test_a_token_sees_no_more_accounts_than_its_maker(workspace, alice):
    mine, theirs = make_account(workspace, "Mine"), make_account(workspace, "Theirs")
    dora = make_member(workspace, "Dora", role="manager", scope=AccountScope.OWN)
    make_seat(mine, dora)
    hidden = make_person(theirs, "Hidden")
    client = caller(dora)
    assert [account["number"] for account in client.get("/api/v1/accounts").json()["items"]] == [mine.number]
    assert client.get("/api/v1/people").json()["items"] == []
    for path in (f"accounts/{theirs.number}", f"accounts/{theirs.number}/notes", f"people/{hidden.number}"):
        assert client.get(f"/api/v1/{path}").status_code == 404
    facts = {"account": theirs.number, "plan": "Pro", "status": "active", "mrr": 1}
    assert client.put("/api/v1/subscriptions/by-id/s1", facts, **JSON).status_code == 404
    caller(alice).put("/api/v1/subscriptions/by-id/s1", facts, **JSON)
    stolen = client.put("/api/v1/subscriptions/by-id/s1", {**facts, "account": mine.number}, **JSON)
    assert stolen.json()["type"] == "urn:evergrow:problem:HiddenElsewhere"
    assert client.get("/api/v1/subscriptions").json()["items"] == []


def test_a_subscription_is_written_by_its_id_and_moves_its_account(workspace, alice, frozen):
    account, client = make_account(workspace), caller(alice)
    facts = {"account": account.number, "plan": "Pro", "status": "active", "mrr": "99.90", "started_on": "2026-01-01"}
    first = client.put("/api/v1/subscriptions/by-id/crm/7", facts, **JSON)
    again = client.put("/api/v1/subscriptions/by-id/crm/7", facts, **JSON)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["external_id"] == "crm/7"
    account.refresh_from_db()
    assert (account.status, str(account.mrr), account.plan) == ("active", "99.90", "Pro")
    client.put("/api/v1/subscriptions/by-id/crm/7", {**facts, "cancelled_on": "2026-03-01"}, **JSON)
    account.refresh_from_db()
    assert (account.status, account.mrr) == ("cancelled", 0)
    assert Subscription.objects.count() == 1
    assert AuditEntry.objects.filter(verb__startswith="subscription.").count() == 2, "nothing changed in between"


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"mrr": -1}, "body.facts.mrr"),
        ({"mrr": "1.005"}, "body.facts.mrr"),
        ({"status": "perhaps"}, "body.facts.status"),
        ({"started_on": 0}, "body.facts.started_on"),
        ({"colour": "red"}, "body.facts.colour"),
        ({"started_on": "2026-03-01", "cancelled_on": "2026-02-01"}, "body.cancelled_on"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(workspace, alice, wrong, where):
    facts = {"account": make_account(workspace).number, "plan": "Pro", "status": "active", "mrr": 1, **wrong}
    response = caller(alice).put("/api/v1/subscriptions/by-id/s1", facts, **JSON)
    assert response.status_code == 422
    assert [part["where"] for part in response.json()["errors"]] == [where]
    assert not Subscription.objects.exists()


def test_tickets_and_invoices_are_written_too(workspace, alice, frozen):
    account, client = make_account(workspace), caller(alice)
    person = make_person(account)
    ticket = {"account": account.number, "priority": "high", "opened_at": "2026-03-20T09:00:00+08:00"}
    made = client.put("/api/v1/tickets/by-id/t1", {**ticket, "person": person.number, "csat": 4.5}, **JSON).json()
    assert (made["opened_at"], made["person"], made["csat"]) == ("2026-03-20T01:00:00Z", person.number, 4.5)
    assert (
        client.put("/api/v1/tickets/by-id/t1", {**ticket, "opened_at": "2026-03-20T09:00"}, **JSON).status_code == 422
    )
    invoice = {"account": account.number, "issued_on": "2026-03-01", "amount": 12.3, "status": "open"}
    assert client.put("/api/v1/invoices/by-id/i1", invoice, **JSON).json()["amount"] == "12.30"
    assert len(client.get("/api/v1/invoices", {"account": account.number}).json()["items"]) == 1


def test_people_come_with_their_places(workspace, bob, frozen):
    account, client = make_account(workspace), caller(bob)
    made = client.post("/api/v1/people", {"name": "Erin", "account": account.number}, **JSON).json()
    assert [place["account"] for place in made["places"]] == [account.number]
    place = client.put(f"/api/v1/accounts/{account.number}/people/{made['number']}", {"is_key": True}, **JSON)
    assert place.json()["is_key"] is True
    found = client.get("/api/v1/people", {"account": account.number}).json()["items"]
    assert [person["name"] for person in found] == ["Erin"]
    assert client.post("/api/v1/people", {}, **JSON).json()["type"] == "urn:evergrow:problem:NamelessPerson"


def test_notes_visits_and_hand_overs_are_told_on_the_timeline(workspace, alice, bob, frozen):
    account, client = make_account(workspace), caller(alice)
    base = f"/api/v1/accounts/{account.number}"
    note = client.post(f"{base}/notes", {"body": "Called."}, **JSON).json()
    client.patch(f"{base}/notes/{note['id']}", {"body": "Called twice."}, **JSON)
    client.post(f"{base}/visits", {"happened_on": "2026-03-24", "need": "More seats"}, **JSON)
    team = client.put(f"{base}/team/csm", {"member": bob.pk, "on": "2026-03-25"}, **JSON).json()
    assert [(seat["role"], seat["member"]) for seat in team] == [("csm", bob.pk)]
    assert TeamSeat.objects.get().member == bob
    kinds = {entry["kind"] for entry in client.get(f"{base}/timeline").json()["items"]}
    assert {"note.added", "visit.logged", "team.changed"} <= kinds
    ahead = client.post(f"{base}/visits", {"happened_on": "2026-03-26", "need": "More"}, **JSON)
    assert ahead.json()["type"] == "urn:evergrow:problem:VisitNotYet"
    assert Account.objects.get().notes.get().body == "Called twice."


@pytest.mark.parametrize("path", ["accounts", "people", "subscriptions", "invoices", "tickets"])
def test_a_longer_list_asks_no_more_questions(workspace, alice, frozen, path, django_assert_max_num_queries):
    client = caller(alice)

    def add(number: int) -> None:
        account = make_account(workspace, f"Account {number}")
        make_person(account)
        of = {"account": account.number}
        subscription = {**of, "plan": "Pro", "status": "active", "mrr": 1}
        invoice = {**of, "issued_on": "2026-03-01", "amount": 1, "status": "open"}
        ticket = {**of, "priority": "low", "opened_at": "2026-03-20T09:00:00Z"}
        client.put(f"/api/v1/subscriptions/by-id/s{number}", subscription, **JSON)
        client.put(f"/api/v1/invoices/by-id/i{number}", invoice, **JSON)
        client.put(f"/api/v1/tickets/by-id/t{number}", ticket, **JSON)

    add(1)
    with CaptureQueriesContext(connection) as one:
        client.get(f"/api/v1/{path}")
    asked = len(one)
    for number in range(2, 6):
        add(number)
    with django_assert_max_num_queries(asked):
        assert len(client.get(f"/api/v1/{path}").json()["items"]) == 5


def test_a_person_one_does_not_see_cannot_be_placed_at_ones_own_account(workspace, bob):
    mine, theirs = make_account(workspace, "Mine"), make_account(workspace, "Theirs")
    hidden = make_person(theirs, "Sam")
    bob.scope = AccountScope.OWN
    bob.save()
    make_seat(mine, bob)
    client = caller(bob)
    assert client.put(f"/api/v1/accounts/{mine.number}/people/{hidden.number}", {}, **JSON).status_code == 404
    assert client.get(f"/api/v1/people/{hidden.number}").status_code == 404
