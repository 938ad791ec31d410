"""The pages of traits: the catalogue, one trait, the editor with its preview, the file, and the card of a person."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from evergrow.customers.criteria import mirror
from evergrow.customers.models import Account, ComputedTrait, Person, TraitDefinition
from evergrow.customers.tests.criteria.stage import tell
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.customers.traits import learn
from evergrow.customers.traits.computed import drafts, schedule
from evergrow.workspaces.models import AccountScope, AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.once]
NOW = datetime(2026, 3, 20, 4, 0, tzinfo=UTC)
COUNT = {
    "kind": "person",
    "key": "visits",
    "name_en": "Visits",
    "name_zh": "访问次数",
    "mode": "measure",
    "measure": "count",
    "event": "login",
    "n": "30",
    "unit": "days",
    "schedule": "daily",
}


@pytest.fixture
def crowd(workspace, warehouse_db, set_clock):
    set_clock(NOW)
    account = make_account(workspace, "Kite Works", traits={"region": "North"})
    for n in range(3):
        person = make_person(account, f"Person {n}")
        Person.objects.filter(pk=person.pk).update(traits={"plan": "Pro" if n else "Free", "seats": n * 10})
    tell(workspace, [("login", NOW - timedelta(days=1), 1, 1, {"via": "web"}), ("login", NOW, 1, 1, {})])
    mirror.refresh(workspace)
    return workspace


def url(name, **kwargs):
    query = kwargs.pop("query", "")
    return reverse(f"customers:{name}", kwargs={"workspace": "acme", **kwargs}) + query


def test_the_catalogue_lists_what_data_brought_along(crowd, alice, sign_in):
    page = sign_in(alice).get(url("traits")).content.decode()
    assert "plan" in page
    assert "seats" in page
    assert "100%" in page
    accounts = sign_in(alice).get(url("traits", query="?kind=account&origin=custom")).content.decode()
    assert "region" in accounts
    assert "seats" not in accounts.replace("seats</code>", "")
    assert "North" in accounts


def test_who_sees_only_some_accounts_sees_no_values_of_others(crowd, bob, sign_in):
    bob.scope = AccountScope.OWN
    bob.save()
    page = sign_in(bob).get(url("traits", query="?kind=account")).content.decode()
    assert "region" in page
    assert "North" not in page
    page = sign_in(bob).get(url("trait", query="?kind=account&trait=region")).content.decode()
    assert "North" not in page
    assert "those who see all accounts" in page


def test_a_trait_shows_how_its_values_are_spread(crowd, carol, sign_in):
    page = sign_in(carol).get(url("trait", query="?trait=seats")).content.decode()
    assert "Half have" in page
    assert "from 0 to 20" in page
    page = sign_in(carol).get(url("trait", query="?trait=plan")).content.decode()
    assert "Most frequent values" in page
    assert "Pro" in page
    assert sign_in(carol).get(url("trait", query="?trait=nothing")).status_code == 404


def test_describing_a_trait_names_it_in_criteria_and_leaves_an_audit_entry(crowd, alice, sign_in):
    sent = {
        "name_en": "Plan",
        "name_zh": "套餐",
        "type": "text",
        "precedence": "sources",
        "order": "crm, sdk",
        "is_personal": "on",
    }
    answer = sign_in(alice).post(url("trait_describe", query="?trait=plan"), sent)
    assert answer.status_code == 302
    row = TraitDefinition.objects.get(key="plan")
    assert (row.name, row.order, row.is_personal) == ({"en": "Plan", "zh": "套餐"}, ["crm", "sdk"], True)
    assert AuditEntry.objects.filter(verb="trait.described").exists()
    refused = sign_in(alice).post(url("trait_describe", query="?trait=plan"), sent | {"order": "no such!"})
    assert "A source is called like" in refused.content.decode()


def test_the_preview_says_what_a_definition_gives_and_stores_nothing(crowd, alice, sign_in):
    page = sign_in(alice).post(url("computed_trait_preview"), COUNT).content.decode()
    assert "How often “Log in” was done, in the last 30 days" in page
    assert "<b>3</b> of 3 would have a value" in page
    assert "Person 0" in page
    assert not ComputedTrait.objects.exists()


def test_the_preview_marks_what_is_wrong_in_a_formula(crowd, alice, sign_in):
    sent = {"kind": "person", "mode": "formula", "formula": "seats * plam"}
    page = sign_in(alice).post(url("computed_trait_preview"), sent).content.decode()
    assert "There is no trait “plam”" in page
    assert "seats * <mark>plam</mark>" in page
    sent = COUNT | {"n": "none"}
    page = sign_in(alice).post(url("computed_trait_preview"), sent).content.decode()
    assert "within.days" in page


def test_a_trait_is_made_published_shown_changed_and_retired(crowd, alice, sign_in):
    browser = sign_in(alice)
    assert browser.post(url("computed_trait_new"), COUNT).status_code == 302
    trait = ComputedTrait.objects.get(key="visits")
    assert browser.get(url("computed_trait", pk=trait.pk)).status_code == 200
    browser.post(url("computed_trait_act", pk=trait.pk, what="publication"))
    schedule.compute_all(crowd, {("person", "visits")}, lambda *_: None)
    page = browser.get(url("trait", query="?trait=visits")).content.decode()
    assert "Visits" in page
    assert "How often “Log in” was done" in page
    assert "Over time" in page
    assert "computed" in browser.get(url("traits")).content.decode()
    changed = COUNT | {"measure": "active_days", "publish": "1", "note": "Days, not clicks"}
    assert browser.post(url("computed_trait", pk=trait.pk), changed).status_code == 302
    assert "Days, not clicks" in browser.get(url("trait", query="?trait=visits")).content.decode()
    browser.post(url("computed_trait_act", pk=trait.pk, what="computation"))
    browser.post(url("computed_trait_act", pk=trait.pk, what="retirement"))
    assert not trait.versions.filter(state="published").exists()


def test_what_cannot_be_saved_is_shown_as_it_was_typed(crowd, alice, sign_in):
    answer = sign_in(alice).post(url("computed_trait_new"), COUNT | {"key": "plan", "n": "12"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "There is a trait “plan” already" in page
    assert 'value="12"' in page
    answer = sign_in(alice).post(url("computed_trait_new"), COUNT | {"only": "{oops"})
    assert answer.status_code == 422
    assert "cannot be read" in answer.content.decode()


def test_discarding_the_only_draft_takes_the_trait_away(crowd, alice, sign_in):
    sign_in(alice).post(url("computed_trait_new"), COUNT)
    trait = ComputedTrait.objects.get()
    sign_in(alice).post(url("computed_trait_act", pk=trait.pk, what="discard"))
    assert not ComputedTrait.objects.exists()


def test_every_definition_that_the_form_can_say_comes_back_the_same(crowd):
    from evergrow.customers.traits import forms

    rich = {
        "measure": "most_frequent",
        "event": "order",
        "property": "plan",
        "where": [
            {"property": "a", "is": ["x", "y"]},
            {"property": "b", "over": 3.0},
            {"property": "c", "is_set": False},
        ],
        "within": {"months": 2},
        "as": "number",
        "only": {"trait": "plan", "is": ["Pro"]},
        "schedule": "hourly",
    }
    assert forms.fits(rich)
    assert forms.fits({"formula": "seats * 2"})
    assert forms.fits({"measure": "count", "event": "*"})
    assert not forms.fits(rich | {"within": {"from": "2026-01-01"}})


def test_traits_go_out_as_yaml_and_come_in_elsewhere_with_a_preview(crowd, alice, sign_in):
    browser = sign_in(alice)
    browser.post(url("computed_trait_new"), COUNT)
    browser.post(
        url("trait_describe", query="?trait=plan"),
        {"name_en": "Plan", "type": "text", "precedence": "newest", "order": ""},
    )
    text = browser.get(url("traits_export")).content.decode()
    assert "visits" in text
    assert "访问次数" in text
    assert "what already holds" in browser.post(url("traits_exchange"), {"text": text}).content.decode()
    ComputedTrait.objects.all().delete()
    TraitDefinition.objects.all().delete()
    page = browser.post(url("traits_exchange"), {"text": text}).content.decode()
    assert "visits" in page
    assert not ComputedTrait.objects.exists()
    assert browser.post(url("traits_exchange"), {"text": text, "take": "1"}).status_code == 302
    assert ComputedTrait.objects.get().versions.get().state == "draft"
    assert TraitDefinition.objects.get().name == {"en": "Plan"}
    wrong = text.replace("measure: count", "measure: median")
    ComputedTrait.objects.all().delete()
    answer = browser.post(url("traits_exchange"), {"text": wrong, "take": "1"})
    assert answer.status_code == 422
    assert "computed.person.visits.measure" in answer.content.decode()


def test_the_history_of_a_persons_trait_opens_and_a_value_can_be_typed(crowd, alice, carol, sign_in):
    person = Person.objects.get(number=1)
    learn(person, {"plan": "Business"}, "crm:hub", NOW)
    page = sign_in(carol).get(url("person_trait", number=1, query="?trait=plan")).content.decode()
    assert "Business" in page
    assert "CRM (hub)" in page
    assert "trait-value" not in page
    answer = sign_in(alice).post(url("person_trait", number=1, query="?trait=plan"), {"trait": "plan", "value": "Gold"})
    assert answer.status_code == 302
    person.refresh_from_db()
    assert (person.traits["plan"], person.origins["plan"][0]) == ("Gold", "edit")
    assert AuditEntry.objects.get(verb="person.traits_set").data == {"traits": {"plan": ["Business", "Gold"]}}
    refused = sign_in(alice).post(url("person_trait", number=1), {"trait": "name", "value": "x"})
    assert refused.status_code == 422
    assert "is a field" in refused.content.decode()


def test_a_viewer_cannot_type_a_value(crowd, carol, sign_in):
    answer = sign_in(carol).post(url("person_trait", number=1), {"trait": "plan", "value": "Gold"})
    assert answer.status_code == 403


def test_the_account_page_shows_traits_with_their_source(crowd, alice, sign_in):
    account = Account.objects.get()
    learn(account, {"region": "South"}, "import", NOW)
    drafts.create(
        workspace=crowd, kind="account", key="logins", definition={"measure": "count", "event": "login"}, by=None
    )
    drafts.publish(trait=ComputedTrait.objects.get(), by=None)
    schedule.compute_all(crowd, {("account", "logins")}, lambda *_: None)
    page = sign_in(alice).get(url("account", number=account.number)).content.decode()
    card = page[page.index('id="traits"') :]
    assert "South" in card
    assert "import" in card
    assert "logins" in card
