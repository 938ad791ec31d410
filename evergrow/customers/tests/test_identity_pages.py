"""Merging people from their page, the log and the way back, conflicts, and kinds of ids."""

import pytest
from django.urls import reverse

from evergrow.customers.actions.merges import merge_people
from evergrow.customers.models import (
    Identifier,
    IdentifierKind,
    IdentityConflict,
    Person,
    PersonMerge,
    RefusedId,
)
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.workspaces.models import AuditEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen", "warehouse_db")]


def at(name: str, workspace, **arguments) -> str:
    return reverse(f"customers:{name}", kwargs={"workspace": workspace.slug, **arguments})


@pytest.fixture
def mei(workspace) -> Person:
    person = make_person(make_account(workspace, "Kite"), "Mei Han")
    Person.objects.filter(pk=person.pk).update(email="mei@example.com", traits={"plan": "pro"})
    Identifier.objects.create(workspace=workspace, person=person, kind="user", value="u-mei")
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def twin(workspace) -> Person:
    person = make_person(make_account(workspace, "Reed"), "M. Han")
    Person.objects.filter(pk=person.pk).update(title="CTO", traits={"plan": "free", "city": "北京"})
    Identifier.objects.create(workspace=workspace, person=person, kind="wechat_unionid", value="oX-1")
    return Person.objects.get(pk=person.pk)


def test_the_other_row_is_found_by_name_and_by_id(alice, sign_in, mei, twin, workspace) -> None:
    page = at("person_merge", workspace, number=mei.number)
    for text in ("m. han", "oX-1", f"#{twin.number}"):
        assert f"?with={twin.number}" in sign_in(alice).get(page, {"q": text}).content.decode()
    assert "?with=" not in sign_in(alice).get(page, {"q": "nobody"}).content.decode()


def test_the_preview_says_what_moves_and_which_value_wins(alice, sign_in, mei, twin, workspace) -> None:
    page = sign_in(alice).get(at("person_merge", workspace, number=mei.number), {"with": twin.number})
    found = page.context["found"]
    assert [each.value for each in found.ids] == ["oX-1"]
    assert [place.account.name for place in found.accounts] == ["Reed"]
    facts = {fact.name: (fact.result, fact.is_taken, fact.is_lost) for fact in found.facts}
    assert facts["plan"] == ("pro", False, True)
    assert facts["city"] == ("北京", True, False)
    assert facts["Job title"] == ("CTO", True, False)
    assert Person.objects.filter(merged_into=None).count() == 2, "looking changes nothing"


def test_two_people_are_merged_and_taken_apart_from_their_pages(alice, sign_in, mei, twin, workspace) -> None:
    client = sign_in(alice)
    sent = {"with": twin.number, "reason": "met both at the fair"}
    assert client.post(at("person_merge", workspace, number=mei.number), sent).status_code == 302
    merge = PersonMerge.objects.get()
    assert (merge.kept, merge.merged, merge.reason, merge.by) == (mei, twin, "met both at the fair", alice)
    log = client.get(at("merges", workspace), {"person": mei.number}).content.decode()
    assert "met both at the fair" in log
    page = at("merge_undo", workspace, pk=merge.pk)
    found = client.get(page).context["found"]
    assert found.blocker is None
    assert {fact.name: fact.result for fact in found.facts} == {"Job title": "", "city": ""}
    assert client.post(page).status_code == 302
    twin.refresh_from_db()
    assert twin.merged_into is None
    assert twin.identifiers.get().value == "oX-1"
    assert "taken back by Alice" in client.get(at("merges", workspace)).content.decode()
    assert client.post(page).status_code == 422, "twice is once too often"
    assert set(AuditEntry.objects.values_list("verb", flat=True)) >= {"person.merged", "person.split"}


def test_a_viewer_looks_and_does_not_merge(carol, sign_in, mei, twin, workspace) -> None:
    client = sign_in(carol)
    assert client.get(at("merges", workspace)).status_code == 200
    assert client.post(at("person_merge", workspace, number=mei.number), {"with": twin.number}).status_code == 403
    merge = merge_people(kept=mei, merged=twin, reason="same", by=None)
    assert client.post(at("merge_undo", workspace, pk=merge.pk)).status_code in {403, 422}
    twin.refresh_from_db()
    assert twin.merged_into == mei


def test_a_later_merge_is_named_as_what_stands_in_the_way(alice, sign_in, mei, twin, workspace) -> None:
    first = merge_people(kept=mei, merged=twin, reason="same", by=None)
    third = make_person(make_account(workspace, "Third"), "Third")
    merge_people(kept=third, merged=mei, reason="same", by=None)
    page = sign_in(alice).get(at("merge_undo", workspace, pk=first.pk))
    assert "merged into Third later" in page.content.decode()


@pytest.fixture
def conflict(workspace, mei, twin) -> IdentityConflict:
    return IdentityConflict.objects.create(
        workspace=workspace, why="claim", kind="email", value="han@example.com", person=twin, other=mei
    )


def test_a_conflict_is_dismissed_and_does_not_come_back(alice, sign_in, conflict, workspace) -> None:
    client = sign_in(alice)
    assert "han@example.com" in client.get(at("conflicts", workspace)).content.decode()
    assert client.post(at("conflict_dismiss", workspace, pk=conflict.pk)).status_code == 302
    assert "han@example.com" not in client.get(at("conflicts", workspace)).content.decode()
    assert "han@example.com" in client.get(at("conflicts", workspace), {"state": "dismissed"}).content.decode()
    assert client.post(at("conflict_dismiss", workspace, pk=conflict.pk)).status_code == 404


def test_a_merge_settles_the_conflict_between_the_two(alice, sign_in, conflict, mei, twin, workspace) -> None:
    page = sign_in(alice).get(at("person_merge", workspace, number=mei.number))
    assert page.context["found"] == [twin], "whom there is a conflict with, is offered"
    merge_people(kept=mei, merged=twin, reason="same", by=alice)
    conflict.refresh_from_db()
    assert (conflict.state, conflict.decided_by) == ("merged", alice)


def test_a_kind_of_id_is_added_changed_and_removed(alice, sign_in, workspace) -> None:
    client = sign_in(alice)
    sent = {"key": "crm_id", "name": "CRM", "trait": "crmId", "priority": 5, "most": 2, "joins": "on"}
    assert client.post(at("identifier_kind_new", workspace), sent).status_code == 302
    row = IdentifierKind.objects.get()
    assert (row.key, row.trait, row.priority, row.most, row.joins) == ("crm_id", "crmId", 5, 2, True)
    changed = {**sent, "most": 3}
    assert client.post(at("identifier_kind", workspace, key="crm_id"), changed).status_code == 302
    assert IdentifierKind.objects.get().most == 3
    for wrong in ({"key": "user"}, {"key": "Crm"}, {"key": "other"}, {"key": "x1", "trait": "email"}):
        assert client.post(at("identifier_kind_new", workspace), sent | wrong).status_code == 200
    assert IdentifierKind.objects.count() == 1
    assert client.post(at("identifier_kind_remove", workspace, key="crm_id")).status_code == 302
    assert not IdentifierKind.objects.exists()


def test_an_id_is_refused_and_accepted_again(alice, sign_in, workspace) -> None:
    client, page = sign_in(alice), at("identifiers", workspace)
    assert client.post(page, {"value": " Test-User "}).status_code == 302
    assert RefusedId.objects.get().value == "test-user"
    assert client.post(page, {"value": ""}).status_code == 422
    assert client.post(page, {"value": "test-user", "act": "accept"}).status_code == 302
    assert not RefusedId.objects.exists()
