"""Ask for an override, approve, refuse, withdraw or lift it; and end what is over.

Whoever may work with the account asks; another colleague who may manage decides. Each step is in the audit trail, and
queues a computation when it changes what counts.
"""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from evergrow.customers.models import Account
from evergrow.health import card as cards
from evergrow.health.actions.soon import compute_soon
from evergrow.health.models import AccountHealth, EndReason, Override, OverrideMode, OverrideState
from evergrow.health.overrides.errors import (
    AlreadyAsked,
    AlreadyDecided,
    BadLastDay,
    BadScore,
    NeedsReason,
    NotYourOwn,
)
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

MOST_DAYS = 366
Asked = OverrideState.ASKED


@transaction.atomic
def ask(
    *,
    account: Account,
    value: float,
    reason: str,
    until: date,
    by: Member,
    target: str = "",
    mode: str = OverrideMode.HOLD,
) -> Override:
    """Ask that a score count as ``value`` until a day, its last. ``target``: "" for the score, or a group's key.

    Raises NeedsReason, BadLastDay, BadScore, AlreadyAsked.
    """
    require(by, "work")
    _check(account, value, reason, until, target)
    try:
        with transaction.atomic():
            made = Override.objects.create(
                workspace=account.workspace,
                account=account,
                target=target,
                value=value,
                reason=reason.strip(),
                mode=OverrideMode(mode),
                until=until,
                asked_by=by,
            )
    except IntegrityError:
        raise AlreadyAsked(_("An override of this score waits for approval already.")) from None
    audit.record(account.workspace, "override.asked", account, by=by, data=_told(made))
    return made


def _check(account: Account, value: float, reason: str, until: date, target: str) -> None:
    today = account.workspace.today()
    if not reason.strip():
        raise NeedsReason({"reason": _("Say why. Everybody who sees the score sees the reason.")})
    if not 0 <= value <= 100:
        raise BadScore({"value": _("A score lies between 0 and 100.")})
    if not today <= until <= today + timedelta(days=MOST_DAYS):
        raise BadLastDay({"until": _("Choose a last day from today on, a year ahead at most.")})
    if target and target not in _targets(account):
        raise BadScore({"target": _("The account's scorecard has no such group.")})


def _targets(account: Account) -> tuple[str, ...]:
    state = AccountHealth.objects.select_related("version").filter(account=account).first()
    return cards.read(state.version.definition).targets if state else ("",)


@transaction.atomic
def approve(*, override: Override, answer: str = "", by: Member) -> Override:
    """Let it count from today on; one that was in force for the same score ends. Raises NotYourOwn, AlreadyDecided."""
    require(by, "manage")
    if override.asked_by_id == by.pk:
        raise NotYourOwn(_("You asked for this yourself. Another colleague who may manage has to approve it."))
    today = override.workspace.today()
    if override.until < today:
        raise BadLastDay(_("Its last day is over. Refuse it, and ask anew with a later day."))
    for old in Override.objects.filter(
        account=override.account_id, target=override.target, state=OverrideState.APPROVED
    ):
        end(override=old, why=EndReason.REPLACED, on=today, by=by)
    _decide(override, OverrideState.APPROVED, answer, by)
    override.starts_on = today
    override.save(update_fields=["starts_on"])
    audit.record(override.workspace, "override.approved", override.account, by=by, data=_told(override))
    compute_soon(workspace=override.workspace, by=by)
    return override


@transaction.atomic
def refuse(*, override: Override, answer: str, by: Member) -> Override:
    """Say no, and why. Raises NeedsReason, AlreadyDecided."""
    require(by, "manage")
    if not answer.strip():
        raise NeedsReason({"answer": _("Say why, so that the colleague who asked can do something about it.")})
    _decide(override, OverrideState.REFUSED, answer, by)
    audit.record(override.workspace, "override.refused", override.account, by=by, data=_told(override))
    return override


@transaction.atomic
def withdraw(*, override: Override, by: Member) -> Override:
    """Take back what one asked for. Raises NotYourOwn, AlreadyDecided."""
    require(by, "work")
    if override.asked_by_id != by.pk:
        raise NotYourOwn(_("A colleague asked for this. Refuse it instead."))
    _decide(override, OverrideState.WITHDRAWN, "", by)
    audit.record(override.workspace, "override.withdrawn", override.account, by=by, data=_told(override))
    return override


@transaction.atomic
def lift(*, override: Override, by: Member) -> Override:
    """End it today, before its last day. Raises AlreadyDecided."""
    require(by, "work")
    end(override=override, why=EndReason.LIFTED, on=override.workspace.today(), by=by)
    compute_soon(workspace=override.workspace, by=by)
    return override


@transaction.atomic
def end(*, override: Override, why: EndReason, on: date, by: Member | None) -> None:
    """It does not count any more from ``on``. Raises AlreadyDecided."""
    took = Override.objects.filter(pk=override.pk, state=OverrideState.APPROVED).update(
        state=OverrideState.ENDED, ended_on=on, end_reason=why, ended_by=by
    )
    if not took:
        raise AlreadyDecided(_("This override is not in force any more."))
    override.refresh_from_db()
    data = _told(override) | {"why": str(why)}
    audit.record(override.workspace, "override.ended", override.account, by=by, data=data)


def end_expired(*, workspace: Workspace) -> int:
    """End those whose last day is over; how many."""
    over = Override.objects.filter(workspace=workspace, state=OverrideState.APPROVED, until__lt=workspace.today())
    rows = list(over.select_related("account", "workspace"))
    for override in rows:
        end(override=override, why=EndReason.EXPIRED, on=override.until + timedelta(days=1), by=None)
    return len(rows)


def _decide(override: Override, state: OverrideState, answer: str, by: Member) -> None:
    now = clock.now()
    took = Override.objects.filter(pk=override.pk, state=Asked).update(
        state=state, answer=answer.strip(), decided_by=by, decided_at=now
    )
    if not took:
        raise AlreadyDecided(_("This was decided or withdrawn meanwhile. Reload the page."))
    override.refresh_from_db()


def _told(override: Override) -> dict[str, object]:
    return {
        "score": override.value,
        "target": override.target,
        "until": override.until.isoformat(),
        "reason": override.reason,
    }
