"""Accounts, notes, visits and people, through their actions."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from evergrow.customers import timeline
from evergrow.customers.actions.accounts import ExternalIdTaken, create_account, edit_account, set_tier
from evergrow.customers.actions.notes import EmptyNote, add_note, edit_note
from evergrow.customers.actions.people import EmailTaken, NamelessPerson, add_person, affiliate, edit_person
from evergrow.customers.actions.visits import ContactElsewhere, NothingSaid, VisitNotYet, edit_visit, log_visit
from evergrow.customers.models import Account, Affiliation, Identifier, Note, Visit
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.workspaces.models import AuditEntry

pytestmark = pytest.mark.usefixtures("frozen")
TODAY = date(2026, 3, 25)


def told(account):
    return [timeline.telling(entry).sentence(entry) for entry in account.timeline.order_by("pk")]


def test_an_account_gets_the_next_number_and_a_story(workspace, bob):
    make_account(workspace)
    account = create_account(workspace=workspace, by=bob, name="溪桥教育", other_name="Brookbridge Education")
    assert account.number == 2
    assert account.external_id.startswith("evergrow-")
    assert told(account) == ["Account created"]
    assert AuditEntry.objects.get(verb="account.created").target_id == str(account.pk)


def test_a_viewer_cannot_make_an_account(workspace, carol):
    with pytest.raises(PermissionDenied):
        create_account(workspace=workspace, by=carol, name="Kite Works")
    assert not Account.objects.exists()


def test_two_accounts_cannot_share_an_id(workspace, mallory, bob):
    make_account(workspace, external_id="k-1")
    make_account(mallory.workspace, external_id="k-2")
    with pytest.raises(ExternalIdTaken, match="k-1"):
        create_account(workspace=workspace, by=bob, name="Other", external_id="k-1")
    assert create_account(workspace=workspace, by=bob, name="Other", external_id="k-2").number == 2


def test_an_edit_tells_what_changed(workspace, bob):
    account = make_account(workspace, country="Japan")
    assert edit_account(account=account, by=bob, country="China", industry="") == {"country": ["Japan", "China"]}
    assert AuditEntry.objects.get(verb="account.edited").data == {"country": ["Japan", "China"]}


def test_commercial_facts_cannot_be_typed_in(workspace, bob):
    with pytest.raises(TypeError, match="mrr"):
        edit_account(account=make_account(workspace), by=bob, mrr=5)


def test_a_tier_is_set_by_a_manager_and_told(workspace, alice, bob):
    one, two = make_account(workspace), make_account(workspace, tier="vip")
    assert set_tier(accounts=[one, two], tier="vip", by=alice) == 1
    assert told(one) == ["Tier: General → VIP"]
    assert told(two) == []
    with pytest.raises(PermissionDenied):
        set_tier(accounts=[one], tier="general", by=bob)


def test_a_note_is_written_and_changed_by_its_author(workspace, bob):
    account = make_account(workspace)
    note = add_note(account=account, body=" Decides in May. ", by=bob)
    edit_note(note=note, body="Decides in June.", by=bob)
    assert Note.objects.get().body == "Decides in June."
    assert told(account) == ["Note: Decides in June."]
    assert AuditEntry.objects.get(verb="note.edited").data["before"] == "Decides in May."


def test_a_note_is_not_changed_by_another_operator(workspace, alice, bob):
    note = add_note(account=make_account(workspace), body="Mine", by=alice)
    with pytest.raises(PermissionDenied):
        edit_note(note=note, body="Yours", by=bob)


def test_an_empty_note_is_refused(workspace, bob):
    with pytest.raises(EmptyNote):
        add_note(account=make_account(workspace), body=" \n", by=bob)


def test_a_visit_keeps_its_fields_and_is_told(workspace, bob):
    account = make_account(workspace)
    person = make_person(account)
    visit = log_visit(
        account=account,
        by=bob,
        happened_on=TODAY,
        person=person,
        product="Suite",
        version="5.1",
        experience="Fix sign-in before we talk renewal",
        sentiment=-1,
    )
    assert Visit.objects.get() == visit
    assert told(account) == ["Visit with Daniel Moore: Fix sign-in before we talk renewal"]
    edit_visit(visit=visit, by=bob, experience="Sign-in is fixed")
    assert told(account) == ["Visit with Daniel Moore: Sign-in is fixed"]


def test_a_contact_of_another_account_is_refused(workspace, bob):
    stranger = make_person(make_account(workspace, "Elsewhere"), "Eve")
    with pytest.raises(ContactElsewhere, match="Eve is not at Kite Works"):
        log_visit(account=make_account(workspace), by=bob, happened_on=TODAY, person=stranger, need="x")
    assert not Visit.objects.exists()


def test_a_visit_ahead_or_without_words_is_refused(workspace, bob):
    account = make_account(workspace)
    with pytest.raises(VisitNotYet):
        log_visit(account=account, by=bob, happened_on=date(2026, 3, 26), need="x")
    with pytest.raises(NothingSaid):
        log_visit(account=account, by=bob, happened_on=TODAY, version="5.1", need="  ")


def test_a_person_is_known_by_email_once(workspace, bob):
    person = add_person(workspace=workspace, by=bob, name="Priya", email="Priya@Example.com")
    assert Identifier.objects.get(kind="email").value == "priya@example.com"
    with pytest.raises(EmailTaken, match="Priya"):
        add_person(workspace=workspace, by=bob, email="priya@example.com")
    edit_person(person=person, by=bob, title="IT administrator")
    assert AuditEntry.objects.get(verb="person.edited").data == {"title": ["", "IT administrator"]}


def test_a_person_needs_a_name_or_a_valid_email(workspace, bob):
    with pytest.raises(NamelessPerson):
        add_person(workspace=workspace, by=bob, title="Somebody")
    with pytest.raises(ValidationError):
        add_person(workspace=workspace, by=bob, email="nowhere")


def test_a_person_joins_and_leaves_an_account(workspace, bob):
    account = make_account(workspace)
    person = add_person(workspace=workspace, by=bob, name="Helen", title="Finance")
    affiliate(account=account, person=person, by=bob, influence="pays", is_key=True)
    affiliate(account=account, person=person, by=bob, influence="pays", is_key=False)
    affiliate(account=account, person=person, by=bob, influence="pays", ended_on=TODAY)
    assert told(account) == ["New person: Helen, Finance", "Helen left"]
    assert Affiliation.objects.count() == 1


def test_who_comes_back_has_a_second_place_and_the_first_one_stays(workspace, bob):
    account = make_account(workspace)
    person = add_person(workspace=workspace, by=bob, name="Helen")
    first = affiliate(account=account, person=person, by=bob, title="Buyer", started_on=date(2025, 1, 6))
    affiliate(
        account=account, person=person, by=bob, title="Buyer", started_on=first.started_on, ended_on=date(2025, 6, 30)
    )
    affiliate(account=account, person=person, by=bob, title="CFO", influence="decides", started_on=date(2026, 1, 5))
    affiliate(account=account, person=person, by=bob, title="CFO", is_key=True, started_on=date(2026, 1, 5))
    places = Affiliation.objects.order_by("pk").values_list("title", "started_on", "ended_on", "is_key")
    assert list(places) == [
        ("Buyer", date(2025, 1, 6), date(2025, 6, 30), False),
        ("CFO", date(2026, 1, 5), None, True),
    ]


def test_people_do_not_cross_workspaces(workspace, mallory, bob):
    foreign = make_person(make_account(mallory.workspace))
    with pytest.raises(ValueError, match="different workspaces"):
        affiliate(account=make_account(workspace), person=foreign, by=bob)
