"""Plan → SQL. The text is put together from constant pieces; every value is bound.

A part (the value of a breakdown) travels as one text: ``=value``, ``-`` for not set, ``+`` for all others together.
"""

from collections.abc import Sequence
from datetime import date

from evergrow.insight.narrowing import account_test, property_test
from evergrow.insight.period import Bucket, Interval, begin
from evergrow.insight.statement import Bound, Statement
from evergrow.insight.trend.plan import SUBJECT, Plan, Table
from evergrow.insight.trend.question import EVERY_EVENT, Measure

VALUE, NOT_SET, OTHER = "=", "-", "+"

# What one row of "did" carries for each measure, table by table; the rows of "activity" are small enough already
CARRIED: dict[Table, dict[Measure, str]] = {
    "activity": {
        Measure.COUNT: "count",
        Measure.ACCOUNTS: "accounts",
        Measure.PEOPLE: "people",
    },
    "account_day": {
        Measure.COUNT: "sum(count)",
        Measure.ACCOUNTS: "groupBitmapState(account)",
        Measure.PEOPLE: "groupBitmapMergeState(people)",
    },
    "events": {
        Measure.COUNT: "count()",
        Measure.ACCOUNTS: "groupBitmapState(account)",
        Measure.PEOPLE: "groupBitmapState(person)",
    },
}

# How carried rows add up. Number 0 means "nobody known" and is not counted; merged people count as the one they became
ADDED: dict[Measure, str] = {
    Measure.COUNT: "sum(carried)",
    Measure.ACCOUNTS: "bitmapCardinality(bitmapAndnot(groupBitmapMergeState(carried), bitmapBuild([toUInt32(0)])))",
    Measure.PEOPLE: (
        "bitmapCardinality(bitmapAndnot(bitmapTransform(groupBitmapMergeState(carried), merges.1, merges.2),"
        " bitmapBuild([toUInt32(0)])))"
    ),
}

# Two arrays: people who turned out to be somebody else, and who they are
MERGES = """(
    SELECT (groupArray(from_person), groupArray(to_person))
    FROM (
        SELECT from_person, argMax(to_person, version) AS to_person
        FROM person_overrides
        WHERE workspace_id = {workspace:UInt32}
        GROUP BY from_person
    )
    WHERE from_person != to_person
) AS merges"""

BUCKETS: dict[Interval, str] = {
    Interval.DAY: "dateDiff('day', {anchor:Date}, day)",
    Interval.WEEK: "intDiv(dateDiff('day', {anchor:Date}, day), 7)",
    Interval.MONTH: "dateDiff('month', {anchor:Date}, day)",
}


def ranking(plan: Plan) -> Statement:
    """The largest parts over the whole range: ``part, value, how many parts there are``."""
    bound, top = _bound(plan, plan.buckets), plan.question.split.top if plan.question.split else 1
    mark = bound.add("top", "UInt32", top)
    sql = f"""WITH
{_did(plan, bound, bucket="0", part=_part(plan, bound))}
SELECT part, value, count() OVER () AS parts
FROM (
    SELECT part, {ADDED[plan.question.measure]} AS value
    FROM did
    GROUP BY part
)
WHERE value > 0
ORDER BY value DESC, part
LIMIT {mark}"""  # noqa: S608
    return bound.statement("parts", sql)


def series(plan: Plan, buckets: Sequence[Bucket], shown: Sequence[str] | None, name: str) -> Statement:
    """Every value of the chart and of its table: ``bucket, part, is every bucket, is every part, value``.

    The groupings are the points of each part, the totals of a part, the totals of a bucket, and the grand total; for
    unique measures they are unions, never sums. Without a breakdown every part is the only one.
    """
    bound = _bound(plan, buckets)
    bucket, value = BUCKETS[plan.question.interval], ADDED[plan.question.measure]
    if plan.question.split is None:
        part = shown_part = "''"
        is_every_part, groups = "1", "GROUPING SETS ((bucket), ())"
    else:
        part, shown_part = _shown_part(plan, bound, shown), "part"
        is_every_part, groups = "grouping(part)", "bucket, part WITH CUBE"
    sql = f"""WITH
{_did(plan, bound, bucket=bucket, part=part)}
SELECT bucket, {shown_part}, grouping(bucket) AS every_bucket, {is_every_part} AS every_part, {value} AS value
FROM did
GROUP BY {groups}
ORDER BY every_bucket, every_part, bucket"""  # noqa: S608
    return bound.statement(name, sql)


