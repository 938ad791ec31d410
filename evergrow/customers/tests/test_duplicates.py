"""Duplicates: how pairs are judged, found, shown, decided and remembered."""

import pytest
from django.db import connection
from django.urls import reverse

from conftest import make_member
from evergrow.customers.account_merges.actions import undo_merge
from evergrow.customers.duplicates import actions, contacts, find, names
from evergrow.customers.models import AccountMerge, Affiliation, Duplicate, Person, PersonMerge
from evergrow.customers.tests.duplicate_pairs import COMPANIES, EMAILS, PHONES
from evergrow.customers.tests.stage import make_account, make_person, make_seat
from evergrow.workspaces import jobs
from evergrow.workspaces.models import AuditEntry, Job, Workspace

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")


def test_company_names_are_judged_as_a_person_would():
    """Precision and recall over the pairs whose verdict is known."""
    judged = [(names.alike(one, other) >= names.ALIKE, same) for one, other, same in COMPANIES]
    hits = sum(said and same for said, same in judged)
    assert len(COMPANIES) >= 60
    assert hits / sum(said for said, _ in judged) >= 0.97
    assert hits / sum(same for _, same in judged) >= 0.95


@pytest.mark.parametrize(("one", "other", "same"), EMAILS)
def test_emails(one, other, same):
    assert (contacts.email(one) == contacts.email(other) != "") is same
    assert contacts.email("d.a@gmail.com", gmail_dots=False) != contacts.email("da@gmail.com", gmail_dots=False)


@pytest.mark.parametrize(("one", "other", "same"), PHONES)
def test_phones(one, other, same):
    assert (contacts.phone(one) == contacts.phone(other) != "") is same


def test_alike_is_symmetric_and_within_bounds():
    for one, other, _same in COMPANIES:
        assert names.alike(one, other) == names.alike(other, one)
        assert 0 <= names.alike(one, other) <= 1
        assert names.alike(one, one) in (0, 1)


def person(account, name, **facts):
    made = make_person(account, name)
    Person.objects.filter(pk=made.pk).update(**facts)
    made.refresh_from_db()
    return made


def test_people_are_found_by_email_phone_and_name_at_one_account(workspace):
    one, two = make_account(workspace), make_account(workspace, "Other")
    a = person(one, "Daniel Moore", email="daniel+x@kite.example", phone="13800138000")
    b = person(two, "D. M.", email="daniel@kite.example", phone="+86 138 0013 8000")
    c = person(one, "Moore, Daniel")
    d = person(two, "Daniel Moore")  # a namesake somewhere else
    e = person(one, "李雷", email="li@one.example")
    f = person(one, "李 雷", email="li@two.example")
    for n in range(9):
        person(two, f"Reception {n}", phone="+49 30 5555555")  # a switchboard
    found = find.people(workspace)
    assert found == {
        (a.number, b.number): {"email": 0.95, "phone": 0.8},
        (a.number, c.number): {"name": 0.7},
        (e.number, f.number): {"name": 0.7 * 0.75},
    }
    assert find.score(found[(a.number, b.number)]) == 0.99
    assert d.number not in {number for pair in found for number in pair}


def test_accounts_are_found_by_domain_and_by_either_name(workspace):
    a = make_account(workspace, "北京溪桥教育科技有限公司", domain="https://www.brook.example/")
    b = make_account(workspace, "溪桥教育", domain="brook.example")
    c = make_account(workspace, "Northwind Traders Inc.", other_name="北风")
    d = make_account(workspace, "Northwind Tradres", domain="gmail.com")
    e = make_account(workspace, "北风贸易", domain="gmail.com")
    make_account(workspace, "Southwind")
    found = find.accounts(workspace)
    assert set(found) == {(a.number, b.number), (c.number, d.number), (c.number, e.number)}
    assert set(found[(a.number, b.number)]) == {"domain", "company"}


def test_names_in_two_scripts_must_both_be_alike_and_two_web_sites_speak_against_a_slip(workspace):
    make_account(workspace, "新岭物业", other_name="Newridge Property Care")
    make_account(workspace, "新桥物业", other_name="Newbridge Property Care")
    make_account(workspace, "Wheatridge Training", domain="wheatridge.example")
    make_account(workspace, "Wheatbridge Training", domain="wheatbridge.example")
    assert find.accounts(workspace) == {}


def test_nothing_crosses_workspaces(workspace, mallory):
    make_account(workspace, "Kite", domain="kite.example")
    make_account(mallory.workspace, "Kite", domain="kite.example")
    assert find.accounts(workspace) == {}


@pytest.fixture
def twins(workspace):
    account = make_account(workspace)
    return person(account, "Daniel Moore", email="d@kite.example"), person(account, "Daniel Moore", phone="13800138000")


def page(client, query="", status=200):
    answer = client.get(reverse("customers:duplicates", kwargs={"workspace": "acme"}) + query)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def decide(client, row, **data):
    return client.post(reverse("customers:duplicate", kwargs={"workspace": "acme", "pk": row.pk}), data)


