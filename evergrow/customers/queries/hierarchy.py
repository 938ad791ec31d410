"""An account among those above and below it, as far as a member may see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from evergrow import warehouse
from evergrow.customers import access, registry
from evergrow.customers.models import Account, Affiliation
from evergrow.customers.registry import Column
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Member

MOST_CHILDREN = 50


@dataclass(frozen=True, slots=True)
class Totals:
    """What several accounts come to: monthly revenue, accounts, and people who work there, each counted once."""

    mrr: Decimal
    accounts: int
    people: int


@dataclass(frozen=True, slots=True)
class Child:
    """An account below; ``people`` work there now, ``more`` accounts stand below it."""

    account: Account
    people: int
    more: int


@dataclass(frozen=True, slots=True)
class Tree:
    """``above`` begins at the top. ``own`` and ``whole`` are the account alone and with everything below it."""

    above: list[Account]
    children: list[Child]
    count: int
    own: Totals
    whole: Totals
    health: Column | None


def tree(member: Member, account: Account) -> Tree | None:
    """The accounts around an account; None where it stands alone."""
    above = _above(member, account)
    under = below(member, [account.pk])
    if not above and not under:
        return None
    direct = access.accounts(member).filter(parent=account).order_by("-mrr", "name", "number")
    health = next((column for column in registry.columns() if column.key == "health"), None)
    shown = list(direct.select_related(*(health.select_related if health else ()))[:MOST_CHILDREN])
    _load(member, shown, health)
    working = dict(_working([child.pk for child in shown]).values_list("account").annotate(Count("person")))
    children = [Child(child, working.get(child.pk, 0), len(below(member, [child.pk]))) for child in shown]
    own, whole = _sum([account.pk]), _sum([account.pk, *under])
    return Tree(above, children, direct.count(), own, whole, health)


def below(member: Member, keys: Iterable[int]) -> set[int]:
    """The primary keys of accounts at any depth below these, as far as the member may see them."""
    found: set[int] = set()
    level = set(keys)
    while level:
        children: set[int] = set()
        for part in batched(sorted(level), 500):
            rows = access.accounts(member).filter(parent__in=part).order_by()
            children.update(rows.values_list("pk", flat=True))
        level = children - found
        found |= level
    return found


def _above(member: Member, account: Account) -> list[Account]:
    """From the top down to the direct parent; it ends at the first that the member may not see."""
    found: list[Account] = []
    key = account.parent_id
    while key is not None and key not in {each.pk for each in found}:
        parent = access.accounts(member).filter(pk=key).first()
        if parent is None:
            break
        found.insert(0, parent)
        key = parent.parent_id
    return found


def _load(member: Member, accounts: list[Account], column: Column | None) -> None:
    """What a column shows of each account; nothing while the event store is away."""
    facts: Mapping[int, Any] = {}
    if column is not None and column.load is not None and accounts:
        try:
            facts = column.load(member.workspace, accounts)
        except warehouse.StoreUnavailable:
            facts = {}
    for account in accounts:
        account.workspace = member.workspace
        account.facts = {column.key: facts.get(account.pk)} if column else {}


def _working(keys: list[int]) -> Any:
    return Affiliation.objects.filter(account__in=keys, ended_on=None, person__merged_into=None).order_by()


def _sum(keys: list[int]) -> Totals:
    mrr, people = Decimal(0), set[int]()
    for part in batched(keys, 500):
        mrr += Account.objects.filter(pk__in=part).aggregate(sum=Sum("mrr"))["sum"] or 0
        people.update(_working(part).values_list("person", flat=True))
    return Totals(mrr, len(keys), len(people))
