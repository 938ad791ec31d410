"""The account list, through its address."""

import csv
import io
from datetime import date, timedelta
from urllib.parse import urlencode

import openpyxl
import pytest
from django.db import connection
from django.urls import reverse

from conftest import made_once, make_member
from evergrow import warehouse
from evergrow.customers.actions.views import save_view
from evergrow.customers.models import Account, SavedView
from evergrow.customers.queries.account_list import AccountList, shape
from evergrow.customers.tests.stage import make_account, make_seat
from evergrow.lib.listing import parse
from evergrow.workspaces.models import AuditEntry, Role, Workspace

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")
TODAY = date(2026, 3, 25)


def url(workspace, query="", name="accounts", **kwargs):
    address = reverse(f"customers:{name}", kwargs={"workspace": workspace.slug, **kwargs})
    return f"{address}?{query}" if query else address


def names(member, query):
    listed = AccountList(member, parse(query, shape()))
    return [account.name for account in listed.ordered]


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker):
    """Alice, Bob and sixty accounts whose facts differ in every filter."""
    with made_once(django_db_blocker):
        workspace = Workspace.objects.create(slug="acme", name="Acme", zone="Asia/Shanghai", currency="CNY")
        alice, bob = make_member(workspace, "Alice", Role.OWNER), make_member(workspace, "Bob", Role.OPERATOR)
        fill(workspace, alice, bob)
        connection.check_constraints()  # once, here: PostgreSQL would do it again at the end of every test
        yield workspace.pk


@pytest.fixture
def workspace(stage, db):
    return Workspace.objects.get(pk=stage)


@pytest.fixture
def alice(workspace):
    return workspace.members.select_related("workspace", "user").get(user__name="Alice")


@pytest.fixture
def bob(workspace):
    return workspace.members.select_related("workspace", "user").get(user__name="Bob")


@pytest.fixture
def portfolio(workspace):
    """The plain rows beside the list."""
    return list(workspace.accounts.order_by("number"))


def fill(workspace, alice, bob):
    for n in range(60):
        account = make_account(
            workspace,
            f"Account {n:02}",
            status=["active", "trial", "cancelled"][n % 3],
            tier=["general", "vip", "strategic"][n % 4 % 3],
            plan=["Pro", "Starter", ""][n % 3],
            mrr=n * 10,
            seats=n or None,
            renews_on=TODAY + timedelta(days=n * 5 - 20) if n % 5 else None,
            country=["China", "Japan"][n % 2],
            signed_up_on=TODAY - timedelta(days=n),
        )
        if n % 2:
            make_seat(account, bob if n % 4 == 1 else alice)
        if n % 6 == 0:
            account.visits.create(happened_on=TODAY - timedelta(days=n), need="x")


CASES = {
    "status=active&status=trial": lambda a: a.status in ("active", "trial"),
    "tier=vip&country=Japan": lambda a: a.tier == "vip" and a.country == "Japan",
    "mrr=100..300": lambda a: 100 <= a.mrr <= 300,
    "mrr=..50&mrr=500..": lambda a: a.mrr <= 50 or a.mrr >= 500,
    "seats=10..": lambda a: a.seats is not None and a.seats >= 10,
    "renewal=0..90": lambda a: a.renews_on is not None and TODAY <= a.renews_on <= TODAY + timedelta(days=90),
    "renewal=..-1": lambda a: a.renews_on is not None and a.renews_on < TODAY,
    "signed_up=0..10": lambda a: a.signed_up_on >= TODAY - timedelta(days=10),
    "q=account+5": lambda a: "5" in a.name or "5" in a.external_id,
    "contact=never": lambda a: a.last is None,
    "contact=30..": lambda a: a.last is None or (TODAY - a.last).days >= 30,
    "contact=..10": lambda a: a.last is not None and (TODAY - a.last).days <= 10,
    "csm=nobody": lambda a: a.csm is None,
    "csm=me": lambda a: a.csm == "Bob",
    "csm=me&csm=nobody&plan=Pro": lambda a: a.csm in (None, "Bob") and a.plan == "Pro",
}


