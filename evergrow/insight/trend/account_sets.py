"""Rows from the sets of accounts that ``activity`` holds by day, parted by the accounts of each part."""

from evergrow.insight.statement import Bound
from evergrow.insight.trend import sources
from evergrow.insight.trend.parts import Shown, set_parts
from evergrow.insight.trend.plan import Plan
from evergrow.insight.trend.question import DIFFERENT
from evergrow.insight.trend.sources import all_of


def did(plan: Plan, bound: Bound, bucket: str, shown: Shown, days: str) -> str:
    """From sets of accounts, cut down to the accounts asked for and parted by the accounts of each part."""
    conditions = all_of(sources.where(plan, bound, days))
    whole = f"""SELECT {bucket} AS bucket, {accounts_of(plan, bound)} AS whole
        FROM activity
        WHERE {conditions}
        GROUP BY bucket"""  # noqa: S608
    if not plan.part_of:
        return f"did AS (\n    SELECT bucket, '' AS part, whole AS carried\n    FROM (\n        {whole}\n    )\n)"  # noqa: S608
    return f"""did AS (
    SELECT bucket, part, if(is_rest, bitmapAndnot(whole, members), bitmapAnd(whole, members)) AS carried
    FROM (
        {whole}
    ) AS wholes
    CROSS JOIN {set_parts(plan, bound, shown)}
)"""  # noqa: S608


def adds_up(plan: Plan) -> bool:
    """Whether the parts of a breakdown of sets of accounts add up: each account is in one part."""
    is_of_sets = plan.table == "activity" and bool(plan.part_of)
    return is_of_sets and plan.asked.measure in DIFFERENT and not plan.question.is_cumulative


def sizes(plan: Plan, bound: Bound, shown: Shown) -> str:
    """Rows of ``bucket, every_bucket, part, size`` where the parts add up: sets are cut and counted, never built."""
    return f"""sizes AS (
    SELECT bucket, every_bucket, part,
        if(is_rest, bitmapAndnotCardinality(whole, members), bitmapAndCardinality(whole, members)) AS size
    FROM (
        SELECT {sources.bucket(plan)} AS bucket, grouping(bucket) AS every_bucket, {accounts_of(plan, bound)} AS whole
        FROM activity
        WHERE {all_of(sources.where(plan, bound))}
        GROUP BY GROUPING SETS ((bucket), ())
    ) AS wholes
    CROSS JOIN {set_parts(plan, bound, shown)}
)"""  # noqa: S608


def accounts_of(plan: Plan, bound: Bound) -> str:
    """The set of accounts of a group of rows, cut down to those asked for."""
    found = "groupBitmapMergeState(accounts)"
    for accounts in plan.accounts:
        mark = bound.add("accounts", "Array(UInt32)", list(accounts.numbers))
        found = f"{'bitmapAndnot' if accounts.is_negated else 'bitmapAnd'}({found}, bitmapBuild({mark}))"
    return found
