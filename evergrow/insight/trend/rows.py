"""Plan → the rows that a series adds up, as named steps of a statement (``did`` and what follows it).

Each recipe ends in rows of ``bucket`` and ``part`` with something that ``VALUES`` can add up over any grouping.
"""

from collections.abc import Sequence
from typing import Literal

from evergrow.insight.period import Bucket
from evergrow.insight.sql_parts import MERGED_PERSON
from evergrow.insight.statement import Bound
from evergrow.insight.trend import account_sets, people_sets, sources
from evergrow.insight.trend.parts import Shown, places, shown_part
from evergrow.insight.trend.plan import Plan
from evergrow.insight.trend.question import (
    ACTIVE,
    DIFFERENT,
    FIRST,
    OF_ACCOUNTS,
    OF_PEOPLE,
    PER,
    Asked,
    Measure,
    Statistic,
)
from evergrow.insight.trend.sources import all_of

Carried = Literal["count", "accounts", "people", "sessions"]

# What a group of rows carries, table by table. Number 0 means "nobody known" and is not counted
CARRIED: dict[str, dict[Carried, str]] = {
    "activity": {
        "count": "sum(count)",
        "accounts": "groupBitmapMergeState(accounts)",
        "people": "groupBitmapMergeState(people)",
    },
    "account_day": {
        "count": "sum(count)",
        "accounts": "groupBitmapState(account)",
        "people": "groupBitmapMergeState(people)",
    },
    "property_days": {"count": "sum(count)"},
    "property_people": {
        "count": "sum(count)",
        "accounts": "groupBitmapMergeState(accounts)",
        "people": "groupBitmapMergeState(people)",
    },
    "events": {
        "count": "count()",
        "accounts": "groupBitmapStateIf(account, account != 0)",
        "people": "groupBitmapStateIf(person, person != 0)",
        "sessions": "uniqExactState(session)",
    },
}

# How carried rows add up
ADDED: dict[Carried, str] = {
    "count": "sum(carried)",
    "accounts": "groupBitmapMerge(carried)",
    "people": "groupBitmapMerge(carried)",
    "sessions": "uniqExactMerge(carried)",
}

STATISTICS: dict[Statistic, str] = {
    Statistic.SUM: "sumKahan(number)",
    Statistic.AVERAGE: "avg(number)",
    Statistic.MIN: "min(number)",
    Statistic.MEDIAN: "quantileExactInclusive(0.5)(number)",
    Statistic.P75: "quantileExactInclusive(0.75)(number)",
    Statistic.P90: "quantileExactInclusive(0.9)(number)",
    Statistic.P95: "quantileExactInclusive(0.95)(number)",
    Statistic.P99: "quantileExactInclusive(0.99)(number)",
    Statistic.MAX: "max(number)",
}
EVERY = "(bucket, part), (bucket), (part), ()"


def carried(asked: Asked) -> Carried:
    """What rows of a measure carry."""
    if asked.measure in OF_ACCOUNTS:
        return "accounts"
    if asked.measure in OF_PEOPLE:
        return "people"
    return "sessions" if asked.measure is Measure.SESSIONS else "count"


def added(plan: Plan) -> str:
    """How the rows of ``steps`` add up to a value."""
    asked = plan.asked
    if asked.measure in PER or asked.measure is Measure.PROPERTY:
        return STATISTICS[asked.statistic]
    if asked.measure in FIRST and plan.table != "activity":
        return "count()"
    return ADDED[carried(asked)]


def steps(plan: Plan, bound: Bound, buckets: Sequence[Bucket], shown: Shown) -> tuple[str, str]:
    """The named steps, and the name of the last one."""
    measure = plan.asked.measure
    if measure in PER:
        return _per(plan, bound, shown), "each"
    if measure is Measure.PROPERTY:
        return _numbers(plan, bound, shown), "did"
    if measure in FIRST and plan.table != "activity":
        return _firsts(plan, bound, shown), "did"
    if measure in FIRST:
        spread = "range(toInt32(bucket), {size:Int32})"
        bound.params["size"] = len(buckets)
        bucket = f"if(day < {{first:Date}}, -1, toInt32({sources.bucket(plan)}))"
        return f"{did(plan, bound, bucket, shown, sources.SINCE_EVER)},\n{_spread(spread)}", "spread"
    if measure in ACTIVE:
        bound.params |= {"ends": [each.last for each in buckets], "window": plan.asked.days}
        bound.params["earliest"] = min(each.last for each in buckets)
        return f"{did(plan, bound, 'day', shown, ACTIVE_DAYS)},\n{_spread(ACTIVE_PLACES)}", "spread"
    if plan.question.is_cumulative and measure in DIFFERENT:
        return f"{did(plan, bound, sources.bucket(plan), shown)},\n{_spread(_running(plan, bound, buckets))}", "spread"
    return did(plan, bound, sources.bucket(plan), shown), "did"


ACTIVE_DAYS = "day >= least({first:Date}, {earliest:Date} - {window:UInt16} + 1) AND day <= {last:Date}"
# The buckets whose window a day is in, and −1 for the whole range
ACTIVE_PLACES = """arrayConcat(
        arrayFilter(
            place -> {ends:Array(Date)}[place + 1] >= bucket
                AND {ends:Array(Date)}[place + 1] < bucket + {window:UInt16},
            range(toInt32(0), toInt32(length({ends:Array(Date)})))
        ),
        if(bucket >= {first:Date}, [toInt32(-1)], [])
    )"""


