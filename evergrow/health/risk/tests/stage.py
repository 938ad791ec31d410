"""A made-up history in which idle accounts leave, and cards for pages that only have to open."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.customers.models import Account, Invoice, InvoiceStatus, Subscription, SubscriptionStatus
from evergrow.health.risk.models import ChurnChance, RiskModel
from evergrow.health.risk.scores import Scored, store
from evergrow.health.tests import stage
from evergrow.workspaces.models import Workspace

TODAY = stage.TODAY


def empty_card() -> dict[str, Any]:
    measures = {"auc": 0.7, "auc_interval": [0.6, 0.8], "brier": 0.1, "calibration_error": 0.02, "lift": 2.0}
    return {
        "target": "churn",
        "data": {"rows": 1, "accounts": 1, "events": 1, "event_accounts": 1, "base_rate": 0.1, "months": 1,
                 "first_month": "2025-01-01", "last_month": "2025-01-01", "censored": 0, "unclear": 0},
        "kind": "logistic, C 1", "candidates": {}, "learned": ["2024-01-01"] * 2, "tested": ["2025-01-01"] * 2,
        "measures": measures, "baselines": [{"key": "base_rate"} | measures, {"key": "health_score", "known": 0.0}],
        "reliability": [{"predicted": 0.1, "observed": 0.1, "low": 0.0, "high": 0.2, "rows": 1, "accounts": 1}],
        "roc": [[0, 0], [1, 1]], "roc_last_activity": [],
        "features": [{"key": "days_since_use", "weight": 1.0, "known": 1.0}],
        "left_out": [{"key": "tier_level", "known": 0.1}],
    }  # fmt: skip


def chance(account: Account, number: int = 1, value: float = 0.25) -> ChurnChance:
    """A model in force and what it says of an account."""
    workspace = account.workspace
    warehouse.migrate()
    model, _ = RiskModel.objects.get_or_create(
        workspace=workspace, target="churn", number=number,
        defaults={"state": "published", "horizon_days": 90, "card": empty_card(),
                  "definition": {"features": ["days_since_use"]}},
    )  # fmt: skip
    today = workspace.today()
    one = np.array([value])
    odds = float(np.log(value / (1 - value)))
    found = Scored(today, np.array([account.number]), one, one, one, odds - 1.0, np.array([[1.0]]), np.array([[30.0]]))
    store(workspace.pk, "churn", model.pk, found)
    reason = {"key": "days_since_use", "value": 30, "usual": 2, "effect": 1.0, "en": "Days since last use: 30 days",
              "zh": "距上次使用天数：30 天"}  # fmt: skip
    return ChurnChance.objects.create(
        account=account, workspace=workspace, model=model, as_of=today, chance=value, low=0.2, high=0.3,
        band="high", reasons=[reason],
    )  # fmt: skip


def history(
    workspace: Workspace, size: int = 260, months: int = 20, seed: int = 11, rises: tuple[int, int] = (3, 5)
) -> None:
    """Accounts that began in turn, used the product every other day, and of which some fall idle and then leave.

    One in seven of those that leave does so without falling idle, and one in five falls idle and stays. By
    ``rises`` (3, 5) each third account pays 20 % more from its bill number 5, counted from 0.
    """
    draw = np.random.default_rng(seed)
    rows: list[tuple[int, date, str, int]] = []
    accounts, subscriptions, invoices = [], [], []
    for number in range(1, size + 1):
        start = TODAY - timedelta(days=int(draw.integers(30, 30 * months)))
        life = int(draw.exponential(300)) + 40
        end = start + timedelta(days=life)
        leaves = end < TODAY
        warns = draw.random() < 6 / 7
        quiet = end - timedelta(days=45) if leaves and warns else TODAY + timedelta(days=1)
        if not leaves and draw.random() < 0.2:
            quiet = TODAY - timedelta(days=int(draw.integers(10, 60)))
        day = start - timedelta(days=10)
        while day < min(end, TODAY):
            if day < quiet or draw.random() < 0.05:
                rows.append((number, day, stage.EVENTS[int(draw.integers(0, 5))], 10 * number))
            day += timedelta(days=int(draw.integers(1, 6)))
        accounts.append(_account(workspace, number, start))
        subscriptions.append((number, start, end if leaves else None))
        invoices.append((number, start, min(end, TODAY)))
    Account.objects.bulk_create(accounts)
    keys = dict(Account.objects.filter(workspace=workspace).values_list("number", "pk"))
    Subscription.objects.bulk_create(_subscription(workspace, keys, *each) for each in subscriptions)
    Invoice.objects.bulk_create(bill for each in invoices for bill in _bills(workspace, keys, *each, rises))
    stage.events(workspace, rows)


def _account(workspace: Workspace, number: int, start: date) -> Account:
    return Account(workspace=workspace, number=number, external_id=f"A{number}", name=f"Account {number}",
                   status="active", signed_up_on=start, mrr=100)  # fmt: skip


def _subscription(workspace: Workspace, keys: dict[int, int], number: int, start: date, end: date | None) -> Any:
    return Subscription(
        workspace=workspace, account_id=keys[number], external_id=f"S{number}", plan="Pro", started_on=start,
        cancelled_on=end, status=SubscriptionStatus.CANCELLED if end else SubscriptionStatus.ACTIVE,
    )  # fmt: skip


def _bills(
    workspace: Workspace, keys: dict[int, int], number: int, start: date, end: date, rises: tuple[int, int]
) -> list[Invoice]:
    """Every 30 days; some accounts pay 20 % more from one of them on."""
    found, day, place = [], start, 0
    while day < end:
        amount = 120 if number % rises[0] == 0 and place >= rises[1] else 100
        found.append(
            Invoice(workspace=workspace, account_id=keys[number], external_id=f"I{number}-{place}", issued_on=day,
                    paid_on=day + timedelta(days=5), amount=amount, status=InvoiceStatus.PAID)
        )  # fmt: skip
        day, place = day + timedelta(days=30), place + 1
    return found


def noon(day: date) -> datetime:
    return stage._noon(day)
