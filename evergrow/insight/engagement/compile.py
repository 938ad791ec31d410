"""Plan → SQL. A level is the number of groups somebody is in: 0 is below them all, the narrowest group the highest.

Who was not there in a period has no level: ``AWAY`` (-1), or ``NEW`` (-2) when never there before either.
"""

from evergrow.insight.engagement.plan import Plan
from evergrow.insight.engagement.question import AWAY, NEW
from evergrow.insight.period import Between
from evergrow.insight.presence import compile
from evergrow.insight.presence.compile import MERGES
from evergrow.insight.statement import Bound, Statement

BETWEEN = "day BETWEEN {first:Date} AND {last:Date}"


def sizes(plan: Plan) -> Statement:
    """``bucket, level, subjects``: how many were on each level in each period of the range."""
    bound = compile.bind(plan.source, anchor=plan.days.first, first=plan.days.first, last=plan.days.last)
    place = f"toUInt32({compile.ON_FROM[plan.definition.period]})"
    sql = f"""WITH
{MERGES},
{_levels(plan, bound, place)}
SELECT bucket, level, count() AS subjects
FROM levels
GROUP BY bucket, level
ORDER BY bucket, level"""  # noqa: S608
    return bound.statement("sizes", sql)


def moves(plan: Plan) -> Statement:
    """``was, now, subjects``: how many were on one level in the period before and are on another in this one."""
    bound = _bound(plan)
    sql = f"""WITH
{_moved(plan, bound)}
SELECT was, now, count() AS subjects
FROM moved
GROUP BY was, now
ORDER BY was, now"""  # noqa: S608
    return bound.statement("moves", sql)


def members(plan: Plan, was: int | None, now: int | None, days: Between, *, limit: int, offset: int) -> Statement:
    """The list of those who moved from one level to another (None: from or to any), told by ``days``."""
    bound = _bound(plan)
    steps = _moved(plan, bound)
    tests = [
        f"{name} = {bound.add(name, 'Int16', level)}"
        for name, level in (("was", was), ("now", now))
        if level is not None
    ]
    wanted = f"SELECT groupBitmapState(subject) FROM moved WHERE {' AND '.join(tests) or '1'}"  # noqa: S608
    return compile.listed(plan.source, bound, steps, wanted, days, limit=limit, offset=offset)


def _bound(plan: Plan) -> Bound:
    return compile.bind(plan.source, first=plan.since.first, last=plan.until.last, now_first=plan.until.first)


def _levels(plan: Plan, bound: Bound, place: str) -> str:
    """``levels``: of each subject that was there the level in each period; ``place`` makes one of ``day``."""
    groups = plan.definition.groups
    least_days = bound.add("least_days", "Array(UInt32)", [group.days for group in groups])
    least_times = bound.add("least_times", "Array(UInt32)", [group.key_times for group in groups])
    keyed = ""
    if plan.keyed is not None:
        keyed = f"""
        UNION ALL
        SELECT bucket, subject, toUInt64(0) AS days, toUInt64(times) AS times
        FROM (
        {compile.counted(plan.keyed, bound, bucket=place, days=BETWEEN)}
        )"""  # noqa: S608
    return f"""done AS (
    SELECT bucket, subject, sum(days) AS days, sum(times) AS times
    FROM (
        SELECT
            {place} AS bucket,
            arrayJoin(bitmapToArray(subjects)) AS subject,
            toUInt64(1) AS days,
            toUInt64(0) AS times
        FROM (
            SELECT bucket AS day, subjects
            FROM (
            {compile.present(plan.source, bound, bucket="day", days=BETWEEN)}
            )
        ){keyed}
    )
    GROUP BY bucket, subject
    HAVING days > 0
),
levels AS (
    SELECT
        bucket,
        subject,
        toInt16(arrayCount((d, t) -> days >= d AND times >= t, {least_days}, {least_times})) AS level
    FROM done
)"""  # noqa: S608


def _moved(plan: Plan, bound: Bound) -> str:
    """``moved``: of everybody there in one of the two periods the level in the one before and in this one."""
    earlier = compile.present(plan.source, bound, bucket="0", days="day < {first:Date}")
    return f"""{MERGES},
{_levels(plan, bound, "toUInt8(day >= {now_first:Date})")},
earlier AS (
    SELECT arrayJoin(bitmapToArray(subjects)) AS subject
    FROM (
    {earlier}
    )
),
moved AS (
    SELECT
        subject,
        toInt16(multiIf(countIf(bucket = 0) > 0, maxIf(level, bucket = 0), subject IN earlier, {AWAY}, {NEW})) AS was,
        toInt16(if(countIf(bucket = 1) > 0, maxIf(level, bucket = 1), {AWAY})) AS now
    FROM levels
    GROUP BY subject
)"""  # noqa: S608
