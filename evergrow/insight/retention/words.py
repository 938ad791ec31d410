"""How the pieces of a retention question are said: who, which cohorts, columns, steps."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Interval
from evergrow.insight.retention.question import INTERVALS, Clock, Cohorts, RetentionQuestion, Returning, Step, Subject
from evergrow.insight.retention.result import Cohort, RetentionResult, Series
from evergrow.insight.retention.spans import Column
from evergrow.insight.trend import words as trend
from evergrow.lib import numerals

Words = str | Promise

SUBJECTS: dict[Subject, Words] = {
    Subject.ACCOUNTS: pgettext_lazy("trend measure", "Accounts"),
    Subject.PEOPLE: pgettext_lazy("trend measure", "People"),
}
COHORTS: dict[Cohorts, Words] = {
    Cohorts.FIRST: gettext_lazy("the first time in the range"),
    Cohorts.FIRST_EVER: gettext_lazy("the first time ever"),
    Cohorts.RECURRING: gettext_lazy("every time"),
}
CLOCKS: dict[Clock, Words] = {
    Clock.CALENDAR: gettext_lazy("by the calendar"),
    Clock.ROLLING: gettext_lazy("from one’s own start"),
}
RETURNING: dict[Returning, Words] = {
    Returning.ON: gettext_lazy("in the period itself"),
    Returning.ON_OR_AFTER: gettext_lazy("in the period or later"),
    Returning.BRACKETS: gettext_lazy("in brackets of periods"),
}
INTERVAL_WORDS: dict[Interval, Words] = {interval: trend.INTERVALS[interval] for interval in INTERVALS}


def amount(subject: Subject, value: float, language: str) -> str:
    """``1,204 accounts``, ``1,204 家客户``."""
    shown, whole = numerals.number(value, language), round(value)
    if subject is Subject.ACCOUNTS:
        return ngettext("%(n)s account", "%(n)s accounts", whole) % {"n": shown}
    return ngettext("%(n)s person", "%(n)s people", whole) % {"n": shown}


def column(found: Column, interval: Interval) -> str:
    """``Week 3``; ``Week 3+`` with all later ones; ``Weeks 1–3``; the start's own period is ``Start week``."""
    if found.last is None:
        return _later(interval) % {"n": found.first}
    if found.first != found.last:
        return _bracket(interval) % {"first": found.first, "last": found.last}
    return (_start(interval) if found.first == 0 else _numbered(interval)) % {"n": found.first}


def _start(interval: Interval) -> str:
    return {Interval.DAY: _("Start day"), Interval.WEEK: _("Start week")}.get(interval, _("Start month"))


def _numbered(interval: Interval) -> str:
    found = {Interval.DAY: pgettext("retention", "Day %(n)s"), Interval.WEEK: pgettext("retention", "Week %(n)s")}
    return found.get(interval, pgettext("retention", "Month %(n)s"))


def _later(interval: Interval) -> str:
    found = {Interval.DAY: pgettext("retention", "Day %(n)s+"), Interval.WEEK: pgettext("retention", "Week %(n)s+")}
    return found.get(interval, pgettext("retention", "Month %(n)s+"))


def _bracket(interval: Interval) -> str:
    found = {
        Interval.DAY: pgettext("retention", "Days %(first)s–%(last)s"),
        Interval.WEEK: pgettext("retention", "Weeks %(first)s–%(last)s"),
    }
    return found.get(interval, pgettext("retention", "Months %(first)s–%(last)s"))


def in_column(found: Column, interval: Interval) -> str:
    """The same inside a sentence: ``in week 3``, ``in week 3 or later``, ``in weeks 1–3``."""
    if found.last is None:
        sentence = {
            Interval.DAY: _("on day {n} or later"),
            Interval.WEEK: _("in week {n} or later"),
        }.get(interval, _("in month {n} or later"))
        return sentence.format(n=found.first)
    if found.first != found.last:
        sentence = {
            Interval.DAY: _("on days {first}–{last}"),
            Interval.WEEK: _("in weeks {first}–{last}"),
        }.get(interval, _("in months {first}–{last}"))
        return sentence.format(first=found.first, last=found.last)
    if found.first == 0:
        return {
            Interval.DAY: _("on the start day"),
            Interval.WEEK: _("in the start week"),
        }.get(interval, _("in the start month"))
    sentence = {Interval.DAY: _("on day {n}"), Interval.WEEK: _("in week {n}")}.get(interval, _("in month {n}"))
    return sentence.format(n=found.first)


def cohort(found: Cohort, result: RetentionResult, language: str) -> str:
    """A cohort by its days: ``16–22 Mar``, ``Mar 2026``."""
    return trend.bucket_words(found.bucket, result.question.interval, result.today, language)


def cohort_note(found: Cohort) -> str:
    """Why a cohort is not one of a whole period; "" for a whole one."""
    return {"": "", "running": _("still growing"), "cut": _("cut by the range")}[found.bucket.short]


def step(found: Step, names: EventNames, language: str) -> str:
    """An event with its own conditions: ``Log in (Plan is Pro)``."""
    name = names.shown(found.event, language)
    if not found.filters:
        return name
    conditions = "; ".join(trend.condition(each) for each in found.filters)
    return pgettext("an event and its conditions", "%(event)s (%(conditions)s)") % {
        "event": name,
        "conditions": conditions,
    }


def part(found: Series, result: RetentionResult, language: str) -> str:
    """The name of a part of the breakdown."""
    kind, question = found.part.kind, result.question
    if kind == "whole" or question.split is None:
        return _("All together")
    if kind == "not_set":
        return pgettext("trend", "(not set)")
    if kind == "other":
        count = result.parts - sum(series.part.kind != "other" for series in result.series)
        return pgettext("parts of a breakdown", "Other (%(n)s)") % {"n": numerals.number(count, language)}
    return trend.value(question.split.by, found.part.value)


def title(question: RetentionQuestion, names: EventNames, language: str) -> str:
    """``Log in → Create project``."""
    start, back = names.shown(question.start.event, language), names.shown(question.back.event, language)
    return start if start == back else f"{start} → {back}"
