"""A session as a row of a list: whose, when and how long, how many events, at which account, which pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from evergrow.lib.sheets import Cell

# The page of an event, as the kinds of capture name it; "" where it has none
PAGE = (
    "coalesce(nullif(properties['page.url'], ''), nullif(properties['$current_url'], ''),"
    " nullif(properties['url'], ''), properties['page.path'])"
)


@dataclass(frozen=True, slots=True)
class Session:
    """From its first event to its last; the account is that of its last event with one, 0 for none."""

    begins: datetime
    ends: datetime
    events: int
    account: int
    first_page: str = ""
    last_page: str = ""

    @property
    def seconds(self) -> float:
        """How long it took: a session of one event took no time."""
        return (self.ends - self.begins).total_seconds()


def facts(kept: str = "1") -> str:
    """SQL of ``begins, ends, events, account, first page, last page`` over a session's events; only those ``kept``.

    The rows have ``at``, ``sequence``, ``account`` and ``properties``.
    """
    order = "(at, sequence)"
    return f"""minIf(at, {kept}) AS begins, maxIf(at, {kept}) AS ends, countIf({kept}) AS events,
    argMaxIf(account, {order}, {kept} AND account != 0) AS of_account,
    argMinIf({PAGE}, {order}, {kept} AND {PAGE} != '') AS first_page,
    argMaxIf({PAGE}, {order}, {kept} AND {PAGE} != '') AS last_page"""


def read(row: Sequence[Any]) -> Session:
    """The six values of ``facts`` as a session."""
    begins, ends, events, account, first_page, last_page = row
    return Session(begins, ends, int(events), int(account), str(first_page), str(last_page))


def by_person(rows: Iterable[Sequence[Any]]) -> Mapping[int, list[Session]]:
    """Rows of ``person, facts`` by person."""
    found: dict[int, list[Session]] = {}
    for person, *row in rows:
        found.setdefault(int(person), []).append(read(row))
    return found


def at(sessions: Iterable[Session], moment: Cell) -> Session | None:
    """The session that a moment lies in."""
    if not isinstance(moment, datetime):
        return None
    return next((each for each in sessions if each.begins <= moment <= each.ends), None)
