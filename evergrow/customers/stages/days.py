"""How long a subject has been in a stage, in days of the workspace's calendar, and what that says.

A *visit* is all the time in one stage until the subject goes on: a pause in between does not end it and does not count.
Days are differences of calendar days: whoever came yesterday evening has been there for one day this morning.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Protocol

from evergrow.customers.stages.definition import PAUSED, TERMINAL, Stage

ON_TRACK, BEHIND, STUCK, RESTING, ENDED = "on_track", "behind", "stuck", "paused", "ended"
STATUSES = (STUCK, BEHIND, ON_TRACK, RESTING, ENDED)


class Stay(Protocol):
    """What is asked of a stay."""

    stage: str
    kind: str
    spell: int
    entered_at: datetime
    left_at: datetime | None
    is_skipped: bool


@dataclass(slots=True)
class Visit:
    """Time in a stage without its pauses. ``has_ended``: the subject went on; else it is there still, or pauses."""

    stage: str
    spell: int
    since: datetime
    days: int
    has_ended: bool
    is_resting: bool = False


def days_between(since: datetime, until: datetime, zone: tzinfo) -> int:
    """Midnights of the zone between two moments."""
    return (until.astimezone(zone).date() - since.astimezone(zone).date()).days


def visits(stays: Iterable[Stay], now: datetime, zone: tzinfo) -> list[Visit]:
    """The visits of one subject, from its stays in the order of time; stages passed over and ends are none."""
    found: list[Visit] = []
    here: Visit | None = None
    for stay in stays:
        if stay.is_skipped:
            continue
        if stay.kind == PAUSED:
            if here:
                here.is_resting = stay.left_at is None
            continue
        if here and (here.stage, here.spell) == (stay.stage, stay.spell):
            here.days += days_between(stay.entered_at, stay.left_at or now, zone)
            continue
        if here:
            here.has_ended = True
        if stay.kind == TERMINAL:
            here = None
            continue
        days = days_between(stay.entered_at, stay.left_at or now, zone)
        here = Visit(stay.stage, stay.spell, stay.entered_at, days, False)
        found.append(here)
    return found


def days_here(stays: Sequence[Stay], now: datetime, zone: tzinfo) -> int:
    """Days in the stage of the open stay, which is the last one: of its visit, or of the pause; none at an end."""
    last = stays[-1]
    if last.kind == TERMINAL:
        return 0
    if last.kind == PAUSED:
        return days_between(last.entered_at, now, zone)
    return visits(stays, now, zone)[-1].days


def status(stage: Stage | None, kind: str, days: int) -> str:
    """On track up to the expected days, then behind up to the stuck days, then stuck."""
    if kind in (PAUSED, TERMINAL):
        return RESTING if kind == PAUSED else ENDED
    if stage is None:
        return ON_TRACK
    if stage.stuck is not None and days > stage.stuck:
        return STUCK
    if stage.expected is not None and days > stage.expected:
        return BEHIND
    return ON_TRACK


def since_day(moment: datetime, zone: tzinfo) -> date:
    return moment.astimezone(zone).date()
