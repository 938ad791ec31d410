"""Who is at which account: the mirror of affiliations in the event store."""

from evergrow.customers.criteria.bound import Bound
from evergrow.customers.criteria.windows import Now


def sql(bound: Bound, now: Now, role: str = "") -> str:
    """A subquery of ``account, person`` that hold today; ``role`` is the mark of a bound role, "" for any."""
    today = bound.add("today", "Date32", now.today)
    has_role = f" AND has(roles, {role})" if role else ""
    where = f"workspace_id = {{workspace:UInt32}} AND started_on <= {today} AND ended_on > {today}{has_role}"
    return f"(SELECT account, person FROM places FINAL WHERE {where})"  # noqa: S608
