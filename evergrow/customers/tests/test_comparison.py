"""Two people or accounts side by side."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from conftest import make_member
from evergrow.customers import registry
from evergrow.customers.models import Person
from evergrow.customers.profiles.comparison import compare
from evergrow.customers.registry import Contrast
from evergrow.customers.tests.stage import make_account, make_person, make_seat, put_events

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")
NOON = datetime(2026, 3, 25, 4, 0, tzinfo=UTC)


@pytest.fixture
def accounts(workspace):
    one = make_account(workspace, "Kite Works", industry="Education", traits={"plan": "Pro", "beta": True}, mrr=100)
    other = make_account(workspace, "Kiteworks", industry="Education", traits={"plan": "Max"}, mrr=100)
    for account in (one, other):
        account.refresh_from_db()
    return one, other


def page(client, kind, **query):
    answer = client.get(reverse(f"customers:{kind}_compare", kwargs={"workspace": "acme"}), query)
    return answer.status_code, " ".join(answer.content.decode().split())


def told(groups):
    return {(group.key, line.label): (line.one, line.other, line.differs) for group in groups for line in group.lines}


def test_accounts_differ_in_fields_traits_and_usage(workspace, accounts, bob):
    one, other = accounts
    put_events(workspace, *({"at": NOON, "event": "login", "account": one.number} for _ in range(3)))
    put_events(workspace, {"at": NOON, "event": "login", "account": other.number})
    lines = told(compare(bob, one, other))
    assert lines["facts", "Name"] == ("Kite Works", "Kiteworks", True)
    assert lines["facts", "Industry"] == ("Education", "Education", False)
    assert lines["facts", "MRR"] == ("¥100", "¥100", False)
    assert lines["traits", "plan"] == ("Pro", "Max", True)
    assert lines["traits", "beta"] == ("yes", "", True)
    assert lines["usage", "Events"] == ("3", "1", True)


def test_other_rooms_add_groups(accounts, bob, monkeypatch):
    monkeypatch.setattr(registry._registry, "contrasts", {})
    registry.add(Contrast("score", "Score", "account", lambda member, account: {"Score": account.number}))
    assert told(compare(bob, *accounts))["score", "Score"][2]


def test_the_page_can_show_only_differences(accounts, bob, sign_in):
    client = sign_in(bob)
    one, other = accounts
    status, everything = page(client, "accounts", a=one.number, b=other.number)
    assert status == 200
    assert "Education" in everything
    assert "Max" in everything
    _status, less = page(client, "accounts", a=one.number, b=other.number, only="differences")
    assert "Education" not in less
    assert "Max" in less


def test_people_are_compared_and_the_second_is_searched_for(workspace, accounts, bob, sign_in):
    client = sign_in(bob)
    one, other = make_person(accounts[0], "Daniel Moore"), make_person(accounts[0], "Dan Moore")
    Person.objects.filter(pk=other.pk).update(email="dan@kite.example")
    _status, choose = page(client, "people", a=one.number, q="dan@")
    assert f"b={other.number}" in choose.replace("&amp;", "&")
    status, shown = page(client, "people", a=one.number, b=other.number)
    assert status == 200
    assert "dan@kite.example" in shown
    assert page(client, "people", a="x")[0] == 404
    assert page(client, "people")[0] == 200


def test_who_may_not_see_one_of_them_gets_404(workspace, accounts, mallory, sign_in):
    own = make_member(workspace, "Own", scope="own")
    make_seat(accounts[0], own)
    query = {"a": accounts[0].number, "b": accounts[1].number}
    assert page(sign_in(own), "accounts", **query)[0] == 404
    assert page(sign_in(mallory), "accounts", **query)[0] == 404
