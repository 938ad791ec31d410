"""A plain funnel from moments that are kept in memory: the same rows as the SQL of ``compile.branches``, much sooner.

Plain is what is asked most: people, in order, each once, steps that are events by name and nothing else, within a time
of fixed length. Everything else, what would not find room, and what is over soon anyway is asked in SQL.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from evergrow.insight.funnel import bins, days, fold, kept, stood, units, window
from evergrow.insight.funnel.days import Span
from evergrow.insight.funnel.kept import State, Wanted
from evergrow.insight.funnel.moments import BYTES, Times
from evergrow.insight.funnel.plan import Plan
from evergrow.insight.funnel.question import Counting, Order, Start, Subject
from evergrow.insight.funnel.result import Waits
from evergrow.insight.funnel.stood import Way
from evergrow.insight.memory import Rows
from evergrow.insight.sets import state
from evergrow.insight.sets.state import Seen
from evergrow.insight.statement import Statement

FEWEST = 200_000  # events; the store needs some hundredths of a second for them
LARGEST = 512 * 1024 * 1024  # bytes of how all people stand


def is_plain(plan: Plan) -> bool:
    """Whether a plan may be answered without the SQL."""
    question = plan.question
    return (
        question.subject is Subject.PEOPLE
        and question.order is Order.ORDERED
        and question.counting is Counting.UNIQUE
        and units.element_of(plan).is_packed
        and window.milliseconds(question.window) is not None
        and not (question.hold or question.split or plan.accounts or plan.people is not None)
        and not any(step.accounts or step.properties for step in plan.steps)
        and not any(step.is_optional for step in question.steps)
    )


def sooner(plan: Plan, statement: Statement) -> Statement:
    """The statement of ``compile.branches`` without parts, answered from memory where the plan is plain."""
    return replace(statement, shortcut=lambda: rows(plan)) if is_plain(plan) else statement


def rows(plan: Plan) -> Rows | None:
    """What the statement finds; None where it must be asked."""
    seen = state.see(plan.workspace.pk, [step.event for step in plan.steps], plan.days.first, plan.read_until)
    found = _wanted(plan, seen)
    events = sum(each.state.events for step in found for each in step)
    if events < FEWEST or events * BYTES > kept.kept.most:
        return None
    length = window.milliseconds(plan.question.window) or 0
    way = Way.of(found, length, only_first=plan.question.start is Start.FIRST, people=seen.people)
    try:
        begin, steps = stood.start(way, lambda place: kept.moments([step[place:] for step in found], seen.people))
    except kept.Astray:
        return None
    highest = stood.highest(begin, steps)
    if highest * fold.weight(len(steps)) > LARGEST:
        return None
    return _told(stood.walk(way, begin, steps, highest), len(steps))


def _wanted(plan: Plan, seen: Seen) -> list[list[Wanted]]:
    """For each step its event on each span of days, in the state in which it is."""
    numbers = seen.numbers
    until = max((day for _event, day in numbers), default=plan.days.first)
    spans = list(days.spans(plan.days, until, plan.today, plan.workspace.tz))

    def wanted(event: str, span: Span) -> Wanted:
        return Wanted(plan.workspace.pk, event, span, State(_events(numbers, event, span), seen.rewritten))

    return [[wanted(step.event, span) for span in spans] for step in plan.steps]


def _events(numbers: Mapping[tuple[str, date], int], event: str, span: Span) -> int:
    return sum(numbers.get((event, day), 0) for day in span.days())


def _told(parts: Sequence[fold.Standing], size: int) -> Rows:
    """The row of everybody; none where nobody began."""
    counts = [sum(int(np.count_nonzero(each.came_to(step))) for each in parts) for step in range(1, size + 1)]
    if not counts[0]:
        return []
    waits = [_between(parts, step - 1, step) for step in range(1, size)]
    waits.append(_between(parts, 0, size - 1))
    return [("", 1, 0, counts, *map(_summary, waits), *map(_counted, waits))]


def _between(parts: Sequence[fold.Standing], earlier: int, later: int) -> Times:
    """How long it took from one step (from 0) to another, of each who came there."""
    found = [(each, np.flatnonzero(each.came_to(later + 1))) for each in parts]
    return np.concatenate([each.path[later].take(who) - each.path[earlier].take(who) for each, who in found])


def _summary(waits: Times) -> list[float]:
    """As ``compile`` tells of waits: how many, the shortest, median, p90, the longest."""
    if not len(waits):
        return [0.0] * 5
    return [float(len(waits)), float(waits.min()), *_quantiles(waits, 0.5, 0.9), float(waits.max())]


def _quantiles(waits: Times, *levels: float) -> list[float]:
    """Each between the two nearest ranks, rounded as ClickHouse's ``quantileExactInclusive`` does."""
    last = len(waits) - 1
    places = [level * last + 1 for level in levels]
    ranks = {rank for place in places for rank in (int(place) - 1, min(int(place), last))}
    ordered = np.partition(waits, sorted(ranks))
    found = []
    for place in places:
        rank = int(place)
        low, high = float(ordered[rank - 1]), float(ordered[min(rank, last)])
        found.append(low + (place - rank) * (high - low))
    return found


def _counted(waits: Times) -> list[int]:
    """How many waits lie in each bin, as ``bins.counted``."""
    if not len(waits):
        return []
    shortest, longest = int(waits.min()), int(waits.max())
    cut = bins.cut(Waits(len(waits), shortest / 1000, 0, 0, longest / 1000))
    places = np.minimum((waits - shortest) // round(cut.width * 1000), cut.count - 1)
    counts: list[int] = np.bincount(places, minlength=cut.count).tolist()
    return counts
