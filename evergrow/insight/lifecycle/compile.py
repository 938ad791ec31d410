"""Plan → SQL: set algebra over one set of subjects for each period.

Bucket 0 is all time until the period before the range, 1 that period, 2 the first period of the range.
"""

from evergrow.insight.lifecycle.plan import Plan
from evergrow.insight.lifecycle.question import State
from evergrow.insight.period import Between
from evergrow.insight.presence import compile
from evergrow.insight.presence.compile import MERGES
from evergrow.insight.statement import Statement

FIRST = 2

# Each state as a set, from those there now, in the period before, and earlier than that
MEMBERS: dict[State, str] = {
    State.NEW: "bitmapAndnot(now, bitmapOr(before, earlier))",
    State.RETURNING: "bitmapAnd(now, before)",
    State.RESURRECTING: "bitmapAnd(bitmapAndnot(now, before), earlier)",
    State.DORMANT: "bitmapAndnot(before, now)",
}


def moves(plan: Plan) -> Statement:
    """``bucket, active, active in this and the one before, ever seen by its end``; every bucket has a row."""
    bound = compile.bind(plan.source, anchor=plan.before, last=plan.days.last)
    size = bound.add("size", "UInt32", len(plan.buckets) + FIRST)
    place = f"{compile.ON_FROM[plan.question.interval]} + 1"
    bucket = f"toUInt32(if(day < {{anchor:Date}}, 0, {place}))"
    sql = f"""WITH
{MERGES},
periods AS (
    SELECT bucket, groupBitmapMergeState(subjects) AS subjects
    FROM (
    {compile.present(plan.source, bound, bucket=bucket, days="day <= {last:Date}")}
    UNION ALL
    {compile.every_bucket(size)}
    )
    GROUP BY bucket
)
SELECT
    bucket,
    bitmapCardinality(subjects) AS active,
    bitmapAndCardinality(subjects, before) AS returning,
    bitmapCardinality(ever) AS known
FROM (
    SELECT
        bucket,
        subjects,
        lagInFrame(subjects, 1, {compile.NOBODY}) OVER lately AS before,
        groupBitmapMergeState(subjects) OVER so_far AS ever
    FROM periods
    WINDOW
        lately AS (ORDER BY bucket ROWS BETWEEN 1 PRECEDING AND CURRENT ROW),
        so_far AS (ORDER BY bucket ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
)
ORDER BY bucket"""  # noqa: S608
    return bound.statement("moves", sql)


def members(plan: Plan, days: Between, before: Between, state: State, *, limit: int, offset: int) -> Statement:
    """The list of those in a state in the period ``days``; of the dormant, what they did in the period ``before``."""
    bound = compile.bind(plan.source, before_first=before.first, now_first=days.first, last=days.last)
    bucket = "toUInt8(if(day < {before_first:Date}, 0, if(day < {now_first:Date}, 1, 2)))"
    steps = f"""{MERGES},
periods AS (
    {compile.present(plan.source, bound, bucket=bucket, days="day <= {last:Date}")}
)"""
    wanted = f"""SELECT {MEMBERS[state]}
    FROM (
        SELECT
            groupBitmapMergeStateIf(subjects, bucket = 0) AS earlier,
            groupBitmapMergeStateIf(subjects, bucket = 1) AS before,
            groupBitmapMergeStateIf(subjects, bucket = 2) AS now
        FROM periods
    )"""  # noqa: S608
    told = before if state is State.DORMANT else days
    return compile.listed(plan.source, bound, steps, wanted, told, limit=limit, offset=offset)
