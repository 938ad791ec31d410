"""Plan → SQL subject by subject, from the events themselves or from accounts by day.

``began`` has a row for each subject and cohort, ``came`` all returns of a subject in one list; a column looks at the
returns at its distance from the start: in periods of the calendar, or in milliseconds from one's own start.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evergrow.insight.retention import steps
from evergrow.insight.retention.plan import Plan
from evergrow.insight.retention.question import Clock, Cohorts, Subject
from evergrow.insight.retention.spans import LENGTHS, Column
from evergrow.insight.sql_parts import MERGED_PERSON, MERGES, number_of, part_of, shown_part
from evergrow.insight.statement import Bound, Statement

FOR_EVER = 2**60
WHOLE = "''"


@dataclass(frozen=True, slots=True)
class Spot:
    """Whom a list is about: these cohorts, the returns of a column, one part; ``shown`` are the parts with a name."""

    cohorts: Sequence[int]
    column: Column
    part: str | None
    shown: Sequence[str] | None
    has_come: bool | None


def ranking(plan: Plan) -> Statement:
    """The largest parts over all cohorts: ``part, size, how many parts there are``."""
    bound, top = steps.bound(plan), plan.question.split.top if plan.question.split else 1
    sql = f"""WITH
{_merges(plan)}began AS (
{_began(plan, bound, None)}
)
SELECT part, count() AS size, count() OVER () AS parts
FROM began
GROUP BY part
ORDER BY size DESC, part
LIMIT {bound.add("top", "UInt32", top)}"""  # noqa: S608
    return bound.statement("parts", sql)


def cells(plan: Plan, shown: Sequence[str] | None) -> Statement:
    """Every cell: ``cohort, column, part, size, came, sum``."""
    bound = steps.bound(plan)
    least = bound.add("minimum", "UInt32", plan.question.minimum)
    sql = f"""{_each(plan, bound, plan.columns, shown)}
SELECT
    place AS cohort, cell, part, count() AS size,
    countIf(times >= {least}) AS came_back, sumIf(amount, times >= {least}) AS total
FROM each
GROUP BY cohort, cell, part
ORDER BY cohort, cell, part"""  # noqa: S608
    return bound.statement("retention", sql)


def subjects(plan: Plan, spot: Spot, *, limit: int, offset: int) -> Statement:
    """Who is behind a cell: ``subject, times, last day, sum, how many subjects``; the most active first.

    Over several cohorts a subject came back when it did in one of them.
    """
    bound = steps.bound(plan)
    least = bound.add("minimum", "UInt32", plan.question.minimum)
    where = [f"place IN {bound.add('cohorts', 'Array(Int32)', list(spot.cohorts))}"]
    if spot.part is not None:
        where.append(f"part = {bound.add('part', 'String', spot.part)}")
    having = {None: "", True: f"\n    HAVING times >= {least}", False: f"\n    HAVING times < {least}"}[spot.has_come]
    limits = bound.add("limit", "UInt32", limit), bound.add("offset", "UInt32", offset)
    sql = f"""{_each(plan, bound, [spot.column], spot.shown)}
SELECT subject, times, last_day, total, count() OVER () AS subjects
FROM (
    SELECT subject, max(each.times) AS times, max(last_seen) AS last_day, sum(amount) AS total
    FROM each
    WHERE {" AND ".join(where)}
    GROUP BY subject{having}
)
ORDER BY times DESC, last_day DESC, subject
LIMIT {limits[0]} OFFSET {limits[1]}"""  # noqa: S608
    return bound.statement("behind", sql)


def _merges(plan: Plan) -> str:
    return f"{MERGES},\n" if plan.question.subject is Subject.PEOPLE else ""


def _each(plan: Plan, bound: Bound, columns: Sequence[Column], shown: Sequence[str] | None) -> str:
    """``each``: a row for every subject, cohort and column, with how often it came back there and the sum."""
    begins, ends = _ranges(plan, columns, bound)
    distance = f"visit.1 - since BETWEEN {begins}[cell + 1] AND {ends}[cell + 1]"
    return f"""WITH
{_merges(plan)}began AS (
{_began(plan, bound, shown)}
),
came AS (
{_came(plan, bound)}
),
each AS (
    SELECT
        began.subject AS subject, place, part,
        arrayJoin(range({len(columns)})) AS cell,
        arrayFilter(visit -> {distance}, came.visits) AS seen,
        arraySum(visit -> visit.2, seen) AS times,
        arraySum(visit -> visit.3, seen) AS amount,
        greatest(began.last_start, arrayMax(visit -> visit.4, arrayConcat(came.visits, [{NEVER}]))) AS last_seen
    FROM began LEFT JOIN came ON began.subject = came.subject
)"""  # noqa: S608


NEVER = "(toInt64(0), toUInt64(0), toFloat64(0), toDate(0))"


def _ranges(plan: Plan, columns: Sequence[Column], bound: Bound) -> tuple[str, str]:
    """Where each column begins and ends, both counted, in the unit of ``since``."""
    unit = int(LENGTHS[plan.question.interval].total_seconds() * 1000) if _is_rolling(plan) else 1
    begins = [each.first * unit for each in columns]
    ends = [FOR_EVER if each.last is None else (each.last + 1) * unit - 1 for each in columns]
    return bound.add("begins", "Array(Int64)", begins), bound.add("ends", "Array(Int64)", ends)


def _is_rolling(plan: Plan) -> bool:
    return plan.question.clock is Clock.ROLLING


def _subject(plan: Plan) -> str:
    return MERGED_PERSON if plan.question.subject is Subject.PEOPLE else "account"


def _began(plan: Plan, bound: Bound, shown: Sequence[str] | None) -> str:
    """``subject, place, part, since, last_start``; the part is that of the first start of the subject in the cohort."""
    question = plan.question
    part = shown_part(part_of(question.split.by, plan.part_of, bound), shown, bound) if question.split else WHOLE
    has_moments = plan.table == "events"
    moment = "(at, sequence, message_id)" if has_moments else "day"
    is_recurring = question.cohorts is Cohorts.RECURRING
    since = "toUnixTimestamp64Milli(min(at))" if _is_rolling(plan) else "toInt64(place)"
    return f"""    SELECT
        subject, {"period" if is_recurring else "min(period)"} AS place, argMin(part, moment) AS part,
        {since} AS since, max(day) AS last_start
    FROM (
        SELECT
            {_subject(plan)} AS subject, {steps.start_place(plan)} AS period, {part} AS part,
            {moment} AS moment, {"at, " if has_moments else ""}day
        FROM {plan.table}
        WHERE {steps.starts(plan, bound)}
    )
    WHERE subject != 0
    GROUP BY subject{", period" if is_recurring else ""}
    HAVING place >= 0"""  # noqa: S608


def _came(plan: Plan, bound: Bound) -> str:
    """``subject, visits``: tuples of when, how often, the sum and the last day."""
    place = "toUnixTimestamp64Milli(at)" if _is_rolling(plan) else f"toInt64({steps.place(plan)})"
    times = "count()" if plan.table == "events" else "sum(count)"
    amount = f"sum({number_of(plan.question.sum_of, bound)})" if plan.question.sum_of else "toFloat64(0)"
    return f"""    SELECT subject, groupArray((place, times, amount, last_day)) AS visits
    FROM (
        SELECT
            {_subject(plan)} AS subject, {place} AS place,
            {times} AS times, {amount} AS amount, max(day) AS last_day
        FROM {plan.table}
        WHERE {steps.returns(plan, bound)}
        GROUP BY subject, place
        HAVING subject != 0
    )
    GROUP BY subject"""  # noqa: S608
