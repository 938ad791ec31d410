"""Which periods after the start a column covers, and which cells are full observations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from evergrow.insight.period import Bucket, Interval, begin
from evergrow.insight.retention.question import RetentionQuestion, Returning

# How long a period of one's own is in rolling mode
LENGTHS = {Interval.DAY: timedelta(hours=24), Interval.WEEK: timedelta(days=7), Interval.MONTH: timedelta(days=30)}


@dataclass(frozen=True, slots=True)
class Column:
    """From one period after the start to another, both counted; ``last`` is None for "and all later ones"."""

    first: int
    last: int | None

    @property
    def known_from(self) -> int:
        """The period that must be over before the column is a full observation."""
        return self.first if self.last is None else self.last


def columns(question: RetentionQuestion) -> tuple[Column, ...]:
    """The columns a question asks for, before it is known which have begun."""
    if question.returning is Returning.BRACKETS:
        return tuple(Column(each.first, each.last) for each in question.brackets)
    is_open = question.returning is Returning.ON_OR_AFTER
    return tuple(Column(place, None if is_open else place) for place in range(question.periods + 1))


def place(day: date, anchor: date, interval: Interval, week_start: int) -> int:
    """How many periods after the one that begins on ``anchor`` a day lies; negative before it."""
    start = begin(day, interval, week_start)
    if interval is Interval.MONTH:
        return (start.year - anchor.year) * 12 + start.month - anchor.month
    return (start - anchor).days // (7 if interval is Interval.WEEK else 1)


@dataclass(frozen=True, slots=True)
class CalendarProgress:
    """How far time has come, in periods of the calendar. ``running`` is the place of today's period."""

    running: int

    def has_begun(self, cohort: int, column: Column) -> bool:
        return cohort + column.first <= self.running

    def is_over(self, cohort: int, column: Column) -> bool:
        return cohort + column.known_from < self.running


@dataclass(frozen=True, slots=True)
class RollingProgress:
    """How far time has come for cohorts whose members each count from their own start.

    ``earliest`` and ``latest`` are the moments between which the members of each cohort can have begun.
    """

    now: datetime
    length: timedelta
    earliest: Sequence[datetime]
    latest: Sequence[datetime]

    def has_begun(self, cohort: int, column: Column) -> bool:
        return self.earliest[cohort] + column.first * self.length <= self.now

    def is_over(self, cohort: int, column: Column) -> bool:
        return self.latest[cohort] + (column.known_from + 1) * self.length <= self.now


Progress = CalendarProgress | RollingProgress


def rolling_progress(cohorts: Sequence[Bucket], interval: Interval, now: datetime, zone: tzinfo) -> RollingProgress:
    """Progress of cohorts whose days begin and end at midnight in ``zone``."""
    return RollingProgress(
        now,
        LENGTHS[interval],
        tuple(midnight(each.first, zone) for each in cohorts),
        tuple(midnight(each.last + timedelta(days=1), zone) for each in cohorts),
    )


def midnight(day: date, zone: tzinfo) -> datetime:
    """When a day begins in a zone, in UTC."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)
