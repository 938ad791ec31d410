"""Lifetime value through its actions, pages and operations, by each method."""

from datetime import date, timedelta

import pytest

from evergrow.customers.account_merges.actions import merge_accounts
from evergrow.customers.models import Account, Invoice, Subscription
from evergrow.customers.tests.stage import make_account, make_seat, make_subscription, put_events
from evergrow.health.value import actions, portfolio
from evergrow.health.value.models import AccountValue, Method
from evergrow.lib import clock
from evergrow.workspaces.models import AuditEntry, Job

pytestmark = [pytest.mark.usefixtures("db", "frozen"), pytest.mark.once]

TODAY = date(2026, 3, 25)


def accounts(workspace, size):
    found = [
        Account(workspace=workspace, number=n, external_id=f"a{n}", name=f"Account {n}", status="active", plan="Pro")
        for n in range(1, size + 1)
    ]
    return Account.objects.bulk_create(found)


def contracts(workspace, size=40, left=10):
    """The first ``left`` leave after 10, 20, … days; the rest began 400 days ago and pay 100."""
    for place, account in enumerate(accounts(workspace, size)):
        start = TODAY - timedelta(days=400)
        end = start + timedelta(days=10 * (place + 1)) if place < left else None
        make_subscription(account, 100, start.isoformat(), end.isoformat() if end else "")


def invoices(workspace, size=60):
    """Account n has n % 4 repeat purchases of 50 + n, thirty days apart."""
    rows = []
    for account in accounts(workspace, size):
        for place in range(account.number % 4 + 1):
            rows.append(
                Invoice(
                    workspace=workspace,
                    account=account,
                    external_id=f"i{account.number}-{place}",
                    issued_on=TODAY - timedelta(days=300 - 30 * place - account.number % 7),
                    amount=50 + account.number,
                    status="paid",
                )
            )
    Invoice.objects.bulk_create(rows)


def settings(workspace, by, **wanted):
    return actions.change_settings(workspace=workspace, by=by, **wanted)


def test_contracts_are_worth_the_months_that_such_customers_stay(workspace):
    contracts(workspace)
    assert actions.compute(workspace=workspace) == 30
    found = AccountValue.objects.get(account__number=40)
    # Nobody left after 100 days, and nobody was watched for more than 400: no month ahead is known
    assert (found.value, found.months, found.facts["tenure"]) == (0, 0, 400)
    young = make_account(workspace, plan="Pro")
    make_subscription(young, 100, (TODAY - timedelta(days=35)).isoformat())
    actions.compute(workspace=workspace)
    found = AccountValue.objects.get(account=young)
    assert found.months == 11
    assert found.low < found.value < found.high < 80 * 12
    assert found.alive == pytest.approx(30 / 37)
    assert AccountValue.objects.filter(account__number=1).count() == 0


def test_purchases_are_worth_what_is_expected_of_them(workspace, alice):
    invoices(workspace)
    settings(workspace, alice, method=Method.PURCHASES)
    assert actions.compute(workspace=workspace) == 60
    again = dict(AccountValue.objects.values_list("account__number", "value"))
    actions.compute(workspace=workspace)
    assert dict(AccountValue.objects.values_list("account__number", "value")) == again
    first = AccountValue.objects.get(account__number=4)
    assert (first.facts["repeats"], first.alive) == (0, 1)
    assert actions.settings_of(workspace).learned["repeaters"] == 45


@pytest.mark.usefixtures("warehouse_db")
def test_an_event_with_an_amount_says_the_same_as_invoices(workspace, alice):
    invoices(workspace)
    settings(workspace, alice, method=Method.PURCHASES)
    actions.compute(workspace=workspace)
    before = dict(AccountValue.objects.values_list("account__number", "value"))
    noon = clock.now()
    put_events(
        workspace,
        *(
            {
                "at": noon - (TODAY - row.issued_on),
                "event": "ordered",
                "account": row.account.number,
                "properties": {"total": str(row.amount)},
            }
            for row in Invoice.objects.select_related("account")
        ),
        {"at": noon, "event": "ordered", "account": 1, "properties": {"total": "free"}},
    )
    settings(workspace, alice, event="ordered", property="total")
    actions.compute(workspace=workspace)
    assert dict(AccountValue.objects.values_list("account__number", "value")) == pytest.approx(before)


