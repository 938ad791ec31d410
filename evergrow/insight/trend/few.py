"""A breakdown into few parts, asked once: every part is shown, so their sizes need not be asked before.

Facts of accounts say beforehand how many parts there may be. Of a property a few thousand events tell; where they told
wrong, the parts are ranked first as ever.
"""

from dataclasses import dataclass
from typing import Any

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
    likely = len(sets(plan)) + 1 if plan.is_by_account else int(running.rows(compile.likely_parts(plan))[0][0])
    if likely > split.top:
        return None
    rows = running.rows(compile.series(plan, plan.buckets, None, "trend"))
    sizes = {code(part): value for _bucket, part, is_total, is_whole, value in rows if is_total and not is_whole}
    shown = sorted(
        (name for name, size in sizes.items() if size), key=lambda name: (-sizes[name], bound_code(plan, name))
    )
    if len(shown) > split.top:
        return None
    return Few(shown, [row for row in rows if row[3] or code(row[1]) in shown])
