"""What arrived lately, and from whom."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from evergrow import warehouse
from evergrow.customers import access
from evergrow.customers.models import Account, Person
from evergrow.lib import clock
from evergrow.workspaces.models import AccountScope, Member

SHOWN = 50
LOOK_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Arrival:
    """One event that came in; ``person`` and ``account`` where the reader may see them."""

    received_at: datetime
    at: datetime
    event: str
    source: str
    distinct_id: str
    properties: list[tuple[str, str]]
    person: Person | None
    account: Account | None

    @property
    def lateness(self) -> float:
        """Seconds between happening and arriving."""
        return max(0.0, (self.received_at - self.at).total_seconds())


@dataclass(frozen=True, slots=True)
class Intake:
    """How much came in within the last hour, from which sources, and the newest moment of the last seven days."""

    last_hour: int
    sources: list[str]
    last_at: datetime | None


def intake(member: Member) -> Intake:
    """Captured events of the workspace, imports left out."""
    now = clock.now()
    found = warehouse.rows(
        warehouse.statement("intake", "intake"),
        workspace_id=member.workspace_id,
        since=now - LOOK_BACK,
        hour=now - timedelta(hours=1),
    )
    count, sources, last = found[0]
    return Intake(count, sorted(sources), last)


def arrivals(member: Member) -> list[Arrival]:
    """The newest captured events of the accounts the member may see."""
    sees_all = member.scope == AccountScope.ALL
    visible = [] if sees_all else list(access.accounts(member).values_list("number", flat=True))
    rows = warehouse.rows(
        warehouse.statement("intake", "arrivals"),
        workspace_id=member.workspace_id,
        since=clock.now() - LOOK_BACK,
        all=sees_all,
        accounts=visible,
        shown=SHOWN,
    )
    accounts = {row.number: row for row in access.accounts(member).filter(number__in={row[6] for row in rows})}
    people = {row.number: row for row in access.people(member).filter(number__in={row[5] for row in rows})}
    return [
        Arrival(received, at, event, source, distinct, sorted(properties.items()), people.get(who), accounts.get(firm))
        for received, at, event, source, distinct, who, firm, properties in rows
    ]
