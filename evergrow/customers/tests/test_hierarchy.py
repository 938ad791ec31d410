"""Accounts above and below each other: who may stand where, and what they come to together."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from conftest import make_member
from evergrow.customers.actions.accounts import create_account, edit_account
from evergrow.customers.actions.parents import BadParent
from evergrow.customers.models import Affiliation
from evergrow.customers.queries.hierarchy import tree
from evergrow.customers.tests.stage import make_account, make_person, make_seat
from evergrow.workspaces.models import AccountScope, AuditEntry
from evergrow.workspaces.tests.callers import caller

pytestmark = pytest.mark.usefixtures("frozen")
JSON = {"content_type": "application/json"}


@pytest.fixture
def group(workspace):
    """A holding, its region, and a shop below that, with 100, 20 and 3 a month."""
    top = make_account(workspace, "Kite Holding", mrr=100)
    middle = make_account(workspace, "Kite Asia", mrr=20, parent=top)
    return top, middle, make_account(workspace, "Kite Tokyo", mrr=3, parent=middle)


def test_a_parent_is_set_taken_away_and_told(workspace, bob):
    top, account = make_account(workspace, "Kite Holding"), make_account(workspace, "Kite Asia")
    assert edit_account(account=account, by=bob, parent=top) == {"parent": ["", "Kite Holding"]}
    assert AuditEntry.objects.get(verb="account.edited").data == {"parent": ["", "Kite Holding"]}
    edit_account(account=account, by=bob, parent=None)
    account.refresh_from_db()
    assert account.parent is None


def test_a_viewer_sets_no_parent(group, workspace, carol):
    with pytest.raises(PermissionDenied):
        edit_account(account=make_account(workspace), by=carol, parent=group[0])


def test_an_account_stands_neither_below_itself_nor_below_what_is_below_it(group, bob):
    top, middle, bottom = group
    for parent in (top, middle, bottom):
        with pytest.raises(BadParent, match="below this account"):
            edit_account(account=top, by=bob, parent=parent)
    top.refresh_from_db()
    assert top.parent is None


def test_a_parent_of_another_workspace_is_refused(workspace, mallory, bob):
    stranger = make_account(mallory.workspace, "Elsewhere")
    with pytest.raises(BadParent, match="another workspace"):
        create_account(workspace=workspace, by=bob, name="Kite", parent=stranger)


def test_an_account_shows_what_it_comes_to_with_everything_below_it(group, bob):
    top, middle, bottom = group
    ana = make_person(top, "Ana")
    Affiliation.objects.create(account=bottom, person=ana)
    make_person(bottom, "Ben")
    make_person(middle, "Gone", ended_on="2026-01-01")
    found = tree(bob, top)
    assert (found.own.mrr, found.own.accounts, found.own.people) == (Decimal(100), 1, 1)
    assert (found.whole.mrr, found.whole.accounts, found.whole.people) == (Decimal(123), 3, 2)
    assert [(child.account, child.people, child.more) for child in found.children] == [(middle, 0, 1)]
    assert tree(bob, bottom).above == [top, middle]


def test_an_account_on_its_own_has_no_tree(workspace, bob):
    assert tree(bob, make_account(workspace)) is None


def test_accounts_that_the_reader_may_not_see_count_for_nothing(group, workspace):
    _top, middle, bottom = group
    dora = make_member(workspace, "Dora", role="operator", scope=AccountScope.OWN)
    make_seat(middle, dora)
    found = tree(dora, middle)
    assert found is None
    make_seat(bottom, dora, role="sales")
    found = tree(dora, middle)
    assert (found.above, found.whole.mrr) == ([], Decimal(23))


def test_the_page_shows_the_tree_with_health(group, warehouse_db, sign_in, workspace, bob):
    top, middle, _bottom = group
    page = sign_in(bob).get(f"/w/{workspace.slug}/accounts/{top.number}/").content.decode()
    assert "Group of accounts" in page
    assert "Kite Asia" in page
    page = sign_in(bob).get(f"/w/{workspace.slug}/accounts/{middle.number}/").content.decode()
    assert "Kite Holding" in page
    assert "Kite Tokyo" in page


def test_the_list_finds_everything_below_an_account_and_shows_the_parent(group, sign_in, workspace, bob):
    top, *_ = group
    make_account(workspace, "Swan")
    rows = sign_in(bob).get(f"/w/{workspace.slug}/accounts/?parent={top.external_id}&columns=parent")
    page = rows.content.decode()
    assert "Kite Tokyo" in page
    assert "Kite Asia" in page
    assert "Swan" not in page
    assert 'data-col="parent"' in page


def test_the_form_takes_the_id_of_an_account_that_its_author_sees(group, sign_in, workspace):
    top, middle, bottom = group
    dora = make_member(workspace, "Dora", role="operator", scope=AccountScope.OWN)
    make_seat(middle, dora)
    make_seat(bottom, dora)
    address = f"/w/{workspace.slug}/accounts/{bottom.number}/edit/"
    facts = {"name": "Kite Tokyo", "external_id": bottom.external_id}
    assert f'value="{middle.external_id}"' in sign_in(dora).get(address).content.decode()
    refused = sign_in(dora).post(address, {**facts, "parent": top.external_id})
    assert refused.status_code == 200
    assert "There is no account with this id." in refused.content.decode()
    # What is there already stays, seen or not
    kept = sign_in(dora).post(f"/w/{workspace.slug}/accounts/{middle.number}/edit/", {
        "name": "Kite Asia & Pacific", "external_id": middle.external_id, "parent": top.external_id,
    })  # fmt: skip
    assert kept.status_code < 400
    middle.refresh_from_db()
    assert (middle.name, middle.parent) == ("Kite Asia & Pacific", top)
    sign_in(dora).post(address, {**facts, "parent": ""})
    bottom.refresh_from_db()
    assert bottom.parent is None


def test_the_api_sets_reads_and_refuses_a_parent(group, workspace, mallory, bob):
    top, middle, _bottom = group
    client = caller(bob)
    made = client.post("/api/v1/accounts", {"name": "Kite Osaka", "parent": middle.number}, **JSON).json()
    assert made["parent"] == middle.number
    assert client.get(f"/api/v1/accounts/{top.number}").json()["parent"] is None
    ring = client.patch(f"/api/v1/accounts/{top.number}", {"parent": made["number"]}, **JSON)
    assert (ring.status_code, ring.json()["errors"][0]["where"]) == (422, "body.parent")
    assert client.patch(f"/api/v1/accounts/{top.number}", {"parent": 9999}, **JSON).status_code == 422
    gone = client.patch(f"/api/v1/accounts/{made['number']}", {"parent": None}, **JSON).json()
    assert gone["parent"] is None
