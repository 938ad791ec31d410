"""Editing people and accounts: fields, traits, what is written down about it, and two colleagues at once."""

import html
import json
import re

import pytest
from django.urls import reverse

from evergrow.customers.models import Account, Person
from evergrow.customers.profiles import values
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.workspaces.models import AuditEntry

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")


def address(subject, name):
    return reverse(f"customers:{name}", kwargs={"workspace": "acme", "number": subject.number})


@pytest.fixture
def account(workspace):
    return make_account(workspace, "Kite Works", traits={"plan": "Pro", "seats": 12, "beta": True})


@pytest.fixture
def person(account):
    found = make_person(account, "Daniel Moore")
    Person.objects.filter(pk=found.pk).update(traits={"plan": "Pro", "code": "007"})
    return found


def opened(client, place):
    """The fields of an opened form, as a browser would send them back."""
    page = client.get(place).content.decode()
    fields = dict(re.findall(r'<input type="(?:text|email|hidden|date)" name="(\w+)"(?: value="([^"]*)")?', page))
    return {name: html.unescape(value) for name, value in fields.items() if name != "csrfmiddlewaretoken"}


def test_fields_and_traits_are_added_changed_and_removed_with_before_and_after(person, account, bob, sign_in):
    client = sign_in(bob)
    form = opened(client, address(person, "person_edit"))
    assert form["trait_0"] == "007"
    assert form["trait_1"] == "Pro"
    form |= {"title": "Head of IT", "trait_1": "", "new_key_0": "seats", "new_value_0": "12"}
    assert client.post(address(person, "person_edit"), form).status_code == 302
    person.refresh_from_db()
    assert (person.title, person.traits) == ("Head of IT", {"code": "007", "seats": 12})
    entry = AuditEntry.objects.get(verb="person.edited")
    expected = {"title": ["", "Head of IT"], "traits.plan": ["Pro", None], "traits.seats": [None, 12]}
    assert entry.data == expected
    told = account.timeline.get(kind="person.edited")
    assert (told.person, told.data["changes"]) == (person, expected)
    changes = reverse("customers:person_tab", kwargs={"workspace": "acme", "number": person.number, "tab": "changes"})
    page = client.get(changes).content.decode()
    assert "Head of IT" in page
    assert "Trait plan" in page
    timeline = reverse(
        "customers:account_tab", kwargs={"workspace": "acme", "number": account.number, "tab": "timeline"}
    )
    assert "Job title — → Head of IT" in client.get(timeline).content.decode()


def test_an_account_is_edited_the_same_way(account, bob, sign_in):
    client = sign_in(bob)
    form = opened(client, address(account, "account_edit"))
    form |= {"industry": "Education", "trait_0": "false", "trait_2": '["a", 1]'}
    assert client.post(address(account, "account_edit"), form).status_code == 302
    account.refresh_from_db()
    assert account.industry == "Education"
    assert account.traits == {"beta": False, "plan": "Pro", "seats": ["a", 1]}
    assert account.timeline.get(kind="account.edited").data["changes"]["traits.beta"] == [True, False]


def test_nothing_changed_leaves_no_trace(account, bob, sign_in):
    client = sign_in(bob)
    form = opened(client, address(account, "account_edit"))
    assert client.post(address(account, "account_edit"), form).status_code == 302
    assert not AuditEntry.objects.filter(verb="account.edited").exists()
    assert not account.timeline.exists()


def test_colleagues_who_change_different_fields_do_not_disturb_each_other(account, bob, alice, sign_in):
    client = sign_in(bob)
    form = opened(client, address(account, "account_edit"))
    Account.objects.filter(pk=account.pk).update(country="China", traits={"plan": "Max", "seats": 12, "beta": True})
    form |= {"industry": "Education", "trait_2": "15"}
    assert client.post(address(account, "account_edit"), form).status_code == 302
    account.refresh_from_db()
    assert (account.country, account.industry) == ("China", "Education")
    assert account.traits == {"plan": "Max", "seats": 15, "beta": True}


def test_the_same_field_is_not_overwritten_blindly_and_saving_again_puts_it(account, bob, sign_in):
    client = sign_in(bob)
    form = opened(client, address(account, "account_edit"))
    Account.objects.filter(pk=account.pk).update(industry="Retail", traits={"plan": "Max", "seats": 12, "beta": True})
    form |= {"industry": "Education", "trait_1": "Free", "new_key_0": "kept", "new_value_0": "yes"}
    refused = client.post(address(account, "account_edit"), form)
    page = refused.content.decode()
    assert refused.status_code == 200
    assert page.count("A colleague changed this to") == 2
    assert "Retail" in page
    assert "Max" in page
    account.refresh_from_db()
    assert account.industry == "Retail"
    again = dict(re.findall(r'<input type="(?:text|hidden|date)" name="(\w+)"(?: value="([^"]*)")?', page))
    assert again["new_key_0"] == "kept"
    assert again["industry"] == "Education"
    assert again["trait_1"] == "Free"
    again = {name: html.unescape(value) for name, value in again.items()}
    assert client.post(address(account, "account_edit"), again).status_code == 302
    account.refresh_from_db()
    assert (account.industry, account.traits["plan"], account.traits["kept"]) == ("Education", "Free", "yes")


def test_a_refused_form_keeps_everything_that_was_typed(person, bob, sign_in):
    client = sign_in(bob)
    form = opened(client, address(person, "person_edit"))
    form |= {"email": "no address", "trait_1": "Changed", "new_value_1": "nameless"}
    page = client.post(address(person, "person_edit"), form).content.decode()
    for kept in ("no address", "Changed", "nameless", "Give the trait a name."):
        assert kept in page
    form |= {"email": "", "new_key_1": "plan", "seen": "broken"}
    assert "This trait is there already" in client.post(address(person, "person_edit"), form).content.decode()


@pytest.mark.parametrize(
    "value", ["Pro", "007", "1e5", "true", "12", '"x"', "[1]", 12, -1.5, True, False, ["a", 1], {"a": None}, "北京"]
)
def test_a_value_survives_being_typed(value):
    again = values.typed(values.as_typed(value))
    assert (type(again), again) == (type(value), value)


def test_the_api_changes_traits_too(account, bob, sign_in):
    from evergrow.customers.actions.accounts import edit_account

    assert edit_account(account=account, by=bob, traits={"seats": 15, "plan": None, "beta": True}) == {
        "traits.seats": [12, 15],
        "traits.plan": ["Pro", None],
    }
    with pytest.raises(Exception, match="needs a name"):
        edit_account(account=account, by=bob, traits={" ": 1})
    with pytest.raises(Exception, match="cannot be kept"):
        edit_account(account=account, by=bob, traits={"x": json.loads("NaN")})
