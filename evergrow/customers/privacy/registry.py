"""Where rooms say what they hold about a person: how to count it, hand it out, and erase it.

A room registers in its ``AppConfig.ready``. A model with a key to Person must be named with ``rows`` (what becomes of
its rows) or ``leave`` (why nothing needs to be done); every table of the event store with ``table``. A test walks all
models and tables and fails when one is named nowhere. What stands in free text is found without registration, by
``mentions``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise

from evergrow.customers.privacy.subject import Subject

Words = str | Promise
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Holder:
    """A place with data about people.

    ``count`` says how many rows or files speak of the subject, ``rows`` gives them for a copy, ``erase`` takes them
    away (or what is personal in them) and says how many it was. It may run twice, and counts nothing the second time.
    A holder with a ``position`` under 50 works outside a transaction (event store, files), the rest within one.
    """

    key: str
    label: Words
    count: Callable[[Subject], int]
    rows: Callable[[Subject], Iterable[Row]]
    erase: Callable[[Subject], int]
    position: int = 60


def nothing(subject: Subject) -> Iterable[Row]:
    """No rows that could be handed out."""
    return ()


_holders: dict[str, Holder] = {}
_left: dict[str, Words] = {}
_tables: dict[str, Words] = {}
IN_TRANSACTION = 50


def add(*holders: Holder) -> None:
    """Register holders under their keys; the same key again replaces one."""
    for holder in holders:
        _holders[holder.key] = holder


def holders() -> list[Holder]:
    return sorted(_holders.values(), key=lambda holder: holder.position)


def known() -> set[str]:
    """The keys of holders and the models that were left out with a reason."""
    return set(_holders) | set(_left)


def leave(model: str, reason: Words) -> None:
    """Say why a model with a key to Person needs no holder of its own."""
    _left[model] = reason


def left() -> Mapping[str, Words]:
    return dict(_left)


def table(name: str, how: Words) -> None:
    """Say how a table of the event store is cleared of a person, or why nothing personal stands in it."""
    _tables[name] = how


def tables() -> Mapping[str, Words]:
    return dict(_tables)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of a model that belong to a person by one or more keys."""

    label: str
    paths: tuple[str, ...]
    act: Literal["delete", "clear"]
    clear: Mapping[str, Any] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()

    def found(self, subject: Subject) -> "models.QuerySet[Any]":
        mine = Q()
        for path in self.paths:
            mine |= Q(**{f"{path}__in": subject.people})
        rows: models.QuerySet[Any] = apps.get_model(self.label)._default_manager.filter(mine).order_by("pk")
        return rows

    def count(self, subject: Subject) -> int:
        return self.found(subject).count()

    def rows(self, subject: Subject) -> Iterable[Row]:
        for row in self.found(subject).iterator(chunk_size=500):
            yield plain_row(row, self.hidden)

    def erase(self, subject: Subject) -> int:
        found = self.found(subject)
        if self.act == "clear":
            return found.update(**self.clear)
        keys = list(found.values_list("pk", flat=True))
        found.delete()
        return len(keys)


def plain_row(row: models.Model, hidden: tuple[str, ...] = ()) -> Row:
    """A row's fields as plain values, keys to other rows by what they are called."""
    found: Row = {}
    for each in row._meta.concrete_fields:
        if each.name in hidden or each.name in ("id", "workspace", "import_id"):
            continue
        value = getattr(row, each.name)
        found[each.name] = str(value) if isinstance(value, models.Model) else value
    return found


def rows(
    model: str,
    label: Words,
    *paths: str,
    act: Literal["delete", "clear"] = "delete",
    clear: Mapping[str, Any] | None = None,
    hidden: tuple[str, ...] = (),
    position: int = 60,
) -> None:
    """Register a model whose ``paths`` lead to Person: its rows are deleted, or ``clear`` is written into them."""
    about = _Rows(model, paths or ("person",), act, clear or {}, hidden)
    add(Holder(model, label, about.count, about.rows, about.erase, position))
