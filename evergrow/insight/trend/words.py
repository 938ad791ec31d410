"""How the pieces of a trend are said: measures, ranges, buckets, parts, conditions."""

from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from evergrow.insight import facts
from evergrow.insight.conditions import Check, Condition, Topic
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Bucket, Interval, Last, Range
from evergrow.insight.trend.question import Comparison, Measure
from evergrow.insight.trend.result import Part, TrendResult
from evergrow.lib import moments, numerals

Words = str | Promise

MEASURES: dict[Measure, Words] = {
    Measure.ACCOUNTS: pgettext_lazy("trend measure", "Accounts"),
    Measure.PEOPLE: pgettext_lazy("trend measure", "People"),
    Measure.COUNT: pgettext_lazy("trend measure", "Times"),
}
INTERVALS: dict[Interval, Words] = {
    Interval.DAY: gettext_lazy("Day"),
    Interval.WEEK: gettext_lazy("Week"),
    Interval.MONTH: gettext_lazy("Month"),
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


def amount(measure: Measure, value: float, language: str) -> str:
    """A value with its unit: ``1,204 accounts``, ``1,204 家客户``."""
    shown, whole = numerals.number(value, language), round(value)
    return {
        Measure.ACCOUNTS: ngettext("%(n)s account", "%(n)s accounts", whole),
        Measure.PEOPLE: ngettext("%(n)s person", "%(n)s people", whole),
        Measure.COUNT: ngettext("%(n)s time", "%(n)s times", whole),
    }[measure] % {"n": shown}


def range_words(asked: Range, today: date, language: str) -> str:
    """``Last 12 weeks``, or the two days."""
    return last_words(asked) if isinstance(asked, Last) else span(asked.first, asked.last, today, language)


def last_words(asked: Last) -> str:
    """``Last 12 weeks``."""
    return {
        Interval.DAY: ngettext("Last %(n)s day", "Last %(n)s days", asked.count),
        Interval.WEEK: ngettext("Last %(n)s week", "Last %(n)s weeks", asked.count),
        Interval.MONTH: ngettext("Last %(n)s month", "Last %(n)s months", asked.count),
    }[asked.unit] % {"n": asked.count}


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
    """A bucket's full name: ``16–22 Mar``, ``Mar 2026``, ``25 Mar``; a cut month is told by its days."""
    if interval is Interval.MONTH and bucket.short != "cut":
        return moments.month_text(bucket.first, language)
    last = bucket.last
    if interval is Interval.WEEK and bucket.short == "running":
        last = bucket.first + timedelta(days=6)
    return span(bucket.first, last, today, language)


def axis_words(bucket: Bucket, interval: Interval, language: str) -> str:
    """The shortest name, for an axis."""
    if interval is Interval.MONTH:
        return moments.month_text(bucket.first, language)
    return moments.axis_day(bucket.first, language)


def short_words(bucket: Bucket) -> str:
    """Why a bucket is not a full observation; "" for a full one."""
    return {"": "", "running": _("still running"), "cut": _("cut by the range")}[bucket.short]


def topic(found: Topic) -> str:
    """``Plan`` for a fact of accounts; a property's own name otherwise."""
    return str(facts.get(found.key).label) if found.kind == "account" else found.key


def value(found: Topic, text: str) -> str:
    """A value of a topic as the reader knows it; an empty text is said to be one."""
    if text == "":
        return pgettext("trend", "(empty)")
    return facts.get(found.key).shown(text) if found.kind == "account" else text


def part(found: Part, result: TrendResult, names: EventNames, language: str) -> str:
    """The name of a line."""
    question = result.question
    if found.kind == "whole" or question.split is None:
        return names.shown(question.event, language)
    if found.kind == "not_set":
        return pgettext("trend", "(not set)")
    if found.kind == "other":
        count = result.parts - sum(series.part.kind != "other" for series in result.series)
        return pgettext("parts of a breakdown", "Other (%(n)s)") % {"n": numerals.number(count, language)}
    return value(question.split.by, found.value)


def condition(found: Condition) -> str:
    """``Plan is Pro, Basic``."""
    values = ", ".join(value(found.topic, text) for text in found.values)
    return " ".join(filter(None, [topic(found.topic), str(CHECKS[found.test]), values]))
