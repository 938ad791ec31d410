"""Taking accounts back that nobody follows up: who is due when, warned before, taken on the day.

An account is due ``quiet_days`` after its last contact, or ``result_days`` after its owner began without a signature,
whichever comes first; never before its protection ends. Days count from the owner's first day at the earliest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from evergrow.customers import last_contact
from evergrow.customers.models import Account, PoolMove, PoolMoveKind, PoolRules, TeamSeat
from evergrow.customers.pool import acts, rules, standing
from evergrow.lib.batches import batched
from evergrow.workspaces import notices
from evergrow.workspaces.models import Workspace

WARNING, TAKEN = "pool.warning", "pool.taken"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Due:
    """An owned account, the day it is due to be taken back, and the last follow-up (None: never by this owner)."""

    seat: TeamSeat
    on: date
    followed_on: date | None
    is_for_result: bool

    @property
    def account(self) -> Account:
        return self.seat.account


def due(workspace: Workspace, rule: PoolRules, until: date) -> Iterator[Due]:
    """The accounts that will be due on or before ``until``. Signed customers never are."""
    here = Account.objects.filter(workspace=workspace).exclude(status__in=standing.SIGNED)
    seats = standing.active_seats(rule).filter(account__in=here.values("pk"))
    for part in batched(seats.select_related("account", "member__user", "member__workspace").order_by("pk"), AT_ONCE):
        ids = [seat.account_id for seat in part]
        followed = last_contact.days(workspace, ids)
        protected = _protected(ids)
        for seat in part:
            seat.account.workspace = workspace
            found = _of(seat, rule, followed.get(seat.account_id), protected.get(seat.account_id))
            if found is not None and found.on <= until:
                yield found


def run(workspace: Workspace, on_progress: Callable[[int], object] | None = None) -> dict[str, int]:
    """Today's warnings and take-backs. It may run twice: a warning is told once, an account taken once."""
    rule, today = rules.of(workspace), workspace.today()
    counts = {"warned": 0, "taken": 0}
    if not rule.takes_back:
        return counts
    with translation.override(workspace.language):
        for found in list(due(workspace, rule, today + timedelta(days=rule.remind_days))):
            if found.on <= today:
                counts["taken"] += _take(found, rule)
            else:
                counts["warned"] += _warn(found)
            if on_progress:
                on_progress(sum(counts.values()))
    return counts


def _of(seat: TeamSeat, rule: PoolRules, followed: date | None, protected: date | None) -> Due | None:
    followed = followed if followed is not None and followed >= seat.started_on else None
    ends = []
    if rule.quiet_days:
        ends.append(((followed or seat.started_on) + timedelta(days=rule.quiet_days), False))
    if rule.result_days:
        ends.append((seat.started_on + timedelta(days=rule.result_days), True))
    if not ends:
        return None
    on, is_for_result = min(ends)
    return Due(seat, max(on, protected) if protected else on, followed, is_for_result)


def _protected(accounts: list[int]) -> dict[int, date]:
    """Until when the last claim of each account protects it."""
    claims = PoolMove.objects.filter(account__in=accounts, kind=PoolMoveKind.CLAIMED).order_by("pk")
    return {account: until for account, until in claims.values_list("account", "protected_until") if until}


@transaction.atomic
def _take(found: Due, rule: PoolRules) -> bool:
    """Take one back, unless it changed hands or was followed up since we looked."""
    account = Account.everyone.select_for_update().get(pk=found.account.pk)
    account.workspace = found.account.workspace
    seat = standing.active_seats(rule).filter(pk=found.seat.pk).select_related("member__user").first()
    latest = last_contact.days(account.workspace, [account.pk]).get(account.pk)
    if seat is None or (latest is not None and latest != found.followed_on and latest >= found.seat.started_on):
        return False
    seat.account = account
    acts.take_back(seat, reason=reason(found, rule))
    url = reverse("customers:pool", args=[account.workspace.slug])
    notices.tell(seat.member, TAKEN, url=url, data=_told(found, rule))
    return True


def _warn(found: Due) -> bool:
    url = reverse("customers:account", args=[found.account.workspace.slug, found.account.number])
    data = {"account": found.account.name, "on": found.on.isoformat()}
    key = f"{found.account.pk}:{found.seat.pk}:{found.on}"
    return notices.tell(found.seat.member, WARNING, url=url, data=data, dedupe_key=key) is not None


def _told(found: Due, rule: PoolRules) -> dict[str, object]:
    days = rule.result_days if found.is_for_result else rule.quiet_days
    return {"account": found.account.name, "days": days, "is_for_result": found.is_for_result}


def reason(found: Due, rule: PoolRules) -> str:
    """Why the rules take it, for the list of moves."""
    if found.is_for_result:
        return _("no signature within %(n)s days") % {"n": rule.result_days}
    return _("no follow-up for %(n)s days") % {"n": rule.quiet_days}
