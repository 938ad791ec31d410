"""Which accounts a member may see: all, the team's, or their own."""

from django.db.models import Q, QuerySet
from django.http import Http404

from evergrow.customers.models import Account, Person, TeamSeat, Trashed
from evergrow.workspaces import prepared
from evergrow.workspaces.models import AccountScope, Member


def accounts(member: Member) -> QuerySet[Account]:
    """The accounts of the member's workspace that the member may see: of those that count, the ones in sight."""
    return Account.objects.filter(_in_sight(member, ""), workspace_id=member.workspace_id)


def visible(member: Member, path: str = "") -> Q:
    """The row right as a condition on accounts; ``path`` leads there from another model (``"account__"``).

    Accounts that were deleted are seen by nobody.
    """
    deleted = Trashed.objects.filter(workspace_id=member.workspace_id, account__isnull=False).values("account")
    return ~Q(**{f"{path}pk__in": deleted}) & _in_sight(member, path)


def _in_sight(member: Member, path: str) -> Q:
    """What the member's scope leaves of accounts, deleted or not: no condition where it is all."""
    if member.scope == AccountScope.ALL:
        return Q()
    mine = Q(team__member=member, team__ended_on=None)
    if member.scope == AccountScope.TEAM and member.team:
        mine = Q(team__member__team=member.team, team__ended_on=None)
    mine &= Q(workspace_id=member.workspace_id)
    return Q(**{f"{path}pk__in": Account.objects.filter(mine).values("pk")})


def who_see(account: Account) -> QuerySet[Member]:
    """The colleagues who may see an account."""
    if Trashed.objects.filter(account=account).exists():
        return Member.objects.none()
    seats = TeamSeat.objects.filter(account=account, ended_on=None)
    teams = seats.exclude(member__team="").values("member__team")
    seen = Q(scope=AccountScope.ALL) | Q(pk__in=seats.values("member")) | Q(scope=AccountScope.TEAM, team__in=teams)
    return Member.objects.filter(seen, workspace_id=account.workspace_id, left_at=None).select_related("user")


def account_or_404(member: Member, number: int) -> Account:
    """The account with this number, or 404 when it is not there or not for this member.

    The number of an account that was merged gives the one it belongs to.
    """
    account = _account(member, number) or _merged_into(member, number)
    if account is None:
        raise Http404
    return account


@prepared.first
def _account(member: Member, number: int) -> QuerySet[Account]:
    return accounts(member).filter(number=number)


@prepared.first
def _merged_into(member: Member, number: int) -> QuerySet[Account]:
    return accounts(member).filter(merged_from__number=number)


def people(member: Member) -> QuerySet[Person]:
    """The people of the accounts that the member may see; those without an account only with the right to all."""
    deleted = Trashed.objects.filter(workspace_id=member.workspace_id, person__isnull=False).values("person")
    found = Person.objects.filter(workspace_id=member.workspace_id, merged_into=None).exclude(pk__in=deleted)
    if member.scope == AccountScope.ALL:
        return found
    return found.filter(affiliations__account__in=accounts(member).values("pk")).distinct()


def accounts_of(member: Member, person: Person) -> list[int]:
    """The row keys of the accounts where a person is now, as far as the member sees them; read once for a page."""
    known: dict[int, list[int]] = person.__dict__.setdefault("_accounts_seen", {})
    if member.pk not in known:
        known[member.pk] = _accounts_of(member, person)
    return known[member.pk]


@prepared.rows
def _accounts_of(member: Member, person: Person) -> QuerySet[Account, int]:
    there = accounts(member).filter(affiliations__person=person, affiliations__ended_on=None)
    return there.values_list("pk", flat=True).distinct()


def person_or_404(member: Member, number: int) -> Person:
    """The person with this number, or 404."""
    person = _person(member, number)
    if person is None:
        raise Http404
    return person


@prepared.first
def _person(member: Member, number: int) -> QuerySet[Person]:
    return people(member).filter(number=number)
