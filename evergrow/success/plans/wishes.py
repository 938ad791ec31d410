"""What somebody wants a plan to be, checked as a whole before it is stored."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from evergrow.lib.bilingual import Name
from evergrow.success import errors as room
from evergrow.success.plans import errors, metrics, subjects
from evergrow.success.plans.models import Direction, Plan, PlanUnit, Tolerance
from evergrow.workspaces.access import may
from evergrow.workspaces.models import Member

LARGEST = 1e12
LONGEST = timedelta(days=5 * 366)
MOST_MILESTONES, MOST_WEEKS, MOST_DAYS = 300, 12, 60
NAME, GOAL = 120, 2000


@dataclass(frozen=True, slots=True)
class Wish:
    """A plan as it should be; see ``plans.models.Plan`` for what each field means."""

    name: Name
    metric: Mapping[str, Any]
    target: float
    starts_on: date
    ends_on: date
    goal: Name = field(default_factory=dict)
    unit: str = PlanUnit.NUMBER
    unit_word: str = ""
    direction: str = Direction.HIGHER
    start_value: float | None = None
    milestones: Sequence[tuple[date, float]] = ()
    tolerance: float = 10
    tolerance_kind: str = Tolerance.PERCENT
    in_a_row: int = 2
    retro_days: int = 5
    subject_kind: str = ""
    subject_key: str = ""
    owner: Member | None = None
    concerned: Sequence[Member] = ()


def checked(wish: Wish, by: Member, before: Plan | None = None) -> dict[str, Any]:
    """The fields of the plan as they are stored, besides ``concerned``. ``owner`` None: whoever asks.

    Raises one of ``plans.errors`` with what to mend, NotAColleague.
    """
    name = _words(wish.name, NAME)
    if not name:
        raise errors.PlanNeedsName()
    if not timedelta(0) < wish.ends_on - wish.starts_on <= LONGEST:
        raise errors.PlanDaysReversed()
    _check_rule(wish)
    metric = metrics.check(by, wish.metric, before.metric if before else None)
    unit = metrics.unit_of(by.workspace, metric) or PlanUnit(wish.unit)
    for member in (wish.owner, *wish.concerned):
        _check_colleague(member, by)
    return {
        "name": name,
        "goal": _words(wish.goal, GOAL),
        "metric": metric,
        "unit": unit,
        "unit_word": wish.unit_word.strip()[:30] if unit == PlanUnit.NUMBER else "",
        **_numbers(wish),
        "milestones": _milestones(wish),
        "starts_on": wish.starts_on,
        "ends_on": wish.ends_on,
        "tolerance": wish.tolerance,
        "tolerance_kind": Tolerance(wish.tolerance_kind),
        "in_a_row": wish.in_a_row,
        "retro_days": wish.retro_days,
        **_subject(wish, by, before),
        "owner": wish.owner or by,
    }


def _words(name: Name, longest: int) -> dict[str, str]:
    found = {language: str(name.get(language, "")).strip()[:longest] for language in ("zh", "en")}
    return {language: text for language, text in found.items() if text}


def _numbers(wish: Wish) -> dict[str, Any]:
    direction = Direction(wish.direction)
    number(wish.target, _("target"))
    if wish.start_value is not None:
        number(wish.start_value, _("start value"))
        check_way(wish.start_value, wish.target, direction)
    return {"direction": direction, "start_value": wish.start_value, "target": wish.target}


def check_way(start: float, target: float, direction: Direction) -> None:
    """A target lies beyond the start, on the side that is better. Raises TargetIsStart, TargetOnTheWrongSide."""
    if start == target:
        raise errors.TargetIsStart()
    if (target > start) != (direction == Direction.HIGHER):
        raise errors.TargetOnTheWrongSide(direction=direction.label)


def number(value: float, name: str) -> float:
    """A finite number of a sensible size. Raises BadNumber."""
    if not math.isfinite(value) or abs(value) > LARGEST:
        raise errors.BadNumber(name=name)
    return value


def _check_rule(wish: Wish) -> None:
    fits = 0 < wish.tolerance <= LARGEST and 1 <= wish.in_a_row <= MOST_WEEKS and 0 <= wish.retro_days <= MOST_DAYS
    if not fits:
        raise errors.BadTolerance()


def _milestones(wish: Wish) -> list[list[Any]]:
    days = [on for on, _value in wish.milestones]
    inside = all(wish.starts_on < on < wish.ends_on for on in days)
    sane = all(math.isfinite(value) and abs(value) <= LARGEST for _on, value in wish.milestones)
    if len(set(days)) < len(days) or not inside or not sane or len(days) > MOST_MILESTONES:
        raise errors.BadMilestones()
    return [[on.isoformat(), float(value)] for on, value in sorted(wish.milestones)]


def _subject(wish: Wish, by: Member, before: Plan | None) -> dict[str, str]:
    """One that the member may choose, or the one that the plan has already. Raises BadSubject."""
    chosen = {"subject_kind": wish.subject_kind, "subject_key": wish.subject_key if wish.subject_kind else ""}
    if not wish.subject_kind:
        return chosen
    if before and (before.subject_kind, before.subject_key) == (wish.subject_kind, wish.subject_key):
        return chosen
    subject = subjects.get(wish.subject_kind)
    if subject is None or wish.subject_key not in dict(subject.choices(by)):
        raise errors.BadSubject()
    return chosen


def _check_colleague(member: Member | None, by: Member) -> None:
    if member is not None and (
        member.left_at is not None or member.workspace_id != by.workspace_id or not may(member, "view")
    ):
        raise room.NotAColleague()
