"""What the tests of this room put on the stage."""

from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from evergrow import warehouse
from evergrow.customers.actions.numbers import next_number
from evergrow.customers.models import Account, Affiliation, Person, Subscription, TeamSeat
from evergrow.workspaces.models import Member, Workspace

_ids = count(1)


def make_account(workspace: Workspace, name: str = "Kite Works", **fields: Any) -> Account:
    number = next_number(workspace, "account")
    fields.setdefault("external_id", f"a-{number}")
    return Account.objects.create(workspace=workspace, number=number, name=name, **fields)


def make_person(account: Account, name: str = "Daniel Moore", **place: Any) -> Person:
    number = next_number(account.workspace, "person")
    person = Person.objects.create(workspace=account.workspace, number=number, name=name)
    Affiliation.objects.create(account=account, person=person, **place)
    return person


def make_seat(account: Account, member: Member, role: str = "csm", since: date = date(2026, 1, 1)) -> TeamSeat:
    return TeamSeat.objects.create(account=account, member=member, role=role, started_on=since)


def make_subscription(account: Account, mrr: str | int, since: str, until: str = "", **fields: Any) -> Subscription:
    fields.setdefault("status", "cancelled" if until else "active")
    fields.setdefault("plan", "Pro")
    return Subscription.objects.create(
        workspace=account.workspace,
        account=account,
        external_id=f"s-{next(_ids)}",
        mrr=Decimal(mrr),
        started_on=date.fromisoformat(since) if since else None,
        cancelled_on=date.fromisoformat(until) if until else None,
        **fields,
    )


def put_events(workspace: Workspace, *events: dict[str, Any]) -> None:
    """Events into the store, each with ``at``, ``event`` and what else its columns say; days are the workspace's."""
    base = {"account": 0, "person": 0, "properties": {}, "source": "", "distinct_id": ""}
    rows = [{**base, "sequence": n, "message_id": f"m-{next(_ids)}", **row} for n, row in enumerate(events)]
    moments: list[datetime] = [row["at"] for row in rows]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    days = [at.astimezone(workspace.tz).date() for at in moments]
    same = {"workspace_id": [workspace.pk] * len(rows), "day": days, "received_at": moments, "original_at": moments}
    warehouse.insert("events", {**columns, **same})
