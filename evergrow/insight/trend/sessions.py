"""Plan → SQL of the sessions behind a point of a trend that counts sessions."""

from collections.abc import Sequence
from datetime import timedelta

from evergrow.insight import sessions
from evergrow.insight.narrowing import AccountsOnly, account_test
from evergrow.insight.period import Bucket
from evergrow.insight.sql_parts import MERGES
from evergrow.insight.statement import Bound, Statement
from evergrow.insight.trend import sources
from evergrow.insight.trend.parts import bound_code, shown_part
from evergrow.insight.trend.plan import Plan
from evergrow.insight.trend.sources import all_of


def listed(
    plan: Plan, bucket: Bucket, part: str | None, shown: Sequence[str] | None, *, limit: int, offset: int
) -> Statement:
    """``person, facts of the session (insight/sessions.py), how many sessions``, the latest first.

    A session counts in every bucket in which it has an event that is asked about; its facts are those of all its
    events, a day before and after the bucket too, as far as the member may see their accounts.
    """
    day = timedelta(days=1)
    bound = Bound({"workspace": plan.workspace.pk, "first": bucket.first, "last": bucket.last})
    bound.params |= {"before": bucket.first - day, "after": bucket.last + day}
    limits = bound.add("limit", "UInt32", limit), bound.add("offset", "UInt32", offset)
    conditions = sources.where(plan, bound, _days(bound, bucket))
    if part is not None:
        kind = "String" if len(plan.part_of) < 2 else "Array(String)"
        mark = bound.add("part", kind, bound_code(plan, part))
        conditions.append(f"{shown_part(plan, bound, shown)} = {mark}")
    whole = sources.SESSIONS.replace("{last:Date}", "{after:Date}")
    source = whole.replace("DID", all_of([*conditions, "person != 0"]))
    asked = all_of([each for each in conditions if not each.startswith("workspace_id")])
    kept = account_test(AccountsOnly.of_visible(plan.visible), bound) if plan.visible is not None else "1"
    sql = f"""WITH
{MERGES}
SELECT any(who) AS person, {sessions.facts(kept)},
    count() OVER () AS sessions
FROM {source}
GROUP BY session
HAVING countIf({asked}) > 0
ORDER BY begins DESC, session
LIMIT {limits[0]} OFFSET {limits[1]}"""  # noqa: S608
    return bound.statement("behind", sql)


def _days(bound: Bound, bucket: Bucket) -> str:
    if not (bucket.at and bucket.until):
        return sources.DAYS
    bound.params |= {"at": bucket.at, "until": bucket.until}
    return f"{sources.DAYS} AND at >= {{at:DateTime64(3, 'UTC')}} AND at < {{until:DateTime64(3, 'UTC')}}"
