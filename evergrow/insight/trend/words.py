"""How the pieces of a trend are said: ranges, buckets, parts, conditions. Measures are said in ``measure_words``."""

from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from evergrow.insight import facts
from evergrow.insight.conditions import Check, Condition, Topic
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Bucket, Interval, Last, Range
from evergrow.insight.trend.measure_words import MEASURES as MEASURES
from evergrow.insight.trend.measure_words import amount as amount
from evergrow.insight.trend.measure_words import measure
from evergrow.insight.trend.question import NAMES, Asked, Comparison, TrendQuestion
from evergrow.insight.trend.result import Part, Series, TrendResult
from evergrow.lib import moments, numerals

Words = str | Promise

INTERVALS: dict[Interval, Words] = {
    Interval.HOUR: gettext_lazy("Hour"),
    Interval.DAY: gettext_lazy("Day"),
    Interval.WEEK: gettext_lazy("Week"),
    Interval.MONTH: gettext_lazy("Month"),
    Interval.QUARTER: gettext_lazy("Quarter"),
    Interval.YEAR: gettext_lazy("Year"),
}
COMPARISONS: dict[Comparison, Words] = {
    Comparison.NONE: gettext_lazy("No comparison"),
    Comparison.BEFORE: gettext_lazy("Period before"),
    Comparison.YEAR: gettext_lazy("A year before"),
}
CHECKS: dict[Check, Words] = {
    Check.IS: pgettext_lazy("test of a filter", "is"),
    Check.IS_NOT: pgettext_lazy("test of a filter", "is not"),
    Check.CONTAINS: pgettext_lazy("test of a filter", "contains"),
    Check.IS_SET: pgettext_lazy("test of a filter", "is set"),
    Check.IS_NOT_SET: pgettext_lazy("test of a filter", "is not set"),
    Check.OVER: pgettext_lazy("test of a filter", "greater than"),
    Check.UNDER: pgettext_lazy("test of a filter", "less than"),
}


def range_words(asked: Range, today: date, language: str) -> str:
    """``Last 12 weeks``, or the two days."""
    return last_words(asked) if isinstance(asked, Last) else span(asked.first, asked.last, today, language)


def last_words(asked: Last) -> str:
    """``Last 12 weeks``."""
    return {
        Interval.DAY: ngettext("Last %(n)s day", "Last %(n)s days", asked.count),
        Interval.WEEK: ngettext("Last %(n)s week", "Last %(n)s weeks", asked.count),
        Interval.MONTH: ngettext("Last %(n)s month", "Last %(n)s months", asked.count),
        Interval.QUARTER: ngettext("Last %(n)s quarter", "Last %(n)s quarters", asked.count),
        Interval.YEAR: ngettext("Last %(n)s year", "Last %(n)s years", asked.count),
    }[asked.unit] % {"n": asked.count}


def periods(count: int, interval: Interval) -> str:
    """``7 weeks``: a length counted in periods."""
    return {
        Interval.HOUR: ngettext("%(n)s hour", "%(n)s hours", count),
        Interval.DAY: ngettext("%(n)s day", "%(n)s days", count),
        Interval.WEEK: ngettext("%(n)s week", "%(n)s weeks", count),
        Interval.MONTH: ngettext("%(n)s month", "%(n)s months", count),
        Interval.QUARTER: ngettext("%(n)s quarter", "%(n)s quarters", count),
        Interval.YEAR: ngettext("%(n)s year", "%(n)s years", count),
    }[interval] % {"n": count}


def smoothing(question: TrendQuestion) -> str:
    """``Moving average over 7 weeks``; "" where there is none."""
    if not question.smoothing:
        return ""
    return _("Moving average over %(periods)s") % {"periods": periods(question.smoothing, question.interval)}


def span(first: date, last: date, today: date, language: str) -> str:
    """``16–22 Mar``, ``30 Mar – 5 Apr``, ``3月16日–22日``."""
    end = moments.day_text(last, today, language)
    if first == last:
        return end
    if (first.year, first.month) != (last.year, last.month):
        dash = "–" if numerals.is_chinese(language) else " – "
        return f"{moments.day_text(first, today, language)}{dash}{end}"
    if numerals.is_chinese(language):
        return f"{moments.day_text(first, today, language)}–{last.day}日"
    return f"{first.day}–{end}"


def bucket_words(bucket: Bucket, interval: Interval, today: date, language: str) -> str:
    """A bucket's full name: ``16–22 Mar``, ``Mar 2026``, ``25 Mar 14:00``; a cut month is told by its days."""
    if interval is Interval.HOUR:
        return f"{moments.day_text(bucket.first, today, language)} {_clock(bucket)}"
    if interval in (Interval.MONTH, Interval.QUARTER, Interval.YEAR) and bucket.short != "cut":
        return axis_words(bucket, interval, language)
    last = bucket.last
    if interval is Interval.WEEK and bucket.short == "running":
        last = bucket.first + timedelta(days=6)
    return span(bucket.first, last, today, language)


