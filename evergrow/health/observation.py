"""One day's observations of every account: accounts × sources, with the age and the reason of each gap."""

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from evergrow.health.card import Card
from evergrow.health.sources import REASON_CODE, SOURCES

Grid = np.ndarray


@dataclass(slots=True)
class Observations:
    """``accounts``: rising account numbers, one row each. ``values`` NaN where nothing was observed; ``reasons`` the
    codes of ``sources.NULL_REASONS``; ``ages`` the days since a value was observed, 0 for this day.

    ``known_people``: seats, or people where seats are unknown, or NaN. ``asked``: the columns (``Measure.column``) that
    cards ask for besides the sources that every workspace has.
    """

    day: date
    accounts: np.ndarray
    known_people: np.ndarray
    asked: tuple[str, ...] = ()
    place: dict[str, int] = field(init=False)
    values: Grid = field(init=False)
    reasons: Grid = field(init=False)
    ages: Grid = field(init=False)

    def __post_init__(self) -> None:
        self.place = {key: place for place, key in enumerate([*SOURCES, *self.asked])}
        shape = (len(self.accounts), len(self.place))
        self.values = np.full(shape, np.nan)
        self.reasons = np.full(shape, REASON_CODE["no_events"], dtype=np.uint8)
        self.ages = np.zeros(shape, dtype=np.uint16)

    def match(self, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Which entries of ``numbers`` are accounts here, and in which rows."""
        places = np.searchsorted(self.accounts, numbers).clip(0, max(len(self.accounts) - 1, 0))
        if not len(self.accounts):
            return np.empty(0, dtype=int), np.empty(0, dtype=int)
        rows = np.flatnonzero(self.accounts[places] == numbers)
        return rows, places[rows]

    def put(
        self,
        source: str,
        values: np.ndarray,
        places: np.ndarray | slice = slice(None),
        *,
        missing: str = "no_events",
        ages: np.ndarray | None = None,
    ) -> None:
        """Write the values of a source into rows; where they are NaN the reason is ``missing``."""
        column = self.place[source]
        self.values[places, column] = values
        self.reasons[places, column] = np.where(np.isnan(values), REASON_CODE[missing], 0)
        if ages is not None:
            self.ages[places, column] = np.nan_to_num(ages).clip(0, 65_535)

    def explain(self, source: str, places: np.ndarray, reason: str) -> None:
        """Give the rows where a source is missing another reason."""
        column = self.place[source]
        places = places[np.isnan(self.values[places, column])]
        self.reasons[places, column] = REASON_CODE[reason]

    def of(self, card: Card, rows: np.ndarray | None = None) -> "Observed":
        """The columns that a card uses, of all accounts or of some rows, with values older than ``expire_days`` out.

        What was not ``asked`` of the day is missing.
        """
        columns = np.array([self.place.get(measure.column, -1) for measure in card.measures])
        rows = np.arange(len(self.accounts)) if rows is None else rows
        part = np.ix_(rows, columns)
        values, reasons, ages = self.values[part], self.reasons[part], self.ages[part]
        values[:, columns < 0], reasons[:, columns < 0] = np.nan, REASON_CODE["not_kept"]
        limit = np.array([measure.expire_days or np.inf for measure in card.measures])
        is_expired = ~np.isnan(values) & (ages > limit)
        values[is_expired] = np.nan
        reasons[is_expired] = REASON_CODE["expired"]
        return Observed(self.day, self.accounts[rows], values, reasons, ages)


@dataclass(frozen=True, slots=True)
class Observed:
    """What a card sees: accounts × the card's measures."""

    day: date
    accounts: np.ndarray
    values: Grid
    reasons: Grid
    ages: Grid
