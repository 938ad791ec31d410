import threading
import time
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from evergrow.customers.actions.commerce import refresh_commerce
from evergrow.customers.models import Account, Subscription
from evergrow.customers.tests.stage import make_account, make_subscription
from evergrow.workspaces.models import Workspace

pytestmark = pytest.mark.usefixtures("frozen")  # today is 25 March 2026


def derived(account):
    refresh_commerce(account.workspace)
    account.refresh_from_db()
    return account


def test_live_subscriptions_add_up(workspace):
    account = make_account(workspace)
    make_subscription(account, "300.10", "2025-06-01", plan="Business", seats=5, renews_on=date(2026, 6, 1))
    make_subscription(account, "100.20", "2025-01-01", plan="Pro", seats=7, renews_on=date(2026, 4, 1))
    make_subscription(account, 80, "2024-01-01", "2025-01-01", plan="Starter", seats=3)
    derived(account)
    assert (account.status, account.plan, account.mrr, account.seats) == ("active", "Business", Decimal("400.30"), 12)
    assert (account.customer_since, account.renews_on) == (date(2024, 1, 1), date(2026, 4, 1))
    assert account.cancelled_on is None


def test_a_cancelled_account_keeps_its_last_plan_and_day(workspace):
    account = make_account(workspace, mrr=99, seats=4)
    make_subscription(account, 80, "2024-01-01", "2026-03-25", plan="Starter")
    derived(account)
    assert (account.status, account.plan, account.mrr, account.seats) == ("cancelled", "Starter", 0, None)
    assert account.cancelled_on == date(2026, 3, 25)


def test_a_cancellation_ahead_does_not_count_yet(workspace):
    account = make_account(workspace)
    make_subscription(account, 80, "2024-01-01", "2026-03-26")
    assert derived(account).status == "active"
    assert account.cancelled_on is None


@pytest.mark.parametrize(
    ("status", "told"), [("trial", "trial"), ("trial_expired", "expired"), ("cancelled", "prospect")]
)
def test_trials_are_told_from_the_subscription(workspace, status, told):
    account = make_account(workspace)
    make_subscription(account, 0, "", status=status, trial_started_on=date(2026, 3, 1), plan="")
    assert derived(account).status == told


def test_an_account_without_subscriptions_is_a_prospect(workspace):
    assert derived(make_account(workspace, status="active", mrr=5)).status == "prospect"


def test_only_the_asked_accounts_of_the_workspace_change(workspace, mallory):
    one, two, foreign = make_account(workspace), make_account(workspace), make_account(mallory.workspace)
    for account in (one, two, foreign):
        make_subscription(account, 10, "2025-01-01")
    assert refresh_commerce(workspace, [one.pk, foreign.pk]) == 1
    assert list(Account.objects.order_by("pk").values_list("mrr", flat=True)) == [10, 0, 0]


def test_twelve_thousand_accounts_are_refreshed_with_few_queries(workspace, django_assert_max_num_queries):
    Account.objects.bulk_create(
        Account(workspace=workspace, number=n, external_id=str(n), name=str(n)) for n in range(1, 12_001)
    )
    Subscription.objects.bulk_create(
        Subscription(
            workspace=workspace, external_id=str(pk), account_id=pk, mrr=9, status="active", started_on=date(2025, 1, 1)
        )
        for pk in Account.objects.values_list("pk", flat=True)
    )
    with django_assert_max_num_queries(100):
        assert refresh_commerce(workspace) == 12_000
    assert Account.objects.filter(status="active", mrr=9).count() == 12_000


@pytest.mark.django_db(transaction=True)
def test_two_subscriptions_written_at_the_same_moment_both_count():
    """On PostgreSQL the second refresh waits for the first; on the tests' SQLite one comes after the other."""
    workspace = Workspace.objects.create(slug="busy", name="Busy")
    account = make_account(workspace)
    alone = connection.vendor == "sqlite"
    first_has_refreshed = threading.Event()

    def write(mrr, *, is_first):
        if not is_first:
            first_has_refreshed.wait(10)
        with transaction.atomic():
            make_subscription(account, mrr, "2025-01-01")
            refresh_commerce(workspace, [account.pk])
            if is_first:
                first_has_refreshed.set()
                time.sleep(0 if alone else 0.5)
        connection.close()

    threads = [threading.Thread(target=write, args=[100], kwargs={"is_first": True})]
    threads.append(threading.Thread(target=write, args=[50], kwargs={"is_first": False}))
    for thread in threads:
        thread.start()
        if alone:
            thread.join()
    for thread in threads:
        thread.join()
    account.refresh_from_db()
    assert account.mrr == 150