def test_the_simple_form_takes_churn_from_the_last_twelve_months(workspace, alice):
    contracts(workspace)
    settings(workspace, alice, method=Method.SIMPLE, discount=0)
    assert actions.compute(workspace=workspace) == 30
    learned = actions.settings_of(workspace).learned
    assert learned["simple"] == pytest.approx(80 / learned["churn"])
    assert AccountValue.objects.first().value == pytest.approx(learned["simple"])


def test_too_few_data_are_said_in_plain_words(workspace, alice, client):
    make_subscription(make_account(workspace), 100, "2025-01-01")
    for method in Method:
        settings(workspace, alice, method=method)
        assert actions.compute(workspace=workspace) == 0
        client.force_login(alice.user)
        page = client.get("/w/acme/value/").content.decode()
        assert "too few" in page or "Nobody left" in page


def test_settings_that_cannot_be_are_refused(workspace, alice, client):
    client.force_login(alice.user)
    good = {"method": "simple", "margin": "70", "discount": "8", "horizon": "24", "growth": "0", "group_by": ""}
    assert client.post("/w/acme/value/settings/", good).status_code == 302
    found = actions.settings_of(workspace)
    assert (str(found.margin), str(found.discount), found.horizon) == ("0.7000", "0.0800", 24)
    assert AuditEntry.objects.filter(verb="value.settings_changed").count() == 1
    assert Job.objects.filter(kind=actions.KIND).count() == 1
    assert client.post("/w/acme/value/settings/", good | {"margin": "0"}).status_code == 422
    refused = client.post("/w/acme/value/settings/", good | {"horizon": "500"}, follow=True)
    assert "between 1 and 120" in refused.content.decode()
    assert actions.settings_of(workspace).horizon == 24


def test_only_own_accounts_are_shown_and_the_merged_one_is_gone(workspace, alice, bob, client):
    contracts(workspace)
    young = make_account(workspace, "Young", plan="Pro")
    make_subscription(young, 100, (TODAY - timedelta(days=35)).isoformat())
    actions.compute(workspace=workspace)
    bob.scope = "own"
    bob.save()
    make_seat(young, bob)
    client.force_login(bob.user)
    page = client.get("/w/acme/value/").content.decode()
    assert "Young" in page
    assert "Account 40" not in page
    assert portfolio.read(workspace, Account.objects.filter(pk=young.pk)).accounts == 1
    assert b"Young" in b"".join(client.get("/w/acme/value/accounts.csv").streaming_content)
    merge_accounts(kept=Account.objects.get(number=40), merged=young, reason="same", by=alice)
    assert not AccountValue.objects.filter(account=young).exists()
    actions.compute(workspace=workspace)
    assert AccountValue.objects.get(account__number=40).monthly == pytest.approx(160)
    assert Subscription.objects.filter(account__number=40).count() == 2


@pytest.mark.usefixtures("warehouse_db")
def test_the_account_page_and_the_list_show_the_value(workspace, alice, client):
    contracts(workspace)
    young = make_account(workspace, "Young", plan="Pro")
    make_subscription(young, 100, (TODAY - timedelta(days=35)).isoformat())
    actions.compute(workspace=workspace)
    client.force_login(alice.user)
    assert "Lifetime value" in client.get(f"/w/acme/accounts/{young.number}/").content.decode()
    shown = client.get("/w/acme/accounts/?lifetime_value=10..&columns=name&columns=lifetime_value").content.decode()
    assert "Young" in shown
    assert "Account 40" not in shown
