"""On how many intervals people were there, from sets kept in memory: the rows of ``compile.intervals``, much sooner."""

from dataclasses import replace
from datetime import date

import numpy as np

from evergrow.insight.memory import Rows
from evergrow.insight.period import Between, Interval
from evergrow.insight.presence.source import Subject
from evergrow.insight.sets import bits, kept
from evergrow.insight.sets.bits import Bits
from evergrow.insight.statement import Statement
from evergrow.insight.stickiness.plan import Plan


def is_plain(plan: Plan) -> bool:
    """Whether a plan may be answered without the SQL."""
    source = plan.source
    is_of_people = source.table == "activity" and source.subject is Subject.PERSON
    return is_of_people and len(source.events) == 1 and plan.question.least == 1


def sooner(plan: Plan, days: Between, statement: Statement) -> Statement:
    """The statement of ``compile.intervals``, answered from memory where the plan is plain."""
    return replace(statement, shortcut=lambda: rows(plan, days)) if is_plain(plan) else statement


def rows(plan: Plan, days: Between) -> Rows | None:
    """``intervals, subjects``; None where the statement must be asked."""
    found = kept.find(plan.source.workspace.pk, plan.source.events[0], days.first, days.last)
    if found is None:
        return None
    sets: dict[int, list[Bits]] = {}
    for day, each in found.days.items():
        sets.setdefault(_interval(plan, days, day), []).append(each.now)
    subjects = np.bincount(bits.times([bits.union(each) for each in sets.values()]))
    return [(intervals, int(size)) for intervals, size in enumerate(subjects) if intervals and size]


def _interval(plan: Plan, days: Between, day: date) -> int:
    """The interval of a day, counted back from the last one."""
    if plan.interval is Interval.MONTH:
        return sum(start > day for start in plan.starts)
    return (days.last - day).days // (7 if plan.interval is Interval.WEEK else 1)
