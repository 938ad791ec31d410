"""A feature of a day knows nothing of what came after: change everything later, and it stays the same."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from evergrow import warehouse
from evergrow.customers.models import (
    Account,
    Affiliation,
    Invoice,
    Note,
    Subscription,
    Ticket,
    TierChange,
    Visit,
)
from evergrow.health import actions as health
from evergrow.health.risk import features, outcomes, records
from evergrow.health.risk.catalogue import FEATURES, KEYS, SOURCES
from evergrow.health.risk.records import Records
from evergrow.health.tests import stage
from evergrow.lib import clock

DAY = stage.TODAY - timedelta(days=40)
TABLES = {
    "subscriptions": ("trial", "started", "ended"),
    "invoices": ("issued", "due", "paid", "amount"),
    "tickets": ("is_urgent", "opened", "closed", "hours", "csat"),
    "contacts": ("day",),
    "people": ("since", "until"),
    "tiers": ("day", "level"),
}
BEGINS = {"subscriptions": "started", "invoices": "issued", "tickets": "opened", "contacts": "day", "people": "since",
          "tiers": "day"}  # fmt: skip
ENDS = {"subscriptions": "ended", "invoices": "paid", "tickets": "closed", "people": "until"}


def table(draw: np.random.Generator, name: str, size: int, today: float) -> dict[str, np.ndarray]:
    begins = today + draw.integers(-300, 200, size) + draw.random(size) * (name == "tickets")
    ends = np.where(draw.random(size) < 0.3, np.inf, begins + draw.integers(0, 200, size))
    ends = np.where(draw.random(size) < 0.1, np.nan, ends) if name in ("subscriptions", "invoices") else ends
    found = {"account": draw.integers(1, 13, size), BEGINS[name]: begins}
    if name in ENDS:
        found[ENDS[name]] = ends
    more = {
        "trial": begins - 14,
        "due": begins + 30,
        "amount": draw.integers(10, 200, size).astype(float),
        "is_urgent": draw.random(size) < 0.3,
        "hours": np.where(draw.random(size) < 0.3, np.nan, draw.random(size) * 90),
        "csat": np.where(draw.random(size) < 0.3, np.nan, draw.integers(1, 6, size)),
        "level": draw.integers(1, 4, size).astype(float),
    }
    return found | {key: more[key] for key in TABLES[name] if key not in found}


def later_changed(draw: np.random.Generator, name: str, found: dict[str, Any], today: float) -> dict[str, np.ndarray]:
    """The same before the day; later rows gone or other, later ends moved, and new rows."""
    begins = BEGINS[name]
    kept = found[begins] < today
    ours = {key: values[kept].copy() for key, values in found.items()}
    if name in ENDS:
        open_still = ~(ours[ENDS[name]] < today)
        size = int(open_still.sum())
        dated = ~np.isnan(ours[ENDS[name]][open_still])
        moved = np.where(draw.random(size) < 0.5, np.inf, today + draw.integers(0, 100, size))
        ours[ENDS[name]][open_still] = np.where(dated, moved, np.nan)
        if name == "tickets":
            ours["csat"][open_still] = draw.integers(1, 6, size)
            ours["hours"][open_still] = draw.random(size) * 50
    new = table(draw, name, 8, today + 320)
    return {key: np.concatenate([ours[key], new[key]]) for key in found}


def test_nothing_recorded_later_changes_a_feature():
    """500 random histories, each with everything after a day made anew."""
    today = float(DAY.toordinal())
    for seed in range(500):
        draw = np.random.default_rng(seed)
        tables = {name: table(draw, name, int(draw.integers(0, 40)), today) for name in TABLES}
        known = Records(np.arange(1, 13), **tables)
        other = Records(
            np.arange(1, 13), **{name: later_changed(draw, name, found, today) for name, found in tables.items()}
        )
        before, after = features.recorded(known, DAY), features.recorded(other, DAY)
        for key, values in before.items():
            assert np.array_equal(values, after[key], equal_nan=True), (seed, key)


def test_what_happened_before_does_change_features():
    """The test above could not fail if nothing were looked at."""
    today = float(DAY.toordinal())
    draw = np.random.default_rng(1)
    tables = {name: table(draw, name, 60, today) for name in TABLES}
    found = features.recorded(Records(np.arange(1, 13), **tables), DAY)
    for name in TABLES:
        empty = tables | {name: {key: values[:0] for key, values in tables[name].items()}}
        other = features.recorded(Records(np.arange(1, 13), **empty), DAY)
        assert any(not np.array_equal(found[key], other[key], equal_nan=True) for key in found), name


@pytest.mark.once
@pytest.mark.usefixtures("warehouse_db", "frozen")
def test_nothing_stored_later_changes_a_feature(workspace: Any, alice: Any) -> None:
    """Through both stores: events, rows of every table, present facts of the accounts, scores computed later."""
    draw = random.Random(4)
    stage.crowd(workspace, alice, size=25)
    for account in Account.objects.all():
        begun = DAY - timedelta(days=draw.randint(1, 300))
        Subscription.objects.create(workspace=workspace, account=account, external_id=f"S{account.number}",
                                    started_on=begun, plan="Pro", status="active")  # fmt: skip
    began = datetime.combine(DAY, datetime.min.time(), workspace.tz).astimezone(UTC)
    with clock.frozen(began - timedelta(hours=2)):
        health.compute(workspace=workspace)
    known = records.read(workspace)
    before = features.observe(workspace, known, DAY)
    assert (~np.isnan(before.column("health_score"))).any()
    change_everything_after(workspace, alice, draw)
    health.compute(workspace=workspace)
    after = features.observe(workspace, records.read(workspace), DAY)
    for key in KEYS:
        assert np.array_equal(before.column(key), after.column(key), equal_nan=True), key


def change_everything_after(workspace: Any, alice: Any, draw: random.Random) -> None:
    began = datetime.combine(DAY, datetime.min.time(), workspace.tz)
    warehouse.execute("delete from events where workspace_id = {w:UInt32} and day >= {d:Date}", w=workspace.pk, d=DAY)
    warehouse.execute(
        "delete from account_day where workspace_id = {w:UInt32} and day >= {d:Date}", w=workspace.pk, d=DAY
    )
    stage.events(workspace, [(n, DAY + timedelta(days=draw.randint(0, 39)), "new", 900 + n) for n in range(1, 26)])
    Ticket.objects.filter(opened_at__gte=began).delete()
    Ticket.objects.filter(closed_at__gte=began).update(csat=1.0, closed_at=began + timedelta(days=9))
    Invoice.objects.filter(issued_on__gte=DAY).delete()
    Note.objects.filter(created_at__gte=began).delete()
    for account in Account.objects.all():
        later = DAY + timedelta(days=draw.randint(0, 30))
        stage.ticket(account, f"later {account.number}", later, priority="urgent", csat=1.0, resolution_hours=2.0)
        Invoice.objects.create(workspace=workspace, account=account, external_id=f"later {account.number}",
                               issued_on=later, amount=Decimal(9999), status="overdue")  # fmt: skip
        Note.objects.create(account=account, author=alice, body="x", created_at=began + timedelta(days=3))
        Visit.objects.create(account=account, happened_on=DAY - timedelta(days=5), created_at=began + timedelta(days=1))
        Subscription.objects.filter(account=account).update(
            cancelled_on=later, status="cancelled", mrr=7, plan="Other", seats=3
        )
        TierChange.objects.create(workspace=workspace, account=account, on=later, from_tier="general",
                                  to_tier="strategic", basis="manual")  # fmt: skip
    Affiliation.objects.filter(started_on=None).update(ended_on=DAY)
    Account.objects.update(status="cancelled", mrr=0, seats=99, plan="Gone", tier="vip", industry="Other",
                           renews_on=date(2030, 1, 1), cancelled_on=DAY + timedelta(days=9))  # fmt: skip


def test_every_feature_names_its_source_in_both_languages():
    for feature in FEATURES.values():
        source = SOURCES[feature.source]
        assert all(name.get(tongue) for name in (feature.name, source.name, source.known) for tongue in ("en", "zh"))


def test_outcomes_are_what_a_calendar_says():
    """Churn of random subscriptions against walking day by day through the horizon."""
    today = DAY.toordinal()
    for seed in range(200):
        draw = np.random.default_rng(seed)
        found = table(draw, "subscriptions", 30, float(today))
        found["ended"] = np.where(np.isnan(found["ended"]), np.inf, found["ended"])
        empty = {name: {k: v[:0] for k, v in table(draw, name, 1, float(today)).items()} for name in TABLES}
        known = Records(np.arange(1, 13), **(empty | {"subscriptions": found}))
        read = outcomes.read("churn", known, DAY, 60)
        for account, happened in zip(read.accounts, read.happened, strict=True):
            spans = [(s, e) for a, s, e in zip(found["account"], found["started"], found["ended"], strict=True)
                     if a == account]  # fmt: skip
            assert bool(happened) == left(spans, today, 60), (seed, account)


def left(spans: list[tuple[float, float]], today: int, horizon: int) -> bool:
    """Walk from the day: on the first day without a running subscription, is one begun within a week?"""
    day = today
    while day <= today + horizon + 400:
        if not any(s <= day < e or (s < today and e >= day and day == today) for s, e in spans):
            ended = max(e for s, e in spans if e <= day and s <= day)
            following = [s for s, e in spans if day <= s <= ended + 7]
            if not following:
                return ended < today + horizon
            day = int(min(following))
            if not any(s <= day < e for s, e in spans):
                day += 1
            continue
        day += 1
    return False
