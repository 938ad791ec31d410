"""Values, numbers, days and lengths of time of criteria in the reader's language."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import get_language, gettext, ngettext, pgettext

from evergrow.customers.criteria.providers import Words
from evergrow.customers.criteria.tree import Bounds
from evergrow.customers.criteria.windows import Between, DayRef, Last, Relative, Span, Window
from evergrow.lib import moments

LONG_AGO = date(1, 1, 1)
SHOWN = 5


def quoted(text: str) -> str:
    """``“Pro”``."""
    return gettext("“%(text)s”") % {"text": text}


def value(raw: Any, choices: Mapping[str, Words]) -> str:
    """A value to compare with, by its label where it has one."""
    if isinstance(raw, bool):
        return gettext("true") if raw else gettext("false")
    if isinstance(raw, int | float):
        return number(raw)
    return quoted(str(choices.get(raw, raw)))


def values(raw: Iterable[Any], choices: Mapping[str, Words]) -> str:
    """Several values: ``“Pro”, “Business”``; more than a handful are counted."""
    told = [value(each, choices) for each in raw]
    if len(told) > SHOWN:
        more = gettext("%(count)s more") % {"count": len(told) - SHOWN}
        told = [*told[:SHOWN], more]
    return pgettext("between the parts of a list", ", ").join(told)


def number(raw: float) -> str:
    """``1,000`` or ``2.5``."""
    return f"{int(raw):,}" if raw == int(raw) and abs(raw) < 1e15 else f"{raw:,}"


def span(of: Span) -> str:
    """``30 days``, ``5 working days``."""
    words = {
        "hours": ngettext("%(count)s hour", "%(count)s hours", of.n),
        "days": ngettext("%(count)s day", "%(count)s days", of.n),
        "working_days": ngettext("%(count)s working day", "%(count)s working days", of.n),
        "weeks": ngettext("%(count)s week", "%(count)s weeks", of.n),
        "months": ngettext("%(count)s month", "%(count)s months", of.n),
    }
    return words[of.unit] % {"count": of.n}


def day(ref: DayRef) -> str:
    """``1 Mar 2026``, ``30 days ago``, ``in 90 days``, ``today``."""
    if not isinstance(ref, Relative):
        return moments.day_text(ref, LONG_AGO, get_language() or "en")
    if ref.n == 0:
        return gettext("today")
    length = span(Span(ref.n, ref.unit))
    words = gettext("%(length)s from today") if ref.is_ahead else gettext("%(length)s ago")
    return words % {"length": length}


def last(of: Span) -> str:
    """``the last 30 days (incl. today)``."""
    if of.unit == "hours":
        return gettext("the last %(length)s") % {"length": span(of)}
    return gettext("the last %(length)s (incl. today)") % {"length": span(of)}


def window(of: Window | None) -> str:
    """When: ``in the last 30 days (incl. today)``, ``from … to …``; "" for ever."""
    if of is None:
        return ""
    if isinstance(of, Last):
        return gettext("in %(time)s") % {"time": last(of.span)}
    return _between(of)


def _between(of: Between) -> str:
    parts = {
        "first": "" if of.first is None else day(of.first),
        "last": "" if of.last is None else day(of.last),
        "before": "" if of.before is None else day(of.before),
    }
    if of.first is not None and of.last is not None:
        return gettext("from %(first)s to %(last)s") % parts
    if of.first is not None and of.before is not None:
        return gettext("from %(first)s to before %(before)s") % parts
    if of.first is not None:
        return gettext("since %(first)s") % parts
    return gettext("until %(last)s") % parts if of.last is not None else gettext("before %(before)s") % parts


def times(bounds: Bounds) -> str:
    """``at least 3 times``, ``exactly once`` in plain numbers."""
    most = int(bounds.values[-1])
    words = {
        "at_least": ngettext("at least %(a)s time", "at least %(a)s times", most),
        "at_most": ngettext("at most %(a)s time", "at most %(a)s times", most),
        "exactly": ngettext("exactly %(a)s time", "exactly %(a)s times", most),
        "over": ngettext("more than %(a)s time", "more than %(a)s times", most),
        "under": ngettext("fewer than %(a)s time", "fewer than %(a)s times", most),
        "between": ngettext("%(a)s to %(b)s time", "%(a)s to %(b)s times", most),
    }
    return words[bounds.op] % {"a": number(bounds.values[0]), "b": number(bounds.values[-1])}


def bounds(of: Bounds) -> str:
    """``is at least 100``."""
    words = {
        "at_least": gettext("is at least %(a)s"),
        "at_most": gettext("is at most %(a)s"),
        "exactly": gettext("is exactly %(a)s"),
        "over": gettext("is over %(a)s"),
        "under": gettext("is under %(a)s"),
        "between": gettext("is between %(a)s and %(b)s"),
    }
    return words[of.op] % {"a": number(of.values[0]), "b": number(of.values[-1])}
