"""Who is behind a point of a trend, as criteria."""

from evergrow.insight import as_criteria as say
from evergrow.insight.behind import Behind, Criteria
from evergrow.insight.trend.point import Point
from evergrow.insight.trend.question import TrendQuestion


def as_criteria(question: TrendQuestion, point: Point, found: Behind, /) -> Criteria | None:
    """Did the event in the point's days, and meets the filters; None for “other” values, and for people by facts of
    the account that their events were at, which criteria do not ask about."""
    conditions = list(question.filters)
    if question.split is not None and point.part.kind == "other":
        return None
    if question.split is not None and point.part.kind != "whole":
        value = point.part.value if point.part.kind == "value" else None
        conditions.append(say.value_condition(question.split.by, value))
    of_accounts = [each for each in conditions if each.topic.kind == "account"]
    if of_accounts and found.is_people:
        return None
    is_moving = point.bucket is None and not point.is_compared
    within = say.within(found.days, question.range if is_moving else None)
    by_property = [each for each in conditions if each.topic.kind == "property"]
    return say.every([say.did(question.event, by_property, within), *map(say.trait_part, of_accounts)])
