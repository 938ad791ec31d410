"""Plan → SQL. The text is put together from constant pieces; every value is bound.

``sources`` say where rows come from, ``parts`` how they are parted, ``rows`` what they carry.
"""

from collections.abc import Sequence
from dataclasses import replace

from evergrow.insight.period import Bucket
from evergrow.insight.sql_parts import MERGED_PERSON, MERGES
from evergrow.insight.statement import Bound, Statement
from evergrow.insight.trend import account_sets, quick, rows, sources
from evergrow.insight.trend.parts import Shown, bound_code, shown_part
from evergrow.insight.trend.parts import part as part_of
from evergrow.insight.trend.plan import SUBJECT, Plan, Table, ranked
from evergrow.insight.trend.question import FIRST, PER, Measure
from evergrow.insight.trend.sources import all_of, merges

SAMPLE = 5000


def ranking(plan: Plan) -> Statement:
    """The largest parts over the whole range: ``part, value, how many parts there are``."""
    plan = ranked(plan)
    bound, top = sources.bind(plan, plan.buckets), plan.question.split.top if plan.question.split else 1
    mark = bound.add("top", "UInt32", top)
    sql = f"""WITH
{merges(plan)}{rows.did(plan, bound, "0", None)}
SELECT part, value, count() OVER () AS parts
FROM (
    SELECT part, {rows.added(plan)} AS value
    FROM did
    GROUP BY part
)
WHERE value > 0
ORDER BY value DESC, part
LIMIT {mark}"""  # noqa: S608
    return bound.statement("parts", sql)


def likely_parts(plan: Plan) -> Statement:
    """The parts that a few thousand of the events fall into, or one more than are shown: ``part``."""
    bound = sources.bind(plan, plan.buckets)
    found, top = part_of(plan, bound), plan.question.split.top if plan.question.split else 1
    sql = f"""SELECT DISTINCT part
FROM (
    SELECT {found} AS part
    FROM {plan.table}
    WHERE {all_of(sources.where(plan, bound))}
    LIMIT {bound.add("sample", "UInt32", SAMPLE)}
)
LIMIT {bound.add("most", "UInt32", top + 1)}"""  # noqa: S608
    return bound.statement("sample", sql)


def series(plan: Plan, buckets: Sequence[Bucket], shown: Shown, name: str) -> Statement:
    """Every value of the chart and of its table: ``bucket, part, is every bucket, is every part, value``.

    The groupings are the points of each part, the totals of a part, the totals of a bucket, and the grand total; for
    unique measures they are unions, never sums. Without a breakdown every part is the only one.
    """
    bound = sources.bind(plan, buckets)
    if account_sets.adds_up(plan):
        return bound.statement(name, _added_up(plan, bound, shown))
    made, last = rows.steps(plan, bound, buckets, shown)
    value = rows.added(plan)
    if plan.asked.measure in PER:
        every, groups = "every_bucket, every_part", "bucket, part, every_bucket, every_part"
    elif plan.part_of:
        every, groups = "grouping(bucket) AS every_bucket, grouping(part) AS every_part", "bucket, part WITH CUBE"
    else:
        every = "grouping(bucket) AS every_bucket, 1 AS every_part"
        groups = "GROUPING SETS ((bucket), ())"
    part = "part" if plan.part_of else "''"
    sql = f"""WITH
{merges(plan)}{made}
SELECT bucket, {part} AS shown_part, {every}, {value} AS value
FROM {last}
GROUP BY {groups}
HAVING count() > 0
ORDER BY every_bucket, every_part, bucket"""  # noqa: S608
    return quick.sooner(plan, buckets, shown, bound.statement(name, sql))


def _added_up(plan: Plan, bound: Bound, shown: Shown) -> str:
    """``series`` where the parts add up."""
    return f"""WITH
{account_sets.sizes(plan, bound, shown)}
SELECT bucket, part AS shown_part, every_bucket, grouping(part) AS every_part, sum(size) AS value
FROM sizes
GROUP BY GROUPING SETS ((bucket, every_bucket, part), (bucket, every_bucket))
HAVING value > 0
ORDER BY every_bucket, every_part, bucket"""  # noqa: S608


def numbers(plan: Plan) -> Statement:
    """How many events of a property's series there are, and how many of them carry a number."""
    bound = sources.bind(plan, plan.buckets)
    conditions = all_of(sources.where(plan, bound))
    sql = f"""SELECT count() AS events, countIf({rows.is_number(plan, bound)}) AS numbers
FROM {plan.table}
WHERE {conditions}"""  # noqa: S608
    return bound.statement("numbers", sql)


def subjects(plan: Plan, bucket: Bucket, part: str | None, shown: Shown, *, limit: int, offset: int) -> Statement:
    """Who is behind one point, most active first: ``subject, times, last day, how many subjects``.

    ``part`` narrows to one series of the breakdown, ``None`` takes them all.
    """
    bound = Bound({"workspace": plan.workspace.pk, "first": bucket.first, "last": bucket.last})
    limits = bound.add("limit", "UInt32", limit), bound.add("offset", "UInt32", offset)
    sql = f"""WITH
{MERGES}
SELECT subject, times, last_day, count() OVER () AS subjects
FROM (
    {_listed(plan, bound, bucket, part, shown)}
)
ORDER BY times DESC, subject
LIMIT {limits[0]} OFFSET {limits[1]}"""  # noqa: S608
    return bound.statement("behind", sql)


def _listed(plan: Plan, bound: Bound, bucket: Bucket, part: str | None, shown: Shown) -> str:
    """``subject, times, last_day``: those who did it in the bucket; for first times, those who never did before it."""
    who, table, times = _who(plan)
    is_first = plan.asked.measure in FIRST
    listed = replace(plan, table=table)
    conditions = sources.where(listed, bound, _days(plan, bound, bucket))
    having = ["subject != 0"]
    if plan.asked.measure is Measure.PROPERTY:
        conditions.append(rows.is_number(plan, bound))
    if is_first:
        having.append("min(at) >= {at:DateTime64(3, 'UTC')}" if bucket.at else "min(day) >= {first:Date}")
    if part is not None:
        found, kind = shown_part(listed, bound, shown), "String" if len(plan.part_of) < 2 else "Array(String)"
        mark = bound.add("part", kind, bound_code(plan, part))
        order = "day" if table == "account_day" else "(at, sequence)"
        (having if is_first else conditions).append(f"{f'argMin({found}, {order})' if is_first else found} = {mark}")
    return f"""SELECT {who} AS subject, {times} AS times, max(day) AS last_day
    FROM {table}
    WHERE {all_of(conditions)}
    GROUP BY subject
    HAVING {" AND ".join(having)}"""  # noqa: S608


def _days(plan: Plan, bound: Bound, bucket: Bucket) -> str:
    """The condition on the time of rows behind a bucket."""
    if bucket.at and bucket.until:
        bound.params |= {"at": bucket.at, "until": bucket.until}
        until = "at < {until:DateTime64(3, 'UTC')} AND day <= {last:Date}"
        if plan.asked.measure in FIRST:
            return until
        return f"{sources.DAYS} AND at >= {{at:DateTime64(3, 'UTC')}} AND {until}"
    if plan.asked.measure in FIRST:
        return sources.SINCE_EVER
    return sources.DAYS


def _who(plan: Plan) -> tuple[str, Table, str]:
    """The subject's expression, the table that lists subjects, and how often each did it there."""
    if SUBJECT[plan.asked.measure] == "person":
        return MERGED_PERSON, "events", "count()"
    if plan.table in ("events", "property_days", "property_people"):
        return "account", "events", "count()"
    return "account", "account_day", "sum(count)"
