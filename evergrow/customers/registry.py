"""Where other rooms add to customer pages: columns and filters of the account list, cards and tabs of profiles.

A room registers in its ``AppConfig.ready``; customers itself never imports the rooms above it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.db.models import Expression, F, Q, QuerySet
from django.utils.functional import Promise

from evergrow.customers.models import Account, Person, Product
from evergrow.workspaces.access import Ability, GatedRequest, may
from evergrow.workspaces.models import Member, Workspace

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the account list.

    ``template`` renders one cell with ``account`` and ``fact``; ``value`` gives the plain value for export;
    ``order_by`` is what a click on the head sorts by (nulls come last either way; a function of the
    workspace where its settings decide), ``is_largest_first`` how it begins.
    ``load`` may add facts to the rows of one page at once: ``load(workspace, accounts) -> {account.pk: fact}``,
    which the cell finds as ``fact`` and ``value`` as ``account.facts[key]`` (``None`` where there is none).
    ``annotate`` may add an expression to the rows under the column's key, for ``order_by=F(key)``.
    """

    key: str
    label: Words
    template: str
    value: Callable[[Account], Any]
    order_by: str | Expression | F | Callable[[Workspace], Expression] | None = None
    is_number: bool = False
    is_default: bool = True
    position: int = 100
    is_largest_first: bool = False
    is_exported: bool = True
    select_related: tuple[str, ...] = ()
    annotate: Callable[[Workspace], Any] | None = None
    load: Callable[[Workspace, Sequence[Account]], Mapping[int, Any]] | None = None


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter of the account list, held in the URL as ``key=value`` (repeated for several values).

    ``condition`` turns the chosen values into a Q; raise ValueError with a sentence when one cannot be used.
    It is also counted for the tabs, so it reaches many rows of an account only through ``Exists`` or ``pk__in``.
    ``choices`` gives ``(value, label)`` pairs, or is empty for a typed value (``kind`` says which): a number or a
    number of days as a range ``10..20``, ``10..`` or ``..20`` (``lib.ranges``). ``unit`` stands behind numbers.
    ``criteria(member, values)`` says the same as criteria for a segment; None where that cannot be said.
    """

    key: str
    label: Words
    condition: Callable[[Member, list[str]], Q]
    choices: Callable[[Workspace], list[tuple[str, Words]]] | None = None
    kind: Literal["choice", "text", "number", "days"] = "choice"
    unit: Words = ""
    hint: Words = ""
    position: int = 100
    criteria: Callable[[Member, list[str]], dict[str, Any] | None] | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """A card of the account page: ``context(request, account)`` fills ``template``.

    ``zone`` says where: the fact strip under the name, the wide column, the rail, or a tab of its own (whose address
    ends with the key without ``_tab``). A panel whose context is ``None`` is left out. Two neighbours of the wide
    column that are ``is_half`` share a row.
    """

    key: str
    template: str
    context: Callable[[GatedRequest, Account], dict[str, Any] | None]
    zone: Literal["facts", "main", "rail", "tab"] = "main"
    label: Words = ""
    count: Callable[[Account], int] | None = None
    position: int = 100
    is_half: bool = False


@dataclass(frozen=True, slots=True)
class PersonPanel:
    """A card of a person's page, as ``Panel``; ``context`` and ``count`` get the reader's request and the person.

    A card of the wide column that asks much of the event store ``is_late``: it comes once the page is shown.
    """

    key: str
    template: str
    context: Callable[[GatedRequest, Person], dict[str, Any] | None]
    zone: Literal["facts", "main", "rail", "tab"] = "main"
    label: Words = ""
    count: Callable[[GatedRequest, Person], int] | None = None
    position: int = 100
    is_half: bool = False
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class ProductPanel:
    """A card of a product's page, below its stages; ``context(request, product)`` fills ``template``."""

    key: str
    template: str
    context: Callable[[GatedRequest, Product], dict[str, Any] | None]
    position: int = 100


@dataclass(frozen=True, slots=True)
class PersonAct:
    """A line of the menu of a person's page, for members with the ability; ``url(person)`` is where it leads."""

    key: str
    label: Words
    icon: str
    url: Callable[[Person], str]
    ability: Ability = "work"
    is_drawer: bool = False
    position: int = 100


@dataclass(frozen=True, slots=True)
class Contrast:
    """A group of lines in the comparison of two accounts or two people, beside fields and traits.

    ``lines(member, subject)`` gives ``{label: value}`` of one of them, values as text, number, day or None; both are
    laid side by side by their labels.
    """

    key: str
    label: Words
    kind: Literal["account", "person"]
    lines: Callable[[Member, Any], Mapping[str, Any]]
    position: int = 100


@dataclass(frozen=True, slots=True)
class Act:
    """A button of the account page's head, for members with the ability; ``url(account)`` is where it leads."""

    key: str
    label: Words
    icon: str
    url: Callable[[Account], str]
    ability: Ability = "work"
    is_drawer: bool = False
    position: int = 100


