"""Plan → SQL. Interval 0 is the latest; the older the interval, the higher its number."""

from collections.abc import Iterable
from datetime import timedelta

from evergrow.insight.period import Between, Interval
from evergrow.insight.presence import compile
from evergrow.insight.presence.compile import MERGES
from evergrow.insight.statement import Bound, Statement
from evergrow.insight.stickiness import quick
from evergrow.insight.stickiness.plan import Plan

MONTH, WEEK = 30, 7

# The interval of a day, counted back from the last day of the range
BACK_FROM: dict[Interval, str] = {
    Interval.DAY: "dateDiff('day', day, {last:Date})",
    Interval.WEEK: "intDiv(dateDiff('day', day, {last:Date}), 7)",
    Interval.MONTH: "arrayCount(start -> start > day, {starts:Array(Date)})",
}


def intervals(plan: Plan, days: Between, name: str = "intervals") -> Statement:
    """``intervals, subjects``: how many were there in exactly so many intervals of ``days``."""
    bound = _bound(plan, days)
    sql = f"""WITH
{_steps(plan, bound)}
SELECT place - 1 AS intervals, subjects
FROM (SELECT arrayMap(each -> bitmapCardinality(each), sets) AS sizes FROM regular)
ARRAY JOIN sizes AS subjects, arrayEnumerate(sizes) AS place
WHERE subjects > 0
ORDER BY intervals"""  # noqa: S608
    return quick.sooner(plan, days, bound.statement(name, sql))


def regulars(plan: Plan, days: Between, count: int, *, or_more: bool, limit: int, offset: int) -> Statement:
    """The list of those who were there in exactly ``count`` intervals of ``days``, or in at least so many."""
    bound = _bound(plan, days)
    steps = _steps(plan, bound)
    mark = bound.add("count", "UInt32", count)
    size = "length(sets)" if or_more else "1"
    chosen = f"arraySlice(sets, {mark} + 1, {size})"
    wanted = f"""SELECT arrayFold((all, each) -> bitmapOr(all, each), {chosen}, {compile.NOBODY})
    FROM regular"""  # noqa: S608
    return compile.listed(plan.source, bound, steps, wanted, days, limit=limit, offset=offset)


def ratios(plan: Plan) -> Statement:
    """``day, daily, weekly, monthly``: those there on each day, in the 7 and in the 30 days that end with it.

    The first 29 rows only lead up to the range.
    """
    first = plan.days.first - timedelta(days=MONTH - 1)
    bound = compile.bind(plan.source, first=first, last=plan.days.last)
    size = bound.add("size", "UInt32", (plan.days.last - first).days + 1)
    bucket = "toUInt32(dateDiff('day', {first:Date}, day))"
    sql = f"""WITH
{MERGES},
days AS (
    SELECT bucket, groupBitmapMergeState(subjects) AS subjects
    FROM (
    {compile.present(plan.source, bound, bucket=bucket, days=BETWEEN, least=plan.question.least)}
    UNION ALL
    {compile.every_bucket(size)}
    )
    GROUP BY bucket
)
SELECT
    bucket,
    bitmapCardinality(subjects) AS daily,
    groupBitmapMerge(subjects) OVER (ORDER BY bucket ROWS BETWEEN {WEEK - 1} PRECEDING AND CURRENT ROW) AS weekly,
    groupBitmapMerge(subjects) OVER (ORDER BY bucket ROWS BETWEEN {MONTH - 1} PRECEDING AND CURRENT ROW) AS monthly
FROM days
ORDER BY bucket"""  # noqa: S608
    return bound.statement("ratios", sql)


def there(plan: Plan, days: Between, *, limit: int, offset: int) -> Statement:
    """The list of those who were there on some day of ``days``."""
    bound = compile.bind(plan.source, first=days.first, last=days.last)
    present = compile.present(plan.source, bound, bucket="day", days=BETWEEN, least=plan.question.least)
    steps = f"""{MERGES},
days AS (
    {present}
)"""
    wanted = "SELECT groupBitmapMergeState(subjects) FROM days"
    return compile.listed(plan.source, bound, steps, wanted, days, limit=limit, offset=offset)


BETWEEN = "day BETWEEN {first:Date} AND {last:Date}"


def _bound(plan: Plan, days: Between) -> Bound:
    return compile.bind(plan.source, first=days.first, last=days.last, starts=list(plan.starts))


def _steps(plan: Plan, bound: Bound) -> str:
    """``regular``: ``sets``, whose place ``x + 1`` holds those who were there in exactly ``x`` intervals.

    Sets are added up as numbers are on paper, for all subjects at once: ``sums.1`` holds those whose count is odd,
    ``sums.2`` those whose count has the binary digit for two, and so on.
    """
    bucket = f"toUInt32({BACK_FROM[plan.interval]})"
    digits = range(1, len(plan.starts).bit_length() + 1)
    sums = ", ".join(f"sums.{digit}" for digit in digits)
    return f"""{MERGES},
periods AS (
    {compile.present(plan.source, bound, bucket=bucket, days=BETWEEN, least=plan.question.least)}
),
counted AS (
    SELECT arrayFold(
        (sums, here) -> tuple({", ".join(_added("sums", "here", digits))}),
        groupArray(subjects),
        tuple({", ".join([compile.NOBODY] * len(digits))})
    ) AS sums
    FROM periods
),
regular AS (
    SELECT arrayFold(
        (sets, digit) -> arrayConcat(
            arrayMap(each -> bitmapAndnot(each, digit), sets), arrayMap(each -> bitmapAnd(each, digit), sets)
        ),
        [{sums}],
        [arrayFold((all, each) -> bitmapOr(all, each), [{sums}], {compile.NOBODY})]
    ) AS sets
    FROM counted
)"""  # noqa: S608


def _added(sums: str, more: str, digits: Iterable[int]) -> list[str]:
    """The digits of a sum after one more set: each that was there and comes again is carried to the next digit."""
    found = []
    for digit in digits:
        found.append(f"bitmapXor({sums}.{digit}, {more})")
        more = f"bitmapAnd({sums}.{digit}, {more})"
    return found
