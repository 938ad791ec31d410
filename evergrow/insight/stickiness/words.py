"""How the pieces of a stickiness question are said."""

from django.utils.functional import Promise
from django.utils.translation import ngettext, pgettext_lazy

from evergrow.insight.period import Interval
from evergrow.insight.presence.words import SUBJECTS as SUBJECTS
from evergrow.insight.presence.words import amount as amount
from evergrow.insight.presence.words import condition as condition
from evergrow.insight.presence.words import span as span
from evergrow.insight.stickiness.question import StickinessQuestion, View

Words = str | Promise

VIEWS: dict[View, Words] = {
    View.INTERVALS: pgettext_lazy("view of stickiness", "Regularity"),
    View.RATIO: pgettext_lazy("view of stickiness", "DAU/MAU"),
    View.POWER: pgettext_lazy("view of stickiness", "Power users"),
}


def so_many(interval: Interval, count: int, *, or_more: bool = False) -> str:
    """``3 days``, ``3 days or more``."""
    if or_more:
        return {
            Interval.DAY: ngettext("%(n)s day or more", "%(n)s days or more", count),
            Interval.WEEK: ngettext("%(n)s week or more", "%(n)s weeks or more", count),
            Interval.MONTH: ngettext("%(n)s month or more", "%(n)s months or more", count),
        }[interval] % {"n": count}
    return {
        Interval.DAY: ngettext("%(n)s day", "%(n)s days", count),
        Interval.WEEK: ngettext("%(n)s week", "%(n)s weeks", count),
        Interval.MONTH: ngettext("%(n)s month", "%(n)s months", count),
    }[interval] % {"n": count}


def least_notes(question: StickinessQuestion) -> tuple[str, ...]:
    """What being there takes, where once is not enough."""
    if question.least == 1:
        return ()
    return (ngettext("at least %(n)s time each", "at least %(n)s times each", question.least) % {"n": question.least},)