@dataclass(frozen=True, slots=True)
class News:
    """A part of the account page's “since your last visit”: ``sentence(account, since)``, "" where nothing happened."""

    key: str
    sentence: Callable[[Account, datetime], str]
    position: int = 100


@dataclass(frozen=True, slots=True)
class View:
    """A built-in view of the account list: a name over a query string."""

    key: str
    label: Words
    query: str
    position: int = 100


@dataclass(frozen=True, slots=True)
class Total:
    """A part of the list's foot: aggregates over all rows of the list, shown by ``template`` as ``total.<name>``."""

    key: str
    template: str
    aggregates: Callable[[Workspace], Mapping[str, Any]]
    position: int = 100


@dataclass(frozen=True, slots=True)
class BulkAct:
    """An act on selected accounts of the list.

    The button posts the selection to ``url(workspace)``; the view there reads it with
    ``customers.selection.read(request)`` and, when it first asks something, repeats it in its own form by including
    ``customers/_selection.html`` with ``selection``. Only members with the ability see the button.
    """

    key: str
    label: Words
    icon: str
    url: Callable[[Workspace], str]
    ability: Ability = "work"
    is_primary: bool = False
    position: int = 100


EventNaming = Callable[[Workspace], Callable[[str, str], str]]


def _raw_names(_workspace: Workspace) -> Callable[[str, str], str]:
    return lambda event, _language: event


@dataclass(slots=True)
class _Registry:
    columns: dict[str, Column] = field(default_factory=dict)
    filters: dict[str, Filter] = field(default_factory=dict)
    panels: dict[str, Panel] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    bulk_acts: dict[str, BulkAct] = field(default_factory=dict)
    totals: dict[str, Total] = field(default_factory=dict)
    news: dict[str, News] = field(default_factory=dict)
    acts: dict[str, Act] = field(default_factory=dict)
    person_panels: dict[str, PersonPanel] = field(default_factory=dict)
    person_acts: dict[str, PersonAct] = field(default_factory=dict)
    product_panels: dict[str, ProductPanel] = field(default_factory=dict)
    contrasts: dict[str, Contrast] = field(default_factory=dict)
    event_naming: EventNaming = _raw_names


_registry = _Registry()


Part = Column | Filter | Panel | View | BulkAct | Total | News | Act | PersonPanel | PersonAct | ProductPanel | Contrast


def add(*parts: Part) -> None:
    """Register parts under their keys; the same key again replaces the part."""
    shelves: dict[type, dict[str, Any]] = {
        Column: _registry.columns,
        Filter: _registry.filters,
        Panel: _registry.panels,
        View: _registry.views,
        BulkAct: _registry.bulk_acts,
        Total: _registry.totals,
        News: _registry.news,
        Act: _registry.acts,
        PersonPanel: _registry.person_panels,
        PersonAct: _registry.person_acts,
        ProductPanel: _registry.product_panels,
        Contrast: _registry.contrasts,
    }
    for part in parts:
        shelves[type(part)][part.key] = part


def columns() -> list[Column]:
    return sorted(_registry.columns.values(), key=lambda part: part.position)


def filters() -> list[Filter]:
    return sorted(_registry.filters.values(), key=lambda part: part.position)


def panels(zone: str) -> list[Panel]:
    return sorted((p for p in _registry.panels.values() if p.zone == zone), key=lambda part: part.position)


def person_panels(zone: str) -> list[PersonPanel]:
    return sorted((p for p in _registry.person_panels.values() if p.zone == zone), key=lambda part: part.position)


def person_acts(member: Member) -> list[PersonAct]:
    shown = (act for act in _registry.person_acts.values() if may(member, act.ability))
    return sorted(shown, key=lambda part: part.position)


def product_panels() -> list[ProductPanel]:
    return sorted(_registry.product_panels.values(), key=lambda part: part.position)


def contrasts(kind: str) -> list[Contrast]:
    return sorted((c for c in _registry.contrasts.values() if c.kind == kind), key=lambda part: part.position)


def views() -> list[View]:
    return sorted(_registry.views.values(), key=lambda part: part.position)


def news() -> list[News]:
    return sorted(_registry.news.values(), key=lambda part: part.position)


def totals() -> list[Total]:
    return sorted(_registry.totals.values(), key=lambda part: part.position)


def acts(member: Member) -> list[Act]:
    shown = (act for act in _registry.acts.values() if may(member, act.ability))
    return sorted(shown, key=lambda part: part.position)


def bulk_acts(member: Member) -> list[BulkAct]:
    acts = (act for act in _registry.bulk_acts.values() if may(member, act.ability))
    return sorted(acts, key=lambda part: part.position)


Rows = QuerySet[Account]


def name_events(naming: EventNaming) -> None:
    """Say how events are called: ``naming(workspace)`` gives a function of the raw name and the reader's language."""
    _registry.event_naming = naming


def event_names(workspace: Workspace) -> Callable[[str, str], str]:
    """The workspace's names of events; raw names where no room gives others."""
    return _registry.event_naming(workspace)
