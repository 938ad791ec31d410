"""A slow and obvious answer to a trend, read from the definition: plain loops over plain events."""

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from evergrow.insight import conditions
from evergrow.insight.conditions import NUMBER
from evergrow.insight.period import Between, Interval, Last
from evergrow.insight.trend.question import (
    ACTIVE,
    FIRST,
    OF_ACCOUNTS,
    OF_PEOPLE,
    OF_SESSIONS,
    PER,
    Asked,
    Measure,
    Statistic,
    TrendQuestion,
)

Value = float | None
QUANTILES = {
    Statistic.MEDIAN: 0.5,
    Statistic.P75: 0.75,
    Statistic.P90: 0.9,
    Statistic.P95: 0.95,
    Statistic.P99: 0.99,
}
HALF_AN_HOUR = timedelta(minutes=30)


@dataclass(frozen=True)
class Happened:
    event: str
    at: datetime
    person: int = 0
    account: int = 0
    properties: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class World:
    """All that a question can see; ``merges`` lead from a person to who it turned out to be."""

    events: Sequence[Happened]
    zone: str = "Asia/Shanghai"
    week_start: int = 0
    today: date = date(2026, 3, 25)
    merges: Mapping[int, int] = field(default_factory=dict)
    facts: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    visible: frozenset[int] | None = None
    until: time = time(23, 59)

    def day(self, event: Happened) -> date:
        return event.at.astimezone(ZoneInfo(self.zone)).date()

    def who(self, event: Happened) -> int:
        return self.merges.get(event.person, event.person)

    @property
    def now(self) -> datetime:
        return datetime.combine(self.today, self.until, ZoneInfo(self.zone)).astimezone(UTC)


@dataclass(frozen=True)
class Span:
    """A period: whole days, or of an hour the moments from which and before which it lasts."""

    first: date
    last: date
    at: datetime | None = None
    until: datetime | None = None

    def has(self, at: datetime, day: date) -> bool:
        if self.at is not None and self.until is not None:
            return self.at <= at < self.until
        return self.first <= day <= self.last


