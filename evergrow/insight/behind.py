"""The list behind a mark, alike for every kind of question: who, how often, when, and how that is said and kept.

A kind says how its marks open with one ``Marks`` in its ``behind.py``. The drawer, the page, the files and “save as
segment” (``views/behind.py``, ``views/keeping.py``) know nothing else of a kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, Protocol

from django.db.models import QuerySet
from django.http import QueryDict

from evergrow.customers.models import Account
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Between
from evergrow.insight.sessions import Session
from evergrow.insight.statement import Statement
from evergrow.lib.sheets import Cell
from evergrow.workspaces.models import Workspace

EVERYBODY = 4_000_000_000
Subject = Literal["account", "person", "session"]
Criteria = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """A subject by number; how often and on which day last, where that can be said; and a cell for each more head.

    Of a session the number is that of its person.
    """

    number: int
    times: int | None = None
    last_day: date | None = None
    more: tuple[Cell, ...] = ()
    session: Session | None = None


@dataclass(frozen=True, slots=True)
class Behind:
    """One page of the list, and how many there are in all; ``days`` are those in which the mark's events lie.

    ``more_heads`` name what each row's ``more`` holds in files, in the reader's language: seconds, a step, an amount.
    """

    subject: Subject
    days: Between
    rows: tuple[Row, ...]
    total: int
    statement: Statement
    more_heads: tuple[str, ...] = ()

    @property
    def is_people(self) -> bool:
        return self.subject == "person"

    @property
    def is_sessions(self) -> bool:
        return self.subject == "session"

    @property
    def kept_as(self) -> Literal["account", "person"]:
        """Whom a segment of these holds: of sessions the people whose they were."""
        return "account" if self.subject == "account" else "person"


@dataclass(frozen=True, slots=True)
class Other:
    """Another list of the same mark: its name, the query of its address, whether it is the one that is open."""

    label: str
    query: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A mark in the reader's words.

    ``mark`` is the head of the drawer (“16–22 Mar”, “Step 2, lost”), ``about`` what was asked (“Log in”, “Log in →
    Order”), ``code`` its raw name where that says more, ``notes`` the rest of the question, each a short line.
    ``others`` are the lists that a mark has besides: who came back, who did not.
    """

    mark: str
    about: str
    code: str = ""
    notes: tuple[str, ...] = ()
    is_growing: bool = False
    others: tuple[Other, ...] = ()


class Find(Protocol):
    """Who is behind a point, page by page. Raises BadQuestion when the answer has no such point."""

    def __call__(
        self,
        question: Any,
        workspace: Workspace,
        point: Any,
        *,
        visible: QuerySet[Account] | None = None,
        limit: int = EVERYBODY,
        offset: int = 0,
    ) -> Behind: ...


class Read(Protocol):
    """The question, or the point, that an address names. Raises BadQuestion at the part that is wrong."""

    def __call__(self, query: QueryDict, /) -> Any: ...


class Tell(Protocol):
    """The head of the list."""

    def __call__(
        self, question: Any, workspace: Workspace, point: Any, found: Behind, names: EventNames, language: str
    ) -> Told: ...


class AsCriteria(Protocol):
    """Criteria (docs/criteria.md) met by exactly those behind the point, now and later.

    Raises ``as_criteria.Unsaid`` with the reason where none say it.
    """

    def __call__(self, question: Any, workspace: Workspace, point: Any, found: Behind, /) -> Criteria: ...


class AsList(Protocol):
    """The account list's query that shows exactly those behind the point; "" where it cannot."""

    def __call__(self, question: Any, point: Any, found: Behind, /) -> str: ...


class Note(Protocol):
    """What the list says of a row besides how often and when: “after 3 h 20 min”; "" for nothing."""

    def __call__(self, row: Row, language: str, /) -> str: ...


def no_note(row: Row, language: str, /) -> str:
    """For rows of which how often and when is all."""
    return ""


def no_list(question: Any, point: Any, found: Behind, /) -> str:
    """For marks that no filters of the account list say exactly."""
    return ""


@dataclass(frozen=True, slots=True)
class Marks:
    """How the marks of a kind open. The address of a list is that of the question (``ask``) with a point (``read``)."""

    ask: Read
    read: Read
    find: Find
    tell: Tell
    as_criteria: AsCriteria
    as_list: AsList = no_list
    note: Note = no_note
