"""The arithmetic of a plan: its weeks, what is expected on a day, how far off a value is, and how it stands.

Nothing here reads a store.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from evergrow.success.plans.models import PlanReading

WEEK = timedelta(days=7)
WATCHED = 0.5


class Course(Protocol):
    """What of a plan its course follows from; see ``plans.models.Plan``."""

    start_value: float | None
    target: float
    direction: str
    tolerance: float
    tolerance_kind: str
    in_a_row: int
    starts_on: date
    ends_on: date

    @property
    def milestones(self) -> Sequence[Sequence[object]]: ...


class Light(StrEnum):
    """How a plan stands, worst first. ``RETRO``: a retrospective is open. ``OFF``: further behind than tolerated.
    ``BEHIND``: by more than half of what is tolerated.
    """

    RETRO = "retro"
    OFF = "off"
    BEHIND = "behind"
    UNKNOWN = "unknown"
    ON = "on"


def week_of(day: date) -> date:
    """The Monday of its week (ISO 8601)."""
    return day - timedelta(days=day.weekday())


def last_day(plan: Course, week: date) -> date:
    """The last day of a week that belongs to the plan: its Sunday, or the plan's end."""
    return min(week + timedelta(days=6), plan.ends_on)


def weeks(plan: Course, until: date | None = None) -> list[date]:
    """The Mondays of the plan's weeks, up to the one that holds ``until``."""
    end = plan.ends_on if until is None else min(plan.ends_on, until)
    first, found = week_of(plan.starts_on), list[date]()
    while first <= end:
        found.append(first)
        first += WEEK
    return found


def weeks_over(plan: Course, today: date) -> list[date]:
    """Those of its weeks whose last day has passed."""
    return [week for week in weeks(plan, today) if last_day(plan, week) < today]


def points(plan: Course) -> list[tuple[date, float]]:
    """The corners of the expected way: start, milestones, target. Empty while the start value is not known."""
    if plan.start_value is None:
        return []
    stones = sorted((date.fromisoformat(str(on)), float(str(value))) for on, value in plan.milestones)
    between = [stone for stone in stones if plan.starts_on < stone[0] < plan.ends_on]
    return [(plan.starts_on, plan.start_value), *between, (plan.ends_on, plan.target)]


def expected(plan: Course, on: date) -> float | None:
    """The value on the line between the two corners around a day; the start's before it, the target's after the end."""
    corners = points(plan)
    if not corners:
        return None
    if on <= corners[0][0]:
        return corners[0][1]
    for (left, low), (right, high) in pairwise(corners):
        if on <= right:
            return low + (high - low) * (on - left).days / (right - left).days
    return corners[-1][1]


def behind(plan: Course, value: float, wanted: float) -> float:
    """By how much a value is worse than wanted, in the plan's unit; negative when it is better."""
    return wanted - value if plan.direction == "higher" else value - wanted


def behind_percent(plan: Course, value: float, wanted: float) -> float:
    """The same in percent of what was wanted; where that is 0, of the whole way from start to target."""
    base = abs(wanted) or abs(plan.target - (plan.start_value or 0.0))
    return 100 * behind(plan, value, wanted) / base if base else 0.0


def share_of_tolerance(plan: Course, value: float | None, wanted: float | None) -> float | None:
    """How much of what is tolerated a value is behind: above 1 it is off, at most 0 it is as wanted or better."""
    if value is None or wanted is None:
        return None
    gap = behind_percent(plan, value, wanted) if plan.tolerance_kind == "percent" else behind(plan, value, wanted)
    return gap / plan.tolerance


def is_off(plan: Course, value: float | None, wanted: float | None) -> bool:
    """Whether a value is further behind than the plan tolerates; what is not known is not off."""
    share = share_of_tolerance(plan, value, wanted)
    return share is not None and share > 1 + 1e-9


def is_reached(plan: Course, value: float) -> bool:
    """Whether a value is at the target or beyond it."""
    return behind(plan, value, plan.target) <= 1e-9


def progress(plan: Course, value: float | None) -> float | None:
    """How much of the way from start to target is done, 0 to 1; works for lower-is-better too."""
    if value is None or plan.start_value is None or plan.target == plan.start_value:
        return None
    return min(1.0, max(0.0, (value - plan.start_value) / (plan.target - plan.start_value)))


def calling(plan: Course, readings: Iterable[PlanReading], today: date, since: date | None) -> list[PlanReading]:
    """The readings that call for a retrospective: the last ``in_a_row`` of weeks that are over, all of them off.

    A week without a value neither counts nor breaks the row. Weeks up to ``since``, the day of the last retrospective,
    are done with: what it decided gets its time to work. Empty when nothing calls.
    """
    counted = [
        each
        for each in sorted(readings, key=lambda each: each.week)
        if each.value is not None and last_day(plan, each.week) < today and (since is None or each.on > since)
    ]
    last = counted[-plan.in_a_row :]
    if len(last) < plan.in_a_row or not all(is_off(plan, each.value, each.expected) for each in last):
        return []
    return last


@dataclass(frozen=True, slots=True)
class Standing:
    """How a running plan stands, and the reading that says so. ``missing``: weeks that are over without a value."""

    light: Light
    latest: PlanReading | None
    missing: int


def standing(plan: Course, readings: Iterable[PlanReading], today: date, *, has_retro: bool) -> Standing:
    """Judge by the latest value. One older than the last week that is over says nothing about now."""
    known = {each.week: each for each in readings if each.value is not None}
    over = weeks_over(plan, today)
    missing = sum(week not in known for week in over)
    latest = known[max(known)] if known else None
    if has_retro:
        return Standing(Light.RETRO, latest, missing)
    if latest is None or (over and latest.week < over[-1]):
        return Standing(Light.UNKNOWN, latest, missing)
    share = share_of_tolerance(plan, latest.value, latest.expected)
    if share is None:
        return Standing(Light.UNKNOWN, latest, missing)
    if share > 1 + 1e-9:
        return Standing(Light.OFF, latest, missing)
    return Standing(Light.BEHIND if share > WATCHED else Light.ON, latest, missing)
