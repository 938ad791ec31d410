"""What people ask for: due dates, steps, two people, the copy."""

import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from conftest import make_member
from evergrow.customers.actions.merges import merge_people
from evergrow.customers.models import Identifier, Person, PrivacyRequest
from evergrow.customers.privacy import requests
from evergrow.customers.privacy.requests import NeedsAnother, WrongState
from evergrow.customers.privacy.subject import find_people, subject_of
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.workspaces.models import AuditEntry


@pytest.fixture
def person(workspace, frozen):
    found = make_person(make_account(workspace), "Erin Doe")
    Person.objects.filter(pk=found.pk).update(email="erin@kite.example", phone="13812340000", traits={"city": "Lyon"})
    Identifier.objects.create(workspace=workspace, person=found, kind="user", value="u-77")
    found.refresh_from_db()
    return found


def asked(person, kind="erase", **fields):
    return requests.open_request(person=person, kind=kind, by=None, **fields)


def test_the_due_date_follows_from_the_law(workspace, person):
    assert asked(person, law="gdpr").due_on == date(2026, 4, 24)
    # 15 working days in China from 25 March 2026, the Qingming holiday left out.
    assert asked(person, kind="access", law="pipl").due_on == date(2026, 4, 16)


def test_a_second_open_request_of_a_kind_and_a_day_ahead_are_refused(workspace, person):
    asked(person)
    with pytest.raises(WrongState):
        asked(person)
    with pytest.raises(ValidationError):
        asked(person, kind="access", received_on=workspace.today() + timedelta(days=1))


def test_nothing_is_erased_before_it_was_verified(workspace, person, alice):
    request = asked(person)
    with pytest.raises(WrongState):
        requests.start_erasure(request=request, by=alice)
    with pytest.raises(ValidationError):
        requests.verify(request=request, how=" ", by=alice)


def test_a_manager_may_not_verify(workspace, person):
    manager = make_member(workspace, "Mo", "manager")
    with pytest.raises(PermissionDenied):
        requests.verify(request=asked(person), how="x", by=manager)


def test_with_two_people_somebody_else_has_to_agree(workspace, person, alice):
    requests.save_settings(workspace=workspace, by=alice, two_people=True)
    request = asked(person)
    requests.verify(request=request, how="letter", by=alice)
    with pytest.raises(NeedsAnother):
        requests.start_erasure(request=request, by=alice)
    with pytest.raises(NeedsAnother):
        requests.approve(request=request, by=alice)
    requests.approve(request=request, by=make_member(workspace, "Ada", "admin"))
    assert requests.start_erasure(request=request, by=alice).state == "running"


def test_a_refusal_needs_its_reason_and_ends_the_request(workspace, person, alice):
    request = asked(person)
    with pytest.raises(ValidationError):
        requests.refuse(request=request, reason="", by=alice)
    requests.refuse(request=request, reason="Invoices must be kept ten years.", by=alice)
    with pytest.raises(WrongState):
        requests.verify(request=request, how="x", by=alice)


@pytest.mark.parametrize("text", ["erin@kite.example", "ERIN@kite.example", "u-77", "13812340000", "Erin Doe", "#1"])
def test_a_person_is_found_by_any_id(workspace, person, text):
    assert list(find_people(workspace, text)) == [person]


def test_a_merged_persons_id_finds_the_whole(workspace, person, alice):
    other = make_person(make_account(workspace), "E.")
    Identifier.objects.create(workspace=workspace, person=other, kind="anonymous", value="dev-1")
    merge_people(kept=person, merged=other, reason="same", by=alice)
    assert list(find_people(workspace, "dev-1")) == [person]
    assert sorted(subject_of(other).numbers) == sorted([person.number, other.number])
    assert not find_people(workspace, "nobody")


def test_a_common_short_id_is_never_looked_for_in_text(workspace, person):
    about = subject_of(person)
    assert "u-77" in about.ids
    assert about.words == ["erin@kite.example", "13812340000"]


def test_the_copy_holds_everything_for_machines_and_people(workspace, person, alice, sign_in, warehouse_db):
    request = asked(person, kind="access")
    url = reverse("customers:privacy_copy", args=[workspace.slug, request.pk])
    client = sign_in(alice)
    assert client.post(url).status_code == 302
    requests.verify(request=request, how="letter", by=alice)
    answer = client.post(url)
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    data = json.loads(archive.read("data.json"))
    assert data["person"][0]["traits"] == {"city": "Lyon"}
    assert data["identifier"][0]["value"] == "u-77"
    assert "erin@kite.example" in archive.read("index.html").decode()
    assert "identifier.csv" in archive.namelist()
    request.refresh_from_db()
    assert request.state == "done"
    assert AuditEntry.objects.filter(verb="privacy.exported").exists()


def test_an_administrator_walks_through_an_erasure(workspace, person, alice, bob, sign_in, warehouse_db):
    new = reverse("customers:privacy_request_new", args=[workspace.slug, person.number])
    sent = {"kind": "erase", "law": "gdpr", "received_on": "2026-03-20", "how": "mail"}
    assert sign_in(bob).post(new, sent).status_code == 302
    request = PrivacyRequest.objects.get()
    client = sign_in(alice)
    page = client.get(reverse("customers:privacy", args=[workspace.slug]) + "?q=u-77").content.decode()
    assert "Erin Doe" in page
    for act, words in (("verify", {"how": "call back"}), ("erase", {})):
        client.post(reverse("customers:privacy_act", args=[workspace.slug, request.pk, act]), words)
    request.refresh_from_db()
    assert request.state == "running"
    assert sign_in(bob).get(reverse("customers:privacy", args=[workspace.slug])).status_code == 403
