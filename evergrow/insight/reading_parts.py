"""Readers of the pieces that questions of several kinds have in their JSON forms and addresses.

Each raises BadQuestion at the part it was told to be.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from evergrow.insight import conditions, facts
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import MOST_PERIODS, WHOLE_DAYS, Between, Interval, Last, Range
from evergrow.insight.trend.question import LARGEST_TOP, Split

INTERVALS = (Interval.DAY, Interval.WEEK, Interval.MONTH)
LETTERS = {each[0]: each for each in WHOLE_DAYS}
LONGEST_EVENT = 200
# One value of several: quoted (a quote inside is doubled) or up to the next comma, Latin or Chinese
VALUE = re.compile(r"""(?:^|[,，])\s*(?:"(?P<quoted>(?:[^"]|"")*)"\s*(?=[,，]|\Z)|(?P<plain>[^,，]*))""")
PLAIN = re.compile(r"""[^\s,，"](?:[^,，"]*[^\s,，"])?""")
ALL_CHECKS = set(conditions.Check)

Choice = TypeVar("Choice", bound=StrEnum)


def named_parts(raw: Any, known: set[str], refusal: str) -> Mapping[str, Any]:
    """An object all of whose parts are known; ``refusal`` is said of one that is not."""
    if not isinstance(raw, Mapping):
        raise BadQuestion("question", _("A question is an object with named parts."))
    for name in raw:
        if name not in known:
            raise BadQuestion(str(name)[:80], refusal)
    return raw


def choice(kind: type[Choice], raw: Any, part: str, known: Sequence[Choice] = ()) -> Choice:
    """One of an enumeration's values, or of the ``known`` ones among them."""
    known = known or tuple(kind)
    if raw not in known:
        raise BadQuestion(
            part,
            _("“%(raw)s” is not known here. Use one of: %(known)s.")
            % {"raw": str(raw)[:80], "known": ", ".join(filter(None, known))},
        )
    return kind(raw)


def interval(raw: Any) -> Interval:
    """Days, weeks or months: what questions other than trends are cut into."""
    return choice(Interval, raw, "interval", INTERVALS)


def truth(raw: Any, part: str) -> bool:
    """True or false, and nothing that looks like it."""
    if not isinstance(raw, bool):
        raise BadQuestion(part, _("Use true or false."))
    return raw


def whole_number(raw: Any, part: str, least: int, most: int) -> int:
    """A whole number between two, both allowed; a text of digits will do, as addresses have it."""
    number = int(raw) if isinstance(raw, str) and raw.isascii() and raw.isdecimal() and len(raw) < 10 else raw
    if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
        raise BadQuestion(part, _("Use a whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
    return number


def text(raw: Any, part: str, longest: int = LONGEST_EVENT) -> str:
    """The name of an event or of a property."""
    if not isinstance(raw, str) or len(raw) > longest:
        raise BadQuestion(part, _("A name is a text of at most %(most)s characters.") % {"most": longest})
    return raw


def days(raw: Any, units: Sequence[Interval] = INTERVALS) -> Range:
    """``{"last": 12, "unit": "week"}`` or ``{"from": …, "to": …}``."""
    if not isinstance(raw, Mapping):
        raise BadQuestion("range", _("A range has “last” and “unit”, or “from” and “to”."))
    if "last" in raw:
        count = raw["last"]
        if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_PERIODS:
            raise BadQuestion("range.last", _("Use a whole number from 1 to %(most)s.") % {"most": MOST_PERIODS})
        return Last(count, choice(Interval, raw.get("unit", Interval.DAY), "range.unit", units))
    first, last = _day(raw.get("from"), "range.from"), _day(raw.get("to"), "range.to")
    if last < first:
        raise BadQuestion("range.to", _("The range ends before it begins. Swap the two days."))
    return Between(first, last)


def _day(raw: Any, part: str) -> date:
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise BadQuestion(part, _("Use a day like 2026-03-25.")) from None


def days_data(asked: Range) -> dict[str, Any]:
    """A range as ``days`` reads it."""
    if isinstance(asked, Last):
        return {"last": asked.count, "unit": str(asked.unit)}
    return {"from": asked.first.isoformat(), "to": asked.last.isoformat()}


def days_pairs(asked: Range) -> dict[str, str]:
    """A range as addresses say it: ``range=12w``, or ``range=custom`` with ``from`` and ``to``."""
    if isinstance(asked, Last):
        return {"range": f"{asked.count}{asked.unit[0]}"}
    return {"range": "custom", "from": asked.first.isoformat(), "to": asked.last.isoformat()}


def days_asked(query: Mapping[str, Any]) -> dict[str, Any] | None:
    """The range of an address in its JSON form, unchecked; None where it names none."""
    if query.get("range") == "custom" or ("range" not in query and query.get("from")):
        return {"from": query.get("from", ""), "to": query.get("to", "")}
    return short_days(str(query["range"])) if query.get("range") else None


def short_days(raw: str) -> dict[str, Any]:
    """``12w`` in the JSON form."""
    found = re.fullmatch(r"(\d{1,5})([dwmqy])", raw, re.ASCII)
    if not found:
        raise BadQuestion("range", _("“%(raw)s” is not a range. Use for example 30d, 12w or 6m.") % {"raw": raw[:40]})
    return {"last": int(found[1]), "unit": str(LETTERS[found[2]])}


def split(raw: Any) -> Split | None:
    """``{"by": "account.plan", "top": 5}``, or nothing."""
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        raise BadQuestion("split", _("A breakdown has “by” and “top”."))
    by = conditions.parse_topic(raw.get("by"), "split.by", facts.keys())
    try:
        top = int(raw.get("top", 5))
    except (TypeError, ValueError):
        top = 0
    if not 1 <= top <= LARGEST_TOP:
        raise BadQuestion("split.top", _("Show between 1 and %(most)s values.") % {"most": LARGEST_TOP})
    return Split(by, top)


def write_values(values: Sequence[str]) -> str:
    """Several values in one field: separated by commas, quoted where one could be misread."""
    return ", ".join(value if PLAIN.fullmatch(value) else '"' + value.replace('"', '""') + '"' for value in values)


def values(raw: str) -> list[str]:
    """Several values of one field, as ``write_values`` writes them."""
    if not raw:
        return []
    return [
        found["quoted"].replace('""', '"') if found["quoted"] is not None else found["plain"].strip()
        for found in VALUE.finditer(raw)
    ]


def filters(raw: Any, part: str) -> tuple[conditions.Condition, ...]:
    """A list of conditions at ``part`` (``filters``, ``start.filters``): what is wrong is named there."""
    try:
        return conditions.parse(raw, facts.keys())
    except BadQuestion as error:
        raise BadQuestion(error.part.replace("filters", part, 1), error.sentence) from None


def filters_data(found: Sequence[conditions.Condition]) -> list[dict[str, Any]]:
    """Conditions as ``filters`` reads them."""
    return [conditions.as_data(condition) for condition in found]


def is_asked(on: str, test: str, value: str) -> bool:
    """Whether a row of the form is a filter already: it has a topic, and a value where its test needs one."""
    return bool(on) and (bool(value) or test not in ALL_CHECKS - conditions.VALUELESS)
