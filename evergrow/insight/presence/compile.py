"""Source → SQL: which subjects were there in each period, how often, and the list of those wanted.

The text is put together from constant pieces; every value is bound. Whoever uses a piece puts ``MERGES`` before it:
merged people are counted as the one they became, at the time of asking. Number 0 is nobody known, and not counted.
"""

from evergrow.insight.narrowing import account_test, property_test
from evergrow.insight.period import Between, Interval
from evergrow.insight.presence.source import Source, Subject, Table
from evergrow.insight.sql_parts import MERGES as MERGES
from evergrow.insight.statement import Bound, Statement

NOBODY = "bitmapBuild(emptyArrayUInt32())"

# The set of subjects of a group of rows, table by table
SETS: dict[Table, dict[Subject, str]] = {
    "activity": {
        Subject.ACCOUNT: "groupBitmapMergeState(accounts)",
        Subject.PERSON: "groupBitmapMergeState(people)",
    },
    "account_day": {
        Subject.ACCOUNT: "groupBitmapState(account)",
        Subject.PERSON: "groupBitmapMergeState(people)",
    },
    "events": {
        Subject.ACCOUNT: "groupBitmapStateIf(account, account != 0)",
        Subject.PERSON: "groupBitmapStateIf(person, person != 0)",
    },
}

# Whole periods counted on from a first day, which begins one
ON_FROM: dict[Interval, str] = {
    Interval.DAY: "dateDiff('day', {anchor:Date}, day)",
    Interval.WEEK: "intDiv(dateDiff('day', {anchor:Date}, day), 7)",
    Interval.MONTH: "dateDiff('month', {anchor:Date}, day)",
}


def bind(source: Source, **days: object) -> Bound:
    """The values that every statement of a source has; ``days`` are dates by the names they have in the text."""
    return Bound({"workspace": source.workspace.pk, **days})


def present(source: Source, bound: Bound, *, bucket: str, days: str, least: int = 1) -> str:
    """``bucket, subjects``: the set of those who were there at least ``least`` times in each bucket.

    ``bucket`` is an expression of ``day``, ``days`` a condition on it. Buckets without anybody have no row.
    """
    if least > 1:
        return f"""SELECT bucket, groupBitmapState(subject) AS subjects
    FROM (
        {counted(source, bound, bucket=bucket, days=days)}
    )
    WHERE times >= {bound.add("least", "UInt32", least)}
    GROUP BY bucket"""  # noqa: S608
    return f"""SELECT {bucket} AS bucket, {_merged_set(source)} AS subjects
    FROM {source.table}
    WHERE {where(source, bound, days)}
    GROUP BY bucket"""  # noqa: S608


def counted(source: Source, bound: Bound, *, bucket: str, days: str) -> str:
    """``bucket, subject, times``: how often each was there in each bucket."""
    times = "sum(count)" if source.counted == "account_day" else "count()"
    return f"""SELECT {bucket} AS bucket, {_who(source)} AS subject, {times} AS times
    FROM {source.counted}
    WHERE {where(source, bound, days)}
    GROUP BY bucket, subject
    HAVING subject != 0"""  # noqa: S608


def every_bucket(size: str) -> str:
    """``bucket, subjects`` with nobody, from 0 to below ``size`` (a bound mark)."""
    return f"SELECT arrayJoin(range({size})) AS bucket, {NOBODY} AS subjects"


def listed(
    source: Source, bound: Bound, steps: str, wanted: str, days: Between, *, limit: int, offset: int
) -> Statement:
    """Those in the set ``wanted``, most often there in ``days`` first: ``subject, times, last day, how many``.

    ``steps`` are the named queries that ``wanted`` (one that gives a single set) needs.
    """
    bound.params |= {"listed_first": days.first, "listed_last": days.last}
    limits = bound.add("limit", "UInt32", limit), bound.add("offset", "UInt32", offset)
    times = "sum(count)" if source.counted == "account_day" else "count()"
    between = "day BETWEEN {listed_first:Date} AND {listed_last:Date}"
    sql = f"""WITH
{steps},
(
    {wanted}
) AS wanted
SELECT subject, times, last_day, bitmapCardinality(wanted) AS subjects
FROM (
    SELECT {_who(source)} AS subject, {times} AS times, max(day) AS last_day
    FROM {source.counted}
    WHERE {where(source, bound, between)}
    GROUP BY subject
    HAVING bitmapContains(wanted, subject)
)
ORDER BY times DESC, subject
LIMIT {limits[0]} OFFSET {limits[1]}"""  # noqa: S608
    return bound.statement("behind", sql)


def where(source: Source, bound: Bound, days: str) -> str:
    """The conditions that a row must meet."""
    found = ["workspace_id = {workspace:UInt32}", days]
    if source.events:
        found.append(f"event IN {bound.add('events', 'Array(String)', list(source.events))}")
    found += [account_test(accounts, bound) for accounts in source.accounts]
    found += [property_test(condition, bound) for condition in source.properties]
    return "\n      AND ".join(found)


def _merged_set(source: Source) -> str:
    subjects = SETS[source.table][source.subject]
    return f"bitmapTransform({subjects}, merges.1, merges.2)" if source.subject is Subject.PERSON else subjects


def _who(source: Source) -> str:
    return "transform(person, merges.1, merges.2, person)" if source.subject is Subject.PERSON else "account"
