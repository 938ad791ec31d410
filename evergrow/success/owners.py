"""Who gets a step: the first of its rules that finds a colleague who may work.

Without a fallback of its own a step goes to the account's success manager, else to whoever starts the run.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evergrow.customers.models import Account, TeamRole, TeamSeat
from evergrow.success.models import OwnerRule, Step
from evergrow.workspaces.access import may
from evergrow.workspaces.models import Member

Team = dict[str, Member]
Rules = Sequence[Mapping[str, Any]]
ROLE_OF_RULE = {OwnerRule.CSM: TeamRole.CSM, OwnerRule.SALES: TeamRole.SALES, OwnerRule.EXPERT: TeamRole.EXPERT}
USUAL: Rules = ({"rule": OwnerRule.CSM}, {"rule": OwnerRule.STARTER})


@dataclass(frozen=True, slots=True)
class Choice:
    """The colleague chosen for a step; ``is_fallback`` when nobody fits the first rule."""

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


def choose(step: Step, team: Team, starter: Member | None, members: Mapping[int, Member] | None = None) -> Choice:
    """Who gets ``step`` on an account with this team in a run that ``starter`` begins.

    Whoever does the step before is not known yet: such a rule finds nobody. ``members`` spares look-ups in bulk.
    """
    known = dict(members or {}) | ({step.member.pk: step.member} if step.member is not None else {})
    rules = [{"rule": step.owner_rule, "member": step.member_id}, *step.fallbacks]
    named = {rule.get("member") for rule in rules} - known.keys() - {None}
    if named:
        known |= {m.pk: m for m in Member.objects.filter(pk__in=named).select_related("user")}
    return choose_by(rules, team, starter, known)


def choose_by(
    rules: Rules,
    team: Team,
    starter: Member | None,
    members: Mapping[int, Member],
    *,
    previous: Member | None = None,
) -> Choice:
    """The first colleague that the rules find, in order; ``previous`` had the step before.

    The queue is nobody, on purpose. After the last of a step's own rules come the usual ones, unless it has fallbacks.
    """
    for place, rule in enumerate([*rules, *(() if len(rules) > 1 else USUAL)]):
        if rule["rule"] == OwnerRule.QUEUE:
            return Choice(None, is_fallback=place > 0)
        found = _wanted(rule, team, starter, members, previous)
        if found is not None:
            return Choice(found, is_fallback=place > 0)
    return Choice(None, is_fallback=True)


def _wanted(
    rule: Mapping[str, Any],
    team: Team,
    starter: Member | None,
    members: Mapping[int, Member],
    previous: Member | None,
) -> Member | None:
    kind = rule["rule"]
    if kind == OwnerRule.STARTER:
        return starter
    if kind in (OwnerRule.MEMBER, OwnerRule.PREVIOUS):
        named = previous if kind == OwnerRule.PREVIOUS else members.get(rule.get("member") or 0)
        return named if may(named, "work") else None
    return team.get(ROLE_OF_RULE[OwnerRule(kind)])
