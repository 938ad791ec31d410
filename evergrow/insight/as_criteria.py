"""Pieces of questions as criteria (docs/criteria.md), for marks that become segments which follow.

Each raises ``Unsaid`` with the reason for what criteria would not say exactly.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from evergrow.insight.conditions import Check, Condition, Topic
from evergrow.insight.period import Between, Interval, Last, Range

Part = dict[str, Any]

# Facts of accounts that are traits of the same name and the same values
TEXT_TRAITS = {"tier", "status", "plan", "country", "industry", "size", "channel"}
NUMBER_TRAITS = {"mrr"}


class Unsaid(Exception):
    """No criteria mean exactly those behind a mark; the message is the reason, for the reader."""


def did(
    event: str, conditions: Iterable[Condition], within: Part, more: Part | None = None, *, verb: str = "did"
) -> Part:
    """The event (``""``: any) was done in these days by somebody, its properties meeting all conditions.

    ``more`` says how often, or on how many days.
    """
    where = [property_part(condition) for condition in conditions]
    return {verb: event or "*", **(more or {}), "within": within, **({"where": where} if where else {})}


def property_part(condition: Condition) -> Part:
    """A condition on a property, as ``where`` has it."""
    return {"property": condition.topic.key, **comparison(condition)}


def trait_part(condition: Condition) -> Part:
    """A condition on a fact of accounts, as one on a trait."""
    key, test = condition.topic.key, comparison(condition)
    known = NUMBER_TRAITS if condition.test in (Check.OVER, Check.UNDER) else TEXT_TRAITS
    if key not in known:
        raise Unsaid(_("Criteria do not compare this fact of accounts in the same way."))
    return {"trait": key, **test}


def traits(conditions: Iterable[Condition], *, are_people: bool) -> list[Part]:
    """The conditions on facts of accounts; of people they ask where each event was done, which criteria do not."""
    found = [each for each in conditions if each.topic.kind == "account"]
    if found and are_people:
        raise Unsaid(_("Criteria about people do not ask at which account each event was done."))
    return [trait_part(each) for each in found]


def of_events(conditions: Iterable[Condition]) -> list[Condition]:
    """The conditions on properties of events."""
    return [each for each in conditions if each.topic.kind == "property"]


def comparison(condition: Condition) -> Part:
    """The test alone: ``{"is": ["Pro"]}``."""
    values = list(condition.values)
    if "" in values:
        raise Unsaid(_("An empty text is a value of a property here; in criteria it is none."))
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


def every(parts: Sequence[Part]) -> Part:
    """All parts together."""
    return parts[0] if len(parts) == 1 else {"all": list(parts)}


def any_of(parts: Sequence[Part]) -> Part:
    """At least one of the parts."""
    return parts[0] if len(parts) == 1 else {"any": list(parts)}


def never(part: Part) -> Part:
    """The opposite of a part."""
    return {"not": part}


def too_long() -> Unsaid:
    """For what could be said, at a length that criteria do not take."""
    return Unsaid(_("Said exactly, these would be more conditions than criteria take."))
