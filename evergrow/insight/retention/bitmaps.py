"""Plan → SQL where bitmaps can answer: who began in each period, who came back in each, and how many are in both.

One row of ``began`` is a cohort, one of ``came`` those who came back in the periods of a column; a cell is the size of
what two bitmaps share. So the days of the range are read once, however many cells there are.
"""

from evergrow.insight.retention import quick, steps
from evergrow.insight.retention.plan import Plan, Wanted
from evergrow.insight.retention.question import Cohorts, Returning, Subject
from evergrow.insight.sql_parts import MERGES
from evergrow.insight.statement import Bound, Statement

NOBODY = "bitmapBuild(emptyArrayUInt32())"
PEOPLE = "bitmapTransform(groupBitmapMergeState(people), merges.1, merges.2)"


def cells(plan: Plan) -> Statement:
    """Every cell: ``cohort, column, size, came``; a cohort's first column is there even where nobody came back."""
    bound = steps.bound(plan)
    began, came = _began(plan, bound), _came(plan, bound)
    column, is_cell = _column(plan, bound)
    merges = f"{MERGES},\n" if plan.question.subject is Subject.PEOPLE else ""
    sql = f"""WITH
{merges}began AS (
{began}
),
came AS (
{came}
)
SELECT
    began.place AS cohort, {column} AS cell,
    bitmapCardinality(began.who) AS size, bitmapAndCardinality(began.who, came.who) AS came_back
FROM began CROSS JOIN came
WHERE {is_cell}
ORDER BY cohort, cell"""  # noqa: S608
    return quick.sooner(plan, bound.statement("retention", sql))


def _began(plan: Plan, bound: Bound) -> str:
    """``place, who``: each cohort; a subject that began before belongs to none where only the first start counts."""
    of_periods = _by_period(plan, plan.start, steps.start_place(plan), steps.starts, bound)
    if plan.question.cohorts is Cohorts.RECURRING:
        return f"    SELECT period AS place, who\n    FROM (\n{of_periods}\n    )"  # noqa: S608
    return f"""    SELECT period AS place, bitmapAndnot(who, earlier) AS who
    FROM (
        SELECT
            period, who,
            groupBitmapOrState(who) OVER (ORDER BY period ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier
        FROM (
{of_periods}
        )
    )
    WHERE period >= 0"""  # noqa: S608


def _came(plan: Plan, bound: Bound) -> str:
    """``place, bracket, who``: who came back in the periods of a column that begins at ``place``."""
    of_periods = _by_period(plan, plan.back, steps.place(plan), steps.returns, bound)
    first = plan.columns[0].first
    cohorts = bound.add("cohorts", "UInt32", len(plan.cohorts))
    return f"""    SELECT place, bracket, groupBitmapOrState(who) AS who
    FROM (
        SELECT place, bracket, who
        FROM (
            SELECT {_spread(plan, bound)}, who
            FROM (
{of_periods}
            )
        )
        UNION ALL
        SELECT toInt32(number + {bound.add("offset", "Int32", first)}), toInt32(0), {NOBODY} FROM numbers({cohorts})
    )
    GROUP BY place, bracket"""  # noqa: S608


def _spread(plan: Plan, bound: Bound) -> str:
    """The columns that returns in a period count for."""
    match plan.question.returning:
        case Returning.ON:
            return "period AS place, toInt32(0) AS bracket"
        case Returning.ON_OR_AFTER:
            earlier = "arrayMap(earlier -> toInt32(earlier), range(toUInt32(period + 1)))"
            return f"arrayJoin({earlier}) AS place, toInt32(0) AS bracket"
        case Returning.BRACKETS:
            widths = [(each.last or 0) - each.first + 1 for each in plan.columns]
            mark = bound.add("widths", "Array(UInt32)", widths)
            return f"""arrayJoin(arrayFlatten(arrayMap(
            (width, number) -> arrayMap(back -> (toInt32(period - back), number), range(width)),
            {mark}, arrayEnumerate({mark})
        ))) AS spread, spread.1 AS place, toInt32(spread.2 - 1) AS bracket"""


def _column(plan: Plan, bound: Bound) -> tuple[str, str]:
    """Which column a pair of a cohort and returns is, and whether it is one."""
    if plan.question.returning is Returning.BRACKETS:
        firsts = bound.add("firsts", "Array(Int32)", [each.first for each in plan.columns])
        return "came.bracket", f"came.place = began.place + {firsts}[came.bracket + 1]"
    last = bound.add("last_column", "Int32", plan.columns[-1].first)
    return "came.place - began.place", f"came.place - began.place BETWEEN 0 AND {last}"


def _by_period(plan: Plan, wanted: Wanted, place: str, rows: steps.Rows, bound: Bound) -> str:
    is_people = plan.question.subject is Subject.PEOPLE
    who = PEOPLE if is_people else _accounts(wanted, bound)
    return f"""        SELECT {place} AS period, {who} AS who
        FROM {plan.table}
        WHERE {rows(plan, bound, by_account=is_people)}
        GROUP BY period"""  # noqa: S608


def _accounts(wanted: Wanted, bound: Bound) -> str:
    """The accounts of a period, narrowed to those that the question is about."""
    found = "groupBitmapMergeState(accounts)"
    for accounts in wanted.accounts:
        mark = bound.add("accounts", "Array(UInt32)", list(accounts.numbers))
        found = f"{'bitmapAndnot' if accounts.is_negated else 'bitmapAnd'}({found}, bitmapBuild({mark}))"
    return found
