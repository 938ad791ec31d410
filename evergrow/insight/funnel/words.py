"""How the pieces of a funnel are said: who, in which order and time, steps, parts, lengths of time."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from evergrow.insight.event_names import EventNames
from evergrow.insight.funnel.groups import Compared
from evergrow.insight.funnel.question import (
    Attribution,
    Counting,
    Exclusion,
    FunnelQuestion,
    Order,
    Split,
    Start,
    Step,
    Subject,
    Unit,
    Window,
)
from evergrow.insight.funnel.result import FunnelResult
from evergrow.insight.trend import words as trend
from evergrow.insight.trend.result import Part
from evergrow.lib import bilingual, moments, numerals

Words = str | Promise

SUBJECTS: dict[Subject, Words] = {
    Subject.PEOPLE: pgettext_lazy("trend measure", "People"),
    Subject.ACCOUNTS: pgettext_lazy("trend measure", "Accounts"),
    Subject.SESSIONS: pgettext_lazy("funnel", "Sessions"),
}
ORDERS: dict[Order, Words] = {
    Order.ORDERED: gettext_lazy("one after another"),
    Order.STRICT: gettext_lazy("with nothing in between"),
    Order.ANY: gettext_lazy("in any order"),
}
STARTS: dict[Start, Words] = {
    Start.LATEST: gettext_lazy("the start that leads furthest"),
    Start.FIRST: gettext_lazy("the first start only"),
}
COUNTINGS: dict[Counting, Words] = {
    Counting.UNIQUE: gettext_lazy("each once"),
    Counting.TOTALS: gettext_lazy("every try"),
}
ATTRIBUTIONS: dict[Attribution, Words] = {
    Attribution.FIRST: gettext_lazy("value at the first step"),
    Attribution.LAST: gettext_lazy("value at the last step reached"),
    Attribution.STEP: gettext_lazy("value at a certain step"),
    Attribution.ALL: gettext_lazy("each value a funnel of its own"),
}
UNITS: dict[Unit, Words] = {
    Unit.MINUTE: pgettext_lazy("unit of a window", "minutes"),
    Unit.HOUR: pgettext_lazy("unit of a window", "hours"),
    Unit.DAY: pgettext_lazy("unit of a window", "days"),
    Unit.WEEK: pgettext_lazy("unit of a window", "weeks"),
    Unit.MONTH: pgettext_lazy("unit of a window", "months"),
}


def amount(question: FunnelQuestion, value: int, language: str) -> str:
    """``1,204 people``, ``1,204 人``; tries where every try counts."""
    shown = numerals.number(value, language)
    if question.counting is Counting.TOTALS:
        return ngettext("%(n)s try", "%(n)s tries", value) % {"n": shown}
    return {
        Subject.PEOPLE: ngettext("%(n)s person", "%(n)s people", value),
        Subject.ACCOUNTS: ngettext("%(n)s account", "%(n)s accounts", value),
        Subject.SESSIONS: ngettext("%(n)s session", "%(n)s sessions", value),
    }[question.subject] % {"n": shown}


def window(found: Window) -> str:
    """``14 days``."""
    return {
        Unit.MINUTE: ngettext("%(n)s minute", "%(n)s minutes", found.count),
        Unit.HOUR: ngettext("%(n)s hour", "%(n)s hours", found.count),
        Unit.DAY: ngettext("%(n)s day", "%(n)s days", found.count),
        Unit.WEEK: ngettext("%(n)s week", "%(n)s weeks", found.count),
        Unit.MONTH: ngettext("%(n)s month", "%(n)s months", found.count),
    }[found.unit] % {"n": found.count}


def step(question: FunnelQuestion, place: int, names: EventNames, language: str) -> str:
    """``Create project``; where order does not matter ``any 2 steps``."""
    if question.order is Order.ANY:
        return ngettext("any %(n)s step", "any %(n)s steps", place + 1) % {"n": place + 1}
    return event(question.steps[place], names, language)


def event(found: Step | Exclusion, names: EventNames, language: str) -> str:
    """The event of a step with its filters."""
    filters = "; ".join(trend.condition(condition) for condition in found.filters)
    return names.shown(found.event, language) + (f" ({filters})" if filters else "")


def title(question: FunnelQuestion, names: EventNames, language: str) -> str:
    """``Create workspace → Convert to paid``."""
    ends = question.steps[0], question.steps[-1]
    return " → ".join(names.shown(each.event, language) for each in ends)


def exclusion(found: Exclusion, names: EventNames, language: str) -> str:
    """``no “Cancel” between step 1 and step 2``."""
    return _("no “%(event)s” between step %(after)s and step %(before)s") % {
        "event": event(found, names, language),
        "after": found.after,
        "before": found.before,
    }


def attribution(split: Split) -> str:
    """Which value counts."""
    return {
        Attribution.FIRST: _("value at the first step"),
        Attribution.LAST: _("value at the last step reached"),
        Attribution.STEP: _("value at step %(n)s") % {"n": split.step},
        Attribution.ALL: _("each value a funnel of its own"),
    }[split.attribution]


def part(found: Part, result: FunnelResult, language: str) -> str:
    """The name of a part of the breakdown."""
    split = result.question.split
    if found.kind == "whole" or split is None:
        return _("All together")
    if found.kind == "not_set":
        return pgettext("trend", "(not set)")
    if found.kind == "other":
        named = sum(branch.part.kind != "other" for branch in result.parts)
        return pgettext("parts of a breakdown", "Other (%(n)s)") % {
            "n": numerals.number(result.parts_found - named, language)
        }
    return trend.value(split.by, found.value)


def compared(found: Compared, result: FunnelResult, language: str) -> str:
    """The name of a group that is compared: a part of the breakdown, or a segment."""
    return bilingual.pick(found.names, language) if found.names else part(found.branch.part, result, language)


def length(seconds: float, language: str) -> str:
    """``3 d``, ``26 h``; no time at all is said to be that."""
    return _("at once") if seconds <= 0 else moments.duration(seconds, language)


def share(value: float | None, language: str) -> str:
    """``58.5%``."""
    return numerals.percent(value, language, 1)
