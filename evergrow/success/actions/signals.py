"""What colleagues do with a signal. The daily rules raise and retire them: see ``raising``."""

from datetime import date
from typing import Any

from django.db import transaction

from evergrow.customers import timeline
from evergrow.lib import clock
from evergrow.success import errors, notices
from evergrow.success.models import Signal, SignalAct, SignalState
from evergrow.success.signals import history, waiting
from evergrow.success.standing_in import acts as standing_in
from evergrow.workspaces import audit
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Member


@transaction.atomic
def take_signal(*, signal: Signal, by: Member, to: Member | None = None) -> Signal:
    """Acknowledge it and make ``to`` (or yourself) its owner. Raises SignalAlreadyClosed, NotAColleague."""
    require(by, "work")
    owner = to or by
    if owner.workspace_id != signal.workspace_id or not may(owner, "work"):
        raise errors.NotAColleague()
    owner, absence = standing_in.redirect_signal(signal.workspace, owner)
    state = SignalState.IN_PROGRESS if signal.state == SignalState.IN_PROGRESS else SignalState.ACKNOWLEDGED
    fields: dict[str, Any] = {
        "state": state,
        "owner": owner,
        "snoozed_until": None,
        "snoozed_for": None,
        "was_worked": True,
    }
    history.turn(signal, SignalAct.TAKEN, by=by, data={"owner": str(owner)}, **fields)
    audit.record(signal.workspace, "signal.taken", signal, by=by, data={"owner": str(owner)})
    if absence is not None:
        standing_in.note_signal(signal, absence)
    notices.signal_given(signal, by=by, stead=absence.member if absence else None)
    return signal


@transaction.atomic
def begin_work(*, signal: Signal, by: Member | None) -> Signal:
    """A playbook or task was started for it."""
    require(by, "work")
    fields: dict[str, Any] = {"state": SignalState.IN_PROGRESS, "owner": signal.owner or by, "was_worked": True}
    history.turn(signal, SignalAct.WORK_BEGUN, by=by, **fields, snoozed_until=None, snoozed_for=None)
    audit.record(signal.workspace, "signal.work_begun", signal, by=by)
    return signal


@transaction.atomic
def snooze_signal(*, signal: Signal, by: Member, until: date | None, condition: Any = None) -> Signal:
    """Not now: it comes back on ``until``, or once its account meets ``condition`` (criteria), whichever is first.

    Raises DateInThePast, and RuleWrong where neither is given or the criteria mean nothing.
    """
    require(by, "work")
    if until is not None and until <= signal.workspace.today():
        raise errors.DateInThePast(day=until)
    kept = waiting.checked(signal.workspace, condition, has_account=signal.account is not None, has_day=bool(until))
    data = {"until": until.isoformat() if until else None, "condition": kept}
    history.turn(
        signal, SignalAct.SNOOZED, by=by, data=data, state=SignalState.SNOOZED, snoozed_until=until, snoozed_for=kept
    )
    audit.record(signal.workspace, "signal.snoozed", signal, by=by, data={"until": data["until"] or "—"})
    return signal


@transaction.atomic
def resolve_signal(*, signal: Signal, by: Member, reason: str = "") -> Signal:
    """Dealt with."""
    require(by, "work")
    _end(signal, SignalState.RESOLVED, by=by, why=reason)
    return signal


@transaction.atomic
def mark_false_positive(*, signal: Signal, by: Member, reason: str) -> Signal:
    """The signal was wrong; the reason helps to mend its rule, which stays quiet for this account for a while."""
    require(by, "work")
    if not reason.strip():
        raise errors.ReasonNeeded()
    _end(signal, SignalState.FALSE_POSITIVE, by=by, why=reason)
    return signal


def _end(signal: Signal, state: SignalState, *, by: Member, why: str) -> None:
    why = why.strip()[:300]
    act = SignalAct.RESOLVED if state == SignalState.RESOLVED else SignalAct.FALSE_POSITIVE
    fields: dict[str, Any] = {
        "state": state,
        "ended_at": clock.now(),
        "ended_by": by,
        "end_reason": why,
        "was_worked": True,
    }
    history.turn(signal, act, by=by, data={"why": why}, **fields, snoozed_until=None, snoozed_for=None)
    verb = f"signal.{state}"
    if signal.account is None:
        audit.record(signal.workspace, verb, signal, by=by, data={"source": signal.about, "why": why})
        return
    audit.record(signal.workspace, verb, signal, by=by, data={"account": signal.account.number, "why": why})
    timeline.add(signal.account, verb, {"signal": signal.pk, "reason": signal.reason, "why": why}, by=by)
