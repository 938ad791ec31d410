"""The accounts that the sample's playbooks are run for: those with the whole iron triangle, and their scores then."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain, zip_longest
from math import isnan

from evergrow import warehouse
from evergrow.customers.models import Account, AccountStatus, TeamRole, TeamSeat
from evergrow.intake.sample.files import chance_of
from evergrow.workspaces.models import Member, Workspace

TRIANGLE = (TeamRole.SALES, TeamRole.EXPERT)
LOOKED_BACK = timedelta(days=62)


@dataclass(slots=True)
class Portfolio:
    """Accounts by success manager, the lead's first. ``scores``: by account and weeks ago, where there was one."""

    by_manager: dict[int, list[Account]]
    scores: dict[tuple[int, int], float]
    used: set[int] = field(default_factory=set)

    def choose(self, count: int, weeks: int, *, is_low: bool) -> list[Account]:
        """So many accounts that were not chosen yet, a manager's after another's; the lowest scores first, if asked."""
        found = [each for each in self._turns(weeks, is_low) if each.pk not in self.used][:count]
        self.used |= {each.pk for each in found}
        return found

    def _turns(self, weeks: int, is_low: bool) -> Iterator[Account]:
        def order(each: Account) -> tuple[float, int]:
            low = self.scores.get((each.number, weeks), 100.0) if is_low else 0.0
            return low, chance_of("turn", each.external_id)

        first, *others = (sorted(mine, key=order) for mine in self.by_manager.values())
        turned = others[weeks % len(others) :] + others[: weeks % len(others)] if others else []
        return (each for each in chain.from_iterable(zip_longest(first, *turned)) if each is not None)


def read(workspace: Workspace, lead: Member, weeks: Sequence[int]) -> Portfolio | None:
    """The portfolio, with the scores of so many weeks ago each; None without accounts. Raises StoreUnavailable."""
    rows = Account.objects.filter(workspace=workspace, status=AccountStatus.ACTIVE, merged_into=None)
    for role in TRIANGLE:
        rows = rows.filter(team__role=role, team__ended_on=None)
    accounts = {row.pk: row for row in rows.select_related("workspace").order_by("pk")}
    seats = TeamSeat.objects.filter(account__in=accounts, role=TeamRole.CSM, ended_on=None).order_by("account_id")
    by_manager: dict[int, list[Account]] = {lead.pk: []}
    for member, account in seats.values_list("member_id", "account_id"):
        by_manager.setdefault(member, []).append(accounts[account])
    by_manager = {member: mine for member, mine in by_manager.items() if mine}
    return Portfolio(by_manager, _scores(workspace, list(accounts.values()), weeks)) if by_manager else None


def _scores(workspace: Workspace, accounts: list[Account], weeks: Sequence[int]) -> dict[tuple[int, int], float]:
    today = workspace.today()
    asked = [(account.number, back) for account in accounts for back in sorted(set(weeks))]
    days = [today - timedelta(weeks=back) for _number, back in asked]
    told = warehouse.rows(
        warehouse.statement("success", "scores_around"),
        workspace_id=workspace.pk,
        accounts=[number for number, _back in asked],
        days=days,
        since=min(days) - LOOKED_BACK,
    )
    return {asked[place]: score for place, version, score in told if version and not isnan(score)}