def subjects(
    plan: Plan, bucket: Bucket, part: str | None, shown: Sequence[str] | None, *, limit: int, offset: int
) -> Statement:
    """Who is behind one point, most active first: ``subject, times, last day, how many subjects``.

    ``part`` narrows to one series of the breakdown, ``None`` takes them all.
    """
    bound = _bound(plan, [bucket])
    who, table, times = _who(plan)
    where = _conditions(plan, bound)
    if part is not None:
        where.append(f"{_shown_part(plan, bound, shown)} = {bound.add('part', 'String', part)}")
    limits = bound.add("limit", "UInt32", limit), bound.add("offset", "UInt32", offset)
    sql = f"""WITH
{MERGES}
SELECT subject, times, last_day, count() OVER () AS subjects
FROM (
    SELECT {who} AS subject, {times} AS times, max(day) AS last_day
    FROM {table}
    WHERE {_all(where)}
    GROUP BY subject
    HAVING subject != 0
)
ORDER BY times DESC, subject
LIMIT {limits[0]} OFFSET {limits[1]}"""  # noqa: S608
    return bound.statement("behind", sql)


def _who(plan: Plan) -> tuple[str, Table, str]:
    """The subject's expression, the table that lists subjects, and how often each did it there."""
    if SUBJECT[plan.question.measure] == "person":
        return "transform(person, merges.1, merges.2, person)", "events", "count()"
    if plan.table == "events":
        return "account", "events", "count()"
    return "account", "account_day", "sum(count)"


def _bound(plan: Plan, buckets: Sequence[Bucket]) -> Bound:
    first, last = buckets[0].first, buckets[-1].last
    anchor: date = begin(first, plan.question.interval, plan.workspace.week_start)
    return Bound({"workspace": plan.workspace.pk, "first": first, "last": last, "anchor": anchor})


def _did(plan: Plan, bound: Bound, *, bucket: str, part: str) -> str:
    carried = CARRIED[plan.table][plan.question.measure]
    merges = f"{MERGES},\n" if plan.question.measure is Measure.PEOPLE else ""
    grouped = "" if plan.table == "activity" else "\n    GROUP BY bucket, part"
    return f"""{merges}did AS (
    SELECT {bucket} AS bucket, {part} AS part, {carried} AS carried
    FROM {plan.table}
    WHERE {_all(_conditions(plan, bound))}{grouped}
)"""  # noqa: S608


def _all(conditions: list[str]) -> str:
    return "\n      AND ".join(conditions)


def _conditions(plan: Plan, bound: Bound) -> list[str]:
    found = ["workspace_id = {workspace:UInt32}", "day BETWEEN {first:Date} AND {last:Date}"]
    if plan.question.event != EVERY_EVENT:
        found.append(f"event = {bound.add('event', 'String', plan.question.event)}")
    found += [account_test(accounts, bound) for accounts in plan.accounts]
    found += [property_test(condition, bound) for condition in plan.properties]
    return found


def _part(plan: Plan, bound: Bound) -> str:
    split = plan.question.split
    if split is None:
        return f"'{VALUE}'"
    if plan.part_of is None:
        key = bound.add("split", "String", split.by.key)
        return f"if(mapContains(properties, {key}), concat('{VALUE}', properties[{key}]), '{NOT_SET}')"
    if not plan.part_of:
        return f"'{NOT_SET}'"
    names = sorted(set(plan.part_of.values()))
    place = {name: position + 2 for position, name in enumerate(names)}
    codes = bound.add("codes", "Array(String)", [NOT_SET, *(VALUE + name for name in names)])
    numbers = bound.add("numbers", "Array(UInt32)", list(plan.part_of))
    places = bound.add("places", "Array(UInt32)", [place[name] for name in plan.part_of.values()])
    return f"{codes}[transform(account, {numbers}, {places}, toUInt32(1))]"


def _shown_part(plan: Plan, bound: Bound, shown: Sequence[str] | None) -> str:
    """The part, where those that are not shown by name become "all others"."""
    part = _part(plan, bound)
    if shown is None:
        return part
    return f"if({part} IN {bound.add('shown', 'Array(String)', list(shown))}, {part}, '{OTHER}')"
