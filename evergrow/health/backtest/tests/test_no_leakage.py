"""What a back-test sees of a past day does not change with anything that came after that day."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from evergrow.customers.actions.commerce import refresh_commerce
from evergrow.customers.models import Account, Affiliation, Invoice, InvoiceStatus, Subscription, Ticket
from evergrow.health.backtest import known, past
from evergrow.health.backtest.outcomes import read_lines
from evergrow.health.default_card import definition
from evergrow.health.sources import PLACE, SOURCES
from evergrow.health.tests import stage

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")
DAY = stage.TODAY - timedelta(days=60)
TESTED = [key for key in SOURCES if known.past_of(key).is_kept]


def subscribe(workspace: Any, draw: random.Random) -> None:
    for account in Account.objects.filter(workspace=workspace).order_by("number"):
        started = stage.TODAY - timedelta(days=draw.randint(70, 500))
        ended = draw.choice([None, stage.TODAY - timedelta(days=draw.randint(0, 50))])
        Subscription.objects.create(
            workspace=workspace,
            account=account,
            external_id=f"S{account.number}",
            plan="Pro",
            status="cancelled" if ended else "active",
            mrr=50,
            seats=draw.choice([None, 3, 8]),
            started_on=started,
            cancelled_on=ended,
            renews_on=None if ended else stage.TODAY + timedelta(days=draw.randint(1, 300)),
        )


def seen(workspace: Any) -> tuple[np.ndarray, np.ndarray]:
    refresh_commerce(workspace)
    found = past.read(workspace, read_lines(workspace)).on(DAY)
    return found.accounts, found.values[:, [PLACE[key] for key in TESTED]]


def end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC) - timedelta(hours=8)


def undo_the_future(workspace: Any) -> None:
    """Make the relational store what it was at the end of the day."""
    Ticket.objects.filter(opened_at__gte=end_of(DAY)).delete()
    for ticket in Ticket.objects.all():
        closed = ticket.closed_at or (
            ticket.opened_at + timedelta(hours=ticket.resolution_hours) if ticket.resolution_hours else None
        )
        if closed is None or closed >= end_of(DAY):
            ticket.closed_at = ticket.resolution_hours = ticket.csat = None
            ticket.save()
    Invoice.objects.filter(issued_on__gt=DAY).delete()
    Invoice.objects.filter(paid_on__gt=DAY).update(paid_on=None, status=InvoiceStatus.OPEN)
    Affiliation.objects.filter(ended_on__gt=DAY).update(ended_on=None)
    Subscription.objects.filter(started_on__gt=DAY).delete()
    Subscription.objects.filter(cancelled_on__gt=DAY).update(cancelled_on=None, renews_on=DAY, status="active")
    Account.objects.filter(signed_up_on__gt=DAY).exclude(subscriptions__started_on__lte=DAY).update(
        signed_up_on=DAY + timedelta(days=1)
    )


def test_nothing_that_came_later_changes_what_was_seen(workspace: Any, alice: Any) -> None:
    draw = random.Random(31)
    rows = stage.crowd(workspace, alice, size=60, seed=31)
    subscribe(workspace, draw)
    accounts, values = seen(workspace)
    undo_the_future(workspace)
    later = [row for row in rows if row[1] >= DAY]
    assert later, "some events came later, and stay in the store: they must not be counted"
    again, same = seen(workspace)
    assert accounts.tolist() == again.tolist()
    for column, key in enumerate(TESTED):
        assert np.array_equal(values[:, column], same[:, column], equal_nan=True), key
    known_shares = {key: float((~np.isnan(values[:, column])).mean()) for column, key in enumerate(TESTED)}
    assert all(share > 0.05 for share in known_shares.values()), known_shares


def test_events_that_came_later_change_nothing(workspace: Any, alice: Any) -> None:
    stage.crowd(workspace, alice, size=20, seed=32)
    subscribe(workspace, random.Random(32))
    _, values = seen(workspace)
    numbers = list(range(1, 21))
    stage.events(workspace, [(number, DAY + timedelta(days=number % 3), "login", 5) for number in numbers])
    _, same = seen(workspace)
    assert np.array_equal(values, same, equal_nan=True)


def test_the_ordinary_facts_would_have_given_it_away(workspace: Any, alice: Any) -> None:
    """Why the renewal measure is left out: only those who were not lost still have a date."""
    stage.crowd(workspace, alice, size=40, seed=33)
    subscribe(workspace, random.Random(33))
    refresh_commerce(workspace)
    from evergrow.health import facts

    found = facts.read(workspace).on(DAY)
    has_date = ~np.isnan(found.values[:, PLACE["renewal_without_contact"]])
    stays = {row.number for row in Account.objects.filter(subscriptions__cancelled_on=None)}
    paying = set(Subscription.objects.filter(started_on__lte=DAY).values_list("account__number", flat=True))
    here = set(found.accounts.tolist()) & paying
    assert {int(number) for number in found.accounts[has_date]} & here <= stays
    assert "renewal_without_contact" not in TESTED


def test_payments_on_unknown_days_leave_the_measure_out_once_due(workspace: Any) -> None:
    for number, due in [(1, DAY - timedelta(days=5)), (2, DAY + timedelta(days=5)), (3, DAY - timedelta(days=5))]:
        account = stage.account(workspace, number)
        Invoice.objects.create(
            workspace=workspace,
            account=account,
            external_id=f"I{number}",
            issued_on=DAY - timedelta(days=20),
            due_on=due,
            paid_on=DAY + timedelta(days=9) if number == 3 else None,
            amount=10,
            status=InvoiceStatus.PAID,
        )
    _, values = seen(workspace)
    overdue = values[:, TESTED.index("days_overdue")]
    assert np.isnan(overdue[0])
    assert overdue[1:].tolist() == [0.0, 5.0]


def test_a_source_nobody_vouched_for_is_left_out_with_a_reason() -> None:
    card = definition()
    card["groups"][0]["measures"].append(
        {**card["groups"][0]["measures"][0], "key": "typed", "source": "typed_by_hand", "weight": 10}
    )
    left = {told.key: told for told in known.left_out(card)}
    assert set(left) == {"typed", "renewal"}
    assert "only how it stands now" in left["typed"].why["en"]
    assert left["renewal"].share == pytest.approx(0.15 * 0.30)
    kept = known.without_unknown(card)
    keys = [measure["key"] for group in kept["groups"] for measure in group["measures"]]
    assert "typed" not in keys
    assert "renewal" not in keys
    assert "overdue" in keys
    assert len(definition()["groups"][4]["measures"]) == 3, "the definition itself is left alone"
