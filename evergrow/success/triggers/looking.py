"""Whom rules concern now: asked of the event store for many rules at once, never account by account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from evergrow import warehouse
from evergrow.customers import criteria
from evergrow.customers.criteria.bound import Bound
from evergrow.customers.criteria.compile_events import EventSql
from evergrow.customers.criteria.tree import Criteria, Did
from evergrow.customers.criteria.windows import Now
from evergrow.customers.models import Account
from evergrow.lib import workdays
from evergrow.success.triggers import knowing
from evergrow.success.triggers.definition import Definition, event_criteria, parsed
from evergrow.workspaces.models import Workspace

Ids = np.ndarray[Any, Any]
NOBODY: Ids = np.empty(0, np.int64)
FRESH = timedelta(days=3)  # an event that happened longer ago than this when it arrives is history, not news
EPOCH = date(1970, 1, 1)


@dataclass(slots=True)
class Accounts:
    """The accounts of a workspace that may be worked for: row keys by dense number (0: none)."""

    keys: Ids
    _numbers: dict[int, int] | None = None

    @classmethod
    def read(cls, workspace: Workspace) -> "Accounts":
        rows = Account.objects.filter(workspace=workspace).values_list("number", "pk")
        found = np.fromiter((number << 32 | pk for number, pk in rows.iterator(chunk_size=5000)), np.int64)
        keys = np.zeros(int((found >> 32).max()) + 1 if len(found) else 1, np.int64)
        keys[found >> 32] = found & 0xFFFFFFFF
        return cls(keys)

    def of(self, numbers: Ids) -> Ids:
        """Row keys of numbers, sorted, unknown numbers left out."""
        numbers = np.asarray(numbers, np.int64)
        keys = self.keys[numbers[numbers < len(self.keys)]]
        return np.sort(keys[keys > 0])

    def number(self, key: int) -> int:
        """The number of a row key, 0 where it is no account any more."""
        if self._numbers is None:
            places = np.flatnonzero(self.keys)
            self._numbers = dict(zip(self.keys[places].tolist(), places.tolist(), strict=True))
        return self._numbers.get(key, 0)


@dataclass(frozen=True, slots=True)
class Seen:
    """Row keys of the accounts that meet a rule's criteria: ``certain`` of them do, ``possible`` ones may."""

    certain: Ids
    possible: Ids

    @property
    def unknown(self) -> int:
        return len(self.possible) - len(self.certain)


def look(workspace: Workspace, rules: Sequence[Definition], accounts: Accounts) -> list[Seen]:
    """Who meets each rule's criteria now. Raises NotReadable, CostError, BadQuery, StoreUnavailable."""
    asked: dict[Any, int] = {}
    many: list[Criteria] = []
    places: list[tuple[int, int]] = []
    for rule in rules:
        whole = parsed(rule, workspace)
        places.append(tuple(_place(each, asked, many) for each in (knowing.certain(whole), knowing.possible(whole))))  # type: ignore[arg-type]
    found = criteria.find_many(workspace, many)
    people = _employers(workspace) if any(each.kind == "person" for each in many) else (NOBODY, NOBODY)
    keys = [
        accounts.of(_at_accounts(numbers, people) if each.kind == "person" else numbers)
        for each, numbers in zip(many, found, strict=True)
    ]
    return [Seen(keys[certain], keys[possible]) for certain, possible in places]


def _place(criterion: Criteria, asked: dict[Any, int], many: list[Criteria]) -> int:
    """Where the same criteria stand among those that are asked, added where they are new."""
    key = (criterion.kind, criterion.root)
    if key not in asked:
        asked[key] = len(many)
        many.append(criterion)
    return asked[key]


def _employers(workspace: Workspace) -> tuple[Ids, Ids]:
    """Pairs of person and account that hold today, by the numbers of both."""
    sql = warehouse.statement("success", "people_at_accounts")
    found = warehouse.columns(sql, workspace_id=workspace.pk, today=workspace.today())
    if not found:
        return NOBODY, NOBODY
    return found["person"].astype(np.int64), found["account"].astype(np.int64)


def _at_accounts(people: Ids, employers: tuple[Ids, Ids]) -> Ids:
    return np.unique(employers[1][np.isin(employers[0], people)])


def dates(workspace: Workspace, trait: str, accounts: Accounts) -> tuple[Ids, Ids]:
    """Row keys of accounts that have a date in this trait, and that day as days since 1970."""
    sql = warehouse.statement("success", "trait_days")
    found = warehouse.columns(sql, workspace_id=workspace.pk, trait=trait, zone=workspace.zone)
    if not found:
        return NOBODY, NOBODY
    numbers, days = found["subject"].astype(np.int64), found["day"].astype(np.int64)
    known = numbers < len(accounts.keys)
    keys = accounts.keys[numbers[known]]
    return keys[keys > 0], days[known][keys > 0]


def due_days(rule: Definition, days: Ids, calendar: workdays.AnyCalendar) -> Ids:
    """The day on which each date makes the rule fire; each different date is worked out once."""
    each, place = np.unique(days, return_inverse=True)
    due = [(rule.due_on(EPOCH + timedelta(days=int(day)), calendar) - EPOCH).days for day in each]
    return np.array(due, np.int64)[place] if len(each) else NOBODY


def happenings(workspace: Workspace, rule: Definition, accounts: Accounts, since: datetime) -> tuple[Ids, Ids]:
    """Row keys of accounts with the day (since 1970) of each event of the rule that happened since a moment.

    An event of a person without an account counts for the account where they are, where that is one only.
    """
    node = event_criteria(rule, workspace).root
    doing = next(part.doing for part in getattr(node, "parts", (node,)) if isinstance(part, Did))
    bound = Bound()
    matches = EventSql("account", bound, Now.of(workspace)).matches(doing)
    sql = warehouse.statement("success", "arrived_events").replace("/* matches */", f"and {matches}")
    first = since.astimezone(workspace.tz).date() - timedelta(days=1)
    asked = {**bound.params, "workspace": workspace.pk, "since": since, "first_day": first}
    found = warehouse.columns(sql, **asked)
    if not found or not len(found["account"]):
        return NOBODY, NOBODY
    numbers = found["account"].astype(np.int64)
    if (numbers == 0).any():
        numbers = np.where(numbers > 0, numbers, _only_employer(workspace, found["person"].astype(np.int64)))
    keys = accounts.keys[np.where(numbers < len(accounts.keys), numbers, 0)]
    pairs = np.unique(np.stack([keys, found["day"].astype(np.int64)]), axis=1)
    return pairs[0][pairs[0] > 0], pairs[1][pairs[0] > 0]


def _only_employer(workspace: Workspace, people: Ids) -> Ids:
    """The account of each person who is at one account only, 0 for the others."""
    who, where = _employers(workspace)
    if not len(who):
        return np.zeros(len(people), np.int64)
    each, first, count = np.unique(who, return_index=True, return_counts=True)
    place = np.clip(np.searchsorted(each, people), 0, len(each) - 1)
    is_known = (each[place] == people) & (count[place] == 1)
    return np.where(is_known, where[first[place]], 0)