@pytest.mark.parametrize("query", CASES)
def test_filters_find_what_plain_python_finds(portfolio, bob, query):
    for n, account in enumerate(portfolio):
        account.last = TODAY - timedelta(days=n) if n % 6 == 0 else None
        account.csm = None if n % 2 == 0 else "Bob" if n % 4 == 1 else "Alice"
    expected = [account.name for account in portfolio if CASES[query](account)]
    assert names(bob, f"{query}&sort=name") == expected
    assert expected, "the case finds something"


def test_unknown_values_come_last_both_ways(portfolio, bob):
    up, down = names(bob, "sort=renews_on"), names(bob, "sort=-renews_on")
    unknown = {account.name for account in portfolio if account.renews_on is None}
    assert set(up[-len(unknown) :]) == set(down[-len(unknown) :]) == unknown
    assert up[: -len(unknown)] == down[: -len(unknown)][::-1]


def test_the_best_tier_comes_first(portfolio, bob):
    tiers = [a.tier for a in AccountList(bob, parse("sort=tier", shape())).ordered]
    assert tiers == sorted(tiers, key=["strategic", "vip", "general"].index)


def test_a_filter_that_cannot_be_used_says_so_and_finds_nothing(portfolio, workspace, sign_in, bob):
    page = sign_in(bob).get(url(workspace, "mrr=lots"))
    assert "is not a number" in page.content.decode()
    assert names(bob, "mrr=lots") == []
    assert names(bob, "csm=x%27--") == []


def test_scope_own_team_and_all(portfolio, workspace, alice, bob):
    own = make_member(workspace, "Own", scope="own")
    team = make_member(workspace, "Team", scope="team", team="north")
    mate = make_member(workspace, "Mate", team="north")
    make_seat(portfolio[0], own)
    make_seat(portfolio[2], mate)
    gone = make_seat(portfolio[4], own, "sales")
    gone.ended_on = TODAY
    gone.save()
    assert names(own, "sort=name") == ["Account 00"]
    assert names(team, "sort=name") == ["Account 02"]
    assert len(names(bob, "")) == 60


def test_another_workspace_is_not_listed(portfolio, workspace, mallory, sign_in):
    make_account(mallory.workspace, "Theirs")
    assert names(mallory, "") == ["Theirs"]
    assert sign_in(mallory).get(url(workspace)).status_code == 404


def test_the_page_opens_on_customers_and_shows_counts(portfolio, workspace, bob, sign_in):
    page = sign_in(bob).get(url(workspace)).content.decode()
    assert page.count('name="account"') == 20
    shown = " ".join(page.split())
    assert 'aria-current="page">Customers<span class="count">20</span>' in shown
    assert '>All<span class="count">60</span>' in shown


def test_pages_hold_fifty_and_a_page_too_far_is_the_last(portfolio, workspace, bob, sign_in):
    client = sign_in(bob)
    assert client.get(url(workspace, "view=all")).content.decode().count('name="account"') == 50
    last = client.get(url(workspace, "view=all&page=99")).content.decode()
    assert last.count('name="account"') == 10


def test_the_number_of_queries_does_not_grow_with_the_rows(portfolio, workspace, bob, sign_in):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in(bob)
    client.get(url(workspace))
    with CaptureQueriesContext(connection) as few:
        client.get(url(workspace, "view=all&q=Account+0"), headers={"hx-request": "true"})
    with CaptureQueriesContext(connection) as many:
        client.get(url(workspace, "view=all&q=Account"), headers={"hx-request": "true"})
    assert len(many) <= len(few)
    assert len(many) < 20


def test_an_event_store_that_is_away_leaves_the_list(portfolio, workspace, bob, sign_in, monkeypatch):
    def away(*args, **kwargs):
        raise warehouse.StoreUnavailable("down")

    monkeypatch.setattr(warehouse, "rows", away)
    assert sign_in(bob).get(url(workspace)).content.decode().count('name="account"') == 20


def test_htmx_gets_the_list_alone_and_history_the_page(portfolio, workspace, bob, sign_in):
    client = sign_in(bob)
    part = client.get(url(workspace), headers={"hx-request": "true"})
    assert part.content.decode().lstrip().startswith('<div id="accounts"')
    assert "HX-Request" in part["Vary"]
    whole = client.get(url(workspace), headers={"hx-request": "true", "hx-history-restore-request": "true"})
    assert "<html" in whole.content.decode()


