"""What is read of back-tests."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from evergrow import warehouse
from evergrow.customers import access
from evergrow.health.backtest.models import BackTest
from evergrow.workspaces.models import AccountScope, Member, Workspace

NEVER = date(1970, 1, 1)
SIDES = {"tested": "band", "published": "other_band"}


def visible(member: Member) -> QuerySet[BackTest]:
    """The back-tests whose accounts the member may see: over all of them for whoever sees all, else one's own."""
    found = BackTest.objects.filter(workspace_id=member.workspace_id).select_related("job", "created_by__user")
    return found if member.scope == AccountScope.ALL else found.filter(created_by=member, scope=member.scope)


def latest_rates(workspace: Workspace, version: int, definition: dict[str, Any]) -> BackTest | None:
    """The newest finished back-test of losses over all accounts that tested this version as it is published now."""
    done = BackTest.objects.filter(
        workspace=workspace, outcome="lost", scope=AccountScope.ALL, finished_at__isnull=False
    )
    for found in done.filter(version=version).order_by("-number")[:20]:
        if found.definition == definition:
            return found
    return None


@dataclass(frozen=True, slots=True)
class Which:
    """A part of the rows: of a card's band, only where it happened or not, only what the team would have taken."""

    side: str = "tested"
    band: str = ""
    happened: int | None = None
    taken: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    day: date
    account: int
    score: float
    band: str
    other: float
    other_band: str
    idle: float
    happened: bool
    taken: bool
    mrr: float
    mrr_after: float
    ended: date | None


def rows(backtest: BackTest, member: Member, which: Which | None = None, *, limit: int = 0) -> list[Row]:
    """Rows of a back-test for the accounts that the member may still see, latest day first; ``limit`` 0: all."""
    which = which or Which()
    found = warehouse.rows(
        warehouse.statement("health", "backtest_rows"),
        workspace_id=backtest.workspace_id,
        backtest=backtest.number,
        side=which.side,
        band=which.band,
        happened=-1 if which.happened is None else which.happened,
        taken=int(which.taken),
        accounts=list(access.accounts(member).order_by().values_list("number", flat=True)),
        most=limit or 2**31,
    )
    return [_row(*row) for row in found]


def _row(*parts: Any) -> Row:
    *rest, ended = parts
    values = [*rest, None if ended == NEVER else ended]
    return Row(*values)


def count(backtest: BackTest, member: Member, which: Which) -> int:
    """How many rows that would be."""
    return int(
        warehouse.scalar(
            warehouse.statement("health", "backtest_count"),
            workspace_id=backtest.workspace_id,
            backtest=backtest.number,
            side=which.side,
            band=which.band,
            happened=-1 if which.happened is None else which.happened,
            taken=int(which.taken),
            accounts=list(access.accounts(member).order_by().values_list("number", flat=True)),
        )
        or 0
    )
