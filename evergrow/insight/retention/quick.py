"""The cells of a retention question about people from sets in memory: the rows of ``bitmaps.cells``, much sooner."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from evergrow.insight.memory import Rows
from evergrow.insight.retention import spans
from evergrow.insight.retention.plan import Plan
from evergrow.insight.retention.question import Cohorts, Returning, Subject
from evergrow.insight.sets import bits, kept
from evergrow.insight.sets.bits import Bits
from evergrow.insight.sets.kept import Found
from evergrow.insight.statement import Statement
from evergrow.insight.trend.question import EVERY_EVENT

EARLIEST = date(1970, 1, 1)
BEFORE = -1

Columns = dict[tuple[int, int], list[Bits]]  # who came back, by the place and the bracket of a column


def is_plain(plan: Plan) -> bool:
    """Whether a plan may be answered without the SQL."""
    is_of_people = plan.table == "activity" and plan.question.subject is Subject.PEOPLE
    return is_of_people and EVERY_EVENT not in (plan.start.event, plan.back.event)


def sooner(plan: Plan, statement: Statement) -> Statement:
    """The statement of ``bitmaps.cells``, answered from memory where the plan is plain."""
    return replace(statement, shortcut=lambda: rows(plan)) if is_plain(plan) else statement


def rows(plan: Plan) -> Rows | None:
    """``cohort, column, size, came``; None where the statement must be asked."""
    workspace, is_ever = plan.workspace.pk, plan.question.cohorts is Cohorts.FIRST_EVER
    first = EARLIEST if is_ever else plan.days.first
    started = kept.find(workspace, plan.start.event, first, plan.days.last)
    returned = kept.find(workspace, plan.back.event, plan.anchor, plan.today)
    if started is None or returned is None or started.people is not returned.people:
        return None
    came = {place: bits.union(sets) for place, sets in _came(plan, returned).items()}
    return sorted(
        (cohort, column, size, bits.size(bits.both(who, came[place, bracket])))
        for cohort, who in _began(plan, started).items()
        for size in (bits.size(who),)
        for column, place, bracket in _columns(plan, cohort)
        if (place, bracket) in came
    )


def _by_period(plan: Plan, found: Found, earliest: date) -> dict[int, Bits]:
    """Who did it in each period, in order; all before ``earliest`` as one."""
    interval, week_start = plan.question.interval, plan.workspace.week_start
    sets: dict[int, list[Bits]] = {}
    for day, each in found.days.items():
        place = BEFORE if day < earliest else spans.place(day, plan.anchor, interval, week_start)
        sets.setdefault(place, []).append(each.now)
    return {place: bits.union(each) for place, each in sorted(sets.items())}


def _began(plan: Plan, found: Found) -> dict[int, Bits]:
    """Each cohort; whoever began before belongs to none where only the first start counts."""
    periods = _by_period(plan, found, plan.days.first)
    if plan.question.cohorts is Cohorts.RECURRING:
        return periods
    earlier, cohorts = bits.NOBODY, {}
    for place, who in periods.items():
        if place >= 0:
            cohorts[place] = bits.without(who, earlier)
        earlier = bits.union((earlier, who))
    return cohorts


def _came(plan: Plan, found: Found) -> Columns:
    """Who came back in the periods of each column; every cohort has its first one."""
    first = plan.columns[0].first
    sets: Columns = {(cohort + first, 0): [] for cohort in range(len(plan.cohorts))}
    for period, who in _by_period(plan, found, plan.anchor).items():
        for place in _spread(plan, period):
            sets.setdefault(place, []).append(who)
    return sets


def _spread(plan: Plan, period: int) -> Iterator[tuple[int, int]]:
    """The columns that returns in a period count for."""
    match plan.question.returning:
        case Returning.ON:
            yield period, 0
        case Returning.ON_OR_AFTER:
            yield from ((earlier, 0) for earlier in range(period + 1))
        case Returning.BRACKETS:
            for bracket, column in enumerate(plan.columns):
                yield from ((period - back, bracket) for back in range((column.last or 0) - column.first + 1))


def _columns(plan: Plan, cohort: int) -> Iterator[tuple[int, int, int]]:
    """The columns of a cohort, with their place and bracket."""
    if plan.question.returning is Returning.BRACKETS:
        yield from ((number, cohort + each.first, number) for number, each in enumerate(plan.columns))
    else:
        yield from ((distance, cohort + distance, 0) for distance in range(plan.columns[-1].first + 1))
