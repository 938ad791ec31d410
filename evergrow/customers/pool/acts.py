"""Claiming out of the pool and giving back into it. Of two who claim at once one wins; the other is told who."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers import access, timeline
from evergrow.customers.models import Account, PoolMove, PoolMoveKind, PoolRules, TeamSeat
from evergrow.customers.pool import errors, rules, standing
from evergrow.workspaces import audit
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Member


@dataclass(slots=True)
class Claims:
    """What became of a claim of several accounts: those won, and a sentence for each that was not."""

    won: list[Account] = field(default_factory=list)
    refused: dict[int, str] = field(default_factory=dict)


@transaction.atomic
def claim(*, account: Account, by: Member) -> PoolMove:
    """Become the owner of an account of the pool from today on. Raises AlreadyClaimed (with who), CapReached.

    The member's row is locked before the account's, so that two claims at once do not pass the cap together.
    """
    require(by, "work")
    rule = rules.of(account.workspace)
    Member.objects.select_for_update().get(pk=by.pk)
    Account.everyone.select_for_update().get(pk=account.pk)
    taken = standing.active_seats(rule).filter(account=account).select_related("member__user").first()
    if taken is not None:
        raise errors.AlreadyClaimed(_already(account, taken, by))
    _check_room(by, rule)
    today = account.workspace.today()
    stale = TeamSeat.objects.filter(account=account, role=rule.role, ended_on=None)
    stale.filter(started_on__lt=today).update(ended_on=today)
    stale.delete()
    TeamSeat.objects.create(account=account, role=rule.role, member=by, started_on=today)
    until = today + timedelta(days=rule.protected_days)
    return _write(account, PoolMoveKind.CLAIMED, member=by, by=by, protected_until=until)


def claim_many(*, accounts: Sequence[Account], by: Member) -> Claims:
    """Claim each on its own, in their order, until a cap is reached; what was refused says why."""
    found = Claims()
    for account in accounts:
        try:
            claim(account=account, by=by)
            found.won.append(account)
        except (errors.AlreadyClaimed, errors.CapReached) as refused:
            found.refused[account.number] = " ".join(refused.messages)
    return found


@transaction.atomic
def release(*, account: Account, by: Member, reason: str) -> PoolMove:
    """Give an account back into the pool; its owner and managers may. Raises NotYours, ReleaseReasonMissing."""
    require(by, "work")
    if not reason.strip():
        raise errors.ReleaseReasonMissing({"reason": _("Say why, so that the next owner knows.")})
    rule = rules.of(account.workspace)
    Account.everyone.select_for_update().get(pk=account.pk)
    seat = standing.active_seats(rule).filter(account=account).select_related("member__user").first()
    if seat is None:
        raise errors.NotYours(_("%(account)s has no owner: it is in the pool already.") % {"account": account})
    if seat.member_id != by.pk and not may(by, "manage"):
        raise errors.NotYours(_("%(who)s owns this account. Ask them, or a manager.") % {"who": seat.member})
    end_seat(seat)
    return _write(account, PoolMoveKind.RELEASED, member=seat.member, by=by, reason=reason.strip()[:300])


def end_seat(seat: TeamSeat) -> None:
    """End a seat today; one that began today held for no day and goes."""
    today = seat.account.workspace.today()
    if seat.started_on >= today:
        seat.delete()
    else:
        TeamSeat.objects.filter(pk=seat.pk, ended_on=None).update(ended_on=today)


def take_back(seat: TeamSeat, *, reason: str) -> PoolMove:
    """Put an account into the pool because of the rules; call it with the account's row locked."""
    end_seat(seat)
    return _write(seat.account, PoolMoveKind.RECLAIMED, member=seat.member, by=None, reason=reason)


def owned_or_404(member: Member, number: int) -> Account:
    """An account that the member sees, by its number."""
    return access.account_or_404(member, number)


def _check_room(by: Member, rule: PoolRules) -> None:
    left = standing.room(by, rule)
    if left.today == 0:
        said = _("You claimed %(n)s accounts today, which is the limit. Tomorrow there are new ones.")
        raise errors.CapReached(said % {"n": left.claimed})
    if left.holding == 0:
        said = _("You hold %(n)s accounts without a contract, which is the limit. Release one first.")
        raise errors.CapReached(said % {"n": left.held})


def _already(account: Account, seat: TeamSeat, by: Member) -> str:
    if seat.member_id == by.pk:
        return _("%(account)s is yours already.") % {"account": account}
    said = _("%(who)s was quicker: %(account)s is theirs since %(day)s.")
    return said % {"who": seat.member, "account": account, "day": seat.started_on.isoformat()}


def _write(
    account: Account,
    kind: str,
    *,
    member: Member,
    by: Member | None,
    reason: str = "",
    protected_until: date | None = None,
) -> PoolMove:
    """The move, the audit entry and the line of the story."""
    move = PoolMove.objects.create(
        workspace_id=account.workspace_id,
        account=account,
        member=member,
        kind=kind,
        on=account.workspace.today(),
        reason=reason,
        protected_until=protected_until,
    )
    data = {"account": account.number, "member": str(member), "reason": reason}
    audit.record(account.workspace, f"pool.{kind}", account, by=by, data=data)
    timeline.add(account, f"pool.{kind}", {"member": str(member), "reason": reason}, by=by)
    return move
