"""One act on many signals, by one statement; ``taking_back`` undoes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from evergrow.customers.models import TimelineEntry
from evergrow.lib import clock
from evergrow.lib.batches import batched
from evergrow.success import errors, notices
from evergrow.success.actions import runs
from evergrow.success.models import Playbook, Signal, SignalAct, SignalBatch, SignalMove, SignalState
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.signals import history, waiting
from evergrow.success.standing_in import acts as standing_in
from evergrow.workspaces import audit
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Absence, Member

MOST, MOST_PLAYBOOKS, PART = 20_000, 100, 400
UNDO_FOR = timedelta(days=1)
Fields = dict[str, Any]
CALM: Fields = {"snoozed_until": None, "snoozed_for": None}
ENDS = {
    "resolve": (SignalAct.RESOLVED, SignalState.RESOLVED),
    "wrong": (SignalAct.FALSE_POSITIVE, SignalState.FALSE_POSITIVE),
}
ACTS = ("take", "assign", "snooze", "resolve", "wrong", "archive", "playbook")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be done with all of them; what each act needs of it stands in ``apply``."""

    act: str
    reason: str = ""
    until: date | None = None
    condition: Any = None
    to: Member | None = None
    playbook: Playbook | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """The fields that an act sets, from which states, and the line of history that it writes.

    ``absence``: in whose stead the owner gets them. ``only_accounts``: signals that hang on no account are left out.
    """

    act: SignalAct
    fields: dict[str, Any]
    states: Sequence[str]
    data: dict[str, Any]
    absence: Absence | None = None
    only_accounts: bool = False


@transaction.atomic
def apply(*, rows: QuerySet[Signal], wish: Wish, by: Member) -> SignalBatch:
    """Do it with all that still stand where it can be done; the others are left out of the batch's count.

    Raises NothingChosen, NothingChanged, TooMany, ReasonNeeded, NotAColleague, DateInThePast, RuleWrong, NotPublished.
    """
    require(by, "work")
    most = MOST_PLAYBOOKS if wish.act == "playbook" else MOST
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[: most + 1])
    if not keys:
        raise errors.NothingChosen()
    if len(keys) > most:
        raise errors.TooMany(n=rows.count(), most=most)
    batch = SignalBatch.objects.create(workspace=by.workspace, act=wish.act, by=by, at=clock.now())
    if wish.act == "playbook":
        batch.count = _start(batch, keys, wish.playbook, by)
    else:
        batch.count = sum(len(_turn(batch, keys, change, by)) for change in _changes(wish, by))
    if not batch.count:
        raise errors.NothingChanged()
    batch.save(update_fields=["count"])
    audit.record(
        by.workspace, "signals.moved_together", by.workspace, by=by, data={"act": wish.act, "count": batch.count}
    )
    return batch


def _changes(wish: Wish, by: Member) -> list[Change]:
    """An act as changes."""
    if wish.act in ("take", "assign"):
        return _giving(wish, by)
    if wish.act == "snooze":
        return _putting_off(wish, by)
    if wish.act in ("resolve", "wrong"):
        return _closing(wish, by)
    return archiving(clock.now(), wish.reason.strip()[:300])


def _giving(wish: Wish, by: Member) -> list[Change]:
    owner = by if wish.act == "take" else wish.to
    if owner is None or owner.workspace_id != by.workspace_id or not may(owner, "work"):
        raise errors.NotAColleague()
    owner, absence = standing_in.redirect_signal(by.workspace, owner)
    others = [SignalState.NEW, SignalState.ACKNOWLEDGED, SignalState.SNOOZED]
    mine = {"owner": owner, "was_worked": True, **CALM}
    data = {"owner": str(owner)}
    return [
        Change(SignalAct.TAKEN, {"state": SignalState.ACKNOWLEDGED, **mine}, others, data, absence),
        Change(SignalAct.TAKEN, mine, [SignalState.IN_PROGRESS], data, absence),
    ]


