"""Keeping suggestions fresh, and what colleagues decide about them."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers.account_merges.actions import merge_accounts
from evergrow.customers.actions.merges import merge_people
from evergrow.customers.duplicates import find
from evergrow.customers.models import Account, Duplicate, Person
from evergrow.lib import clock
from evergrow.lib.batches import batched
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

State, Kind = Duplicate.State, Duplicate.Kind
REASON = "duplicate"


class CannotDecide(Exception):
    """What was asked cannot be done with these two, any more or here."""


def refresh(workspace: Workspace, tick: Callable[[], Any] = lambda: None) -> dict[str, int]:
    """Find all pairs again; how many stand open, by kind. What was decided stays decided."""
    return {
        "people": _keep(workspace, Kind.PERSON, find.people(workspace, tick)),
        "accounts": _keep(workspace, Kind.ACCOUNT, find.accounts(workspace, tick)),
    }


@transaction.atomic
def _keep(workspace: Workspace, kind: str, found: find.Pairs) -> int:
    """Write pairs: new ones, changed scores; open ones that were not found again go."""
    here = Duplicate.objects.filter(workspace=workspace, kind=kind)
    known = {(row.first, row.second): row for row in here}
    fresh, changed = [], []
    for pair, reasons in found.items():
        ranked = sorted(reasons.items(), key=lambda each: -each[1])
        facts: dict[str, Any] = {"reason": ranked[0][0], "reasons": [list(map(_plain, each)) for each in ranked]}
        facts["score"] = find.score(reasons)
        row = known.pop(pair, None)
        if row is None:
            fresh.append(
                Duplicate(workspace=workspace, kind=kind, first=pair[0], second=pair[1], found_at=clock.now(), **facts)
            )
        elif row.state == State.OPEN and any(getattr(row, name) != value for name, value in facts.items()):
            for name, value in facts.items():
                setattr(row, name, value)
            changed.append(row)
    gone = [row.pk for row in known.values() if row.state == State.OPEN]
    for part in batched(gone, 500):
        Duplicate.objects.filter(pk__in=part).delete()
    Duplicate.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)
    Duplicate.objects.bulk_update(changed, ["reason", "reasons", "score"], batch_size=500)
    return here.filter(state=State.OPEN).count()


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value


@transaction.atomic
def keep_apart(*, duplicate: Duplicate, by: Member | None) -> None:
    """Remember that the two are not the same; they are not suggested again."""
    _decide(duplicate, State.APART, by, "duplicate.apart")


@transaction.atomic
def reopen(*, duplicate: Duplicate, by: Member | None) -> None:
    """Suggest the two again."""
    _decide(duplicate, State.OPEN, by, "duplicate.reopened")


@transaction.atomic
def merge(*, duplicate: Duplicate, keep: int, by: Member | None) -> None:
    """Make the two one; ``keep`` is the number of the one whose facts win.

    Raises ``customers.actions.merges.CannotMerge``, and CannotDecide where one of the two is not there any more.
    """
    require(by, "work" if duplicate.kind == Kind.PERSON else "manage")
    numbers = {duplicate.first, duplicate.second}
    if keep not in numbers:
        raise CannotDecide(_("The one to keep is none of the two."))
    model = Person if duplicate.kind == Kind.PERSON else Account
    rows = {row.number: row for row in model._default_manager.filter(workspace=duplicate.workspace, number__in=numbers)}
    if len(rows) < 2:
        raise CannotDecide(_("One of the two is not there any more."))
    kept, merged = rows[keep], rows[(numbers - {keep}).pop()]
    if isinstance(kept, Person) and isinstance(merged, Person):
        merge_people(kept=kept, merged=merged, reason=REASON, by=by)
        duplicate.state, duplicate.decided_by, duplicate.decided_at = State.MERGED, by, clock.now()
        duplicate.save(update_fields=["state", "decided_by", "decided_at"])
    elif isinstance(kept, Account) and isinstance(merged, Account):
        merge_accounts(kept=kept, merged=merged, reason=REASON, by=by)
        duplicate.refresh_from_db()


def _decide(duplicate: Duplicate, state: str, by: Member | None, verb: str) -> None:
    require(by, "work")
    if duplicate.state == state:
        return
    duplicate.state = state
    duplicate.decided_by, duplicate.decided_at = (None, None) if state == State.OPEN else (by, clock.now())
    duplicate.save(update_fields=["state", "decided_by", "decided_at"])
    data = {"kind": duplicate.kind, "numbers": [duplicate.first, duplicate.second]}
    audit.record(duplicate.workspace, verb, duplicate, by=by, data=data)
