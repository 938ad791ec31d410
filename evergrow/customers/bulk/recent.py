"""Everything that changed many rows lately, whichever room did it, newest first; each says where it is taken back.

A room registers its own with ``add``: imports and merges keep what they need for their own undo.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.customers.bulk.kinds import KINDS
from evergrow.customers.bulk.subjects import SUBJECTS
from evergrow.customers.models import AccountMerge, BulkChange, BulkState, PersonMerge
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace

SHOWN = 200
LOOKED_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Recent:
    """A change of many rows. ``url`` leads to where it is looked at and taken back."""

    at: datetime
    what: str
    details: str
    by: str
    count: int
    state: str
    until: datetime | None
    url: str
    can_undo: bool


Source = Callable[[Workspace, datetime], Iterable[Recent]]
_sources: dict[str, Source] = {}


def add(key: str, source: Source) -> None:
    """Register where further changes come from: ``source(workspace, since)``."""
    _sources[key] = source


def recent(workspace: Workspace) -> list[Recent]:
    """The changes of the last 30 days."""
    since = clock.now() - LOOKED_BACK
    found = [each for source in _sources.values() for each in source(workspace, since)]
    return sorted(found, key=lambda each: each.at, reverse=True)[:SHOWN]


def _bulk(workspace: Workspace, since: datetime) -> Iterable[Recent]:
    rows = BulkChange.objects.filter(workspace=workspace, at__gte=since).select_related("by__user", "workspace")
    named = {name: F(f"args__{name}") for kind in KINDS.values() for name in kind.tells}
    shown = rows.defer("args").annotate(**{f"arg_{name}": place for name, place in named.items()})
    for change in shown.order_by("-at")[:SHOWN]:
        change.args = {name: getattr(change, f"arg_{name}") for name in KINDS[change.kind].tells}
        yield Recent(
            change.at,
            f"{SUBJECTS[change.subject].label} · {change.name}",
            KINDS[change.kind].told(change),
            _who(change.by),
            change.done,
            change.get_state_display(),
            change.undo_until,
            reverse("customers:change", args=[workspace.slug, change.pk]),
            change.can_be_undone,
        )


def _merges(workspace: Workspace, since: datetime) -> Iterable[Recent]:
    """Merges that somebody made by hand; those that follow from events are no act of many rows."""
    rows = PersonMerge.objects.filter(workspace=workspace, at__gte=since, by__isnull=False, undone_at=None)
    for merge in rows.select_related("kept", "by__user").order_by("-at")[:SHOWN]:
        yield Recent(
            merge.at,
            _("People merged"),
            f"#{merge.kept.number}",
            _who(merge.by),
            2,
            str(gettext_lazy("Done")),
            None,
            reverse("customers:merge_undo", args=[workspace.slug, merge.pk]),
            True,
        )


def _account_merges(workspace: Workspace, since: datetime) -> Iterable[Recent]:
    rows = AccountMerge.objects.filter(workspace=workspace, at__gte=since).select_related("kept", "merged", "by__user")
    for merge in rows.order_by("-at")[:SHOWN]:
        yield Recent(
            merge.at,
            _("Accounts merged"),
            f"{merge.merged} → {merge.kept}",
            _who(merge.by),
            2,
            str(BulkState.UNDONE.label if merge.undone_at else BulkState.DONE.label),
            merge.undo_until,
            reverse("customers:account_merge_undo", args=[workspace.slug, merge.pk]),
            merge.undone_at is None and clock.now() < merge.undo_until,
        )


def _who(by: Member | None) -> str:
    return str(by) if by else "Evergrow"


add("bulk", _bulk)
add("merges", _merges)
add("account_merges", _account_merges)
