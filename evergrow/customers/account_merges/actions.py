"""Merging two accounts, and taking it back.

1. In one transaction: every row that points at the merged account points at the kept one, with what the constraints
   need written down (``record``); the facts are joined; the merged account says where it belongs.
2. Other rooms hear of it in that transaction (``registry.on_change``) and queue what they have to do elsewhere: events
   follow by a job that may break off and begin again.
3. What was on its way to the merged account meanwhile follows by ``gather``, which runs every few minutes.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers import timeline
from evergrow.customers.account_merges import facts, parents, record, registry
from evergrow.customers.account_merges.record import Record
from evergrow.customers.actions.commerce import refresh_commerce
from evergrow.customers.actions.merges import CannotMerge
from evergrow.customers.models import Account, AccountMerge, Duplicate, Segment, Trashed
from evergrow.customers.models.account_merges import UNDO_DAYS
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace


@transaction.atomic
def merge_accounts(*, kept: Account, merged: Account, reason: str, by: Member | None) -> AccountMerge:
    """Make ``merged`` a part of ``kept``; it can be taken back for seven days.

    Raises CannotMerge where the two are not two different accounts of one workspace that both stand alone.
    """
    require(by, "manage")
    kept, merged = _locked(kept, merged)
    if (blocker := why_not(kept, merged)) is not None:
        raise CannotMerge(blocker)
    made = Record()
    facts.take(kept, merged, made)
    parents.settle(kept, merged, made)
    _move(kept, merged, made)
    _decide_duplicates(kept, merged, made, by)
    followers = list(Account.everyone.filter(merged_into=merged).values_list("pk", flat=True))
    Account.everyone.filter(pk__in=[*followers, merged.pk]).update(merged_into=kept)
    now = clock.now()
    merge = AccountMerge(workspace=kept.workspace, kept=kept, merged=merged, reason=reason, by=by, at=now)
    merge.followers, merge.undo_until = followers, now + UNDO_DAYS
    made.keep_in(merge)
    merge.save()
    data = {"number": merged.number, "name": merged.name, "reason": reason}
    audit.record(kept.workspace, "account.merged", kept, by=by, data=data)
    timeline.add(kept, "account.merged", {"name": merged.name, "number": merged.number}, by=by)
    _follow(merge)
    return merge


def why_not(kept: Account, merged: Account) -> str | None:
    """What keeps two accounts from being merged, in words; None where nothing does."""
    if kept.workspace_id != merged.workspace_id or kept.pk == merged.pk:
        return _("Only two different accounts of one workspace can be merged.")
    if kept.merged_into_id or merged.merged_into_id:
        return _("One of them was merged before. Merge the account it belongs to now.")
    if Trashed.objects.filter(account__in=[kept, merged]).exists():
        return _("One of them was deleted. Bring it back first.")
    return None


@transaction.atomic
def undo_merge(*, merge: AccountMerge, by: Member | None) -> Account:
    """Take a merge back: the merged account stands alone again with what was its own. Gives that account.

    What came since the merge, and what somebody changed since, stays with the account that was kept.
    Raises CannotMerge.
    """
    require(by, "manage")
    kept, merged = _locked(merge.kept, merge.merged)
    merge.refresh_from_db()
    if (blocker := why_not_undo(merge)) is not None:
        raise CannotMerge(blocker)
    Account.everyone.filter(pk__in=merge.followers, merged_into=kept).update(merged_into=merged)
    Account.everyone.filter(pk=merged.pk).update(merged_into=None)
    record.put_back(merge)
    parents.break_rings(merged, kept)
    merge.undone_at, merge.undone_by, merge.is_settled = clock.now(), by, False
    merge.save(update_fields=["undone_at", "undone_by", "is_settled"])
    data = {"number": merged.number, "name": merged.name, "merged_at": merge.at.isoformat(), "reason": merge.reason}
    audit.record(kept.workspace, "account.split", kept, by=by, data=data)
    timeline.add(kept, "account.split", {"name": merged.name, "number": merged.number}, by=by)
    _follow(merge)
    merged.refresh_from_db()
    return merged


def why_not_undo(merge: AccountMerge) -> str | None:
    """What keeps a merge from being taken back, in words; None where nothing does."""
    if merge.undone_at is not None:
        return _("This merge was undone before.")
    if clock.now() >= merge.undo_until:
        return _("A merge can be taken back for seven days; those are over.")
    into = merge.kept.merged_into
    if into is not None:
        return _("%(kept)s was merged into %(into)s later. Undo that merge first.") % {"kept": merge.kept, "into": into}
    later = AccountMerge.objects.filter(kept=merge.kept, undone_at=None, pk__gt=merge.pk).order_by("pk").last()
    if later is not None:
        names = {"merged": later.merged, "kept": merge.kept}
        return _("%(merged)s was merged into %(kept)s later. Undo that merge first.") % names
    return None


def gather(workspace: Workspace) -> int:
    """Let what came to merged accounts meanwhile follow, in the order of the merges; how many merges had something."""
    count = 0
    for merge in AccountMerge.objects.filter(workspace=workspace, undone_at=None).order_by("pk"):
        if not any(holding.rows(merge.merged).exists() for holding in registry.holdings()):
            continue
        with transaction.atomic():
            kept, merged = _locked(merge.kept, merge.merged)
            merge.refresh_from_db()
            if merge.undone_at is None:
                late = Record()
                _move(kept, merged, late)
                if clock.now() < merge.undo_until:
                    late.keep_in(merge)
                merge.save(update_fields=["moved", "changed", "dropped"])
                refresh_commerce(workspace, [kept.pk, merged.pk])
                count += 1
    return count


def forget(workspace: Workspace) -> int:
    """Let go of what merges kept that cannot be taken back any more; how many. Who was merged into whom stays."""
    old = AccountMerge.objects.filter(workspace=workspace, undo_until__lte=clock.now())
    return old.exclude(moved={}, changed=[], dropped=[]).update(moved={}, changed=[], dropped=[])


def _locked(kept: Account, merged: Account) -> tuple[Account, Account]:
    """Both as they are now, nobody else merging or setting parents in the workspace meanwhile."""
    Workspace.objects.select_for_update().get(pk=kept.workspace_id)
    rows = Account.everyone.select_for_update(of=("self",)).select_related("workspace")
    held = {row.pk: row for row in rows.filter(pk__in=[kept.pk, merged.pk]).order_by("pk")}
    return held[kept.pk], held[merged.pk]


def _move(kept: Account, merged: Account, made: Record) -> None:
    for holding in registry.holdings():
        holding.settle(kept, merged, made)
        made.move(holding.rows(merged), kept)


def _decide_duplicates(kept: Account, merged: Account, made: Record, by: Member | None) -> None:
    """Where the two were suggested as one, that is decided."""
    first, second = sorted((kept.number, merged.number))
    pair = Duplicate.objects.filter(workspace=kept.workspace, kind=Duplicate.Kind.ACCOUNT, first=first, second=second)
    for row in pair:
        made.change(row, state=Duplicate.State.MERGED, decided_by=by, decided_at=clock.now())


def _follow(merge: AccountMerge) -> None:
    """What stands on the rows is derived again; other rooms hear of it."""
    refresh_commerce(merge.workspace, [merge.kept_id, merge.merged_id])
    Segment.objects.filter(workspace=merge.workspace, retired_at=None).update(computed_on=None)
    registry.tell(merge.workspace)
