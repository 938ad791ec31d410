"""What the event store knows about the accounts' use, as of a day, in one statement for all accounts."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from evergrow import warehouse
from evergrow.health.observation import Observations

OBSERVED = (
    "active_days_28",
    "events_per_person_week",
    "days_since_use",
    "features_28",
    "people_share_28",
    "usage_change_28",
    "active_weeks_8",
)
MIN_DAYS_BEFORE = 28
MIN_EVENTS_BEFORE = 5


def observe(seen: Observations, workspace_id: int, day: date, events: Sequence[str] = ()) -> None:
    """Fill in the usage sources of ``seen`` for a day; of some events alone, where they are named."""
    sql = warehouse.statement("health", "usage_measures")
    columns = warehouse.columns(sql, workspace_id=workspace_id, day=day, events=list(events))
    rows, places = seen.match(columns["account"])
    found = {name: values[rows].astype(float) for name, values in columns.items()}
    _put_activity(seen, places, found)
    _put_people(seen, places, found)
    _put_trend(seen, places, found)


def _put_activity(seen: Observations, places: np.ndarray, found: dict[str, np.ndarray]) -> None:
    seen.put("days_since_use", found["days_since_use"], places)
    seen.put("active_days_28", found["active_days"], places)
    seen.put("active_weeks_8", found["active_weeks"], places)
    seen.put("features_28", found["features"], places)


def _put_people(seen: Observations, places: np.ndarray, found: dict[str, np.ndarray]) -> None:
    """Per person and per seat; nobody active is 0, but events without any person say nothing about people."""
    people, events = found["people"], found["events"]
    is_nameless = (people == 0) & (events > 0)
    per_person = np.zeros(len(places))
    np.divide(events / 4, people, out=per_person, where=people > 0)
    per_person[is_nameless] = np.nan
    seen.put("events_per_person_week", per_person, places, missing="no_person")
    known = seen.known_people[places]
    share = np.full(len(places), np.nan)
    np.divide(people, known, out=share, where=known > 0)
    share = np.minimum(share, 1.0)
    share[is_nameless] = np.nan
    seen.put("people_share_28", share, places, missing="no_person")
    seen.explain("people_share_28", places[~(known > 0)], "nobody_known")


def _put_trend(seen: Observations, places: np.ndarray, found: dict[str, np.ndarray]) -> None:
    """Against the usual 28 days of up to 84 days before; steadier than against the last 28 alone."""
    usual = np.full(len(places), np.nan)
    is_enough = (found["days_before"] >= MIN_DAYS_BEFORE) & (found["events_before"] >= MIN_EVENTS_BEFORE)
    np.divide(28 * found["events_before"], found["days_before"], out=usual, where=is_enough)
    seen.put("usage_change_28", found["events"] / usual - 1, places, missing="too_few")