def _putting_off(wish: Wish, by: Member) -> list[Change]:
    if wish.until is not None and wish.until <= by.workspace.today():
        raise errors.DateInThePast(day=wish.until)
    kept = waiting.checked(by.workspace, wish.condition, has_account=True, has_day=wish.until is not None)
    fields: Fields = {"state": SignalState.SNOOZED, "snoozed_until": wish.until, "snoozed_for": kept}
    data: Fields = {"until": wish.until.isoformat() if wish.until else None, "condition": kept}
    return [Change(SignalAct.SNOOZED, fields, OPEN_SIGNALS, data, only_accounts=kept is not None)]


def _closing(wish: Wish, by: Member) -> list[Change]:
    why = wish.reason.strip()[:300]
    if wish.act == "wrong" and not why:
        raise errors.ReasonNeeded()
    act, state = ENDS[wish.act]
    ended: Fields = {"ended_at": clock.now(), "ended_by": by, "end_reason": why}
    return [Change(act, {"state": state, **ended, "was_worked": True, **CALM}, OPEN_SIGNALS, {"why": why})]


def archiving(now: datetime, why: str) -> list[Change]:
    """Put away what is closed; what is open passes and is put away."""
    gone: Fields = {"state": SignalState.EXPIRED, "ended_at": now, "end_reason": why, **CALM}
    return [
        Change(SignalAct.ARCHIVED, {"archived_at": now}, history.CLOSED, {"why": why}),
        Change(SignalAct.ARCHIVED, {**gone, "archived_at": now}, OPEN_SIGNALS, {"why": why}),
    ]


def _turn(batch: SignalBatch, keys: list[int], change: Change, by: Member | None) -> list[Signal]:
    """Make a change to those that still stand where it can be made; which."""
    turned = [row for part in batched(keys, PART) for row in _turn_part(batch, part, change, by)]
    if by is not None and change.act == SignalAct.TAKEN:
        owner = change.fields["owner"]
        for row in turned:
            row.owner = owner
            if change.absence is not None:
                standing_in.note_signal(row, change.absence)
        notices.signals_given(turned, owner, by=by, stead=change.absence.member if change.absence else None)
    return turned


def _turn_part(batch: SignalBatch, keys: list[int], change: Change, by: Member | None) -> list[Signal]:
    found = Signal.objects.filter(pk__in=keys, state__in=change.states)
    if change.act == SignalAct.ARCHIVED:
        found = found.filter(archived_at=None)
    if change.only_accounts:
        found = found.exclude(account=None)
    rows = list(found.select_for_update())
    Signal.objects.filter(pk__in=[row.pk for row in rows]).update(**change.fields)
    history.note(rows, change.act, by=by, batch=batch, changes=change.fields, data=change.data)
    if change.act in (SignalAct.RESOLVED, SignalAct.FALSE_POSITIVE):
        _tell_ends(rows, change, by)
    return rows


def _tell_ends(rows: list[Signal], change: Change, by: Member | None) -> None:
    said = [(row, {"signal": row.pk, "reason": row.reason, "why": change.data["why"]}) for row in rows]
    TimelineEntry.objects.bulk_create(
        TimelineEntry(account_id=row.account_id, kind=f"signal.{change.act}", at=clock.now(), by=by, data=data)
        for row, data in said
        if row.account_id is not None
    )


def put_away(batch: SignalBatch, keys: list[int], why: str) -> int:
    """Archive by the setting, in the name of nobody; how many."""
    return sum(len(_turn(batch, keys, change, None)) for change in archiving(clock.now(), why))


def _start(batch: SignalBatch, keys: list[int], playbook: Playbook | None, by: Member) -> int:
    """Start a playbook for each that it can be started for: where it runs already, that goes on."""
    if playbook is None:
        raise errors.NoPlaybook()
    started = 0
    rows = Signal.objects.filter(pk__in=keys, state__in=OPEN_SIGNALS).exclude(account=None)
    for signal in rows.select_related("account__workspace", "owner", "workspace"):
        if signal.account is None:
            continue
        try:
            with transaction.atomic():
                run = runs.start_run(account=signal.account, playbook=playbook, by=by, signal=signal)
        except (errors.AlreadyRunning, errors.AnchorMissing, errors.SignalAlreadyClosed):
            continue
        last = SignalMove.objects.filter(signal=signal, act=SignalAct.WORK_BEGUN).order_by("-pk").first()
        if last is not None:
            SignalMove.objects.filter(pk=last.pk).update(batch=batch, data={"run": run.pk})
        started += 1
    return started
