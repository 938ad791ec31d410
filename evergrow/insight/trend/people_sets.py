"""Sets of people by facts of accounts: from the sets of ``activity`` where all that somebody does is of one account.

Most people only ever act for one account, which ``person_accounts`` knows. A day's people cut down to those of a part's
accounts are its people; only the events of those who are known at several accounts have to be looked at.
"""

from dataclasses import replace

from evergrow.insight.narrowing import account_test
from evergrow.insight.statement import Bound
from evergrow.insight.trend import sources
from evergrow.insight.trend.parts import Shown, places
from evergrow.insight.trend.plan import Plan
from evergrow.insight.trend.sources import all_of


def did(plan: Plan, bound: Bound, bucket: str, shown: Shown, days: str) -> str:
    """Rows of ``bucket, part, carried``: sets of people, merged ones as the one they became."""
    place, codes = places(plan, bound, shown)
    known = all_of(sources.where(replace(plan, table="activity"), bound, days))
    return f"""did AS (
    SELECT bucket, {codes}[place] AS part, bitmapTransform(people, merges.1, merges.2) AS carried
    FROM (
        SELECT bucket, place, bitmapAnd(whole, members) AS people
        FROM (
            SELECT {bucket} AS bucket, groupBitmapMergeState(people) AS whole
            FROM activity
            WHERE {known}
            GROUP BY bucket
        ) AS wholes
        CROSS JOIN {_members(plan, bound, place)}
        UNION ALL
        SELECT {bucket} AS bucket, {place} AS place, groupBitmapState(person) AS people
        {_events_of(plan, bound, days)}
        GROUP BY bucket, place
    )
)"""  # noqa: S608


def _members(plan: Plan, bound: Bound, place: str) -> str:
    """A table of every part's place with ``members``, the people of its accounts who are at no other account."""
    tests = all_of([account_test(accounts, bound) for accounts in plan.accounts] or ["1"])
    return f"""(
            SELECT {place} AS place, groupBitmapState(person) AS members
            FROM (
                SELECT person, lowest AS account
                FROM person_accounts FINAL
                WHERE workspace_id = {{workspace:UInt32}} AND lowest = highest
            )
            WHERE {tests}
            GROUP BY place
        ) AS parts"""  # noqa: S608


def _events_of(plan: Plan, bound: Bound, days: str) -> str:
    """Where the events of people at several accounts come from."""
    conditions = sources.where(replace(plan, table="events"), bound, days)
    return f"""FROM events
        WHERE {all_of([*conditions, "person != 0"])}
        AND person IN (
            SELECT person
            FROM person_accounts FINAL
            WHERE workspace_id = {{workspace:UInt32}} AND lowest != highest
        )"""  # noqa: S608
