"""Who is behind a point of a trend, as criteria."""

from datetime import datetime

from evergrow.insight import as_criteria as say
from evergrow.insight.behind import Behind, Criteria
from evergrow.insight.trend.point import Point
from evergrow.insight.trend.question import FIRST, OF_SESSIONS, Measure, TrendQuestion


def as_criteria(question: TrendQuestion, point: Point, found: Behind, /) -> Criteria | None:
    """Did the event in the point's days, and meets the filters.

    None for what criteria would not say exactly: first times, hours, sessions, numbers of a property, “other” values,
    and people by facts of the account that their events were at, which criteria do not ask about.
    """
    asked, part = question.series[point.place], point.part
    is_apart = asked.measure in (*FIRST, *OF_SESSIONS, Measure.PROPERTY) or isinstance(point.bucket, datetime)
    if is_apart or (question.split is not None and part.kind == "other"):
        return None
    conditions = [*question.filters, *asked.filters]
    if question.split is not None and part.kind != "whole":
        values = part.values or (part.value if part.kind == "value" else None,)
        conditions += [say.value_condition(by, value) for by, value in zip(question.split.by, values, strict=True)]
    of_accounts = [each for each in conditions if each.topic.kind == "account"]
    if of_accounts and found.is_people:
        return None
    is_moving = point.bucket is None and not point.is_compared
    within = say.within(found.days, question.range if is_moving else None)
    by_property = [each for each in conditions if each.topic.kind == "property"]
    return say.every([say.did(asked.event, by_property, within), *map(say.trait_part, of_accounts)])
