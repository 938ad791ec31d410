"""Who was there so often, or on the days up to one, as criteria."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from evergrow.insight import as_criteria as say
from evergrow.insight.as_criteria import Part, Unsaid
from evergrow.insight.period import Between, Interval, Last
from evergrow.insight.presence.source import Subject
from evergrow.insight.stickiness import plan
from evergrow.insight.stickiness.question import StickinessQuestion, View

MOST_BLOCKS = 30
DAYS_OF = {Interval.DAY: 1, Interval.WEEK: 7}


def of_days(question: StickinessQuestion, days: Between) -> Part:
    """There on some day of these; with several events a day asked for, only of a single day."""
    if question.least > 1 and days.first != days.last:
        raise Unsaid(_several_a_day())
    return _with_traits(question, [_done(question, say.within(days))])


def of_regulars(
    question: StickinessQuestion, days: Between, starts: Sequence[date], count: int, *, or_more: bool, is_before: bool
) -> Part:
    """There in exactly ``count`` intervals (in at least so many with ``or_more``); ``starts`` are their first days.

    Days are counted by criteria. Of weeks and months, and where a day asks for several events, only “in all” and “in
    any” can be said. Ranges of the last days move on with today.
    """
    if plan.interval_of(question) is Interval.DAY and question.least == 1:
        bound = "at_least" if or_more else "exactly"
        within = _moving(question, is_before=is_before) or say.within(days)
        return _with_traits(question, [_done(question, within, {"measure": {"days": ""}, bound: count})])
    blocks = _blocks(days, starts)
    if count == len(blocks) <= MOST_BLOCKS:
        return _with_traits(question, [_done(question, say.within(each)) for each in blocks])
    if count == 1 and or_more:
        if question.least == 1:
            return _with_traits(question, [_done(question, say.within(days))])
        if len(blocks) <= MOST_BLOCKS:
            return _with_traits(question, [say.any_of([_done(question, say.within(each)) for each in blocks])])
    raise Unsaid(_several_a_day() if question.least > 1 else _("Criteria count days, not weeks or months."))


def _several_a_day() -> str:
    return _("Criteria count days on which something was done at all, not those on which it was done several times.")


def _done(question: StickinessQuestion, within: Part, more: Part | None = None) -> Part:
    times = {"times": {"at_least": question.least}} if question.least > 1 else {}
    return say.did(question.event, say.of_events(question.filters), within, {**times, **(more or {})})


def _with_traits(question: StickinessQuestion, parts: Sequence[Part]) -> Part:
    return say.every([*parts, *say.traits(question.filters, are_people=question.subject is Subject.PERSON)])


def _moving(question: StickinessQuestion, *, is_before: bool) -> Part | None:
    """The days that end with yesterday, or as many before them, seen from today; None for ranges that stay."""
    count = question.window if question.view is View.POWER else _last_days(question)
    if not count or (question.view is View.POWER and not isinstance(question.range, Last)):
        return None
    ends = count + 1 if is_before else 1
    return {"from": _ago(ends + count - 1), "to": _ago(ends)}


def _last_days(question: StickinessQuestion) -> int:
    asked = question.range
    return asked.count * DAYS_OF.get(asked.unit, 0) if isinstance(asked, Last) else 0


def _ago(days: int) -> Part:
    return {"ago": days, "unit": "days"}


def _blocks(days: Between, starts: Sequence[date]) -> list[Between]:
    """The intervals by their days, the oldest first; ``starts`` come latest first."""
    firsts = sorted(starts)
    lasts = [*(each - timedelta(days=1) for each in firsts[1:]), days.last]
    return [Between(first, last) for first, last in zip(firsts, lasts, strict=True)]
