"""Enter values of accounts: one by a colleague, many by another program."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers.models import Account
from evergrow.health.actions.soon import compute_soon
from evergrow.health.models import Entry, EntryOrigin
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member


class BadDay(ValidationError):
    """A value cannot have been observed on a day ahead."""


@dataclass(frozen=True, slots=True)
class Observed:
    """A value that another program observed of an account on a day."""

    account: Account
    key: str
    value: float
    on: date
    note: str = ""


@transaction.atomic
def enter(*, account: Account, key: str, value: float, on: date, note: str = "", by: Member) -> Entry:
    """Write down a value; it counts from its day on, and the score is computed anew soon. Raises BadDay."""
    require(by, "work")
    _check_day(account, on)
    made = Entry.objects.create(
        workspace=account.workspace, account=account, key=key, value=value, observed_on=on, note=note[:300], by=by
    )
    audit.record(account.workspace, "health.value_entered", account, by=by, data=_told(made))
    compute_soon(workspace=account.workspace, by=by)
    return made


@transaction.atomic
def bring_in(*, values: Iterable[Observed], by: Member) -> int:
    """Write down many values at once; all or none. How many. Raises BadDay."""
    require(by, "work")
    rows = list(values)
    for each in rows:
        _check_day(each.account, each.on)
    Entry.objects.bulk_create(
        Entry(
            workspace=each.account.workspace,
            account=each.account,
            key=each.key,
            value=each.value,
            observed_on=each.on,
            note=each.note[:300],
            origin=EntryOrigin.IMPORT,
            by=by,
        )
        for each in rows
    )
    if rows:
        workspace = rows[0].account.workspace
        audit.record(workspace, "health.values_brought_in", workspace, by=by, data={"values": len(rows)})
        compute_soon(workspace=workspace, by=by)
    return len(rows)


def _check_day(account: Account, on: date) -> None:
    if on > account.workspace.today():
        raise BadDay({"on": _("Choose today or a day before.")})


def _told(entry: Entry) -> dict[str, object]:
    return {"key": entry.key, "value": entry.value, "on": entry.observed_on.isoformat(), "note": entry.note}
