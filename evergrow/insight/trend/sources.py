"""Where rows come from: a table, its conditions, sessions; and which bucket a row falls in."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from evergrow.insight.narrowing import account_test, property_test
from evergrow.insight.period import Bucket, Interval, begin
from evergrow.insight.sql_parts import MERGED_PERSON, MERGES
from evergrow.insight.statement import Bound
from evergrow.insight.trend.plan import SUBJECT, Plan
from evergrow.insight.trend.question import EVERY_EVENT, OF_SESSIONS

BUCKETS: dict[Interval, str] = {
    Interval.HOUR: "roundDown(toUnixTimestamp(at), {hours:Array(UInt32)})",
    Interval.DAY: "dateDiff('day', {anchor:Date}, day)",
    Interval.WEEK: "intDiv(dateDiff('day', {anchor:Date}, day), 7)",
    Interval.MONTH: "dateDiff('month', {anchor:Date}, day)",
    Interval.QUARTER: "dateDiff('quarter', {anchor:Date}, day)",
    Interval.YEAR: "dateDiff('year', {anchor:Date}, day)",
}

# Events of people with the session each is in: a gap of 30 minutes, or another name of session that the client gave,
# begins a new one; events without a name join the session that was active last. Sessions are those of everything a
# person did, from a day before the range on; only people who did what is asked about are looked at.
SESSIONS = """(
    SELECT event, at, day, account, who, properties, sequence,
        cityHash64(who, label, sum(is_start) OVER (PARTITION BY who, label ORDER BY at, sequence)) AS session
    FROM (
        SELECT event, at, day, account, who, properties, sequence, label,
            dateDiff('millisecond', lagInFrame(at, 1, at) OVER (PARTITION BY who, label ORDER BY at, sequence
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), at) >= 1800000 AS is_start
        FROM (
            SELECT event, at, day, account, who, properties, sequence,
                max(name) OVER (PARTITION BY who, run) AS named, (named, if(named = '', run, 0)) AS label
            FROM (
                SELECT event, at, day, account, who, properties, sequence, name,
                    sum(name != '' OR gap >= 1800000) OVER (PARTITION BY who ORDER BY at, sequence
                        ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS run
                FROM (
                    SELECT event, at, day, account, PERSON AS who, properties, sequence,
                        properties['session_id'] AS name,
                        dateDiff('millisecond', lagInFrame(at, 1, at) OVER (PARTITION BY who ORDER BY at, sequence
                            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), at) AS gap
                    FROM events
                    WHERE workspace_id = {workspace:UInt32} AND day BETWEEN {before:Date} AND {last:Date}
                        AND who IN (SELECT PERSON FROM events WHERE DID) AND who != 0
                )
            )
        )
    )
)""".replace("PERSON", MERGED_PERSON)


def bind(plan: Plan, buckets: Sequence[Bucket]) -> Bound:
    """The values every statement over these buckets has."""
    first, last = buckets[0].first, buckets[-1].last
    known = {"workspace": plan.workspace.pk, "first": first, "last": last, "before": first - timedelta(days=1)}
    if plan.is_hourly:
        return Bound(known | {"hours": hour_starts(buckets)})
    anchor: date = begin(first, plan.question.interval, plan.workspace.week_start)
    return Bound(known | {"anchor": anchor})


def hour_starts(buckets: Sequence[Bucket]) -> list[int]:
    """The seconds since 1970 at which the hours begin and end, in order."""
    moments = {seconds(moment) for bucket in buckets for moment in (bucket.at, bucket.until) if moment}
    return sorted(moments)


def seconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())


def bucket(plan: Plan) -> str:
    """The bucket of a row with ``day`` (or ``at``): its place, or the seconds at which an hour begins."""
    return BUCKETS[plan.question.interval]


def places(plan: Plan, buckets: Sequence[Bucket]) -> dict[int, int]:
    """The place on the chart of each bucket as rows name it."""
    if plan.is_hourly:
        return {seconds(each.at): place for place, each in enumerate(buckets) if each.at and not each.is_missing}
    return {place: place for place in range(len(buckets))}


DAYS = "day BETWEEN {first:Date} AND {last:Date}"
SINCE_EVER = "day <= {last:Date}"


def where(plan: Plan, bound: Bound, days: str = DAYS) -> list[str]:
    """The conditions on rows of the plan's table; account conditions are left to sets where the table holds sets."""
    found = ["workspace_id = {workspace:UInt32}", days]
    if plan.asked.event != EVERY_EVENT:
        found.append(f"event = {bound.add('event', 'String', plan.asked.event)}")
    if plan.table == "property_days":
        found.append(f"property = {bound.add('property', 'String', plan.properties[0].topic.key)}")
        return found
    if plan.table == "property_people" and plan.question.split is not None:
        found.append(f"property = {bound.add('property', 'String', plan.question.split.by[0].key)}")
    if plan.table in ("activity", "property_people"):
        return found
    found += [account_test(accounts, bound) for accounts in plan.accounts]
    return found + [property_test(condition, bound) for condition in plan.properties]


def all_of(conditions: Sequence[str]) -> str:
    return "\n      AND ".join(conditions)


def table(plan: Plan, bound: Bound) -> tuple[str, list[str]]:
    """What rows are read from, and the conditions on them: the plan's table, or events with their sessions."""
    conditions = where(plan, bound)
    if plan.asked.measure not in OF_SESSIONS:
        return plan.table, conditions
    source = SESSIONS.replace("DID", all_of([*conditions, "person != 0"]))
    return source, [each for each in conditions if not each.startswith("workspace_id")]


def merges(plan: Plan) -> str:
    """The merged people, as a first line of a statement; nothing where people do not count."""
    return f"{MERGES},\n" if SUBJECT[plan.asked.measure] == "person" else ""
