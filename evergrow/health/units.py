"""Observed values in words: ``71%``, ``4.9 a week``, ``26 h``, in both languages."""

from enum import StrEnum

from evergrow.lib import numerals


class Unit(StrEnum):
    MONTHS = "months"
    HOURS = "hours"
    COUNT = "count"
    PER_WEEK = "per_week"
    SHARE = "share"
    CHANGE = "change"
    RATING = "rating"
    FLAG = "flag"
    DAYS = "days"
    POINTS = "points"


_SUFFIX = {
    Unit.MONTHS: (" 个月", " mo"),
    Unit.HOURS: (" 小时", " h"),
    Unit.DAYS: (" 天", " d"),
    Unit.PER_WEEK: (" 次/周", " a week"),
}
_DECIMALS = {Unit.MONTHS: 0, Unit.HOURS: 0, Unit.DAYS: 0, Unit.PER_WEEK: 1, Unit.RATING: 1, Unit.POINTS: 0}


def say(value: float | None, unit: Unit, language: str) -> str:
    """A value with its unit, ``—`` where there is none."""
    if not numerals.is_known(value):
        return numerals.UNKNOWN
    chinese = numerals.is_chinese(language)
    match unit:
        case Unit.SHARE:
            return numerals.percent(value, language)
        case Unit.CHANGE:
            return numerals.signed(round((value or 0) * 100), language) + "%"
        case Unit.FLAG:
            return (("是", "yes") if value else ("否", "no"))[not chinese]
    text = numerals.number(value, language, _DECIMALS.get(unit))
    return text + _SUFFIX.get(unit, ("", ""))[not chinese]


def between(before: float | None, after: float | None, unit: Unit, language: str) -> str:
    """From one value to another, the unit said once: ``6.8 → 4.9 a week``; ``3.0 → —`` where one is not known."""
    first, last = say(before, unit, language), say(after, unit, language)
    suffix = _SUFFIX.get(unit, ("", ""))[not numerals.is_chinese(language)]
    if suffix and last.endswith(suffix):
        first = first.removesuffix(suffix)
    return f"{first} → {last}"
