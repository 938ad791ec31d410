"""Columns pooled over cohorts: what the curve shows. Pure functions of cells."""

from collections.abc import Sequence

from evergrow.insight.retention.result import Cell, Cohort, Mean
from evergrow.lib.shares import wilson


def means(cohorts: Sequence[Cohort], width: int, *, of_sums: bool) -> tuple[Mean | None, ...]:
    """The mean of each of ``width`` columns over the complete cells, weighted by cohort size.

    That is all who came back over all who could have. The interval is Wilson's score interval (1927) on those pooled
    counts, at 95 %. It takes subjects as independent: where one may be in several cohorts it is too narrow. Sums are
    pooled in the same way, over what the same cohorts came to in their first column, and have no interval.
    """
    return tuple(_mean([cohort.cells[place] for cohort in cohorts], of_sums=of_sums) for place in range(width))


def _mean(cells: Sequence[Cell | None], *, of_sums: bool) -> Mean | None:
    full = [cell for cell in cells if cell is not None and cell.is_complete and cell.base]
    value, base = sum(cell.value for cell in full), sum(cell.base for cell in full)
    if not base:
        return None
    size, came = sum(cell.size for cell in full), sum(cell.came for cell in full)
    low, high = (None, None) if of_sums else wilson(came, size)
    return Mean(value / base, low, high, value, base, size, came, len(full))
