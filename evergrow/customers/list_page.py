"""What the account list's page shows besides its rows: tabs of views, chips of filters, heads of columns."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from evergrow.customers import registry
from evergrow.customers.filters import describe
from evergrow.customers.models import SavedView
from evergrow.customers.queries.account_list import AccountList, count_by_view, shape
from evergrow.customers.registry import Column, Filter, Words
from evergrow.lib.listing import ListState, names_only_a_view, parse
from evergrow.workspaces.models import Member

PAGE = "accounts"
DEFAULT_VIEW = "customers"
SAVED = "saved-"


@dataclass(frozen=True, slots=True)
class Tab:
    """A view of the list: built in, or saved by the member or a colleague."""

    key: str
    label: Words
    state: ListState
    saved: SavedView | None = None
    count: int | None = None
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in use; ``without`` is the address of the list without it."""

    part: Filter
    words: str
    without: str
    problem: str


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head; ``query`` sorts by it and is empty where that makes no sense."""

    column: Column
    query: str
    order: str


def tabs(member: Member) -> list[Tab]:
    """Every view the member may choose, built-in ones first."""
    known = shape()
    built_in = [Tab(view.key, view.label, parse(view.query, known).in_view(view.key)) for view in registry.views()]
    saved = SavedView.objects.filter(Q(member=member) | Q(is_shared=True), workspace=member.workspace, page=PAGE)
    own = [
        Tab(key, view.name, parse(view.query, known).in_view(key), view)
        for view in saved.order_by("name")
        if (key := f"{SAVED}{view.pk}")
    ]
    return [*built_in, *own]


def state_of(query: str, views: list[Tab]) -> ListState:
    """The list that an address shows: as written, or as its view has it when it names no more than a view."""
    asked = parse(query, shape())
    by_key = {tab.key: tab for tab in views}
    if names_only_a_view(query):
        tab = by_key.get(asked.view) or by_key[DEFAULT_VIEW]
        return tab.state.on_page(asked.page)
    if asked.view in by_key:
        return asked
    same = next((tab.key for tab in views if tab.state.is_same_list(asked)), "")
    return asked.in_view(same)


def kept(state: ListState, *without: str) -> list[tuple[str, str]]:
    """The rest of the list's state, as hidden fields of a form."""
    pairs = [(key, value) for key, values in state.filters.items() if key not in without for value in values]
    is_usual = state.columns == tuple(state.shape.default_columns)
    named = {
        "view": state.view,
        "q": state.search,
        "sort": "" if state.sort == state.shape.default_sort else state.sort,
        "columns": "" if is_usual else ",".join(state.columns),
    }
    return pairs + [(key, value) for key, value in named.items() if value and key not in without]


class ListPage:
    """The list and everything around it, for one address."""

    def __init__(self, member: Member, query: str) -> None:
        self.member = member
        self._views = tabs(member)
        self.state = state_of(query, self._views)
        self.list = AccountList(member, self.state)

    @cached_property
    def tabs(self) -> list[Tab]:
        counts = count_by_view(self.member, {tab.key: tab.state for tab in self._views})
        return [
            Tab(tab.key, tab.label, tab.state, tab.saved, counts[tab.key], tab.key == self.state.view)
            for tab in self._views
        ]

    @cached_property
    def view(self) -> Tab | None:
        return next((tab for tab in self._views if tab.key == self.state.view), None)

    @property
    def is_changed(self) -> bool:
        return self.view is not None and not self.view.state.is_same_list(self.state)

    @property
    def is_own_view(self) -> bool:
        return self.view is not None and self.view.saved is not None and self.view.saved.member_id == self.member.pk

    @cached_property
    def chips(self) -> list[Chip]:
        return [
            Chip(
                part,
                describe(part, self.member.workspace, self.state.filters[part.key]),
                self.state.without(part.key).query,
                self.list.problems.get(part.key, ""),
            )
            for part in registry.filters()
            if part.key in self.state.filters
        ]

    @property
    def cleared(self) -> str:
        return self.state.without_filters().query

    @property
    def heads(self) -> list[Head]:
        return [self._head(column) for column in self.list.columns]

    def _head(self, column: Column) -> Head:
        if column.order_by is None:
            return Head(column, "", "")
        order = "descending" if self.state.is_descending else "ascending"
        query = self.state.sorted_by(column.key, first_descending=column.is_largest_first).query
        return Head(column, query or "sort=" + self.state.sort, order if self.state.sort_key == column.key else "")

    @property
    def choosable(self) -> list[tuple[Column, bool]]:
        """Every column with whether it is shown; the name always is."""
        return [(c, c.key in self.state.columns) for c in registry.columns() if c.key != "name"]

    @property
    def kept_for_search(self) -> list[tuple[str, str]]:
        return kept(self.state, "q")

    @property
    def kept_for_columns(self) -> list[tuple[str, str]]:
        return kept(self.state, "columns")

    @property
    def filters(self) -> list[Filter]:
        return registry.filters()
