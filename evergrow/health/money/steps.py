"""From subscriptions to movements: pure functions on whole cents.

The revenue of an account on a day is the sum of its lines that have begun and not ended. Every day on which that sum
changes gives one movement: from nothing for the first time *new*, later *reactivation*; to nothing *churn*; up
*expansion*; down *contraction*. A line that ends on the day another begins is one net movement, and nothing if equal.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from evergrow.health.money.models import Kind

# First day, first day without it, cents a month
Line = tuple[date, date | None, int]


@dataclass(frozen=True, slots=True)
class Step:
    """A movement of an account: the day it takes effect, its kind, the change in cents."""

    day: date
    kind: Kind
    cents: int


def steps(lines: Iterable[Line], until: date) -> Iterator[Step]:
    """The movements up to and including ``until``, in order of time; what is agreed for later is no movement yet."""
    changes: dict[date, int] = {}
    for first, end, cents in lines:
        if end is not None and end <= first:
            continue
        changes[first] = changes.get(first, 0) + cents
        if end is not None:
            changes[end] = changes.get(end, 0) - cents
    before, has_paid = 0, False
    for day in sorted(changes):
        if day > until:
            return
        after = before + changes[day]
        if after != before:
            yield Step(day, _kind(before, after, has_paid), after - before)
        before, has_paid = after, has_paid or after > 0


def _kind(before: int, after: int, has_paid: bool) -> Kind:
    if before == 0:
        return Kind.REACTIVATION if has_paid else Kind.NEW
    if after == 0:
        return Kind.CHURN
    return Kind.EXPANSION if after > before else Kind.CONTRACTION
