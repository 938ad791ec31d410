"""Features from the event store: use, and health scores as they were known then, a statement each for all accounts."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np

from evergrow import warehouse
from evergrow.health.risk.grouping import places
from evergrow.workspaces.models import Workspace

BEFORE = 84 / 28
SCORE_AGE = 14
MONTH = 28


def observe(workspace: Workspace, accounts: np.ndarray, day: date) -> dict[str, np.ndarray]:
    """Use before the day, and scores computed before it began. Raises warehouse.StoreUnavailable."""
    return _use(workspace, accounts, day) | _scores(workspace, accounts, day)


def _use(workspace: Workspace, accounts: np.ndarray, day: date) -> dict[str, np.ndarray]:
    """An account that never did anything has no use known, and so no feature of it."""
    columns = warehouse.columns(warehouse.statement("health", "risk_usage"), workspace_id=workspace.pk, day=day)
    at = places(accounts, columns["account"])
    seen = {name: _spread(accounts, at, values) for name, values in columns.items()}
    is_told = seen["days_since_first_use"] > MONTH
    people = np.where((seen["people_28"] == 0) & (seen["events_28"] > 0), np.nan, seen["people_28"])
    return {
        "days_since_use": seen["days_since_use"],
        "active_days_28": seen["active_days_28"],
        "events_28": seen["events_28"],
        "usage_change": np.where(
            is_told, np.log1p(seen["events_28"]) - np.log1p(seen["events_before"] / BEFORE), np.nan
        ),
        "active_weeks_12": seen["active_weeks_12"],
        "features_28": seen["features_28"],
        "features_change": np.where(is_told, seen["features_28"] - seen["features_before"], np.nan),
        "people_28": people,
        "people_change": np.where(is_told, np.log1p(people) - np.log1p(seen["people_before"]), np.nan),
        "days_since_first_use": seen["days_since_first_use"],
    }


def _scores(workspace: Workspace, accounts: np.ndarray, day: date) -> dict[str, np.ndarray]:
    now = scores(workspace, accounts, day, day - timedelta(days=1))
    before = scores(workspace, accounts, day, day - timedelta(days=1 + MONTH))
    return {"health_score": now, "health_change": now - before}


def scores(
    workspace: Workspace, accounts: np.ndarray, day: date, about: date, *, known_later: bool = False
) -> np.ndarray:
    """Each account's latest score of the two weeks up to ``about`` that was computed before ``day`` began, NaN where
    there is none; with ``known_later`` also those computed afterwards."""
    began = datetime.combine(day, time(), workspace.tz).astimezone(UTC)
    columns = warehouse.columns(
        warehouse.statement("health", "risk_scores_known"),
        workspace_id=workspace.pk,
        since=about - timedelta(days=SCORE_AGE),
        until=about,
        known_before=datetime(2200, 1, 1, tzinfo=UTC) if known_later else began,
    )
    return _spread(accounts, places(accounts, columns["account"]), columns["overall"])


def _spread(accounts: np.ndarray, at: np.ndarray, values: np.ndarray) -> np.ndarray:
    found = np.full(len(accounts), np.nan)
    found[at[at >= 0]] = values[at >= 0].astype(float)
    return found
