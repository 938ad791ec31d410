"""Whose accounts Home is about, and the addresses of the lists behind its numbers."""

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import QuerySet

from evergrow.customers import access
from evergrow.customers.models import Account, TeamRole, TeamSeat
from evergrow.health import queries as health
from evergrow.web import navigation
from evergrow.workspaces.models import AccountScope, Member, Workspace

MINE, ALL = "mine", "all"


@dataclass(frozen=True, slots=True)
class Scope:
    """The paying accounts that a member sees: all of them, or those they are accountable for."""

    member: Member
    key: str
    mine: int
    all: int

    @property
    def workspace(self) -> Workspace:
        return self.member.workspace

    @property
    def is_mine(self) -> bool:
        return self.key == MINE

    @property
    def count(self) -> int:
        return self.mine if self.is_mine else self.all

    def accounts(self) -> QuerySet[Account]:
        """Paying accounts within the scope."""
        found = health.portfolio(self.member)
        return found.filter(pk__in=_held(self.member)) if self.is_mine else found

    def of_everyone(self) -> "Scope":
        """All accounts that the member sees. Held accounts alone would leave out those that were lost."""
        return replace(self, key=ALL)

    def held(self) -> QuerySet[Account] | None:
        """Every account in the scope, paying or not; None for the whole workspace."""
        if self.is_mine:
            return access.accounts(self.member).filter(pk__in=_held(self.member))
        return None if self.member.scope == AccountScope.ALL else access.accounts(self.member)

    def account_ids(self) -> set[int] | None:
        """The primary keys of ``held``."""
        held = self.held()
        return None if held is None else set(held.values_list("pk", flat=True))

    def list_url(self, **filters: str | list[str]) -> str:
        """The account list with these filters, within the scope; ``status`` may be given, else it is "active"."""
        pairs = {"csm": "me"} if self.is_mine else {}
        address = navigation.address("customers:accounts", self.workspace.slug)
        return f"{address}?{urlencode({**pairs, 'status': 'active', **filters}, doseq=True)}"


def _held(member: Member) -> QuerySet[TeamSeat, int]:
    seats = TeamSeat.objects.filter(member=member, role=TeamRole.CSM, ended_on=None)
    return seats.values_list("account_id", flat=True)


def of(member: Member, asked: str) -> Scope:
    """The scope asked for; without a wish one's own accounts where there are some."""
    everything = health.portfolio(member)
    mine = everything.filter(pk__in=_held(member)).count()
    key = asked if asked in (MINE, ALL) else MINE if mine else ALL
    return Scope(member, key, mine, everything.count())
