"""Saving a customer: at risk → plan in place → saving → recovered or lost; days in each stage are kept."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from evergrow.customers import timeline
from evergrow.customers.models import Account, TeamRole
from evergrow.lib import clock
from evergrow.success import errors, owners
from evergrow.success.actions import signals as signal_actions
from evergrow.success.models import Rescue, RescueReason, RescueStage, RescueStay, Signal
from evergrow.success.models.risks import OPEN_RESCUES
from evergrow.workspaces import audit, prepared
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Member

ENDS = (RescueStage.RECOVERED, RescueStage.LOST)


@transaction.atomic
def begin(
    *,
    account: Account,
    by: Member,
    reasons: Sequence[str],
    note: str = "",
    owner: Member | None = None,
    signal: Signal | None = None,
) -> Rescue:
    """Begin to save an account, for a signal or without one; its success manager owns it where nobody is named.

    Raises AlreadyRescued, NotAColleague, SignalOfAnother.
    """
    require(by, "work")
    if signal is not None and signal.account_id != account.pk:
        raise errors.SignalOfAnother(signal=signal, account=account)
    owner = owner or owners.team(account).get(TeamRole.CSM) or by
    _check_owner(account.workspace_id, owner)
    now = clock.now()
    try:
        with transaction.atomic():
            rescue = Rescue.objects.create(
                workspace=account.workspace,
                account=account,
                signal=signal,
                reasons=_reasons(reasons),
                note=note.strip()[:5000],
                owner=owner,
                mrr=account.mrr,
                began_at=now,
                began_by=by,
                stage_since=now,
            )
    except IntegrityError:
        raise errors.AlreadyRescued(account=account) from None
    RescueStay.objects.create(rescue=rescue, stage=rescue.stage, entered_at=now, by=by)
    audit.record(account.workspace, "rescue.begun", rescue, by=by, data={"account": account.number})
    timeline.add(account, "rescue.begun", {"rescue": rescue.pk, "why": rescue.note[:300]}, by=by)
    if signal is not None and signal.is_open:
        signal_actions.begin_work(signal=signal, by=by)
    return rescue


@transaction.atomic
def move(*, rescue: Rescue, by: Member, to: str, reason: str = "") -> Rescue:
    """To another stage; back as well. Ended ones stay ended, and resolve the signal that they were begun for.

    Raises WrongState, ReasonNeeded (recovered, lost).
    """
    require(by, "work")
    if to not in RescueStage.values or to == rescue.stage or not rescue.is_open:
        raise errors.WrongState(state=rescue.get_stage_display())
    why, now = reason.strip()[:2000], clock.now()
    if to in ENDS and not why:
        raise errors.ReasonNeeded()
    fields: dict[str, Any] = {"stage": to, "stage_since": now}
    if to in ENDS:
        fields |= {"ended_at": now, "end_reason": why}
    if not Rescue.objects.filter(pk=rescue.pk, stage=rescue.stage).update(**fields):
        rescue.refresh_from_db()
        raise errors.WrongState(state=rescue.get_stage_display())
    before = rescue.stage
    rescue.refresh_from_db()
    rescue.stays.filter(left_at=None).update(left_at=now)
    RescueStay.objects.create(
        rescue=rescue, stage=to, entered_at=now, left_at=now if to in ENDS else None, reason=why, by=by
    )
    audit.record(rescue.workspace, "rescue.moved", rescue, by=by, data={"from": before, "to": to, "why": why[:300]})
    timeline.add(rescue.account, "rescue.moved", {"rescue": rescue.pk, "stage": to, "why": why[:300]}, by=by)
    if to in ENDS and rescue.signal is not None and rescue.signal.is_open:
        signal_actions.resolve_signal(signal=rescue.signal, by=by, reason=why)
    return rescue


@transaction.atomic
def change(*, rescue: Rescue, by: Member, reasons: Sequence[str], note: str, owner: Member | None) -> Rescue:
    """Other reasons, note or owner. Raises NotAColleague."""
    require(by, "work")
    if owner is not None and owner != rescue.owner:
        _check_owner(rescue.workspace_id, owner)
    rescue.reasons, rescue.note, rescue.owner = _reasons(reasons), note.strip()[:5000], owner
    rescue.save(update_fields=["reasons", "note", "owner"])
    audit.record(rescue.workspace, "rescue.changed", rescue, by=by, data={"account": rescue.account.number})
    return rescue


@prepared.first
def open_rescue(account: Account) -> QuerySet[Rescue]:
    """The account's rescue that goes on, if any."""
    return Rescue.objects.filter(account=account, stage__in=OPEN_RESCUES).order_by("pk")


def _reasons(given: Sequence[str]) -> list[str]:
    return [reason for reason in RescueReason.values if reason in given]


def _check_owner(workspace: int, owner: Member) -> None:
    if owner.workspace_id != workspace or not may(owner, "work"):
        raise errors.NotAColleague()
