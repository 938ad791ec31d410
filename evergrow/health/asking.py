"""Ask what cards ask besides the sources that every workspace has, for all accounts of a day at once.

A trait, criteria and a saved question are asked on their day, and the answer is kept with the day's snapshots
(``keep``): asked again later they would answer for another day. Where nothing was kept yet, criteria look back (their
events do; their traits are those of now), a trait looks into its history, and a saved question has no value.
Entered values and answers to surveys carry their day, so that one that comes late counts on the days since.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from django.db.models import QuerySet

from evergrow import warehouse
from evergrow.customers import criteria
from evergrow.customers.criteria import mirror
from evergrow.customers.criteria.errors import CostError, CriteriaError
from evergrow.health import answers
from evergrow.health.answers import People, count_people
from evergrow.health.asked import DATED
from evergrow.health.card import Card
from evergrow.health.facts import Facts, as_of
from evergrow.health.models import Entry
from evergrow.health.observation import Observations, Observed
from evergrow.health.snapshots import Snapshots
from evergrow.health.surveys import answers as surveys
from evergrow.health.surveys.question import read as read_survey
from evergrow.insight.errors import BadQuestion
from evergrow.workspaces.models import Workspace

EPOCH_DAY = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a workspace, and who is at which account then."""

    workspace: Workspace
    day: date
    people: People

    @property
    def is_past(self) -> bool:
        return self.day < self.workspace.today()


def columns(cards: Iterable[Card]) -> tuple[str, ...]:
    """The columns that these cards ask for."""
    return tuple(
        dict.fromkeys(measure.column for card in cards for measure in card.measures if measure.ask is not None)
    )


def observe(seen: Observations, known: Facts, cards: Iterable[Card]) -> None:
    """Fill in what the cards ask but of product lines (``lines``). Raises ``warehouse.StoreUnavailable``."""
    day = Day(known.workspace, seen.day, _people(known, seen.day))
    asked = {m.column: m for card in cards for m in card.measures if m.ask is not None and m.source in READERS}
    for column, measure in asked.items():
        try:
            READERS[measure.source](seen, day, column, measure.ask or {})
        except (CriteriaError, CostError, BadQuestion):
            seen.put(column, np.full(len(seen.accounts), np.nan), missing="source_gone")


def keep(observed: Observed, card: Card, version: int, stored: Iterable[Snapshots]) -> None:
    """On a day that was scored before, what was asked then stays as it was answered then."""
    asked = [place for place, m in enumerate(card.measures) if m.ask is not None and m.source not in DATED]
    if not asked:
        return
    for old in stored:
        if old.version != version:
            continue
        _, mine, theirs = np.intersect1d(observed.accounts, old.account, assume_unique=True, return_indices=True)
        for place in asked:
            observed.values[mine, place] = old.observed[theirs, place]
            observed.reasons[mine, place] = old.reasons[theirs, place]
            observed.ages[mine, place] = old.ages[theirs, place]


def _people(known: Facts, day: date) -> People:
    people, at = known.people, day.toordinal()
    is_here = (people["since"] <= at) & (people["until"] > at)
    return people["account"][is_here], people["person"][is_here]


def _entry(seen: Observations, day: Day, column: str, ask: Mapping[str, Any]) -> None:
    """The latest value up to the day, and its age."""
    rows = latest_entries(day.workspace, ask["entry"], day.day)
    found = {number: (value, (day.day - on).days) for number, value, on in rows}
    values = np.array([found.get(number, (np.nan, 0))[0] for number in seen.accounts.tolist()], dtype=float)
    ages = np.array([found.get(number, (np.nan, 0))[1] for number in seen.accounts.tolist()], dtype=float)
    seen.put(column, values, missing="not_entered", ages=ages)


def latest_entries(workspace: Workspace, key: str, day: date) -> QuerySet[Entry, Any]:
    """(account number, value, day) of all entries up to a day, the latest of each account last."""
    rows = Entry.objects.filter(workspace=workspace, key=key, observed_on__lte=day)
    return rows.order_by("observed_on", "pk").values_list("account__number", "value", "observed_on")


def _survey(seen: Observations, day: Day, column: str, ask: Mapping[str, Any]) -> None:
    surveys.observe(seen, day.workspace, column, read_survey(ask))


def _criteria(seen: Observations, day: Day, column: str, ask: Mapping[str, Any]) -> None:
    is_people = ask["counts"] == "people"
    kind = "person" if is_people else "account"
    numbers = who(day, ask["criteria"], kind)
    if is_people:
        seen.put(column, count_people(seen.accounts, day.people, numbers.astype(np.int64)))
    else:
        seen.put(column, np.isin(seen.accounts, numbers).astype(float))


def who(day: Day, data: Any, kind: str = "account") -> np.ndarray:
    """The numbers of those who meet criteria on the day. Raises CriteriaError, CostError, StoreUnavailable."""
    at = as_of(day.workspace, day.day) - timedelta(milliseconds=1) if day.is_past else None
    return criteria.find(day.workspace, criteria.parse(data, kind, day.workspace), at)


def _question(seen: Observations, day: Day, column: str, ask: Mapping[str, Any]) -> None:
    if day.is_past:
        seen.put(column, np.full(len(seen.accounts), np.nan), missing="not_kept")
    else:
        seen.put(column, answers.values(day.workspace, ask["question"], seen.accounts, day.people))


def _trait(seen: Observations, day: Day, column: str, ask: Mapping[str, Any]) -> None:
    if day.is_past:
        sql, more = "asked_trait_then", {"moment": as_of(day.workspace, day.day)}
    else:
        mirror.refresh(day.workspace)
        sql, more = "asked_trait", {}
    found = warehouse.columns(
        warehouse.statement("health", sql), workspace_id=day.workspace.pk, trait=ask["trait"], **more
    )
    values = np.full(len(seen.accounts), np.nan)
    if found:
        rows, places = seen.match(found["subject"].astype(np.int64))
        values[places] = _read(found, ask, day.day)[rows]
        unlisted = np.zeros(len(values), dtype=bool)
        unlisted[places] = np.isnan(values[places])
    seen.put(column, values, missing="not_kept" if day.is_past else "not_set")
    if found and ask["reads"] == "choice":
        seen.explain(column, np.flatnonzero(unlisted), "unlisted")


def _read(found: Mapping[str, np.ndarray], ask: Mapping[str, Any], day: date) -> np.ndarray:
    """The trait's values as numbers: itself, the place of a choice from 1, days since or until a date."""
    if ask["reads"] == "choice":
        place = {text: float(number) for number, text in enumerate(ask["choices"], start=1)}
        return np.array([place.get(str(text), np.nan) for text in found["text"]], dtype=float)
    numbers: np.ndarray = found["number"].astype(float)
    if ask["reads"] == "number":
        return np.where(found["type"] == "number", numbers, np.nan)
    days = np.where(found["type"] == "moment", np.floor(numbers / 86_400), numbers)
    days = np.where(np.isin(found["type"].astype(str), ["date", "moment"]), days, np.nan)
    today = (day - EPOCH_DAY).days
    return today - days if ask["reads"] == "days_since" else days - today


READERS = {"trait": _trait, "criteria": _criteria, "question": _question, "entry": _entry, "survey": _survey}
