"""A slow and obvious answer to a retention question, read from the definition: plain loops over plain events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from evergrow.insight import conditions
from evergrow.insight.period import Between, Interval
from evergrow.insight.retention.question import Clock, Cohorts, RetentionQuestion, Returning, Step, Subject
from evergrow.insight.tests.reference import Happened, World, days_of, period_of, value_of

HOURS = {Interval.DAY: 24, Interval.WEEK: 24 * 7, Interval.MONTH: 24 * 30}
FAR = 10_000


@dataclass
class Came:
    """A cell: who was there, who came back, what they came to, and whether the cell is a full observation."""

    there: set[int]
    back: set[int]
    total: float
    is_complete: bool


@dataclass
class Answer:
    """``cells[part][cohort's first day, column]``; the part ``""`` is everybody. What has not begun is left out."""

    days: Between
    cohorts: list[date]
    columns: list[tuple[int, int | None]]
    cells: Mapping[str, Mapping[tuple[date, int], Came]]
    lines: list[str]


def subject_of(question: RetentionQuestion, world: World, event: Happened) -> int:
    if question.subject is Subject.ACCOUNTS:
        return event.account
    return world.merges.get(event.person, event.person)


def passes(question: RetentionQuestion, step: Step, world: World, event: Happened) -> bool:
    if step.event and event.event != step.event:
        return False
    if world.visible is not None and event.account not in world.visible:
        return False
    if subject_of(question, world, event) == 0 or world.day(event) > world.today:
        return False
    return all(
        conditions.holds(each.test, each.values, value_of(each.topic, world, event))
        for each in (*question.filters, *step.filters)
    )


def in_order(events: Sequence[Happened]) -> list[Happened]:
    """By time; of the same moment in the order they were stored with."""
    places = {id(event): place for place, event in enumerate(events)}
    return sorted(events, key=lambda event: (event.at, places[id(event)]))


@cache
def next_period(start: date, interval: Interval, week_start: int) -> date:
    day = start
    while period_of(day, interval, week_start) == period_of(start, interval, week_start):
        day += timedelta(days=1)
    return day


@cache
def periods_after(cohort: date, day: date, interval: Interval, week_start: int) -> int:
    """How many periods a day lies after the cohort's; negative before it."""
    there, wanted, steps = period_of(cohort, interval, week_start), period_of(day, interval, week_start), 0
    while there < wanted:
        there, steps = next_period(there, interval, week_start), steps + 1
    return steps if there == wanted else -1


def columns_of(question: RetentionQuestion) -> list[tuple[int, int | None]]:
    if question.returning is Returning.BRACKETS:
        return [(each.first, each.last) for each in question.brackets]
    return [(k, None if question.returning is Returning.ON_OR_AFTER else k) for k in range(question.periods + 1)]


def number(event: Happened, key: str) -> float:
    text = event.properties.get(key, "")
    return float(text) if conditions.NUMBER.fullmatch(text) and abs(float(text)) != float("inf") else 0.0


def members(
    question: RetentionQuestion, world: World, days: Between, starts: Sequence[Happened]
) -> dict[tuple[int, date], Happened]:
    """Each subject in each of its cohorts, with the event that began it there."""
    found: dict[tuple[int, date], Happened] = {}
    settled: set[int] = set()
    for event in starts:
        day, who = world.day(event), subject_of(question, world, event)
        if who in settled:
            continue
        if days.first <= day <= days.last:
            found.setdefault((who, period_of(day, question.interval, world.week_start)), event)
            if question.cohorts is not Cohorts.RECURRING:
                settled.add(who)
        elif day < days.first and question.cohorts is Cohorts.FIRST_EVER:
            settled.add(who)
    return found


def answer(question: RetentionQuestion, world: World, now: datetime, order: Sequence[Happened]) -> Answer:
    """Answer it; ``order`` is the events as they were stored, which settles what happened first at one moment."""
    zone, days = ZoneInfo(world.zone), days_of(question, world)
    ordered = in_order(order)
    starts = [event for event in ordered if passes(question, question.start, world, event)]
    returns = [event for event in ordered if passes(question, question.back, world, event)]
    cohorts: list[date] = []
    day = days.first
    while day <= days.last:
        if (start := period_of(day, question.interval, world.week_start)) not in cohorts:
            cohorts.append(start)
        day += timedelta(days=1)

    def midnight(day: date) -> datetime:
        return datetime.combine(day, time(0), zone).astimezone(UTC)

    def distance(cohort: date, began: Happened, event: Happened) -> int:
        if question.clock is Clock.CALENDAR:
            return periods_after(cohort, world.day(event), question.interval, world.week_start)
        hours = (event.at - began.at) / timedelta(hours=1)
        return int(hours // HOURS[question.interval]) if hours >= 0 else -1

    def has_begun(cohort: date, first: int) -> bool:
        if question.clock is Clock.CALENDAR:
            return periods_after(cohort, world.today, question.interval, world.week_start) >= first
        earliest = midnight(max(cohort, days.first))
        return earliest + timedelta(hours=first * HOURS[question.interval]) <= now

    def is_over(cohort: date, last: int) -> bool:
        if question.clock is Clock.CALENDAR:
            return periods_after(cohort, world.today, question.interval, world.week_start) > last
        last_day = min(next_period(cohort, question.interval, world.week_start) - timedelta(days=1), days.last)
        latest = midnight(last_day + timedelta(days=1))
        return latest + timedelta(hours=(last + 1) * HOURS[question.interval]) <= now

    began = members(question, world, days, starts)
    part_of: dict[tuple[int, date], str] = {}
    sizes: dict[str, int] = {}
    for key, event in began.items():
        found = value_of(question.split.by, world, event) if question.split else None
        part_of[key] = ("-" if found is None else f"={found}") if question.split else ""
        sizes[part_of[key]] = sizes.get(part_of[key], 0) + 1
    ranked = sorted(sizes, key=lambda part: (-sizes[part], part.encode()))
    lines = ranked[: question.split.top] if question.split else []
    columns = [each for each in columns_of(question) if has_begun(cohorts[0], each[0])]

    cells: dict[str, dict[tuple[date, int], Came]] = {}
    for cohort in cohorts:
        for number_of_column, (first, last) in enumerate(columns):
            if not has_begun(cohort, first):
                continue
            complete = is_over(cohort, first if last is None else last)
            for part in ("", *lines, "+"):
                cells.setdefault(part, {})[cohort, number_of_column] = Came(set(), set(), 0.0, complete)
            for (who, its_cohort), event in began.items():
                if its_cohort != cohort:
                    continue
                mine = [
                    each
                    for each in returns
                    if subject_of(question, world, each) == who
                    and first <= distance(cohort, event, each) <= (FAR if last is None else last)
                ]
                part = part_of[who, cohort]
                shown = part if part in lines else "+"
                for code in {"", shown} if question.split else {""}:
                    cell = cells[code][cohort, number_of_column]
                    cell.there.add(who)
                    if len(mine) >= question.minimum:
                        cell.back.add(who)
                        cell.total += sum(number(each, question.sum_of) for each in mine) if question.sum_of else 0.0
    if question.split and len(ranked) > len(lines):
        lines = [*lines, "+"]
    return Answer(days, cohorts, columns, cells, lines)
