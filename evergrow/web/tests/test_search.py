"""What the palette finds, and what it keeps from whom."""

import pytest
from django.utils import translation

from evergrow.customers.models import Account, Affiliation, Person, TeamSeat
from evergrow.web import search
from evergrow.workspaces.models import AccountScope


@pytest.fixture
def brook(workspace):
    return Account.objects.create(
        workspace=workspace,
        number=1,
        external_id="acc-007",
        name="溪桥教育",
        other_name="Brookbridge Education",
        domain="brookbridge.example",
        status="active",
        mrr=54605,
    )


@pytest.fixture
def harbor(workspace):
    return Account.objects.create(workspace=workspace, number=2, external_id="acc-008", name="Harbor Brook", mrr=24100)


@pytest.fixture
def daniel(workspace, brook):
    person = Person.objects.create(workspace=workspace, number=1, name="Daniel Moore", email="dm@brookbridge.example")
    Affiliation.objects.create(account=brook, person=person)
    return person


@pytest.mark.parametrize("text", ["溪桥", "brookb", "ACC-007", "bridge.example", "education brook"])
def test_an_account_is_found_by_both_names_id_and_domain(alice, brook, harbor, text) -> None:
    assert list(search.accounts(alice, text.split())) == [brook]


def test_what_begins_with_the_text_comes_first(alice, brook, harbor) -> None:
    assert list(search.accounts(alice, ["brook"])) == [brook, harbor]
    assert list(search.accounts(alice, ["harbor"])) == [harbor]


def test_a_person_is_found_by_name_and_email(alice, daniel) -> None:
    assert list(search.people(alice, ["moore"])) == [daniel]
    assert list(search.people(alice, ["dm@"])) == [daniel]


def test_percent_signs_are_text(alice, brook) -> None:
    assert not search.accounts(alice, ["%"]).exists()


def test_a_member_with_own_accounts_finds_only_those(workspace, bob, brook, harbor, daniel) -> None:
    bob.scope = AccountScope.OWN
    bob.save()
    assert not search.accounts(bob, ["brook"]).exists()
    assert not search.people(bob, ["moore"]).exists()
    TeamSeat.objects.create(account=brook, member=bob, role="csm", started_on="2026-01-01")
    assert list(search.accounts(bob, ["brook"])) == [brook]
    assert list(search.people(bob, ["moore"])) == [daniel]


def test_a_person_found_does_not_name_accounts_one_may_not_see(workspace, bob, brook, harbor, daniel) -> None:
    Affiliation.objects.create(account=harbor, person=daniel)
    bob.scope = AccountScope.OWN
    bob.save()
    TeamSeat.objects.create(account=brook, role="csm", member=bob, started_on="2026-01-01")
    told = " ".join(hit.note for group in search.find(bob, "daniel") for hit in group.hits)
    assert "Harbor" not in told


def test_nothing_crosses_workspaces(mallory, brook, daniel) -> None:
    assert not search.accounts(mallory, ["brook"]).exists()
    assert not search.people(mallory, ["moore"]).exists()


def test_pages_and_actions_follow_the_role(alice, carol) -> None:
    def titles(member, text):
        return {hit.title for group in search.find(member, text) for hit in group.hits}

    with translation.override("en"):
        assert "Audit trail" in titles(alice, "audit")
        assert "Audit trail" in titles(alice, "审计"), "either language finds"
        assert titles(carol, "audit") == set()
        assert "Sign out" in titles(carol, "退出")


def test_the_palette_gets_a_fragment_and_a_visitor_without_script_a_page(workspace, alice, sign_in, brook) -> None:
    client, url = sign_in(alice), f"/w/{workspace.slug}/search/"
    fragment = client.get(url, {"q": "audit"}, headers={"hx-request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "Audit trail" in fragment
    assert "<html" in client.get(url, {"q": "audit"}).content.decode()
    assert "Nothing is called “zzz”" in client.get(url, {"q": "zzz"}).content.decode()


def test_hits_lead_to_accounts_and_people(workspace, alice, sign_in, brook, daniel) -> None:
    html = sign_in(alice).get(f"/w/{workspace.slug}/search/", {"q": "brook"}).content.decode()
    assert f"/w/{workspace.slug}/accounts/{brook.number}/" in html
    assert "Brookbridge Education" in html
    html = sign_in(alice).get(f"/w/{workspace.slug}/search/", {"q": "daniel"}).content.decode()
    assert f"/w/{workspace.slug}/people/{daniel.number}/" in html
