"""Recurring revenue of the sample's subscriptions, against the numbers that its README gives from pandas."""

import csv
import gzip
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from evergrow.customers.models import Account, Subscription
from evergrow.customers.queries.revenue import mrr_at, mrr_on_days, retention

FILE = Path(__file__).resolve().parents[3] / "samples" / "saas_growth" / "subscriptions.csv.gz"
MRR = {
    date(2024, 6, 30): (122_490, 1_260),
    date(2024, 12, 31): (208_196, 2_154),
    date(2025, 6, 30): (260_648, 2_702),
    date(2025, 12, 31): (244_431, 2_519),
    date(2026, 3, 31): (203_363, 2_087),
}


@pytest.fixture
def sample(workspace):
    with gzip.open(FILE, "rt") as lines:
        rows = [row for row in csv.DictReader(lines) if row["conversion_date"]]
    Account.objects.bulk_create(
        Account(workspace=workspace, number=n, external_id=row["account_id"], name=row["account_id"])
        for n, row in enumerate(rows, start=1)
    )
    keys = dict(Account.objects.values_list("external_id", "pk"))
    Subscription.objects.bulk_create(
        Subscription(
            workspace=workspace,
            external_id=row["subscription_id"],
            account_id=keys[row["account_id"]],
            mrr=Decimal(row["monthly_recurring_revenue"]),
            status="active",
            started_on=date.fromisoformat(row["conversion_date"]),
            cancelled_on=date.fromisoformat(row["cancel_date"]) if row["cancel_date"] else None,
        )
        for row in rows
    )
    return workspace


def test_revenue_and_retention_are_the_published_ones(sample):
    assert [(m.amount, m.accounts) for m in mrr_on_days(sample, list(MRR))] == list(MRR.values())
    assert [(m.amount, m.accounts) for m in (mrr_at(sample, day) for day in MRR)] == list(MRR.values())
    kept = retention(sample, date(2025, 3, 31), date(2026, 3, 31))
    assert (kept.accounts, kept.kept_accounts, kept.start_mrr) == (2_504, 1_169, 242_846)
    assert kept.nrr == kept.grr == pytest.approx(114_681 / 242_846, abs=1e-9)
    assert kept.logos == pytest.approx(0.466853, abs=1e-6)
