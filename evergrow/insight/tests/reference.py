"""A slow and obvious answer to a trend, read from the definition: plain loops over plain events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from evergrow.insight import conditions
from evergrow.insight.period import Between, Interval, Last
from evergrow.insight.trend.question import Measure, TrendQuestion


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

    def day(self, event: Happened) -> date:
        return event.at.astimezone(ZoneInfo(self.zone)).date()


Cell = tuple[int, str]


@dataclass
class Answer:
    days: Between
    points: dict[Cell, int]
    totals: dict[str, int]
    lines: list[str]
    bucket_count: int


def period_of(day: date, interval: Interval, week_start: int) -> date:
    if interval is Interval.DAY:
        return day
    if interval is Interval.MONTH:
        return date(day.year, day.month, 1)
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


def passes(question: TrendQuestion, world: World, event: Happened) -> bool:
    if question.event and event.event != question.event:
        return False
    if world.visible is not None and event.account not in world.visible:
        return False
    for condition in question.filters:
        found = value_of(condition.topic, world, event)
        if not conditions.holds(condition.test, condition.values, found):
            return False
    return True


def value_of(topic: conditions.Topic, world: World, event: Happened) -> str | None:
    if topic.kind == "property":
        return event.properties.get(topic.key)
    return world.facts.get(topic.key, {}).get(event.account)


def measured(question: TrendQuestion, world: World, events: Sequence[Happened]) -> int:
    if question.measure is Measure.COUNT:
        return len(events)
    if question.measure is Measure.ACCOUNTS:
        return len({event.account for event in events if event.account})
    return len({world.merges.get(event.person, event.person) for event in events if event.person})


def answer(question: TrendQuestion, world: World, move: Callable[[date], date] = lambda day: day) -> Answer:
    """Answer it; ``move`` brings an event's day to the day it is counted on (to ask for an earlier period)."""
    days = days_of(question, world)
    kept: list[tuple[date, str, Happened]] = []
    for event in world.events:
        day = move(world.day(event))
        if days.first <= day <= days.last and passes(question, world, event):
            found = value_of(question.split.by, world, event) if question.split else ""
            kept.append((day, "-" if found is None else f"={found}", event))

    starts: list[date] = []
    day = days.first
    while day <= days.last:
        start = period_of(day, question.interval, world.week_start)
        if start not in starts:
            starts.append(start)
        day += timedelta(days=1)

    by_part: dict[str, list[Happened]] = {}
    for _day, part, event in kept:
        by_part.setdefault(part, []).append(event)
    sizes = {part: measured(question, world, events) for part, events in by_part.items()}
    ranked = sorted((part for part in sizes if sizes[part]), key=lambda part: (-sizes[part], part.encode()))
    lines = ranked[: question.split.top] if question.split else []

    def shown(part: str) -> str:
        return part if not question.split or part in lines else "+"

    cells: dict[Cell, list[Happened]] = {}
    totals: dict[str, list[Happened]] = {}
    for day, part, event in kept:
        place = starts.index(period_of(day, question.interval, world.week_start))
        for code in (shown(part), ""):
            cells.setdefault((place, code), []).append(event)
            totals.setdefault(code, []).append(event)
    total_values = {code: measured(question, world, events) for code, events in totals.items()}
    if question.split and total_values.get("+"):
        lines = [*lines, "+"]
    return Answer(
        days=days,
        points={cell: measured(question, world, events) for cell, events in cells.items()},
        totals=total_values,
        lines=lines,
        bucket_count=len(starts),
    )
