"""Slow and obvious answers about who was there when, read from the definitions: plain loops over plain events."""

from collections.abc import Sequence
from datetime import date, timedelta

from evergrow.insight import conditions
from evergrow.insight.conditions import Condition
from evergrow.insight.engagement.definition import Definition
from evergrow.insight.engagement.question import AWAY, NEW, EngagementQuestion
from evergrow.insight.lifecycle.question import LifecycleQuestion, State
from evergrow.insight.period import Between, Interval, Last, Range
from evergrow.insight.presence.source import Subject
from evergrow.insight.stickiness.question import StickinessQuestion, View
from evergrow.insight.tests.reference import Happened, World, period_of, value_of

Days = dict[int, list[date]]
"""Of each subject the day of each of its events."""


def days_of_subjects(
    world: World, subject: Subject, events: Sequence[str] = (), filters: Sequence[Condition] = ()
) -> Days:
    """Who was there on which days, once for each event; merged people are one."""
    found: Days = {}
    for event in world.events:
        who = event.account if subject is Subject.ACCOUNT else world.merges.get(event.person, event.person)
        if who and (not events or event.event in events) and passes(world, event, filters):
            found.setdefault(who, []).append(world.day(event))
    return found


def passes(world: World, event: Happened, filters: Sequence[Condition]) -> bool:
    if world.visible is not None and event.account not in world.visible:
        return False
    return all(conditions.holds(each.test, each.values, value_of(each.topic, world, event)) for each in filters)


def periods(asked: Range, interval: Interval, world: World) -> list[date]:
    """First days of all periods that the range touches, in order."""
    days = asked if isinstance(asked, Between) else Between(first_of_last(asked, world), world.today)
    found: list[date] = []
    day = days.first
    while day <= min(days.last, world.today):
        start = period_of(day, interval, world.week_start)
        if start not in found:
            found.append(start)
        day += timedelta(days=1)
    return found


def first_of_last(asked: Last, world: World) -> date:
    day, started = world.today, 0
    while True:
        if period_of(day, asked.unit, world.week_start) == day:
            started += 1
            if started == asked.count:
                return day
        day -= timedelta(days=1)


def lifecycle(question: LifecycleQuestion, world: World) -> list[tuple[date, dict[State, set[int]]]]:
    """Of each period who is in which state."""
    events = [question.event] if question.event else []
    there = {
        who: {period_of(day, question.interval, world.week_start) for day in days}
        for who, days in days_of_subjects(world, question.subject, events, question.filters).items()
    }
    found = []
    for start in periods(question.range, question.interval, world):
        before = period_of(start - timedelta(days=1), question.interval, world.week_start)
        states: dict[State, set[int]] = {state: set() for state in State}
        for who, active in there.items():
            state = state_of(active, start, before)
            if state:
                states[state].add(who)
        found.append((start, states))
    return found


def state_of(active: set[date], start: date, before: date) -> State | None:
    if start in active:
        if min(active) == start:
            return State.NEW
        return State.RETURNING if before in active else State.RESURRECTING
    return State.DORMANT if before in active else None


def intervals(question: StickinessQuestion, world: World) -> list[tuple[date, date]]:
    """First and last days of the intervals, the latest first; each is walked back from the one after it."""
    last = world.today - timedelta(days=1)
    if isinstance(question.range, Between):
        last = min(question.range.last, last)
        first = question.range.first
    else:
        first = earlier_by(world.today, question.range.count, question.range.unit)
    interval = question.interval
    if question.view is View.POWER:
        first, interval = last - timedelta(days=question.window - 1), Interval.DAY
    found: list[tuple[date, date]] = []
    following = last + timedelta(days=1)
    while not found or found[-1][0] > first:
        start = earlier_by(last + timedelta(days=1), len(found) + 1, interval)
        found.append((start, following - timedelta(days=1)))
        following = start
    return found


def earlier_by(day: date, count: int, interval: Interval) -> date:
    if interval is not Interval.MONTH:
        return day - timedelta(days=count * (7 if interval is Interval.WEEK else 1))
    year, month = day.year, day.month
    for _ in range(count):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


def stickiness(question: StickinessQuestion, world: World, shift: int = 0) -> dict[int, set[int]]:
    """Of each number of intervals who was there in exactly so many; ``shift`` moves all days back."""
    events = [question.event] if question.event else []
    cut = intervals(question, world)
    found: dict[int, set[int]] = {}
    for who, days in days_of_subjects(world, question.subject, events, question.filters).items():
        moved = [day + timedelta(days=shift) for day in days]
        times = [sum(first <= day <= last for day in moved) for first, last in cut]
        there = sum(each >= question.least for each in times)
        if there:
            found.setdefault(there, set()).add(who)
    return found


def there_in(question: StickinessQuestion, world: World, last: date, width: int) -> set[int]:
    """Who was there on some day (often enough on it) of the ``width`` days that end with ``last``."""
    events = [question.event] if question.event else []
    every = [last - timedelta(days=back) for back in range(width)]
    return {
        who
        for who, days in days_of_subjects(world, question.subject, events, question.filters).items()
        if any(days.count(day) >= question.least for day in every)
    }


def levels(
    definition: Definition, keys: Sequence[str], question: EngagementQuestion, world: World, first: date, last: date
) -> dict[int, int]:
    """Of each who was there between two days the number of groups whose criteria are met."""
    there = days_of_subjects(world, question.subject, definition.events, question.filters)
    did = days_of_subjects(world, question.subject, keys, question.filters) if keys else {}
    found = {}
    for who, days in there.items():
        different = {day for day in days if first <= day <= last}
        times = sum(first <= day <= last for day in did.get(who, ()))
        if different:
            found[who] = sum(len(different) >= group.days and times >= group.key_times for group in definition.groups)
    return found


def moves(
    definition: Definition, keys: Sequence[str], question: EngagementQuestion, world: World, start: date
) -> dict[tuple[int, int], set[int]]:
    """Who was on which level in the period before ``start`` and is on which in the period it begins."""
    week_start = world.week_start
    before = period_of(start - timedelta(days=1), definition.period, week_start)
    last = start
    while period_of(last + timedelta(days=1), definition.period, week_start) == start and last < world.today:
        last += timedelta(days=1)
    was = levels(definition, keys, question, world, before, start - timedelta(days=1))
    now = levels(definition, keys, question, world, start, last)
    ever = levels(definition, keys, question, world, date.min, before - timedelta(days=1))
    found: dict[tuple[int, int], set[int]] = {}
    for who in {*was, *now}:
        come_from = was.get(who, AWAY if who in ever else NEW)
        found.setdefault((come_from, now.get(who, AWAY)), set()).add(who)
    return found
