"""The series of a trend question and the formulas over them: JSON → Asked, Formula, and back; what fits together."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from evergrow.insight import conditions, facts, reading_parts
from evergrow.insight.conditions import LONGEST, Condition
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import Interval
from evergrow.insight.trend import formula
from evergrow.insight.trend.formula import BadFormula
from evergrow.insight.trend.question import (
    ACTIVE,
    DIFFERENT,
    FIRST,
    MOST_FORMULAS,
    MOST_SERIES,
    NAMES,
    PER,
    WINDOWS,
    Asked,
    Formula,
    Measure,
    Statistic,
    TrendQuestion,
    Unit,
)

LONGEST_EVENT = 200
LONGEST_NAME = 80
PARTS = {"event", "measure", "filters", "days", "statistic", "property"}


def parse(raw: Any) -> tuple[Asked, ...]:
    """Read a list of series. Raises BadQuestion at ``series.<place>.<piece>``."""
    if not isinstance(raw, list) or not raw:
        raise BadQuestion("series", _("Series are a list of at least one."))
    if len(raw) > MOST_SERIES:
        raise BadQuestion("series", _("At most %(most)s series.") % {"most": MOST_SERIES})
    return tuple(_asked(each, f"series.{place}") for place, each in enumerate(raw))


def _asked(raw: Any, part: str) -> Asked:
    if not isinstance(raw, Mapping):
        raise BadQuestion(part, _("A series is an object with named parts."))
    for name in raw:
        if name not in PARTS:
            raise BadQuestion(f"{part}.{str(name)[:80]}", _("A series has no such part."))
    measure = reading_parts.choice(Measure, raw.get("measure", Measure.ACCOUNTS), f"{part}.measure")
    has_statistic = measure in PER or measure is Measure.PROPERTY
    return Asked(
        event=event(raw.get("event", ""), f"{part}.event"),
        measure=measure,
        filters=_filters(raw.get("filters", []), part),
        days=_days(raw.get("days", 7), f"{part}.days") if measure in ACTIVE else 7,
        statistic=_statistic(raw, part, measure) if has_statistic else Statistic.AVERAGE,
        property=_property(raw.get("property"), f"{part}.property") if measure is Measure.PROPERTY else "",
    )


def event(raw: Any, part: str) -> str:
    """The name of an event; "" is every event."""
    if not isinstance(raw, str) or len(raw) > LONGEST_EVENT:
        raise BadQuestion(
            part, _("The name of an event is a text of at most %(most)s characters.") % {"most": LONGEST_EVENT}
        )
    return raw


def _filters(raw: Any, part: str) -> tuple[Condition, ...]:
    try:
        return conditions.parse(raw, facts.keys())
    except BadQuestion as error:
        raise BadQuestion(f"{part}.{error.part}", error.sentence) from None


def _days(raw: Any, part: str) -> int:
    if raw not in WINDOWS or isinstance(raw, bool):
        known = ", ".join(map(str, WINDOWS))
        raise BadQuestion(
            part, _("Active ones are counted over one of these numbers of days: %(known)s.") % {"known": known}
        )
    return int(raw)


def _statistic(raw: Mapping[str, Any], part: str, measure: Measure) -> Statistic:
    known = tuple(each for each in Statistic if measure is Measure.PROPERTY or each is not Statistic.SUM)
    return reading_parts.choice(Statistic, raw.get("statistic", Statistic.AVERAGE), f"{part}.statistic", known)


def _property(raw: Any, part: str) -> str:
    if not isinstance(raw, str) or not 0 < len(raw) <= LONGEST:
        raise BadQuestion(part, _("Say which property holds the numbers."))
    return raw


def formulas(raw: Any) -> tuple[Formula, ...]:
    """Read a list of formulas, unchecked against the series. Raises BadQuestion at ``formulas.<place>.<piece>``."""
    if not isinstance(raw, list):
        raise BadQuestion("formulas", _("Formulas are a list."))
    if len(raw) > MOST_FORMULAS:
        raise BadQuestion("formulas", _("At most %(most)s formulas.") % {"most": MOST_FORMULAS})
    return tuple(_formula(each, f"formulas.{place}") for place, each in enumerate(raw))


def _formula(raw: Any, part: str) -> Formula:
    if not isinstance(raw, Mapping) or not set(raw) <= {"text", "unit", "name"}:
        raise BadQuestion(part, _("A formula has “text”, “unit” and “name”."))
    text, name = raw.get("text", ""), raw.get("name", "")
    if not isinstance(text, str):
        raise BadQuestion(f"{part}.text", _("Write a formula, for example A / B."))
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        raise BadQuestion(f"{part}.name", _("A name has at most %(most)s characters.") % {"most": LONGEST_NAME})
    return Formula(text, reading_parts.choice(Unit, raw.get("unit", Unit.NUMBER), f"{part}.unit"), name.strip())


def as_data(asked: Asked) -> dict[str, Any]:
    """The series as ``parse`` reads it, with what its measure needs."""
    found: dict[str, Any] = {
        "event": asked.event,
        "measure": str(asked.measure),
        "filters": [conditions.as_data(each) for each in asked.filters],
    }
    if asked.measure in ACTIVE:
        found["days"] = asked.days
    if asked.measure in PER or asked.measure is Measure.PROPERTY:
        found["statistic"] = str(asked.statistic)
    return found | ({"property": asked.property} if asked.measure is Measure.PROPERTY else {})


def check(question: TrendQuestion) -> None:
    """Raises BadQuestion where parts that are right alone do not fit together."""
    letters = NAMES[: len(question.series)]
    for place, each in enumerate(question.formulas):
        try:
            formula.read(each.text, letters)
        except BadFormula as error:
            raise BadQuestion(f"formulas.{place}.text.{error.place}", str(error)) from None
    for name, asked in zip(letters, question.series, strict=True):
        if question.interval is Interval.HOUR and asked.measure in ACTIVE:
            raise BadQuestion("interval", _("Active ones are counted over whole days. Choose days or longer steps."))
        if question.is_cumulative and not adds_up(asked):
            raise BadQuestion(
                "cumulative", _("What series %(name)s measures does not add up over time.") % {"name": name}
            )
    if question.is_cumulative and question.smoothing:
        raise BadQuestion("smoothing", _("A running total needs no moving average. Choose one of them."))


def adds_up(asked: Asked) -> bool:
    """Whether there is a running total: of events, of sums, of different or first ones; not of averages."""
    is_sum = asked.measure is Measure.PROPERTY and asked.statistic is Statistic.SUM
    return is_sum or asked.measure is Measure.COUNT or asked.measure in DIFFERENT | FIRST
