"""Plan → SQL of the sessions behind a point of a funnel of sessions."""

from collections.abc import Sequence
from datetime import timedelta

from evergrow.insight import sessions
from evergrow.insight.funnel import units
from evergrow.insight.funnel.paths import bound_values
from evergrow.insight.funnel.plan import Plan
from evergrow.insight.funnel.question import SESSION_GAP_MINUTES
from evergrow.insight.sql_parts import MERGES, every
from evergrow.insight.statement import Statement


def of_people(plan: Plan, people: Sequence[int]) -> Statement:
    """``person, facts of a session (insight/sessions.py)``: all sessions of these people from a day before the range.

    They are parted as the funnel parts them: by half an hour in which nothing happened that the member may see.
    """
    bound = bound_values(plan)
    bound.params["first"] = plan.days.first - timedelta(days=1)
    who = units.who(plan)
    where = ["workspace_id = {workspace:UInt32}", "day BETWEEN {first:Date} AND {until:Date}"]
    where += [f"{who} IN {bound.add('people', 'Array(UInt32)', list(people))}", *units.of_accounts(plan, bound)]
    gap = bound.add("gap", "Int64", SESSION_GAP_MINUTES * 60_000)
    sql = f"""WITH
{MERGES}
SELECT person, {sessions.facts()}
FROM (
    SELECT subject AS person, at, sequence, account, properties,
        sum(is_start) OVER (PARTITION BY subject ORDER BY at, sequence
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS session
    FROM (
        SELECT {who} AS subject, at, sequence, account, properties,
            dateDiff('millisecond', lagInFrame(at, 1, at) OVER (PARTITION BY subject ORDER BY at, sequence
                ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), at) >= {gap} AS is_start
        FROM events
        WHERE {every(where, 10)}
    )
)
GROUP BY person, session
ORDER BY person, begins"""  # noqa: S608
    return bound.statement("sessions", sql)