def _running(plan: Plan, bound: Bound, buckets: Sequence[Bucket]) -> str:
    if plan.is_hourly:
        return "arrayFilter(start -> start >= bucket, {hours:Array(UInt32)})"
    bound.params["size"] = len(buckets)
    return "range(toInt32(bucket), {size:Int32})"


def _spread(places: str) -> str:
    """Each row again in every bucket it counts in."""
    return f"""spread AS (
    SELECT arrayJoin({places}) AS bucket, part, carried
    FROM did
)"""  # noqa: S608


def did(plan: Plan, bound: Bound, bucket: str, shown: Shown, days: str = sources.DAYS) -> str:
    """Rows of ``bucket, part, carried``: what was done, added up as far as it can be."""
    if plan.table == "activity" and (plan.accounts or plan.part_of):
        return account_sets.did(plan, bound, bucket, shown, days)
    if plan.table == "person_accounts":
        return people_sets.did(plan, bound, bucket, shown, days)
    source, conditions = sources.table(plan, bound)
    conditions = [days if each == sources.DAYS else each for each in conditions]
    if plan.part_of and plan.is_by_account:
        place, codes = places(plan, bound, shown)
        return f"""did AS (
    SELECT bucket, {codes}[place] AS part, carried
    FROM (
        SELECT {bucket} AS bucket, {place} AS place, {_carried(plan, bound)} AS carried
        FROM {source}
        WHERE {all_of(conditions)}
        GROUP BY bucket, place
    )
)"""  # noqa: S608
    part = shown_part(plan, bound, shown) if plan.part_of else "''"
    return f"""did AS (
    SELECT {bucket} AS bucket, {part} AS part, {_carried(plan, bound)} AS carried
    FROM {source}
    WHERE {all_of(conditions)}
    GROUP BY bucket, part
)"""  # noqa: S608


def _carried(plan: Plan, bound: Bound) -> str:
    """What a group of rows carries; merged people as the one they became, before sets are joined again and again."""
    what = carried(plan.asked)
    if what == "accounts" and plan.table == "property_people":
        return account_sets.accounts_of(plan, bound)
    found = CARRIED[plan.table][what]
    return f"bitmapTransform({found}, merges.1, merges.2)" if what == "people" else found


def _subject(plan: Plan) -> str:
    measure = plan.asked.measure
    return "session" if measure is Measure.PER_SESSION else MERGED_PERSON if measure in OF_PEOPLE else "account"


def _part(plan: Plan, bound: Bound, shown: Shown) -> str:
    return shown_part(plan, bound, shown) if plan.part_of else "''"


def _per(plan: Plan, bound: Bound, shown: Shown) -> str:
    """Rows of how often each subject did it, for every grouping on its own: a subject's times in two buckets add up."""
    source, conditions = sources.table(plan, bound)
    times = "sum(count)" if plan.table == "account_day" else "count()"
    return f"""did AS (
    SELECT {sources.bucket(plan)} AS bucket, {_part(plan, bound, shown)} AS part, {_subject(plan)} AS subject,
        {times} AS times
    FROM {source}
    WHERE {all_of(conditions)}
    GROUP BY bucket, part, subject
    HAVING subject != 0
),
each AS (
    SELECT bucket, part, grouping(bucket) AS every_bucket, grouping(part) AS every_part, sum(times) AS number
    FROM did
    GROUP BY GROUPING SETS ((bucket, part, subject), (bucket, subject), (part, subject), (subject))
)"""  # noqa: S608


def _numbers(plan: Plan, bound: Bound, shown: Shown) -> str:
    """Rows of every number that the property carries; what is no number is left out."""
    conditions = [*sources.where(plan, bound), is_number(plan, bound)]
    return f"""did AS (
    SELECT {sources.bucket(plan)} AS bucket, {_part(plan, bound, shown)} AS part,
        assumeNotNull(toFloat64OrNull(properties[{number_key(plan, bound)}])) AS number
    FROM {plan.table}
    WHERE {all_of(conditions)}
)"""  # noqa: S608


def number_key(plan: Plan, bound: Bound) -> str:
    """The mark of the property that holds the numbers."""
    return bound.add("number_of", "String", plan.asked.property)


def is_number(plan: Plan, bound: Bound) -> str:
    """Whether the property carries a finite number."""
    return f"ifNull(isFinite(toFloat64OrNull(properties[{number_key(plan, bound)}])), 0)"


def _firsts(plan: Plan, bound: Bound, shown: Shown) -> str:
    """A row for each subject whose first time ever is in the range, in the part of that first time."""
    part = f"argMin({_part(plan, bound, shown)}, ({'day' if plan.table == 'account_day' else 'at, sequence'}))"
    at = "" if plan.table == "account_day" else ", min(at) AS first_at"
    moved = "" if plan.table == "account_day" else ", first_at AS at"
    conditions = all_of(sources.where(plan, bound, sources.SINCE_EVER))
    return f"""did AS (
    SELECT {sources.bucket(plan)} AS bucket, part
    FROM (
        SELECT part, first_day AS day{moved}
        FROM (
            SELECT {_subject(plan)} AS subject, {part} AS part, min(day) AS first_day{at}
            FROM {plan.table}
            WHERE {conditions}
            GROUP BY subject
            HAVING subject != 0 AND first_day >= {{first:Date}}
        )
    )
)"""  # noqa: S608
