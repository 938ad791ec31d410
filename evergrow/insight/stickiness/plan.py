"""From a question to a plan that needs no more thought: whole intervals counted back from the end of the range."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from evergrow.customers.models import Account
from evergrow.insight import period
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import Between, Interval, Last, Range
from evergrow.insight.presence import source
from evergrow.insight.presence.source import Source
from evergrow.insight.stickiness.question import EVERY_EVENT, StickinessQuestion, View
from evergrow.workspaces.models import Workspace

MOST_INTERVALS = period.MOST_BUCKETS


@dataclass(frozen=True, slots=True)
class Plan:
    """``starts`` are the first days of the intervals, the latest first; the last one ends with ``days.last``."""

    question: StickinessQuestion
    source: Source
    today: date
    interval: Interval
    days: Between
    starts: tuple[date, ...]

    @property
    def before(self) -> Between:
        """As many days, right before these."""
        size = (self.days.last - self.days.first).days + 1
        return Between(self.days.first - timedelta(days=size), self.days.first - timedelta(days=1))


def make(
    question: StickinessQuestion, workspace: Workspace, *, today: date, visible: QuerySet[Account] | None = None
) -> Plan:
    """Settle days, intervals, accounts and table. ``visible`` limits the answer to these accounts (``None``: no limit).

    Raises BadQuestion when the range cannot be used.
    """
    interval = interval_of(question)
    last, first = settle(question.range, today)
    if question.view is View.POWER:
        first = last - timedelta(days=question.window - 1)
    starts = count_back(first, last, interval)
    events = () if question.event == EVERY_EVENT else (question.event,)
    return Plan(
        question=question,
        source=source.find(workspace, question.subject, events, question.filters, visible=visible),
        today=today,
        interval=interval,
        days=Between(starts[-1], last),
        starts=starts,
    )


def interval_of(question: StickinessQuestion) -> Interval:
    """What is counted: the asked interval, or days where the view is about days."""
    return question.interval if question.view is View.INTERVALS else Interval.DAY


def settle(asked: Range, today: date) -> tuple[date, date]:
    """The last day, which is over, and the first. "The last 30 days" are those that end with yesterday.

    Raises BadQuestion when no day of the range is over, or it begins before 1971.
    """
    last = today - timedelta(days=1)
    if isinstance(asked, Last):
        first = back(today, asked.count, asked.unit)
    else:
        first, last = asked.first, min(asked.last, last)
    if first > last:
        raise BadQuestion(
            "range.from", _("Today is not over, and is counted from tomorrow on. Begin with an earlier day.")
        )
    if first < period.EARLIEST:
        raise BadQuestion("range", _("The range begins before 1971. Choose a later day."))
    return last, first


def count_back(first: date, last: date, interval: Interval) -> tuple[date, ...]:
    """First days of whole intervals, counted back from ``last`` until ``first`` is reached; the latest first.

    Raises BadQuestion when there would be more than anyone can read.
    """
    found: list[date] = []
    while not found or found[-1] > first:
        found.append(back(last + timedelta(days=1), len(found) + 1, interval))
        if len(found) > MOST_INTERVALS:
            raise BadQuestion(
                "range",
                _("That is more than %(most)s intervals. Choose a shorter range or longer intervals.")
                % {"most": MOST_INTERVALS},
            )
    return tuple(found)


def back(day: date, count: int, interval: Interval) -> date:
    """``day`` moved back; by months to the same day of the month, or to its last one where it is shorter."""
    try:
        if interval in (Interval.DAY, Interval.WEEK):
            return day - timedelta(days=count * (7 if interval is Interval.WEEK else 1))
        months = count * {"quarter": 3, "year": 12}.get(interval, 1)
        begin = period.step(period.begin(day, Interval.MONTH, 0), -months, Interval.MONTH)
    except (OverflowError, ValueError):
        return date.min
    length = (period.step(begin, 1, Interval.MONTH) - begin).days
    return begin.replace(day=min(day.day, length))
