"""The state of a list page, held in its address: filters, order, page and columns.

An address reads ``?tier=vip&tier=strategic&q=kite&sort=-mrr&columns=name,mrr&page=2``. What the page does not know
is left out on the way in, so that an old bookmark still opens; what equals the default is left out on the way out,
so that the same list always has the same address.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Self
from urllib.parse import parse_qsl, urlencode

RESERVED = frozenset({"q", "sort", "page", "columns", "view"})


@dataclass(frozen=True, slots=True)
class Shape:
    """What a list page knows: its filter keys, the keys it can sort by, its columns, and what it starts with.

    ``default_sort`` may begin with ``-`` for descending.
    """

    filters: Collection[str] = ()
    sorts: Collection[str] = ()
    columns: Collection[str] = ()
    default_sort: str = ""
    default_columns: Collection[str] = ()

    def __post_init__(self) -> None:
        clash = RESERVED & set(self.filters)
        if clash:
            raise ValueError(f"A filter cannot be called {', '.join(sorted(clash))}: the list itself uses the word.")


@dataclass(frozen=True, slots=True)
class ListState:
    """A list as its address says it. Never changed: every method gives a new state."""

    shape: Shape
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    search: str = ""
    sort: str = ""
    page: int = 1
    columns: tuple[str, ...] = ()
    view: str = ""

    @property
    def sort_key(self) -> str:
        """What the list is ordered by, without the direction."""
        return self.sort.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        return self.sort.startswith("-")

    @property
    def query(self) -> str:
        """The address's query, without ``?``, in one canonical order."""
        return urlencode(self._pairs(with_page=True))

    @property
    def rows_query(self) -> str:
        """The query without page and view: what decides which rows are listed, in which order and columns."""
        return urlencode([pair for pair in self._pairs(with_page=False) if pair[0] != "view" and pair != ("q", "")])

    def is_same_list(self, other: "ListState") -> bool:
        """Whether both show the same rows in the same order and columns, whatever the page or the view's name."""
        return self.rows_query == other.rows_query

    def having(self, key: str, values: Iterable[str]) -> Self:
        """With this filter set to these values, from page 1; no values take the filter away."""
        kept = {name: chosen for name, chosen in self.filters.items() if name != key}
        chosen = tuple(dict.fromkeys(value for value in values if value))
        if chosen:
            kept[key] = chosen
        return replace(self, filters=MappingProxyType(kept), page=1)

    def without(self, key: str, value: str | None = None) -> Self:
        """Without one value of a filter, or without the whole filter."""
        left = () if value is None else tuple(v for v in self.filters.get(key, ()) if v != value)
        return self.having(key, left)

    def without_filters(self) -> Self:
        return replace(self, filters=MappingProxyType({}), search="", page=1)

    def searching(self, words: str) -> Self:
        return replace(self, search=words.strip(), page=1)

    def sorted_by(self, key: str, *, first_descending: bool = False) -> Self:
        """As after a click on the head of ``key``: sorted by it, or turned round where it was sorted by it."""
        if key not in self.shape.sorts:
            return self
        descending = not self.is_descending if self.sort_key == key else first_descending
        return replace(self, sort=f"-{key}" if descending else key, page=1)

    def on_page(self, number: int) -> Self:
        return replace(self, page=max(1, number))

    def showing(self, columns: Iterable[str]) -> Self:
        """With these columns in this order; unknown ones are left out, none at all means the default ones."""
        chosen = tuple(key for key in dict.fromkeys(columns) if key in self.shape.columns)
        return replace(self, columns=chosen or tuple(self.shape.default_columns))

    def in_view(self, key: str) -> Self:
        return replace(self, view=key)

    def _pairs(self, *, with_page: bool) -> list[tuple[str, str]]:
        pairs = [("view", self.view)] if self.view else []
        bare = len(pairs)
        pairs += [(key, value) for key in self.shape.filters for value in self.filters.get(key, ())]
        if self.search:
            pairs.append(("q", self.search))
        if self.sort and self.sort != self.shape.default_sort:
            pairs.append(("sort", self.sort))
        if self.columns and self.columns != tuple(self.shape.default_columns):
            pairs.append(("columns", ",".join(self.columns)))
        if self.view and len(pairs) == bare:
            pairs.append(("q", ""))  # says "nothing filtered"; the view's key alone would say "as the view has it"
        if with_page and self.page > 1:
            pairs.append(("page", str(self.page)))
        return pairs


def names_only_a_view(query: str) -> bool:
    """Whether the address says no more than which view to show (and perhaps a page of it)."""
    return {key for key, _ in parse_qsl(query, keep_blank_values=True)} <= {"view", "page"}


def parse(query: str, shape: Shape) -> ListState:
    """Read an address's query (``a=1&b=2``, without ``?``) as a list of this shape."""
    filters: dict[str, tuple[str, ...]] = {}
    last: dict[str, str] = {}
    for key, raw in parse_qsl(query, keep_blank_values=True, max_num_fields=500, errors="replace"):
        value = raw.replace("\x00", "").strip()
        if key in RESERVED:
            last[key] = value
        elif value and key in shape.filters and value not in filters.get(key, ()):
            filters[key] = (*filters.get(key, ()), value)
    sort = last.get("sort", "")
    state = ListState(
        shape=shape,
        filters=MappingProxyType(filters),
        search=last.get("q", ""),
        sort=sort if sort.removeprefix("-") in shape.sorts else shape.default_sort,
        page=_page(last.get("page", "")),
        view=last.get("view", ""),
    )
    return state.showing(last.get("columns", "").split(","))


def _page(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 8 else 1