def period_of(day: date, interval: Interval, week_start: int) -> date:
    if interval in (Interval.DAY, Interval.HOUR):
        return day
    if interval is Interval.MONTH:
        return date(day.year, day.month, 1)
    if interval is Interval.QUARTER:
        return date(day.year, {1: 1, 2: 4, 3: 7, 4: 10}[(day.month + 2) // 3], 1)
    if interval is Interval.YEAR:
        return date(day.year, 1, 1)
    while day.weekday() != week_start:
        day -= timedelta(days=1)
    return day


def days_of(question: TrendQuestion, world: World) -> Between:
    if not isinstance(question.range, Last):
        return Between(question.range.first, min(question.range.last, world.today))
    first, periods = world.today, 0
    while True:
        if period_of(first, question.range.unit, world.week_start) == first:
            periods += 1
            if periods == question.range.count:
                return Between(first, world.today)
        first -= timedelta(days=1)


def spans_of(question: TrendQuestion, world: World, days: Between) -> list[Span]:
    """The periods of some days; hours are found by watching the clock minute by minute."""
    if question.interval is Interval.HOUR:
        return hours_of(days, world)
    found: dict[date, list[date]] = {}
    day = days.first
    while day <= days.last:
        found.setdefault(period_of(day, question.interval, world.week_start), []).append(day)
        day += timedelta(days=1)
    return [Span(each[0], each[-1]) for each in found.values()]


def hours_of(days: Between, world: World) -> list[Span]:
    zone, minute = ZoneInfo(world.zone), timedelta(minutes=1)
    at = datetime.combine(days.first, time(0), UTC) - timedelta(days=1)
    minutes: list[tuple[datetime, date, tuple[object, ...]]] = []
    while (shown := at.astimezone(zone)).date() <= days.last:
        if shown.date() >= days.first:
            minutes.append((at, shown.date(), (shown.date(), shown.hour, shown.utcoffset())))
        at += minute
    found = []
    for _shown, group in itertools.groupby(minutes, key=lambda each: each[2]):
        lived = list(group)
        found.append(Span(lived[0][1], lived[0][1], lived[0][0], lived[-1][0] + minute))
    return [span for span in found if span.at is not None and span.at <= world.now]


def passes(question: TrendQuestion, asked: Asked, world: World, event: Happened) -> bool:
    if asked.event and event.event != asked.event:
        return False
    if world.visible is not None and event.account not in world.visible:
        return False
    for condition in (*question.filters, *asked.filters):
        found = value_of(condition.topic, world, event)
        if not conditions.holds(condition.test, condition.values, found):
            return False
    return True


def value_of(topic: conditions.Topic, world: World, event: Happened) -> str | None:
    if topic.kind == "property":
        return event.properties.get(topic.key)
    return world.facts.get(topic.key, {}).get(event.account)


Part = tuple[str, ...]
WHOLE: Part = ()
OTHERS: Part = ("+",)


def part_of(question: TrendQuestion, world: World, event: Happened) -> Part:
    topics = question.split.by if question.split else ()
    found = [value_of(topic, world, event) for topic in topics]
    return tuple("-" if value is None else f"={value}" for value in found)


def number_of(event: Happened, key: str) -> float | None:
    text = event.properties.get(key, "")
    return float(text) if NUMBER.fullmatch(text) and math.isfinite(float(text)) else None


def sessions_of(world: World) -> dict[int, int]:
    """The session of each event by the event's place: a number each."""
    found: dict[int, int] = {}
    ends: list[datetime] = []
    people = {world.who(event) for event in world.events} - {0}
    for person in people:
        named: dict[str, int] = {}
        last: int | None = None
        for place, event in in_order(world):
            if world.who(event) != person:
                continue
            name = event.properties.get("session_id", "")
            session = named.get(name) if name else last
            if session is None or event.at - ends[session] >= HALF_AN_HOUR:
                session = len(ends)
                ends.append(event.at)
            ends[session] = event.at
            if name:
                named[name] = session
            found[place] = last = session
    return found


def in_order(world: World) -> list[tuple[int, Happened]]:
    return sorted(enumerate(world.events), key=lambda each: (each[1].at, each[0]))


def statistic(which: Statistic, numbers: Sequence[float]) -> Value:
    if which is Statistic.SUM:
        return math.fsum(numbers)
    if not numbers:
        return None
    if which is Statistic.AVERAGE:
        return math.fsum(numbers) / len(numbers)
    if which in (Statistic.MIN, Statistic.MAX):
        return min(numbers) if which is Statistic.MIN else max(numbers)
    ordered = sorted(numbers)
    place = (len(ordered) - 1) * QUANTILES[which]
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


class Answer:
    """The answer to one series of a question, asked point by point."""

    def __init__(self, question: TrendQuestion, asked: Asked, world: World) -> None:
        self.question, self.asked, self.world = question, asked, world
        self.days = days_of(question, world)
        self.spans = spans_of(question, world, self.days)
        self.sessions = sessions_of(world) if asked.measure in OF_SESSIONS else {}
        self.matching = [each for each in in_order(world) if passes(question, asked, world, each[1])]
        self.parts = {place: part_of(question, world, event) for place, event in self.matching}
        self.day = {place: world.day(event) for place, event in self.matching}

    def subject(self, place: int, event: Happened) -> int:
        if self.asked.measure in OF_ACCOUNTS:
            return event.account
        if self.asked.measure in OF_PEOPLE:
            return self.world.who(event)
        return self.sessions.get(place, -1) + 1

    def value(self, spans: Sequence[Span], is_in: Callable[[Part], bool]) -> Value:
        """What the series comes to over some periods together, in the parts that ``is_in``."""
        asked = self.asked
        if asked.measure in FIRST:
            return len([1 for place, event in self.firsts() if self.counts(place, event, spans, is_in)])
        if asked.measure in ACTIVE:
            start = spans[-1].last - timedelta(days=asked.days - 1)
            spans = [Span(start, spans[-1].last)]
        found = [(at, event) for at, event in self.matching if self.counts(at, event, spans, is_in)]
        if asked.measure is Measure.COUNT:
            return len(found)
        if asked.measure is Measure.PROPERTY:
            numbers = [number_of(event, asked.property) for _at, event in found]
            return statistic(asked.statistic, [number for number in numbers if number is not None])
        subjects = [subject for at, event in found if (subject := self.subject(at, event))]
        if asked.measure in PER:
            return statistic(asked.statistic, [subjects.count(each) for each in set(subjects)])
        return len(set(subjects))

    def counts(self, place: int, event: Happened, spans: Sequence[Span], is_in: Callable[[Part], bool]) -> bool:
        return is_in(self.parts[place]) and any(span.has(event.at, self.day[place]) for span in spans)

    def firsts(self) -> list[tuple[int, Happened]]:
        """The first event ever of each subject."""
        seen: set[int] = set()
        found = []
        for place, event in self.matching:
            subject = self.subject(place, event)
            if subject and subject not in seen:
                seen.add(subject)
                found.append((place, event))
        return found

    def total(self, is_in: Callable[[Part], bool], days: Between | None = None) -> Value:
        days = days or self.days
        whole = [Span(days.first, days.last)]
        if self.asked.measure in ACTIVE:
            measure = Measure.ACCOUNTS if self.asked.measure in OF_ACCOUNTS else Measure.PEOPLE
            return Answer(self.question, Asked(self.asked.event, measure, self.asked.filters), self.world).value(
                whole, is_in
            )
        return self.value(whole, is_in)

    def points(self, is_in: Callable[[Part], bool], spans: Sequence[Span] | None = None) -> list[Value]:
        spans = self.spans if spans is None else spans
        if self.question.is_cumulative:
            return [self.value(spans[: place + 1], is_in) for place in range(len(spans))]
        return [self.value([span], is_in) for span in spans]


def ranked_parts(question: TrendQuestion, world: World) -> tuple[list[Part], int]:
    """The parts shown by name, the largest of series A first; and how many there are."""
    if question.split is None:
        return [], 1
    asked = question.first
    measure = Measure.COUNT
    if asked.measure in OF_ACCOUNTS - PER:
        measure = Measure.ACCOUNTS
    if asked.measure in OF_PEOPLE - PER:
        measure = Measure.PEOPLE
    by = Answer(question, Asked(asked.event, measure, asked.filters), world)
    sizes = {part: by.total(lambda found, part=part: found == part) or 0 for part in set(by.parts.values())}  # type: ignore[misc]
    ranked = sorted(
        (part for part in sizes if sizes[part]), key=lambda part: (-sizes[part], [code.encode() for code in part])
    )
    return ranked[: question.split.top], len(ranked)
