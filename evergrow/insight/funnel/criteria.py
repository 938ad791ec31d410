"""Who reached a step of a funnel, or was lost before it, as criteria, where a sequence of criteria says the same.

Exactly that is so for the first step always; for later ones only where the range is the last days up to today, so that
later steps cannot lie after it, where the funnel has no options that criteria do not know, and where the window either
is longer than the range, or holds for two steps and may begin with any start.
"""

from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from math import comb

from django.utils.translation import gettext as _

from evergrow.insight import as_criteria as say
from evergrow.insight.as_criteria import Part, Unsaid
from evergrow.insight.behind import Behind, Criteria
from evergrow.insight.conditions import Condition
from evergrow.insight.funnel import window
from evergrow.insight.funnel.point import GROUPS, Point
from evergrow.insight.funnel.question import Attribution, Counting, FunnelQuestion, Order, Start, Step, Subject, Unit
from evergrow.insight.funnel.result import WHOLE
from evergrow.insight.period import Interval, Last
from evergrow.workspaces.models import Workspace

MOST_WAYS = 20
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def as_criteria(question: FunnelQuestion, workspace: Workspace, point: Point, found: Behind, /) -> Criteria:
    """Reached the step, and not the one that was missed. Raises Unsaid with the reason where criteria do not say it."""
    if point.is_other and question.against is not None:
        question = replace(question, filters=question.against)
    if question.subject is Subject.SESSIONS:
        raise Unsaid(_("Criteria are about people and accounts, not about sessions."))
    if point.group and question.versus:
        group = question.versus[GROUPS.index(point.group) - 1]
        alone = replace(question, versus=None, split=None)
        done = as_criteria(alone, workspace, replace(point, group="", part=WHOLE), found)
        return say.every([dict(done), {"segment": group.key}])
    if question.hold or question.drops_subject:
        raise Unsaid(_("Criteria know no excluded events, optional steps or values held constant."))
    within = say.within(found.days, question.range if point.entered is None else None)
    if point.step > 1:
        _check(question, point)
    reached = [_reached(question, point.step - (1 if point.is_lost else 0), within)]
    if point.is_lost:
        reached.append(say.never(_reached(question, point.step, within)))
    return say.every([*reached, *_value(question, point)])


def _check(question: FunnelQuestion, point: Point) -> None:
    """Refuse what the steps after the first would be said inexactly with."""
    names = [step.event for step in question.steps]
    if point.entered is not None or not isinstance(question.range, Last) or question.range.unit is not Interval.DAY:
        raise Unsaid(_("Only for ranges of the last days up to today: else later steps may lie after the range."))
    if question.counting is Counting.TOTALS:
        raise Unsaid(_("Criteria do not know tries, only whether something was done."))
    if question.exclusions or any(step.is_optional for step in question.steps):
        raise Unsaid(_("Criteria know no excluded events, optional steps or values held constant."))
    if question.order is Order.STRICT:
        raise Unsaid(_("Criteria do not ask for nothing in between."))
    if len(set(names)) < len(names) or "" in names:
        raise Unsaid(_("The same event in two steps is counted in another way by criteria."))
    if _outlasts(question):
        return
    is_pair = point.step == 2 and question.order is Order.ORDERED and question.start is Start.LATEST
    if not is_pair:
        raise Unsaid(_("A sequence of criteria limits the time between two steps, not that of the whole way."))
    if _gap(question) is None:
        raise Unsaid(_("A sequence of criteria counts its time in whole hours, days or weeks."))


def _outlasts(question: FunnelQuestion) -> bool:
    """Whether the window is longer than the whole range, the hour of a clock change included, so never matters."""
    length = window.milliseconds(question.window)
    count = question.range.count if isinstance(question.range, Last) else 0
    return length is not None and timedelta(milliseconds=length) >= count * DAY + HOUR


def _gap(question: FunnelQuestion) -> Part | None:
    count, unit = question.window.count, question.window.unit
    if unit is Unit.MINUTE:
        return {"hours": count // 60} if count % 60 == 0 else None
    return {f"{unit}s": count} if unit in (Unit.HOUR, Unit.DAY, Unit.WEEK) else None


def _reached(question: FunnelQuestion, count: int, within: Part) -> Part:
    """The first ``count`` steps, in order; where order does not matter any so many of them."""
    steps = question.steps[:count]
    if question.order is Order.ANY:
        return _any(question, count, within)
    if count == 1:
        return say.every([_done(question, steps[0], within), *_traits(question, steps)])
    doings = [{key: value for key, value in _done(question, step, {}).items() if key != "within"} for step in steps]
    gap = {} if _outlasts(question) else {"gap": _gap(question)}
    return say.every([{"sequence": doings, **gap, "within": within}, *_traits(question, steps)])


def _any(question: FunnelQuestion, count: int, within: Part) -> Part:
    if comb(len(question.steps), count) > MOST_WAYS:
        raise say.too_long()
    each = [
        say.every([_done(question, step, within), *_traits(question, (step,), shared=False)]) for step in question.steps
    ]
    ways = say.any_of([say.every(way) for way in combinations(each, count)])
    return say.every([ways, *_traits(question, ())])


def _done(question: FunnelQuestion, step: Step, within: Part) -> Part:
    return say.did(step.event, say.of_events((*step.filters, *question.filters)), within)


def _traits(question: FunnelQuestion, steps: tuple[Step, ...], *, shared: bool = True) -> list[Part]:
    conditions: list[Condition] = [each for step in steps for each in step.filters]
    conditions += question.filters if shared else ()
    return say.traits(conditions, are_people=question.subject is Subject.PEOPLE)


def _value(question: FunnelQuestion, point: Point) -> list[Part]:
    """The part of the breakdown, where it is a fact of the accounts themselves."""
    split, part = question.split, point.part
    if split is None or part.kind == "whole":
        return []
    if part.kind == "other":
        raise Unsaid(_("“Other” is what the largest values leave, and changes with them."))
    if split.by.kind == "property":
        raise Unsaid(_("Criteria do not ask for the value of a property at a step of a funnel."))
    if split.attribution is Attribution.STEP:
        raise Unsaid(_("Criteria do not ask for the value at a certain step."))
    condition = say.value_condition(split.by, part.value if part.kind == "value" else None)
    return say.traits([condition], are_people=question.subject is Subject.PEOPLE)
