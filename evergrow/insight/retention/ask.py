"""Run a retention question: plan, compile, ask the store, put the answer together."""

from collections.abc import Mapping

from django.db.models import QuerySet

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.retention import bitmaps, plan, subjects
from evergrow.insight.retention.mean import means
from evergrow.insight.retention.plan import Plan
from evergrow.insight.retention.question import RetentionQuestion
from evergrow.insight.retention.result import Cell, Cohort, RetentionResult, Series
from evergrow.insight.sql_parts import OTHER
from evergrow.insight.statement import Run
from evergrow.insight.trend.result import Part
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

# What a cell holds before it is known whether it is complete: size, how many came, their sum; by cohort and column
Counted = tuple[int, int, float]
Grid = dict[tuple[int, int], Counted]


def ask(
    question: RetentionQuestion, workspace: Workspace, *, visible: QuerySet[Account] | None = None
) -> RetentionResult:
    """Answer a retention question as of now, over the accounts in ``visible`` only where that is given.

    Raises BadQuestion when the range or the brackets cannot be used, ``warehouse.StoreUnavailable`` when nobody can
    answer now.
    """
    planned = plan.make(question, workspace, now=clock.now(), visible=visible)
    running = Run(warehouse.version(workspace.pk))
    shown, parts = largest(planned, running)
    grids = _grids(planned, running, shown)
    lines = [*(shown or []), *([OTHER] if OTHER in grids else [])]
    return RetentionResult(
        question=question,
        days=planned.days,
        columns=planned.columns,
        whole=_series("", _together(grids), planned),
        series=tuple(_series(code, grids.get(code, {}), planned) for code in lines),
        parts=parts,
        today=planned.today,
        zone=workspace.zone,
        week_start=workspace.week_start,
        as_of=planned.now,
        version=running.version,
        table=planned.table,
        statements=tuple(running.asked),
    )


def largest(planned: Plan, running: Run) -> tuple[list[str] | None, int]:
    """The codes of the parts that are shown by name (None without a breakdown), and how many parts there are."""
    if planned.question.split is None:
        return None, 0
    rows = running.rows(subjects.ranking(planned))
    return [str(code) for code, _size, _parts in rows], int(rows[0][2]) if rows else 0


def largest_parts(planned: Plan) -> list[str] | None:
    """The codes of the parts that are shown by name; None without a breakdown."""
    return largest(planned, Run(warehouse.version(planned.workspace.pk)))[0]


def _grids(planned: Plan, running: Run, shown: list[str] | None) -> dict[str, Grid]:
    """The cells of each part; of the only one, ``""``, without a breakdown."""
    grids: dict[str, Grid] = {}
    if plan.is_from_bitmaps(planned):
        for cohort, column, size, came in running.rows(bitmaps.cells(planned)):
            grids.setdefault("", {})[int(cohort), int(column)] = (int(size), int(came), 0.0)
        return grids
    for cohort, column, part, size, came, total in running.rows(subjects.cells(planned, shown)):
        grids.setdefault(str(part), {})[int(cohort), int(column)] = (int(size), int(came), float(total))
    return grids


def _together(grids: Mapping[str, Grid]) -> Grid:
    """All parts: nobody is in two parts of one cohort, so they add up."""
    found: Grid = {}
    for grid in grids.values():
        for place, counted in grid.items():
            size, came, total = found.get(place, (0, 0, 0.0))
            found[place] = (size + counted[0], came + counted[1], total + counted[2])
    return found


def _series(code: str, grid: Grid, planned: Plan) -> Series:
    cohorts = tuple(_cohort(place, grid, planned) for place in range(len(planned.cohorts)))
    return Series(
        part=Part.of(code),
        size=sum(cohort.size for cohort in cohorts),
        cohorts=cohorts,
        means=means(cohorts, len(planned.columns), of_sums=bool(planned.question.sum_of)),
    )


def _cohort(place: int, grid: Grid, planned: Plan) -> Cohort:
    size, _came, first_total = grid.get((place, 0), (0, 0, 0.0))
    is_sum = bool(planned.question.sum_of)
    cells: list[Cell | None] = []
    for number, column in enumerate(planned.columns):
        if not planned.progress.has_begun(place, column):
            cells.append(None)
            continue
        _size, came, total = grid.get((place, number), (size, 0, 0.0))
        value, base = (total, first_total) if is_sum else (float(came), float(size))
        cells.append(Cell(size, came, total, value, base, planned.progress.is_over(place, column)))
    return Cohort(planned.cohorts[place], size, tuple(cells))
