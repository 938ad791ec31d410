"""Pieces of questions as criteria (docs/criteria.md), for marks that become segments which follow.

Each gives None for what criteria would not say exactly.
"""

from collections.abc import Iterable
from typing import Any

from evergrow.insight.conditions import Check, Condition, Topic
from evergrow.insight.period import Between, Interval, Last, Range

Part = dict[str, Any]

# Facts of accounts that are traits of the same name and the same values
TEXT_TRAITS = {"tier", "status", "plan", "country", "industry", "size", "channel"}
NUMBER_TRAITS = {"mrr"}


def did(event: str, conditions: Iterable[Condition], within: Part) -> Part | None:
    """The event (``""``: any) was done in these days by somebody, its properties meeting all conditions."""
    where = [property_part(condition) for condition in conditions]
    if None in where:
        return None
    return {"did": event or "*", "within": within, **({"where": where} if where else {})}


def property_part(condition: Condition) -> Part | None:
    """A condition on a property, as ``where`` has it."""
    test = comparison(condition)
    return None if test is None else {"property": condition.topic.key, **test}


def trait_part(condition: Condition) -> Part | None:
    """A condition on a fact of accounts, as one on a trait."""
    key, test = condition.topic.key, comparison(condition)
    is_number = condition.test in (Check.OVER, Check.UNDER)
    known = key in NUMBER_TRAITS if is_number else key in TEXT_TRAITS
    return {"trait": key, **test} if known and test is not None else None


def comparison(condition: Condition) -> Part | None:
    """The test alone: ``{"is": ["Pro"]}``. An empty text is a value here and none in criteria, so it is not said."""
    values = list(condition.values)
    if "" in values:
        return None
    match condition.test:
        case Check.IS_SET | Check.IS_NOT_SET:
            return {"is_set": condition.test is Check.IS_SET}
        case Check.OVER | Check.UNDER:
            return {str(condition.test): float(values[0])}
        case _:
            return {str(condition.test): values}


def value_condition(topic: Topic, value: str | None) -> Condition:
    """The condition that one value of a breakdown holds; ``None`` is not set."""
    return Condition(topic, Check.IS_NOT_SET) if value is None else Condition(topic, Check.IS, (value,))


def within(days: Between, asked: Range | None = None) -> Part:
    """Fixed days; or, where the whole of a range like the last 30 days is meant, days that move on with today."""
    if isinstance(asked, Last) and asked.unit is Interval.DAY:
        return {"days": asked.count}
    return {"from": days.first.isoformat(), "to": days.last.isoformat()}


def every(parts: list[Part | None]) -> Part | None:
    """All parts together; None when one of them cannot be said."""
    found = [part for part in parts if part is not None]
    if len(found) < len(parts):
        return None
    return found[0] if len(found) == 1 else {"all": found}
