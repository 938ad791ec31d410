"""Who began in a cohort, and came back or not, as criteria."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from evergrow.insight import as_criteria as say
from evergrow.insight import period
from evergrow.insight.as_criteria import Part, Unsaid
from evergrow.insight.conditions import Condition
from evergrow.insight.period import Between
from evergrow.insight.retention.plan import Plan
from evergrow.insight.retention.question import Clock, Cohorts, Step, Subject
from evergrow.insight.retention.spans import Column
from evergrow.insight.trend.result import Part as Value


def criteria(planned: Plan, places: Sequence[int], column: Column | None, part: Value, has_come: bool | None) -> Part:
    """In one of the cohorts at these places; ``has_come`` says whether they came back in the column, None for all.

    Raises Unsaid for periods counted from each one's own start, for the value of a property at the start, and for
    people by facts of the account that their events were at.
    """
    question = planned.question
    if question.clock is Clock.ROLLING and (column is not None and has_come is not None):
        raise Unsaid(_("Criteria count days of the calendar, not from each one’s own start."))
    if not places:
        raise Unsaid(_("No cohort has come that far yet."))
    of_part = _value(planned, part)
    return say.every([_in_cohorts(planned, places, column, has_come), *of_part])


def _in_cohorts(planned: Plan, places: Sequence[int], column: Column | None, has_come: bool | None) -> Part:
    """Over several cohorts one has come back who did in one of them."""
    began = [_began(planned, place) for place in places]
    if column is None or has_come is None:
        return say.any_of(began)
    came = [_came(planned, place, column) for place in places]
    if has_come or planned.question.cohorts is not Cohorts.RECURRING:
        sides = came if has_come else [say.never(each) for each in came]
        return say.any_of([say.every([start, side]) for start, side in zip(began, sides, strict=True)])
    both = [say.every([start, back]) for start, back in zip(began, came, strict=True)]
    return say.every([say.any_of(began), say.never(say.any_of(both))])


def _began(planned: Plan, place: int) -> Part:
    """The start that puts one into a cohort: the first in the range, the first ever, or any there."""
    bucket, cohorts = planned.cohorts[place], planned.question.cohorts
    days = Between(bucket.first, bucket.last)
    if cohorts is Cohorts.FIRST_EVER:
        return _done(planned, planned.question.start, say.within(days), verb="first")
    start = _done(planned, planned.question.start, say.within(days))
    if cohorts is Cohorts.RECURRING or bucket.first <= planned.days.first:
        return start
    before = Between(planned.days.first, bucket.first - timedelta(days=1))
    return say.every([start, say.never(_done(planned, planned.question.start, say.within(before)))])


def _came(planned: Plan, place: int, column: Column) -> Part:
    """Enough returns in the column's periods, which are whole whatever the range cuts."""
    first, last = _days(planned, place, column)
    within = {"from": first.isoformat(), **({} if last is None else {"to": last.isoformat()})}
    least = planned.question.minimum
    return _done(planned, planned.question.back, within, {"times": {"at_least": least}} if least > 1 else {})


def _days(planned: Plan, place: int, column: Column) -> tuple[date, date | None]:
    interval = planned.question.interval
    begins = period.begin(planned.cohorts[place].first, interval, planned.workspace.week_start)
    first = period.step(begins, column.first, interval)
    if column.last is None:
        return first, None
    return first, period.step(begins, column.last + 1, interval) - timedelta(days=1)


def _done(planned: Plan, step: Step, within: Part, more: Part | None = None, *, verb: str = "did") -> Part:
    conditions: list[Condition] = [*planned.question.filters, *step.filters]
    are_people = planned.question.subject is Subject.PEOPLE
    traits = say.traits(conditions, are_people=are_people)
    return say.every([say.did(step.event, say.of_events(conditions), within, more, verb=verb), *traits])


def _value(planned: Plan, part: Value) -> list[Part]:
    """The part of the breakdown, where it is a fact of the accounts themselves."""
    split = planned.question.split
    if split is None or part.kind == "whole":
        return []
    if part.kind == "other":
        raise Unsaid(_("“Other” is what the largest values leave, and changes with them."))
    if split.by.kind == "property":
        raise Unsaid(_("Criteria do not ask for the value of a property at the first time."))
    condition = say.value_condition(split.by, part.value if part.kind == "value" else None)
    return say.traits([condition], are_people=planned.question.subject is Subject.PEOPLE)
