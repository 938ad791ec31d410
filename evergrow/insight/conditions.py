"""Conditions on events: by a property of the event or by a fact of its account.

What absence means is the same everywhere: ``is``, ``contains``, ``over`` and ``under`` need a value; ``is_not`` is
the exact opposite of ``is`` and so keeps what has no value; a property or fact with an empty text is set, a fact that
is blank is not.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from django.utils.translation import gettext as _

from evergrow.insight.errors import BadQuestion

MOST_CONDITIONS = 10
MOST_VALUES = 100
LONGEST = 500
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


class Check(StrEnum):
    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    IS_SET = "is_set"
    IS_NOT_SET = "is_not_set"
    OVER = "over"
    UNDER = "under"


VALUELESS = {Check.IS_SET, Check.IS_NOT_SET}
NUMERIC = {Check.OVER, Check.UNDER}
NEGATIVE = {Check.IS_NOT: Check.IS, Check.IS_NOT_SET: Check.IS_SET}


@dataclass(frozen=True, slots=True)
class Topic:
    """What a condition or a breakdown looks at: ``property.plan`` or ``account.tier``."""

    kind: Literal["property", "account"]
    key: str

    def __str__(self) -> str:
        return f"{self.kind}.{self.key}"


@dataclass(frozen=True, slots=True)
class Condition:
    topic: Topic
    test: Check
    values: tuple[str, ...] = ()


def parse_topic(raw: Any, part: str, facts: Sequence[str]) -> Topic:
    """``"account.tier"`` → Topic. Raises BadQuestion at ``part`` for anything else, or a fact that is not known."""
    kind, _dot, key = raw.partition(".") if isinstance(raw, str) else ("", "", "")
    if kind == "property" and 0 < len(key) <= LONGEST:
        return Topic("property", key)
    if kind == "account" and key in facts:
        return Topic("account", key)
    raise BadQuestion(
        part,
        _("“%(raw)s” is not known. Use property.<name>, or one of: %(facts)s.")
        % {"raw": str(raw)[:80], "facts": ", ".join(f"account.{fact}" for fact in facts)},
    )


def parse(raw: Any, facts: Sequence[str]) -> tuple[Condition, ...]:
    """A list of ``{"on": "property.plan", "is": "contains", "values": ["Pro"]}`` → conditions, all of which must hold.

    Raises BadQuestion at ``filters.<position>.<piece>``.
    """
    if not isinstance(raw, list):
        raise BadQuestion("filters", _("Filters are a list."))
    if len(raw) > MOST_CONDITIONS:
        raise BadQuestion("filters", _("At most %(most)s filters.") % {"most": MOST_CONDITIONS})
    return tuple(_condition(each, f"filters.{position}", facts) for position, each in enumerate(raw))


def _condition(raw: Any, part: str, facts: Sequence[str]) -> Condition:
    if not isinstance(raw, Mapping):
        raise BadQuestion(part, _("A filter needs “on”, “is” and “values”."))
    topic = parse_topic(raw.get("on"), f"{part}.on", facts)
    try:
        test = Check(raw.get("is", ""))
    except ValueError:
        raise BadQuestion(
            f"{part}.is",
            _("“%(raw)s” is not known here. Use one of: %(known)s.")
            % {"raw": str(raw.get("is"))[:80], "known": ", ".join(Check)},
        ) from None
    values = _values(raw.get("values", []), f"{part}.values")
    if test in VALUELESS:
        return Condition(topic, test)
    if not values:
        raise BadQuestion(f"{part}.values", _("Say which value to look for."))
    if test in NUMERIC:
        values = (_number(values, f"{part}.values"),)
    return Condition(topic, test, values)


def _values(raw: Any, part: str) -> tuple[str, ...]:
    if not isinstance(raw, list) or not all(isinstance(value, str) and len(value) <= LONGEST for value in raw):
        raise BadQuestion(part, _("Values are a list of texts of at most %(most)s characters.") % {"most": LONGEST})
    if len(raw) > MOST_VALUES:
        raise BadQuestion(part, _("At most %(most)s values.") % {"most": MOST_VALUES})
    return tuple(dict.fromkeys(raw))


def _number(values: tuple[str, ...], part: str) -> str:
    text = values[0].strip()
    if len(values) != 1 or not NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise BadQuestion(part, _("Greater and less need one number, for example 100 or 2.5."))
    return text


def as_data(condition: Condition) -> dict[str, Any]:
    """The condition as ``parse`` reads it."""
    return {"on": str(condition.topic), "is": str(condition.test), "values": list(condition.values)}


def holds(test: Check, values: tuple[str, ...], found: str | None) -> bool:
    """Whether one value passes; ``None`` is no value. The same rule as the SQL of ``trend.compile``."""
    if test in NEGATIVE:
        return not holds(NEGATIVE[test], values, found)
    if found is None:
        return False
    if test is Check.IS_SET:
        return True
    if test is Check.IS:
        return found in values
    if test is Check.CONTAINS:
        return any(value.lower() in found.lower() for value in values)
    if not NUMBER.fullmatch(found) or not math.isfinite(number := float(found)):
        return False
    return number > float(values[0]) if test is Check.OVER else number < float(values[0])
