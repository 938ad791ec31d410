"""A breakdown into few parts, asked once: every part is shown, so their sizes need not be asked before.

Facts of accounts say beforehand which parts there may be. Of a property a few thousand events tell; where others turn
up among the rest, the parts are ranked first as ever.
"""

from dataclasses import dataclass
from typing import Any

from evergrow.insight.sql_parts import OTHER
from evergrow.insight.statement import Run
from evergrow.insight.trend import compile
from evergrow.insight.trend.parts import bound_code, code
from evergrow.insight.trend.plan import Plan, sets
from evergrow.insight.trend.question import Measure

# Measures whose parts are ranked by their own totals
RANKED_ALIKE = {Measure.COUNT, Measure.ACCOUNTS, Measure.PEOPLE}


@dataclass(frozen=True, slots=True)
class Few:
    """The codes of the parts, the largest first, and the rows of ``compile.series``."""

    shown: list[str]
    rows: list[tuple[Any, ...]]


def find(plan: Plan, running: Run) -> Few | None:
    """Every part of a series with its values; None where there may be more than are shown."""
    split, question = plan.question.split, plan.question
    if split is None or question.is_cumulative or plan.is_hourly or plan.asked.measure not in RANKED_ALIKE:
        return None
    likely: list[str] | None = None
    if not plan.is_by_account:
        likely = [code(part) for (part,) in running.rows(compile.likely_parts(plan))]
    if (len(sets(plan)) + 1 if likely is None else len(likely)) > split.top:
        return None
    rows = running.rows(compile.series(plan, plan.buckets, likely, "trend"))
    sizes = {code(part): size for _bucket, part, is_total, is_whole, size in rows if is_total and not is_whole and size}
    if OTHER in sizes:
        return None
    shown = sorted(sizes, key=lambda name: (-sizes[name], bound_code(plan, name)))
    return Few(shown, [row for row in rows if row[3] or code(row[1]) in sizes])
