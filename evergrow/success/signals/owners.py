"""Who gets a signal, and who is the manager of whom."""

from collections.abc import Iterable

from evergrow.customers.models import TeamSeat
from evergrow.lib.batches import batched
from evergrow.success.signals.definition import OwnerRule
from evergrow.workspaces.models import Member, Role, Workspace
from evergrow.workspaces.queries import able

LEADS = (Role.MANAGER, Role.ADMIN, Role.OWNER)


def choose(workspace: Workspace, rule: OwnerRule, accounts: Iterable[int]) -> dict[int, int | None]:
    """The member for each account, by its id; under 0 for what hangs on no account.

    Who left, or may only look, is passed over for the fallback.
    """
    members = {member.pk: member for member in able(workspace, "work")}
    wanted = list(dict.fromkeys(accounts))
    seats = _seats(wanted)
    found: dict[int, int | None] = {}
    for account in [*wanted, 0]:
        first = rule.member if rule.rule == "member" else seats.get((account, rule.rule))
        if first in members or rule.rule == "nobody":
            found[account] = first
        elif rule.fallback == "member":
            found[account] = rule.fallback_member if rule.fallback_member in members else None
        elif rule.fallback == "manager":
            held = next((seats[account, role] for role in ("csm", "sales", "expert") if (account, role) in seats), None)
            lead = manager_of(members.get(held or 0), members.values())
            found[account] = lead.pk if lead else None
        else:
            found[account] = None
    return found


def manager_of(member: Member | None, members: Iterable[Member]) -> Member | None:
    """Who leads a member: a manager of the same team, else any manager, then an administrator, then an owner."""
    leads = [each for each in members if each.role in LEADS and each.left_at is None]
    leads = [each for each in leads if member is None or each.pk != member.pk]
    team = member.team if member else ""

    def nearness(lead: Member) -> tuple[bool, int, int]:
        return not (team and lead.team == team), LEADS.index(Role(lead.role)), lead.pk

    return min(leads, key=nearness, default=None)


def _seats(accounts: list[int]) -> dict[tuple[int, str], int]:
    found: dict[tuple[int, str], int] = {}
    for part in batched(accounts, 500):
        rows = TeamSeat.objects.filter(account__in=part, ended_on=None, member__left_at=None)
        found |= {(account, role): member for account, role, member in rows.values_list("account", "role", "member")}
    return found