def test_the_page_shows_evidence_and_one_click_merges(workspace, twins, bob, sign_in):
    actions.refresh(workspace)
    row, client = Duplicate.objects.get(), sign_in(bob)
    shown = page(client)
    for evidence in ("d@kite.example", "13800138000", "Same name at one account", "Merge, keep this one"):
        assert evidence in shown
    profile = reverse("customers:person", kwargs={"workspace": "acme", "number": twins[0].number})
    assert "Possible duplicate" in client.get(profile).content.decode()
    assert decide(client, row, act="merge", keep=twins[0].number).status_code == 302
    merge = PersonMerge.objects.get()
    assert (merge.kept, merge.merged, merge.reason) == (*twins, "duplicate")
    row.refresh_from_db()
    assert (row.state, row.decided_by) == ("merged", bob)
    assert "Daniel Moore" not in page(client)
    assert actions.refresh(workspace) == {"people": 0, "accounts": 0}


def test_not_the_same_is_remembered_and_can_be_taken_back(workspace, twins, bob, sign_in):
    actions.refresh(workspace)
    row, client = Duplicate.objects.get(), sign_in(bob)
    decide(client, row, act="apart")
    actions.refresh(workspace)
    assert "Daniel Moore" not in page(client)
    assert "Daniel Moore" in page(client, "?state=apart")
    assert AuditEntry.objects.get(verb="duplicate.apart").data["numbers"] == [each.number for each in twins]
    decide(client, row, act="reopen")
    assert "Daniel Moore" in page(client)


def test_a_suggestion_that_is_no_longer_found_goes(workspace, twins):
    assert actions.refresh(workspace)["people"] == 1
    Person.objects.filter(pk=twins[1].pk).update(name="Erin Clark")
    assert actions.refresh(workspace)["people"] == 0
    assert not Duplicate.objects.exists()


def test_only_who_sees_both_sees_the_pair(workspace, twins, carol, mallory, sign_in):
    other = make_account(workspace, "Other")
    Affiliation.objects.filter(person=twins[1]).update(account=other)
    facts = {"kind": "person", "first": twins[0].number, "second": twins[1].number, "reason": "email", "score": 0.95}
    row = Duplicate.objects.create(workspace=workspace, **facts)
    own = make_member(workspace, "Own", scope="own")
    make_seat(other, own)
    assert "Daniel Moore" not in page(sign_in(own))
    assert decide(sign_in(own), row, act="apart").status_code == 404
    assert decide(sign_in(mallory), row, act="apart").status_code == 404
    assert decide(sign_in(carol), row, act="apart").status_code == 403
    row.refresh_from_db()
    assert row.state == "open"


def test_a_merge_too_late_says_so(workspace, twins, bob, sign_in):
    actions.refresh(workspace)
    row, client = Duplicate.objects.get(), sign_in(bob)
    answer = decide(client, row, act="merge", keep=99999)
    assert answer.status_code == 302
    assert not PersonMerge.objects.exists()


def test_asking_queues_one_job_that_finds_them(workspace, twins, bob, sign_in):
    client = sign_in(bob)
    for _time in range(2):
        client.post(reverse("customers:duplicates_find", kwargs={"workspace": "acme"}))
    assert Job.objects.filter(kind="customers.find_duplicates").count() == 1
    jobs.run_next()
    assert Duplicate.objects.get().first == twins[0].number


def test_accounts_are_kept_apart_by_operators_and_merged_by_who_may_manage(workspace, alice, bob, sign_in):
    a = make_account(workspace, "Kite Works", domain="kite.example", status="active")
    b = make_account(workspace, "Kiteworks Ltd", domain="kite.example")
    actions.refresh(workspace)
    row, client = Duplicate.objects.get(), sign_in(bob)
    assert "Merge, keep this one" not in page(client, "?kind=account")
    assert decide(client, row, act="merge", keep=a.number).status_code == 403
    assert f"accounts/{a.number}/merge/?with={b.number}" in page(sign_in(alice), "?kind=account")
    decide(sign_in(alice), row, act="merge", keep=a.number)
    row.refresh_from_db()
    merge = AccountMerge.objects.get()
    assert (row.state, merge.kept, merge.merged, merge.by) == (Duplicate.State.MERGED, a, b, alice)
    undo_merge(merge=merge, by=alice)
    decide(client, row, act="apart")
    row.refresh_from_db()
    assert row.state == Duplicate.State.APART


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_telling_how_far_it_is_works_while_others_write(workspace, monkeypatch):
    """SQLite refuses to write from an open reading once somebody else wrote."""
    monkeypatch.setattr(find, "PAGE", 2)
    Person.objects.bulk_create(
        Person(workspace=workspace, number=number, email=f"p{number // 2}@one.example") for number in range(1, 8)
    )
    told = []

    def tick() -> None:
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("UPDATE workspaces_workspace SET name = name")
        other.close()
        told.append(Workspace.objects.filter(pk=workspace.pk).update(name="Told"))

    assert len(find.people(workspace, tick)) == 3
    assert len(told) > 3
