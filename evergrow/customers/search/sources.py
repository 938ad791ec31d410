"""What is indexed. Rooms above register theirs in ``apps.ready``; the row's own words come from the source."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models
from django.utils.functional import Promise

from evergrow.workspaces.models import Member

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index keeps of one row: where it is, who reads it, what it says."""

    workspace: int
    title: str
    body: str
    at: datetime
    account: int | None = None
    author: int | None = None
    visibility: str = "account"


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of thing that is found.

    A change of ``columns`` of its table makes the entry out of date. ``rows`` reads some rows at once, related ones
    with them; ``entry`` says what is kept of one, None where it is not to be found. ``url(workspace slug, number of
    the account, key)`` leads there. A new row is noted where ``when_new`` holds, in SQL: ``NEW.name <> ''``.
    What is about no account is read by those whom ``readable(member)`` gives its rows. ``called`` names a row in the
    reader's language, for rows with words in both.
    """

    kind: str
    label: Words
    icon: str
    model: str
    columns: tuple[str, ...]
    entry: Callable[[Any], Entry | None]
    url: Callable[[str, int | None, int], str]
    related: tuple[str, ...] = ()
    when_new: str = ""
    readable: "Callable[[Member], models.QuerySet[Any]] | None" = None
    called: Callable[[Any], str] | None = None

    @property
    def table(self) -> type[models.Model]:
        return apps.get_model(self.model)

    def rows(self, keys: Iterable[int]) -> "models.QuerySet[Any]":
        """The rows with these keys."""
        return self.table._base_manager.filter(pk__in=list(keys)).select_related(*self.related)


_sources: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a kind; the same again replaces it."""
    _sources[source.kind] = source


def sources() -> dict[str, Source]:
    return _sources