def test_a_form_of_ends_and_columns_becomes_an_address(workspace, bob, sign_in):
    client = sign_in(bob)
    to = client.get(url(workspace, "status=active&mrr.min=100&mrr.max=&view=customers"))
    assert to["Location"] == url(workspace, "status=active&view=customers&mrr=100..")
    to = client.get(url(workspace, "column=name&column=country&q="))
    assert to["Location"] == url(workspace, "q=&columns=name%2Ccountry")


@pytest.mark.parametrize("key", ["tier", "csm", "mrr", "renewal", "country"])
def test_each_filter_has_a_form_that_keeps_the_rest(portfolio, workspace, bob, sign_in, key):
    page = sign_in(bob).get(url(workspace, "view=all&status=active&q=acc", "accounts_filter", key=key))
    assert '<input type="hidden" name="status" value="active">' in page.content.decode()
    assert '<input type="hidden" name="q" value="acc">' in page.content.decode()
    assert ("checkbox" in page.content.decode()) == (key in ("tier", "csm", "country"))


def test_an_unknown_filter_is_404(workspace, bob, sign_in):
    assert sign_in(bob).get(url(workspace, "", "accounts_filter", key="secret")).status_code == 404


def test_export_holds_the_whole_filtered_list_in_its_columns_and_order(portfolio, workspace, bob, sign_in):
    query = "view=all&status=active&sort=-mrr&columns=name,mrr,csm,renews_on"
    answer = sign_in(bob).get(url(workspace, query + "&format=csv", "accounts_export"))
    rows = list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert rows[0] == ["Account", "MRR", "Success manager", "Renewal"]
    assert [row[0] for row in rows[1:]] == names(bob, query)
    assert rows[1] == ["Account 57", "570.00", "Bob", (TODAY + timedelta(days=57 * 5 - 20)).isoformat()]
    assert AuditEntry.objects.filter(verb="accounts.exported", by=bob).exists()


def test_excel_export_is_typed(portfolio, workspace, bob, sign_in):
    query = "view=all&q=Account+07&columns=name,mrr,renews_on&format=xlsx"
    answer = sign_in(bob).get(url(workspace, query, "accounts_export"))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.getvalue())).active
    assert [cell.value for cell in sheet[2]][:2] == ["Account 07", 70]


def test_an_exported_name_cannot_be_a_formula(workspace, bob, sign_in):
    make_account(workspace, "=HYPERLINK(1)", status="active")
    answer = sign_in(bob).get(url(workspace, "format=csv", "accounts_export"))
    assert "'=HYPERLINK(1)" in answer.getvalue().decode()


def test_an_export_stays_within_the_scope(portfolio, workspace, sign_in):
    own = make_member(workspace, "Own", scope="own")
    make_seat(portfolio[0], own)
    sent = {"format": "csv", "query": "view=all&q=", "account": [a.number for a in portfolio]}
    rows = sign_in(own).post(url(workspace, "", "accounts_export"), sent).getvalue().decode().splitlines()
    assert len(rows) == 2


def test_a_selection_is_exported_alone(portfolio, workspace, bob, sign_in):
    sent = {"format": "csv", "query": "view=all&q=&sort=name", "account": [portfolio[3].number, portfolio[1].number]}
    rows = sign_in(bob).post(url(workspace, "", "accounts_export"), sent).getvalue().decode().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["Account 01", "Account 03"]


def test_a_selection_changes_its_success_manager(portfolio, workspace, alice, bob, sign_in):
    sent = {"query": "view=all&q=", "account": [a.number for a in portfolio[:4]], "member": bob.pk, "role": "csm",
            "confirmed": "1"}  # fmt: skip
    answer = sign_in(alice).post(url(workspace, "", "accounts_hand_over"), sent, follow=True)
    assert "3 accounts handed over to Bob." in answer.content.decode()
    assert (
        Account.objects.filter(team__member=bob, team__ended_on=None, pk__in=[a.pk for a in portfolio[:4]]).count() == 4
    )


