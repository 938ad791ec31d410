"""Who is behind a point of a trend, as criteria."""

from datetime import datetime

from django.utils.translation import gettext as _

from evergrow.insight import as_criteria as say
from evergrow.insight.as_criteria import Unsaid
from evergrow.insight.behind import Behind, Criteria
from evergrow.insight.conditions import Condition
from evergrow.insight.trend.point import Point
from evergrow.insight.trend.question import FIRST, OF_SESSIONS, Measure, TrendQuestion
from evergrow.workspaces.models import Workspace


def as_criteria(question: TrendQuestion, workspace: Workspace, point: Point, found: Behind, /) -> Criteria:
    """Did the event in the point's days, or did it there for the first time, and meets the filters.

    Raises Unsaid for hours, sessions, numbers of a property, “other” values, the value at a first time, and people by
    facts of the account that their events were at.
    """
    asked = question.series[point.place]
    if isinstance(point.bucket, datetime):
        raise Unsaid(_("Criteria know days, not hours of the clock."))
    if asked.measure in OF_SESSIONS:
        raise Unsaid(_("Criteria are about people and accounts, not about sessions."))
    if asked.measure is Measure.PROPERTY:
        raise Unsaid(_("Criteria do not ask whether a property holds a number."))
    of_part = _part(question, point)
    conditions = [*question.filters, *asked.filters, *of_part]
    is_first = asked.measure in FIRST
    if is_first and say.of_events(of_part):
        raise Unsaid(_("Criteria do not ask for the value of a property at the first time."))
    is_moving = point.bucket is None and not point.is_compared
    within = say.within(found.days, question.range if is_moving else None)
    verb = "first" if is_first else "did"
    done = say.did(asked.event, say.of_events(conditions), within, verb=verb)
    return say.every([done, *say.traits(conditions, are_people=found.is_people)])


def _part(question: TrendQuestion, point: Point) -> list[Condition]:
    """The conditions that the values of a part of the breakdown are."""
    part = point.part
    if question.split is None or part.kind == "whole":
        return []
    if part.kind == "other":
        raise Unsaid(_("“Other” is what the largest values leave, and changes with them."))
    values = part.values or (part.value if part.kind == "value" else None,)
    return [say.value_condition(by, value) for by, value in zip(question.split.by, values, strict=True)]
