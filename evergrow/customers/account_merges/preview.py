"""What a merge of two accounts would do, what merges did, and what taking one back would do."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from evergrow import warehouse
from evergrow.customers import access
from evergrow.customers.account_merges import facts, registry
from evergrow.customers.account_merges.actions import why_not, why_not_undo
from evergrow.customers.account_merges.registry import Words
from evergrow.customers.models import Account, AccountMerge, Duplicate
from evergrow.customers.profiles import values
from evergrow.customers.profiles.history import field_label
from evergrow.customers.queries.merging import Fact
from evergrow.lib.digits import small
from evergrow.workspaces.models import Member

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A field or trait in words, of both accounts and afterwards."""

    name: str
    kept: str
    merged: str
    result: str
    is_taken: bool
    is_lost: bool


@dataclass(frozen=True, slots=True)
class Count:
    """So many rows of a kind move."""

    label: str
    words: Words
    count: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What moves from ``merged`` to ``kept``; numbers of events are None while the event store cannot be asked."""

    kept: Account
    merged: Account
    blocker: str | None
    moving: Sequence[Count]
    children: int
    events: int | None
    kept_events: int | None
    lines: Sequence[Line]

    @property
    def all_events(self) -> int | None:
        return None if self.events is None or self.kept_events is None else self.events + self.kept_events


@dataclass(frozen=True, slots=True)
class Undoing:
    """What goes back when a merge is taken back, or why it cannot be."""

    merge: AccountMerge
    blocker: str | None
    moving: Sequence[Count]
    lines: Sequence[Line]


def preview(kept: Account, merged: Account) -> Preview:
    """What merging two accounts would do; nothing is changed."""
    moving = [_count(holding, holding.rows(merged).count()) for holding in registry.holdings() if holding.words]
    events = events_of([kept, merged])
    return Preview(
        kept,
        merged,
        why_not(kept, merged),
        [each for each in moving if each.count],
        Account.objects.filter(parent=merged).count(),
        None if events is None else events[merged.number],
        None if events is None else events[kept.number],
        [_line(fact) for fact in facts.facts(kept, merged)],
    )


def undoing(merge: AccountMerge) -> Undoing:
    """What taking a merge back would do; nothing is changed."""
    moving = []
    for holding in registry.holdings():
        if holding.words and (keys := merge.moved.get(holding.label)):
            moving.append(_count(holding, holding.rows(merge.kept).filter(pk__in=keys).count()))
    return Undoing(merge, why_not_undo(merge), moving, _lines_back(merge))


def events_of(accounts: Sequence[Account]) -> dict[int, int] | None:
    """How many events accounts have, by number; None while the event store is away."""
    workspace, numbers = accounts[0].workspace_id, [each.number for each in accounts]
    sql = warehouse.statement("customers", "events_of_accounts")
    try:
        rows = warehouse.rows(sql, workspace_id=workspace, accounts=numbers)
    except warehouse.StoreUnavailable:
        return None
    return dict.fromkeys(numbers, 0) | {number: int(count) for number, count in rows}


def candidates(member: Member, account: Account, text: str) -> list[Account]:
    """Accounts that may be the same: found by name, domain, id or number; without a text those suggested as such."""
    accounts = access.accounts(member).exclude(pk=account.pk)
    if not text:
        pairs = Duplicate.objects.filter(
            Q(first=account.number) | Q(second=account.number),
            workspace=account.workspace_id,
            kind=Duplicate.Kind.ACCOUNT,
            state=Duplicate.State.OPEN,
        )
        numbers = {number for pair in pairs.values_list("first", "second") for number in pair}
        return list(accounts.filter(number__in=numbers).order_by("number")[:MOST_FOUND])
    named = Q(name__icontains=text) | Q(other_name__icontains=text) | Q(domain__icontains=text) | Q(external_id=text)
    if number := small(text.lstrip("#")):
        named |= Q(number=number)
    return list(accounts.filter(named).order_by("-mrr", "number")[:MOST_FOUND])


def merges(member: Member, account: Account | None = None) -> QuerySet[AccountMerge]:
    """The log of merges that the member may see, the newest first."""
    seen = access.accounts(member).values("pk")
    reachable = Account.everyone.filter(Q(pk__in=seen) | Q(merged_into__in=seen))
    found = AccountMerge.objects.filter(workspace_id=member.workspace_id, kept__in=reachable)
    if account is not None:
        found = found.filter(Q(kept=account) | Q(merged=account) | Q(kept__merged_into=account))
    return found.select_related("kept", "merged", "kept__merged_into", "by__user", "undone_by__user").order_by("-pk")


def _count(holding: registry.Holding, count: int) -> Count:
    return Count(holding.label, holding.words, count)


def _line(fact: Fact) -> Line:
    kept, merged, result = (values.told(value) for value in (fact.kept, fact.merged, fact.result))
    return Line(field_label("account", fact.name), kept, merged, result, fact.is_taken, fact.is_lost)


def _lines_back(merge: AccountMerge) -> list[Line]:
    """The fields and traits of the kept account that become what they were; not those that somebody changed since."""
    found = []
    for label, pk, name, key, before, after in merge.changed:
        if (label, pk) != ("customers.Account", merge.kept_id) or name in ("origins", "parent_id"):
            continue
        now = getattr(merge.kept, name)
        now = now.get(key) if key is not None else now
        if values.told(now) == values.told(after):
            was = values.told(before)
            found.append(Line(key or field_label("account", name), values.told(now), was, was, False, False))
    return found
