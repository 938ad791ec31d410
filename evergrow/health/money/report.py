"""Everything the money page and its API say: the periods, the chosen one in full, and its groups."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet

from evergrow.customers import access
from evergrow.customers.models import Account, Subscription
from evergrow.customers.queries.currencies import Unrated, without_rate
from evergrow.health.money import ledger as ledgers
from evergrow.health.money.asked import Asked
from evergrow.health.money.groups import Group, groups
from evergrow.health.money.ledger import Array, Ledger, Span
from evergrow.health.money.models import Movement
from evergrow.health.money.periods import Interval, Period, periods
from evergrow.lib.years import year_before
from evergrow.workspaces.models import Member, Workspace


@dataclass(frozen=True, slots=True)
class Line:
    """A period with what it says."""

    period: Period
    span: Span


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group with what the chosen period says of it; ``members`` counts its accounts that ever paid."""

    group: Group
    span: Span
    members: int


@dataclass(frozen=True, slots=True)
class Report:
    """``year`` compares with twelve months before today. ``group`` is the one the page is narrowed to."""

    asked: Asked
    ledger: Ledger
    lines: list[Line]
    chosen: Line
    year: Span
    groups: list[GroupLine]
    group: Group | None
    booked_at: datetime | None
    left_out: list[Unrated]

    @property
    def only(self) -> Array | None:
        return None if self.group is None else self.group.members


class NoSuchPeriod(LookupError):
    """The address names a period or a group that is not there."""


def read(workspace: Workspace, accounts: QuerySet[Account], asked: Asked) -> Report:
    """The report for these accounts (those the reader may see). Raises NoSuchPeriod."""
    ledger = ledgers.read(workspace, accounts)
    found = groups(workspace, ledger, asked.by) if asked.by else []
    group = _group(found, asked)
    today = workspace.today()
    spans = [
        Line(period, narrowed(ledger.span(period.start, period.end), group))
        for period in periods(asked.interval, today, ledger.first)
    ]
    chosen = _chosen(spans, asked.period)
    whole = ledger.span(chosen.period.start, chosen.period.end)
    year = periods(Interval.YEAR, today, ledger.first, 1)[0]
    return Report(
        asked=asked,
        ledger=ledger,
        lines=spans,
        chosen=chosen,
        year=narrowed(ledger.span(year_before(today), year.end), group),
        groups=[GroupLine(one, whole.only(one.members), int(one.members.sum())) for one in found],
        group=group,
        booked_at=Movement.objects.filter(workspace=workspace).aggregate(at=Max("booked_at"))["at"],
        left_out=without_rate(workspace, Subscription),
    )


def visible(member: Member) -> QuerySet[Account]:
    """The accounts whose movements a member may see: merged ones and those in the trash are out."""
    return access.accounts(member)


def narrowed(span: Span, group: Group | None) -> Span:
    return span if group is None else span.only(group.members)


def _group(found: list[Group], asked: Asked) -> Group | None:
    if asked.by is None or not asked.group:
        return None
    for one in found:
        if one.key == asked.group:
            return one
    raise NoSuchPeriod(asked.group)


def _chosen(lines: list[Line], key: str) -> Line:
    """The period of the address, else the latest complete one."""
    if not key:
        complete = [line for line in lines if line.period.is_complete]
        return (complete or lines)[-1]
    for line in lines:
        if line.period.key == key:
            return line
    raise NoSuchPeriod(key)


def movements_sql(workspace: Workspace, accounts: QuerySet[Account]) -> str:
    """The statement that reads the movements, for members who may see it."""
    rows = ledgers.rows(workspace, accounts).order_by().values_list("account_id", "effective_on", "amount", "kind")
    return str(rows.query)
