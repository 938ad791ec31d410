"""What a member does to items of their own list: pin, put off, pass over. Nobody else's list changes by it, except
that a task or signal put off sleeps for everybody."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.day.sources import Row, Source
from evergrow.success.models import DayMark
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member

KEPT_AFTER_SKIP = timedelta(days=2)


@transaction.atomic
def pin(*, key: str, row: Row, by: Member) -> DayMark:
    """Keep it on top of one's list until it is done or unpinned. Pinning again changes nothing."""
    mark = _mark(key, row, by)
    if mark.pinned_at is None:
        mark = _set(mark, pinned_at=clock.now(), postponed_until=None)
        audit.record(by.workspace, "day.pinned", mark, by=by)
    return mark


@transaction.atomic
def unpin(*, key: str, row: Row, by: Member) -> DayMark:
    """Back to its rank."""
    mark = _set(_mark(key, row, by), pinned_at=None)
    audit.record(by.workspace, "day.unpinned", mark, by=by)
    return mark


@transaction.atomic
def postpone(*, source: Source, key: str, row: Row, by: Member, until: date) -> None:
    """Not before ``until``. Tasks and signals are snoozed; anything else leaves one's own list alone.

    Raises DateInThePast, and what the source's own act raises.
    """
    if until <= by.workspace.today():
        raise errors.DateInThePast(day=until)
    if source.postpone is not None:
        require(by, "work")
        source.postpone(by, row.object, until)
        return
    mark = _set(_mark(key, row, by), postponed_until=until, pinned_at=None)
    audit.record(by.workspace, "day.postponed", mark, by=by, data={"until": until.isoformat()})


@transaction.atomic
def bring_back(*, key: str, row: Row, by: Member) -> DayMark:
    """An item that was put off stands in the list again."""
    mark = _set(_mark(key, row, by), postponed_until=None, skipped_at=None)
    audit.record(by.workspace, "day.brought_back", mark, by=by)
    return mark


def skip(*, key: str, row: Row, by: Member) -> DayMark:
    """Pass over it in focus for now: it comes again after the others of today. No change of the work itself."""
    return _set(_mark(key, row, by), skipped_at=clock.now())


def _mark(key: str, row: Row, by: Member) -> DayMark:
    """The member's mark on an item; what they marked before and is spent goes."""
    spent = Q(postponed_until=None) | Q(postponed_until__lt=by.workspace.today())
    old = Q(skipped_at=None) | Q(skipped_at__lt=clock.now() - KEPT_AFTER_SKIP)
    DayMark.objects.filter(spent, old, member=by, pinned_at=None).exclude(key=key).delete()
    return DayMark.objects.get_or_create(member=by, key=key, defaults={"name": row.title[:200]})[0]


def _set(mark: DayMark, **fields: Any) -> DayMark:
    for name, value in fields.items():
        setattr(mark, name, value)
    mark.save(update_fields=list(fields))
    return mark
