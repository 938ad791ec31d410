"""Take the week's readings, and tell who manages when one has clearly fallen."""

from datetime import date, timedelta
from math import hypot
from typing import Any

from django.urls import reverse

from evergrow.health.actions.cards import ensure_scorecard
from evergrow.health.backtest.curves import z_of
from evergrow.health.backtest.plan import Plan
from evergrow.health.models import ScorecardVersion
from evergrow.health.risk.actions import published
from evergrow.health.risk.models import RiskModel
from evergrow.health.weekly import looking
from evergrow.health.weekly.looking import Found
from evergrow.health.weekly.models import Reading, Watched
from evergrow.health.weekly.notices import FELL
from evergrow.lib import clock
from evergrow.workspaces import access, audit, jobs, notices, queries
from evergrow.workspaces.models import Job, Member, Workspace

KIND = "health.weekly"
PLAN = Plan()


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def request_reading(*, workspace: Workspace, by: Member | None) -> Job:
    """Queue this week's readings anew, those that were taken already too; the open job where there is one."""
    access.require(by, "manage")
    job = jobs.enqueue(KIND, workspace, by=by, args={"anew": True}, dedupe_key="by hand")
    audit.record(workspace, "weekly.requested", workspace, by=by)
    return job


def read_week(workspace: Workspace, *, anew: bool = False) -> int:
    """Take the readings of this week that are not there yet, or all of them ``anew``; how many were taken.

    Nothing is read of a target without a model in force. Raises warehouse.StoreUnavailable.
    """
    today, taken = workspace.today(), 0
    for watched in Watched.values:
        version = in_force(workspace, watched)
        is_there = Reading.objects.filter(
            workspace=workspace, watched=watched, week=week_of(today), is_reference=False
        ).exists()
        if version is None or (is_there and not anew):
            continue
        _read(workspace, watched, version, today)
        taken += 1
    return taken


def in_force(workspace: Workspace, watched: str) -> ScorecardVersion | RiskModel | None:
    """The version that counts now of what is watched."""
    if watched == Watched.SCORECARD:
        return ensure_scorecard(workspace=workspace)
    return published(workspace, watched)


def _read(workspace: Workspace, watched: str, version: ScorecardVersion | RiskModel, today: date) -> None:
    reference = _reference(workspace, watched, version)
    found = _found(workspace, version, today)
    values = _values(version, found) | _compared(reference, found)
    made, _ = Reading.objects.update_or_create(
        workspace=workspace,
        watched=watched,
        week=week_of(today),
        is_reference=False,
        defaults=values | {"computed_at": clock.now()},
    )
    if reference is not None and reference.area is None and found.area is not None:
        _become_reference(reference, made)
    if made.has_fallen:
        _tell(made)


def _found(workspace: Workspace, version: ScorecardVersion | RiskModel, day: date) -> Found:
    if isinstance(version, RiskModel):
        return looking.of_model(workspace, version, day)
    return looking.of_scorecard(workspace, version, day, PLAN)


def _reference(workspace: Workspace, watched: str, version: ScorecardVersion | RiskModel) -> Reading:
    """What it was at publishing: of a model what its card says, of a scorecard the back-test as of that day."""
    kept = Reading.objects.filter(
        workspace=workspace, watched=watched, version=version.number, is_reference=True
    ).first()
    if kept is not None:
        return kept
    since = version.published_at or version.created_at
    day = since.astimezone(workspace.tz).date()
    if isinstance(version, RiskModel):
        found = looking.of_card(version)
    else:
        found = looking.of_scorecard(workspace, version, day, PLAN)
    made, _ = Reading.objects.get_or_create(
        workspace=workspace,
        watched=watched,
        version=version.number,
        is_reference=True,
        defaults=_values(version, found) | {"week": week_of(day)},
    )
    return made


def _become_reference(reference: Reading, made: Reading) -> None:
    """With too little data at publishing, later readings are held against the first one that has enough."""
    for name in ("week", "first", "last", "rows", "happened", "others", "area", "low", "high", "error", "computed_at"):
        setattr(reference, name, getattr(made, name))
    reference.save()


def _values(version: ScorecardVersion | RiskModel, found: Found) -> dict[str, Any]:
    area = found.area
    return {
        "version": version.number,
        "within": version.horizon_days if isinstance(version, RiskModel) else PLAN.within,
        "first": found.first,
        "last": found.last,
        "rows": found.rows,
        "happened": found.happened,
        "others": found.others,
        "area": area and area.value,
        "low": area and area.low,
        "high": area and area.high,
        "error": area and area.error,
    }


def _compared(reference: Reading, found: Found) -> dict[str, Any]:
    """The drop since the reference. Both are taken as independent, which widens the interval where they share rows."""
    if reference.area is None or found.area is None:
        return {"drop": None, "drop_low": None, "has_fallen": False}
    drop = reference.area - found.area.value
    low = drop - z_of() * hypot(reference.error or 0.0, found.area.error)
    return {"drop": drop, "drop_low": low, "has_fallen": low > 0}


def _tell(made: Reading) -> None:
    """Once a version, to those who manage."""
    url = reverse("health:watch", args=[made.workspace.slug])
    data = {"watched": made.watched, "version": made.version}
    for member in queries.able(made.workspace, "manage"):
        notices.tell(member, FELL, url=url, data=data, dedupe_key=f"{made.watched} {made.version}")
