"""Who gets a step: the role's holder on the account's team, else its success manager, else whoever starts the run."""

from dataclasses import dataclass

from evergrow.customers.models import Account, TeamRole, TeamSeat
from evergrow.success.models import OwnerRule, Step
from evergrow.workspaces.access import may
from evergrow.workspaces.models import Member

Team = dict[str, Member]
ROLE_OF_RULE = {OwnerRule.CSM: TeamRole.CSM, OwnerRule.SALES: TeamRole.SALES, OwnerRule.EXPERT: TeamRole.EXPERT}


@dataclass(frozen=True, slots=True)
class Choice:
    """The colleague chosen for a step; ``is_fallback`` when nobody fits the rule itself."""

    member: Member | None
    is_fallback: bool = False


def teams(accounts: list[Account]) -> dict[int, Team]:
    """The colleagues who hold a role for each account now, by account id and role.

    Who left, or may only look, is left out: nobody gets work that they cannot do.
    """
    seats = TeamSeat.objects.filter(account__in=accounts, ended_on=None, member__left_at=None)
    found: dict[int, Team] = {account.pk: {} for account in accounts}
    for seat in seats.select_related("member__user"):
        if may(seat.member, "work"):
            found[seat.account_id][seat.role] = seat.member
    return found


def team(account: Account) -> Team:
    """The colleagues who hold a role for the account now, by role."""
    return teams([account])[account.pk]


def choose(step: Step, team: Team, starter: Member | None) -> Choice:
    """Who gets ``step`` on an account with this team in a run that ``starter`` begins."""
    wanted = _wanted(step, team, starter)
    if wanted is not None:
        return Choice(wanted)
    return Choice(team.get(TeamRole.CSM) or starter, is_fallback=True)


def _wanted(step: Step, team: Team, starter: Member | None) -> Member | None:
    if step.owner_rule == OwnerRule.STARTER:
        return starter
    if step.owner_rule == OwnerRule.MEMBER:
        return step.member if may(step.member, "work") else None
    return team.get(ROLE_OF_RULE[OwnerRule(step.owner_rule)])
