"""Deleted accounts and people: hidden at once, erased after a week."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction

from evergrow import warehouse
from evergrow.customers.models import Account, BulkChange, BulkState, Segment, Trashed
from evergrow.customers.privacy import erasing
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.models import Workspace

# The tables that hold an account by its number; its events stay as counts of nobody's account.
OF_ACCOUNT = {
    "account_day": "account in {numbers:Array(UInt32)}",
    "health_snapshots": "account in {numbers:Array(UInt32)}",
    "health_backtest_rows": "account in {numbers:Array(UInt32)}",
    "traits": "kind = 'account' and subject in {numbers:Array(UInt32)}",
    "trait_history": "kind = 'account' and subject in {numbers:Array(UInt32)}",
    "places": "account in {numbers:Array(UInt32)}",
}
FROM_BITMAPS = """
    alter table {table} update accounts = bitmapAndnot(accounts, bitmapBuild({numbers:Array(UInt32)}))
    where workspace_id = {workspace_id:UInt32} and bitmapHasAny(accounts, bitmapBuild({numbers:Array(UInt32)}))
    settings mutations_sync = 2"""
FROM_RANGES = """
    alter table person_accounts update
        lowest = 0,
        highest = multiIf(lowest = highest, 0, highest in {numbers:Array(UInt32)}, 4294967295, highest)
    where workspace_id = {workspace_id:UInt32}
        and (lowest in {numbers:Array(UInt32)} or highest in {numbers:Array(UInt32)})
    settings mutations_sync = 2"""
WITH_BITMAPS = ("activity", "property_people")
PRESENT = "select name from system.tables where database = currentDatabase() and name in {names:Array(String)}"


def _look_again(change: BulkChange) -> None:
    """Segments are found anew at the next chance, without what was hidden or with what came back."""
    Segment.objects.filter(workspace=change.workspace_id, retired_at=None).update(computed_on=None)


def hide(change: BulkChange, keys: Iterable[int]) -> None:
    """Put rows into the trash; those that lie there already stay as they are."""
    rows = [
        Trashed(
            workspace_id=change.workspace_id, change=change, erase_at=change.undo_until, **{f"{change.subject}_id": key}
        )
        for key in keys
    ]
    Trashed.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    _look_again(change)


def bring_back(change: BulkChange, keys: Iterable[int]) -> None:
    """Take rows that this change put there out of the trash."""
    Trashed.objects.filter(change=change, **{f"{change.subject}__in": list(keys)}).delete()
    _look_again(change)


def empty(workspace: Workspace, on_progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Erase what has lain there long enough. Safe to run again: each row goes with what it stands for."""
    due = list(Trashed.objects.filter(workspace=workspace, erase_at__lte=clock.now()).order_by("pk"))
    counts = {"accounts": 0, "people": 0}
    for number, row in enumerate(due):
        if row.person is not None:
            erasing.erase_person(row.person)
            counts["people"] += 1
        elif row.account is not None:
            _erase_account(row.account)
            counts["accounts"] += 1
        if on_progress:
            on_progress(number + 1, len(due))
    over = BulkChange.objects.filter(workspace=workspace, state=BulkState.DONE, undo_until__lte=clock.now())
    for change in over:
        with transaction.atomic():
            change.rows.all().delete()
            BulkChange.objects.filter(pk=change.pk).update(state=BulkState.FINAL)
    return counts


def _erase_account(account: Account) -> None:
    """The account with its subscriptions, invoices, tickets, notes, visits and work, and what was merged into it;
    its people stay."""
    merged = Account.everyone.filter(merged_into=account).values_list("number", flat=True)
    which = {"workspace_id": account.workspace_id, "numbers": [account.number, *merged]}
    for (table,) in warehouse.rows(PRESENT, names=list(OF_ACCOUNT)):
        warehouse.execute(
            f"alter table {table} delete where workspace_id = {{workspace_id:UInt32}} and {OF_ACCOUNT[table]}"
            " settings mutations_sync = 2",
            **which,
        )
    warehouse.execute(FROM_RANGES, **which)
    warehouse.execute(
        "alter table events update account = 0 where workspace_id = {workspace_id:UInt32}"
        " and account in {numbers:Array(UInt32)} settings mutations_sync = 2",
        **which,
    )
    for table in WITH_BITMAPS:
        warehouse.execute(FROM_BITMAPS.replace("{table}", table), **which)
    with transaction.atomic():
        audit.record(account.workspace, "account.erased", account, by=None)
        account.delete()
    warehouse.touch(account.workspace_id)
