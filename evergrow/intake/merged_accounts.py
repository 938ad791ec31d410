"""Events of merged accounts go to the account that was kept, and come back when the merge is taken back.

The number of the account is changed in the events themselves, so that every question is right without knowing of
merges. The relational store says what is to be, and this makes the event store agree:

1. The events that are about to move are written down under the merge (``account_moves``), which may be done twice.
2. Their account is changed, by a mutation that the store finishes by itself after a crash.
3. The counts of their names and days are built again; then the merge is settled.

A merge that was taken back gives what was written down under it back in the same way, before anything else. Nothing
depends on how far an earlier run came: an unsettled merge goes through all steps again.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow import warehouse
from evergrow.customers.account_merges import registry
from evergrow.customers.models import AccountMerge
from evergrow.customers.privacy import registry as privacy
from evergrow.intake.events import alone
from evergrow.intake.personal import retention
from evergrow.lib import clock
from evergrow.lib.batches import batched
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job, Workspace

KIND = "intake.follow_accounts"
COUNTS = ("activity", "account_day", "property_people")
AT_ONCE = 2_000


@jobs.register(KIND)
def follow(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Let events follow the accounts that they belong to."""
    return {"merges": run(Workspace.objects.get(pk=job.workspace_id), progress)}


@registry.on_change
def enqueue(workspace: Workspace) -> None:
    """In the transaction of the merge, so that neither is lost without the other."""
    jobs.enqueue(KIND, workspace)


# Also for what was on its way while an account was merged
ticks.often(KIND, timedelta(minutes=10))


def run(workspace: Workspace, on_progress: Any = None) -> int:
    """Make the events of a workspace agree with its merges of accounts; how many merges had something to do.

    Safe to run twice and after a crash at any point. Raises ``warehouse.StoreUnavailable``; then run it again.
    """
    merges = AccountMerge.objects.filter(workspace=workspace).select_related("kept", "merged")
    if not merges.exists():
        return 0
    _note_late(workspace, merges.filter(undone_at=None, is_settled=True))
    with alone(workspace):
        waiting = [
            *(
                (merge, _give_back)
                for merge in merges.filter(undone_at__isnull=False, is_settled=False).order_by("-pk")
            ),
            *((merge, _take) for merge in merges.filter(undone_at=None, is_settled=False).order_by("pk")),
        ]
        if waiting:
            _run("rezone_put_back", workspace_id=workspace.pk)
            _run("rezone_forget", workspace_id=workspace.pk)
        for place, (merge, step) in enumerate(waiting):
            step(workspace, merge)
            if on_progress:
                on_progress(place + 1, len(waiting))
        if waiting:
            warehouse.touch(workspace.pk)
    _forget(workspace, merges.filter(undone_at=None, undo_until__lte=clock.now()))
    return len(waiting)


def _note_late(workspace: Workspace, settled: Any) -> None:
    """A merged account that has events again has them from a batch that had read who is who before the merge."""
    by_number = {merge.merged.number: merge for merge in settled.order_by("pk")}
    for part in batched(sorted(by_number), AT_ONCE):
        rows = warehouse.rows(_sql("accounts_with_events"), workspace_id=workspace.pk, accounts=part)
        found = [by_number[number].pk for (number,) in rows]
        AccountMerge.objects.filter(pk__in=found).update(is_settled=False)


def _take(workspace: Workspace, merge: AccountMerge) -> None:
    which = {"workspace_id": workspace.pk, "merge": merge.pk}
    _run("account_moves_note", **which, merged=merge.merged.number)
    _run("widen_person_accounts", workspace_id=workspace.pk, of=merge.merged.number, account=merge.kept.number)
    _run("account_moves_take", workspace_id=workspace.pk, kept=merge.kept.number, merged=merge.merged.number)
    pairs = warehouse.rows(_sql("account_moves_pairs"), **which)
    _count_again(workspace, ((event, day) for event, day, _events in pairs))
    done = AccountMerge.objects.filter(pk=merge.pk, undone_at=None)
    done.update(is_settled=True, events=max(merge.events, sum(count for _name, _day, count in pairs)))


def _give_back(workspace: Workspace, merge: AccountMerge) -> None:
    which = {"workspace_id": workspace.pk, "merge": merge.pk}
    _run("widen_person_accounts", workspace_id=workspace.pk, of=merge.kept.number, account=merge.merged.number)
    _run("account_moves_give_back", **which, kept=merge.kept.number, merged=merge.merged.number)
    pairs = warehouse.rows(_sql("account_moves_pairs"), **which)
    _count_again(workspace, ((event, day) for event, day, _events in pairs))
    _run("account_moves_forget", workspace_id=workspace.pk, merges=[merge.pk])
    AccountMerge.objects.filter(pk=merge.pk).update(is_settled=True)


def _forget(workspace: Workspace, final: Any) -> None:
    """What cannot be taken back any more need not be known."""
    for keys in batched(final.filter(is_settled=True).values_list("pk", flat=True), AT_ONCE):
        which = {"workspace_id": workspace.pk, "merges": keys}
        if warehouse.rows(_sql("account_moves_known"), **which):
            _run("account_moves_forget", **which)


def _count_again(workspace: Workspace, pairs: Iterable[tuple[str, date]]) -> None:
    """Days whose events retention took away keep the counts they have."""
    is_thinned = retention.thinned(workspace)
    there = [f"{event}|{day.isoformat()}" for event, day in pairs if not is_thinned(event, day)]
    for keys in batched(there, AT_ONCE):
        for counts in COUNTS:
            _run(f"retire_{counts}", workspace_id=workspace.pk, keys=keys)
            _run(f"renew_{counts}", workspace_id=workspace.pk, keys=keys)


def _sql(name: str) -> str:
    return warehouse.statement("intake", name)


def _run(name: str, **params: Any) -> None:
    warehouse.execute(_sql(name), **params)


privacy.table("account_moves", _("Holds no personal data, only numbers and counts that name nobody."))
