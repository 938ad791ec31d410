"""A small workspace whose every fact is written here, for the tests of this room."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.customers.models import (
    Account,
    AccountStatus,
    Affiliation,
    Invoice,
    InvoiceStatus,
    Note,
    Person,
    Ticket,
    TicketPriority,
)
from evergrow.workspaces.models import Member, Workspace

TODAY = date(2026, 3, 25)
EVENTS = ["login", "viewed_dashboard", "created_project", "exported_report", "used_automation"]


def account(workspace: Workspace, number: int, **fields: Any) -> Account:
    known = {"status": AccountStatus.ACTIVE, "signed_up_on": date(2025, 1, 10), "mrr": 100} | fields
    return Account.objects.create(
        workspace=workspace, number=number, external_id=f"A{number}", name=f"Account {number}", **known
    )


def events(workspace: Workspace, rows: list[tuple[int, date, str, int]]) -> None:
    """Put ``(account, day, event, person)`` into the event store."""
    if not rows:
        return
    accounts, days, names, people = zip(*rows, strict=True)
    size = len(rows)
    at = np.array(days, dtype="datetime64[ms]")
    warehouse.insert(
        "events",
        {
            "workspace_id": np.full(size, workspace.pk, dtype=np.uint32),
            "event": list(names),
            "at": at,
            "day": np.array(days, dtype="datetime64[D]"),
            "person": np.array(people, dtype=np.uint32),
            "account": np.array(accounts, dtype=np.uint32),
            "message_id": [f"m{number}" for number in range(size)],
            "distinct_id": [""] * size,
            "sequence": np.zeros(size, dtype=np.uint32),
            "original_at": at,
            "received_at": at,
            "source": ["test"] * size,
            "import_id": np.zeros(size, dtype=np.uint64),
            "segment": ["test"] * size,
        },
    )


def steady_use(
    number: int, *, until: date = TODAY, days: int = 120, every: int = 2
) -> list[tuple[int, date, str, int]]:
    """Use on every ``every``-th day by two people, all five events in turn."""
    return [
        (number, until - timedelta(days=back), EVENTS[back % len(EVENTS)], 10 * number + back % 2)
        for back in range(1, days, every)
    ]


def ticket(owner: Account, name: str, opened: date, **fields: Any) -> Ticket:
    known = {"priority": TicketPriority.LOW, "subject": name} | fields
    return Ticket.objects.create(
        workspace=owner.workspace, account=owner, external_id=name, opened_at=_noon(opened), **known
    )


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def crowd(workspace: Workspace, by: Member, size: int = 40, seed: int = 5) -> list[tuple[int, date, str, int]]:
    """Accounts with random seats, people, tickets, invoices, notes and use; the events that were put in."""
    draw = random.Random(seed)
    rows: list[tuple[int, date, str, int]] = []
    for number in range(1, size + 1):
        one = account(
            workspace,
            number,
            seats=draw.choice([None, None, 2, 5]),
            signed_up_on=TODAY - timedelta(days=draw.randint(1, 400)),
            customer_since=draw.choice([None, TODAY - timedelta(days=draw.randint(0, 380))]),
            renews_on=draw.choice([None, TODAY + timedelta(days=draw.randint(-20, 200))]),
        )
        _people(one, draw)
        _tickets(one, draw)
        _invoices(one, draw)
        if draw.random() < 0.4:
            Note.objects.create(
                account=one, author=by, body="x", created_at=_noon(TODAY - timedelta(draw.randint(0, 60)))
            )
        if draw.random() < 0.85:
            rows += [
                (number, TODAY - timedelta(days=draw.randint(0, 150)), draw.choice(EVENTS), _person(number, draw))
                for _ in range(draw.randint(1, 80))
            ]
    events(workspace, rows)
    return rows


def _person(number: int, draw: random.Random) -> int:
    return 0 if number % 7 == 0 else 10 * number + draw.randint(0, 3)


def _people(one: Account, draw: random.Random) -> None:
    for place in range(draw.randint(0, 4)):
        person = Person.objects.create(workspace=one.workspace, number=10 * one.number + place)
        ended = draw.choice([None, None, TODAY - timedelta(days=3)])
        Affiliation.objects.create(account=one, person=person, ended_on=ended)


def _tickets(one: Account, draw: random.Random) -> None:
    for place in range(draw.choice([0, 0, 1, 3])):
        opened = TODAY - timedelta(days=draw.randint(1, 300))
        hours = draw.choice([None, 5.0, 30.0])
        ticket(
            one,
            f"T{one.number}-{place}",
            opened,
            priority=draw.choice(list(TicketPriority)),
            resolution_hours=hours,
            closed_at=_noon(opened) + timedelta(hours=hours) if hours and draw.random() < 0.5 else None,
            csat=draw.choice([None, 2.0, 4.5]),
        )


def _invoices(one: Account, draw: random.Random) -> None:
    for place in range(draw.choice([0, 1, 3])):
        issued = TODAY - timedelta(days=draw.randint(0, 120))
        paid = draw.choice([None, issued + timedelta(days=10)])
        Invoice.objects.create(
            workspace=one.workspace,
            account=one,
            external_id=f"I{one.number}-{place}",
            issued_on=issued,
            due_on=draw.choice([None, issued + timedelta(days=14)]),
            paid_on=paid,
            amount=100,
            status=draw.choice([InvoiceStatus.PAID, InvoiceStatus.OPEN]) if paid is None else InvoiceStatus.PAID,
        )
