"""The iron triangle of an account: who holds which role, from when to when.

A seat covers the days from ``started_on`` up to, not including, ``ended_on``. A hand-over on a day ends the old seat
and begins the new one on that same day, so that there is exactly one holder at any instant.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers.models import Account, TeamRole, TeamSeat, TimelineEntry
from evergrow.lib.batches import batched
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member


class HandOverAhead(ValidationError):
    """The hand-over lies in the future."""


class HandOverTooEarly(ValidationError):
    """Somebody else held the role after that day."""


class NotAColleague(ValidationError):
    """The member left, or belongs to another workspace."""


class HandOver(NamedTuple):
    """How many accounts changed hands, and how many the member had already."""

    changed: int
    unchanged: int


@transaction.atomic
def assign_seat(*, accounts: Iterable[Account], role: str, member: Member, by: Member | None, on: date) -> HandOver:
    """Give a role at accounts of one workspace to a member from a day on.

    Raises NotAColleague, HandOverAhead, HandOverTooEarly; then nothing has changed.
    """
    require(by, "manage")
    role = TeamRole(role)
    changed = total = 0
    for part in batched(accounts, 500):
        changed += _hand_over(part, role, member, by, on)
        total += len(part)
    return HandOver(changed, total - changed)


@transaction.atomic
def vacate_seat(*, account: Account, role: str, by: Member | None, on: date) -> bool:
    """End the seat of a role on a day without a successor; whether somebody held it."""
    require(by, "manage")
    seat = account.team.filter(role=role, ended_on=None).select_related("member__user").first()
    if seat is None:
        return False
    _check_day(account, on, [seat])
    account.team.filter(pk=seat.pk).update(ended_on=on)
    audit.record(account.workspace, "team.vacated", account, by=by, data={"role": role, "on": on.isoformat()})
    TimelineEntry.objects.create(account=account, kind="team.changed", by=by, data=_told(role, None, seat, on))
    return True


def _hand_over(accounts: Sequence[Account], role: str, member: Member, by: Member | None, on: date) -> int:
    workspace = accounts[0].workspace
    if member.left_at is not None or member.workspace_id != workspace.pk:
        raise NotAColleague({"member": _("%(name)s does not work here. Choose another colleague.") % {"name": member}})
    ids = [account.pk for account in accounts]
    list(Account.everyone.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    seats: dict[int, list[TeamSeat]] = {}
    for seat in TeamSeat.objects.filter(account_id__in=ids, role=role).select_related("member__user"):
        seats.setdefault(seat.account_id, []).append(seat)
    moving = [a for a in accounts if not _holds(member, seats.get(a.pk, []))]
    for account in moving:
        _check_day(account, on, seats.get(account.pk, []))
    current = {a.pk: next((s for s in seats.get(a.pk, []) if s.ended_on is None), None) for a in moving}
    _close([seat for seat in current.values() if seat], on)
    TeamSeat.objects.bulk_create([TeamSeat(account=a, role=role, member=member, started_on=on) for a in moving])
    TimelineEntry.objects.bulk_create(
        [
            TimelineEntry(account=a, kind="team.changed", by=by, data=_told(role, member, current[a.pk], on))
            for a in moving
        ]
    )
    if moving:
        data = {"role": role, "member": str(member), "on": on.isoformat(), "accounts": [a.number for a in moving]}
        audit.record(workspace, "team.assigned", moving[0] if len(moving) == 1 else member, by=by, data=data)
    return len(moving)


def _close(seats: Sequence[TeamSeat], on: date) -> None:
    """End seats; one that began on this very day held for no instant and goes."""
    TeamSeat.objects.filter(pk__in=[seat.pk for seat in seats if seat.started_on < on]).update(ended_on=on)
    TeamSeat.objects.filter(pk__in=[seat.pk for seat in seats if seat.started_on == on]).delete()


def _holds(member: Member, seats: Sequence[TeamSeat]) -> bool:
    return any(seat.ended_on is None and seat.member_id == member.pk for seat in seats)


def _check_day(account: Account, on: date, seats: Sequence[TeamSeat]) -> None:
    if on > account.workspace.today():
        raise HandOverAhead({"on": _("The day lies ahead. Hand over on the day itself.")})
    last = max((seat.ended_on or seat.started_on for seat in seats), default=None)
    if last is not None and on < last:
        sentence = _("At %(account)s the role changed hands on %(day)s. Choose that day or a later one.")
        raise HandOverTooEarly({"on": sentence % {"account": account, "day": last.isoformat()}})


def _told(role: str, member: Member | None, before: TeamSeat | None, on: date) -> dict[str, str]:
    return {
        "role": role,
        "to": str(member) if member else "",
        "from": str(before.member) if before else "",
        "on": on.isoformat(),
    }