def test_everything_means_every_account_the_address_finds(portfolio, workspace, alice, sign_in):
    sent = {"query": "view=all&country=Japan", "everything": "1", "account": [portfolio[0].number], "tier": "vip",
            "confirmed": "1"}  # fmt: skip
    sign_in(alice).post(url(workspace, "", "accounts_tier"), sent)
    assert set(Account.objects.filter(country="Japan").values_list("tier", flat=True)) == {"vip"}
    assert Account.objects.get(pk=portfolio[0].pk).tier == "general"


def test_a_bulk_act_without_rows_says_what_to_do(portfolio, workspace, alice, sign_in):
    answer = sign_in(alice).post(url(workspace, "", "accounts_tier"), {"tier": "vip"}, follow=True)
    assert "Tick some rows first" in answer.content.decode()


def test_an_operator_cannot_use_bulk_hand_over(portfolio, workspace, bob, sign_in):
    assert sign_in(bob).post(url(workspace, "", "accounts_hand_over"), {}).status_code == 403


def test_a_colleague_of_another_workspace_cannot_take_over(portfolio, workspace, alice, mallory, sign_in):
    sent = {"query": "", "account": [portfolio[0].number], "member": mallory.pk, "role": "csm"}
    assert sign_in(alice).post(url(workspace, "", "accounts_hand_over"), sent).status_code == 404


def test_a_view_is_saved_changed_and_deleted(portfolio, workspace, bob, sign_in):
    client = sign_in(bob)
    client.post(url(workspace, "", "views"), {"name": "Japan", "query": "view=all&country=Japan&page=3"})
    view = SavedView.objects.get()
    assert view.query == "country=Japan"
    page = client.get(url(workspace, f"view=saved-{view.pk}")).content.decode()
    assert page.count('name="account"') == 30
    edited = client.get(url(workspace, f"view=saved-{view.pk}&country=Japan&tier=vip")).content.decode()
    assert "View changed" in edited
    client.post(url(workspace, "", "view", pk=view.pk), {"query": "country=Japan&tier=vip"})
    view.refresh_from_db()
    assert view.query == "tier=vip&country=Japan"
    client.post(url(workspace, "", "view_delete", pk=view.pk))
    assert not SavedView.objects.exists()


def test_a_shared_view_is_seen_by_all_and_changed_by_few(workspace, alice, bob, carol, sign_in):
    mine = save_view(member=bob, page="accounts", name="Mine", query="tier=vip")
    shared = save_view(member=bob, page="accounts", name="Shared", query="tier=vip", is_shared=True)
    page = sign_in(carol).get(url(workspace)).content.decode()
    assert "Shared" in page
    assert f"saved-{mine.pk}" not in page
    assert sign_in(carol).post(url(workspace, "", "view", pk=mine.pk), {"query": ""}).status_code == 404
    assert sign_in(carol).post(url(workspace, "", "view", pk=shared.pk), {"query": ""}).status_code == 403
    assert sign_in(carol).post(url(workspace, "", "views"), {"name": "X", "is_shared": "1"}).status_code == 403
    sign_in(alice).post(url(workspace, "", "view", pk=shared.pk), {"query": "tier=strategic"})
    shared.refresh_from_db()
    assert shared.query == "tier=strategic"


def test_two_views_of_one_member_cannot_share_a_name(workspace, bob, sign_in):
    client = sign_in(bob)
    client.post(url(workspace, "", "views"), {"name": "Japan", "query": ""})
    answer = client.post(url(workspace, "", "views"), {"name": "Japan", "query": "tier=vip"}, follow=True)
    assert "You have a view called" in answer.content.decode()
    assert SavedView.objects.count() == 1


def test_a_viewer_sees_no_bulk_acts_that_write(portfolio, workspace, carol, sign_in):
    page = sign_in(carol).get(url(workspace)).content.decode()
    assert "Set tier" not in page
    assert "New account" not in page


def test_any_address_answers(portfolio, workspace, bob, sign_in):
    client = sign_in(bob)
    for pairs in (
        [("sort", "-csm")],
        [("page", "x")],
        [("view", "gone")],
        [("columns", ",,x")],
        [("renewal", "1e99..")],
    ):
        assert client.get(url(workspace, urlencode(pairs))).status_code == 200
