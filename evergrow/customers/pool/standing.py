"""Which accounts are in the pool, and what a member holds and may still claim."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from evergrow.customers.models import Account, AccountStatus, PoolMove, PoolMoveKind, PoolRules, TeamSeat
from evergrow.workspaces.models import Member, Workspace

SIGNED = [AccountStatus.ACTIVE]


def active_seats(rules: PoolRules) -> QuerySet[TeamSeat]:
    """The seats whose holders are owners now: in the role of the rules, of members who are still here."""
    return TeamSeat.objects.filter(role=rules.role, ended_on=None, member__left_at=None)


def in_pool(workspace: Workspace, rules: PoolRules) -> QuerySet[Account]:
    """The accounts without an active owner. The pool is for everybody: what a member sees elsewhere plays no part.

    ``came_on`` is the day of the last move into the pool, empty for those that were never owned.
    """
    owned = active_seats(rules).filter(account=OuterRef("pk"))
    last = PoolMove.objects.filter(account=OuterRef("pk")).exclude(kind=PoolMoveKind.CLAIMED).order_by("-pk")
    found = Account.objects.filter(~Exists(owned), workspace=workspace)
    return found.annotate(came_on=Subquery(last.values("on")[:1]), came_why=Subquery(last.values("kind")[:1]))


def held(member: Member, rules: PoolRules) -> QuerySet[Account]:
    """The accounts the member owns that count against the holding cap: signed customers do not."""
    mine = active_seats(rules).filter(member=member)
    present = Account.objects.filter(workspace_id=member.workspace_id)
    return present.filter(pk__in=mine.values("account")).exclude(status__in=SIGNED)


@dataclass(frozen=True, slots=True)
class Room:
    """How much a member may still claim. ``today`` and ``holding`` are None without a cap."""

    claimed: int
    held: int
    today: int | None
    holding: int | None

    @property
    def left(self) -> int | None:
        caps = [cap for cap in (self.today, self.holding) if cap is not None]
        return min(caps) if caps else None


def room(member: Member, rules: PoolRules) -> Room:
    """What the member claimed today and holds, and how much is left of both caps."""
    claims = PoolMove.objects.filter(workspace_id=member.workspace_id, member=member, kind=PoolMoveKind.CLAIMED)
    claimed, holds = claims.filter(on=member.workspace.today()).count(), held(member, rules).count()
    return Room(
        claimed,
        holds,
        max(0, rules.daily_cap - claimed) if rules.daily_cap else None,
        max(0, rules.holding_cap - holds) if rules.holding_cap else None,
    )
