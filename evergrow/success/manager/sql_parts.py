"""Expressions that figures are grouped by, the same on both databases."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Case, F, Func, IntegerField, Value, When
from django.db.models.expressions import Combinable


class HoursBetween(Func):
    """Whole hours from one moment to a later one, rounded down; below zero counts as zero."""

    output_field = IntegerField()
    arity = 2

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # A thousandth of a second is added: days as a fraction may fall just short of a full hour.
        text = "max(0, cast((julianday(%(expressions)s)) * 24 + 3e-7 as integer))"
        return self.as_sql(compiler, connection, template=text, arg_joiner=") - julianday(", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        text = "greatest(0, floor(extract(epoch from (%(expressions)s)) / 3600))::integer"
        return self.as_sql(compiler, connection, template=text, arg_joiner=") - (", **context)

    def __init__(self, since: Combinable | str, until: Combinable | str) -> None:
        super().__init__(until, since)


def bucket(field: str, bounds: Sequence[datetime]) -> Combinable:
    """In which of the spans that ``bounds`` part (rising; one more than there are spans) a moment lies, from 0.

    The rows must lie within the bounds. A tree of comparisons: a year of weeks takes six for each row, and weeks of a
    zone whose clocks change are no trouble.
    """

    def part(low: int, high: int) -> Combinable:
        if high - low == 1:
            return Value(low)
        middle = (low + high) // 2
        return Case(
            When(**{f"{field}__lt": bounds[middle]}, then=part(low, middle)),
            default=part(middle, high),
            output_field=IntegerField(),
        )

    return part(0, len(bounds) - 1) if len(bounds) > 1 else F("pk") * 0