def axis_words(bucket: Bucket, interval: Interval, language: str) -> str:
    """The shortest name, for an axis."""
    day = bucket.first
    if interval is Interval.HOUR:
        return f"{moments.axis_day(day, language)} {_clock(bucket)}"
    if interval is Interval.MONTH:
        return moments.month_text(day, language)
    if interval is Interval.QUARTER:
        return pgettext("quarter", "Q%(n)s %(year)s") % {"n": (day.month + 2) // 3, "year": day.year}
    if interval is Interval.YEAR:
        return pgettext("year", "%(year)s") % {"year": day.year}
    return moments.axis_day(day, language)


def _clock(bucket: Bucket) -> str:
    return _("%(time)s again") % {"time": bucket.clock} if bucket.is_again else bucket.clock


def short_words(bucket: Bucket, *, is_full: bool = True) -> str:
    """Why a point is not a full observation; "" for a full one."""
    if not bucket.short and not is_full:
        return _("window not full")
    return {"": "", "running": _("still running"), "cut": _("cut by the range")}[bucket.short]


def topic(found: Topic) -> str:
    """``Plan`` for a fact of accounts; a property's own name otherwise."""
    return str(facts.get(found.key).label) if found.kind == "account" else found.key


def topics(question: TrendQuestion) -> str:
    """``Plan × Country``; "" without a breakdown."""
    return " × ".join(topic(each) for each in question.split.by) if question.split else ""


def value(found: Topic, text: str) -> str:
    """A value of a topic as the reader knows it; an empty text is said to be one."""
    if text == "":
        return pgettext("trend", "(empty)")
    return facts.get(found.key).shown(text) if found.kind == "account" else text


def part(found: Part, result: TrendResult, names: EventNames, language: str) -> str:
    """The name of a part of the breakdown; of everything together, of the first event."""
    question = result.question
    if found.kind == "whole" or question.split is None:
        return names.shown(question.first.event, language)
    if found.kind == "other":
        shown = {series.part.code for series in result.lines if series.part.kind != "other"}
        count = numerals.number(result.parts - len(shown), language)
        return pgettext("parts of a breakdown", "Other (%(n)s)") % {"n": count}
    return part_value(question, found)


def part_value(question: TrendQuestion, found: Part) -> str:
    """``Pro``, ``Pro · CN``, ``(not set)``; for “other” just that."""
    assert question.split is not None
    kinds = {"not_set": pgettext("trend", "(not set)"), "other": pgettext("trend", "Other")}
    if found.kind in kinds:
        return kinds[found.kind]
    values = found.values or (found.value,)
    pairs = zip(question.split.by, values, strict=False)
    return " · ".join(kinds["not_set"] if text is None else value(by, text) for by, text in pairs)


def made_of(place: int, question: TrendQuestion, names: EventNames, language: str) -> str:
    """The name of a series or a formula: its event where that tells it from the others, else what it measures."""
    known = len(question.series)
    if place >= known:
        formula = question.formulas[place - known]
        return formula.name or formula.text
    asked = question.series[place]
    if known == 1:
        return names.shown(asked.event, language)
    return f"{NAMES[place]} {_distinct(asked, question, names, language)}"


def _distinct(asked: Asked, question: TrendQuestion, names: EventNames, language: str) -> str:
    event, what = names.shown(asked.event, language), measure(asked)
    events = {each.event for each in question.series}
    measures = {measure(each) for each in question.series}
    if len(events) == len(question.series) or len(measures) == 1:
        return event
    return what if len(events) == 1 else f"{event} · {what}"


def line(series: Series, result: TrendResult, names: EventNames, language: str) -> str:
    """The name of a line: what it is made of, where there is more than one, and its part of the breakdown."""
    question = result.question
    if series.part.kind == "whole" or question.split is None:
        return made_of(series.place, question, names, language)
    shown, known = part(series.part, result, names, language), len(question.series)
    if known + len(question.formulas) == 1:
        return shown
    is_letter = series.place < known
    return f"{NAMES[series.place] if is_letter else made_of(series.place, question, names, language)} {shown}"


def condition(found: Condition) -> str:
    """``Plan is Pro, Basic``."""
    values = ", ".join(value(found.topic, text) for text in found.values)
    return " ".join(filter(None, [topic(found.topic), str(CHECKS[found.test]), values]))
