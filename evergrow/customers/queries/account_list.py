"""The account list: which rows an address asks for, in which order, with what beside them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.expressions import OrderBy

from evergrow import warehouse
from evergrow.customers import access, registry
from evergrow.customers.models import Account
from evergrow.customers.registry import Column, Filter
from evergrow.lib.listing import ListState, Shape
from evergrow.workspaces.models import Member

PER_PAGE = 50
FIRST_SORTS = ("health", "-mrr")


def shape() -> Shape:
    """What the account list knows now that every room has registered."""
    columns = registry.columns()
    sorts = [column.key for column in columns if column.order_by is not None]
    return Shape(
        filters=[part.key for part in registry.filters()],
        sorts=sorts,
        columns=[column.key for column in columns],
        default_sort=next(sort for sort in FIRST_SORTS if sort.removeprefix("-") in sorts),
        default_columns=[column.key for column in columns if column.is_default],
    )


@dataclass(slots=True)
class Conditions:
    """What the filters of an address ask of an account, and the sentences about those that cannot be used."""

    condition: Q = field(default_factory=Q)
    problems: dict[str, str] = field(default_factory=dict)


def conditions(member: Member, state: ListState) -> Conditions:
    """Every filter of the state as one condition; all must hold, any of a filter's values is enough."""
    found = Conditions()
    known: dict[str, Filter] = {part.key: part for part in registry.filters()}
    for key, values in state.filters.items():
        try:
            found.condition &= known[key].condition(member, list(values))
        except ValueError as error:
            found.problems[key] = str(error)
    for word in state.search.split()[:8]:
        found.condition &= (
            Q(name__icontains=word)
            | Q(other_name__icontains=word)
            | Q(external_id__icontains=word)
            | Q(domain__icontains=word)
        )
    return found


class AccountList:
    """One reading of the list for a member."""

    def __init__(self, member: Member, state: ListState) -> None:
        self.member, self.workspace, self.state = member, member.workspace, state
        known = {column.key: column for column in registry.columns()}
        self.columns: list[Column] = [known["name"], *(known[key] for key in state.columns if key != "name")]
        found = conditions(member, state)
        self.problems = found.problems
        self._condition = Q(pk__in=[]) if found.problems else found.condition

    @cached_property
    def rows(self) -> QuerySet[Account]:
        """Every account of the list, in no order; a filter that cannot be used finds none."""
        return access.accounts(self.member).filter(self._condition)

    @cached_property
    def ordered(self) -> QuerySet[Account]:
        """The accounts in the list's order; unknown values come last whichever way it runs."""
        column = next((c for c in registry.columns() if c.key == self.state.sort_key), None)
        rows = self.rows
        if column is None or column.order_by is None:
            return rows.order_by("number")
        if column.annotate is not None:
            rows = rows.annotate(**{column.key: column.annotate(self.workspace)})
        by = column.order_by(self.workspace) if callable(column.order_by) else column.order_by
        return rows.order_by(_order(by, self.state.is_descending), "number")

    @cached_property
    def totals(self) -> dict[str, Any]:
        """Number of accounts, their MRR, and what other rooms add up, in one query."""
        parts: dict[str, Any] = {"count": Count("pk"), "mrr": Sum("mrr")}
        for total in registry.totals():
            parts |= total.aggregates(self.workspace)
        return self.rows.order_by().aggregate(**parts)

    @cached_property
    def page(self) -> Page[Account]:
        """The page of the state, or the last one where there are fewer; its accounts carry their facts."""
        ids = self.ordered.values_list("pk", flat=True)  # sorting whole rows would cost three times as much
        page = _Counted(ids, PER_PAGE, self.totals["count"]).get_page(self.state.page)
        page.object_list = self._fetched(list(page.object_list))
        return page

    def _fetched(self, ids: Sequence[int], columns: Sequence[Column] | None = None) -> list[Account]:
        """Accounts in the order of their keys, with the facts of these columns (else of all shown ones)."""
        by_key = Account.objects.select_related(*self._related()).in_bulk(ids)
        accounts = [by_key[pk] for pk in ids if pk in by_key]
        wanted = self.columns if columns is None else columns
        loaded = {c.key: self._loaded(c, accounts) for c in wanted if c.load is not None and accounts}
        for account in accounts:
            account.workspace = self.workspace
            account.facts = {key: facts.get(account.pk) for key, facts in loaded.items()}
        return accounts

    def _loaded(self, column: Column, accounts: list[Account]) -> Mapping[int, Any]:
        """What a column loads; nothing while the event store is away, since the list is useful without it."""
        assert column.load is not None
        try:
            return column.load(self.workspace, accounts)
        except warehouse.StoreUnavailable:
            return {}

    @property
    def exported(self) -> list[Column]:
        """The shown columns that a file can hold; a sparkline cannot be written in a cell."""
        return [column for column in self.columns if column.is_exported]

    def export(self, only: QuerySet[Account] | None = None, size: int = 1000) -> Iterator[list[Any]]:
        """Rows of plain values of the shown columns, for ``lib.sheets``."""
        rows = self.ordered if only is None else self.ordered.filter(pk__in=only.order_by().values("pk"))
        ids = list(rows.values_list("pk", flat=True))
        for start in range(0, len(ids), size):
            for account in self._fetched(ids[start : start + size], self.exported):
                yield [_plain(column.value(account)) for column in self.exported]

    def _related(self) -> Sequence[str]:
        return sorted({path for column in self.columns for path in column.select_related})


class _Counted(Paginator):  # type: ignore[type-arg]
    """A paginator that was told the count already."""

    def __init__(self, rows: Any, per_page: int, count: int) -> None:
        super().__init__(rows, per_page)
        self.count = count


def _plain(value: Any) -> Any:
    """A value as a file holds it: a computed number without its meaningless digits."""
    return round(value, 4) if isinstance(value, float) else value


def _order(by: Any, descending: bool) -> OrderBy:
    expression: Any = F(by) if isinstance(by, str) else by
    return OrderBy(expression, descending=descending, nulls_last=True)


def count_by_view(member: Member, states: Mapping[str, ListState]) -> dict[str, int | None]:
    """How many accounts each of these views lists, in one pass; ``None`` where a filter cannot be used."""
    asked = {key: conditions(member, state) for key, state in states.items()}
    parts = {
        f"view_{position}": Count("pk", filter=found.condition) if found.condition else Count("pk")
        for position, found in enumerate(asked.values())
    }
    counted = access.accounts(member).order_by().aggregate(**parts) if parts else {}
    return {
        key: None if found.problems else counted[f"view_{position}"]
        for position, (key, found) in enumerate(asked.items())
    }
