"""What counts as being there, settled: of whom, by which events, at which accounts, told by which table."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from django.db.models import QuerySet

from evergrow.customers.models import Account
from evergrow.insight.conditions import Condition
from evergrow.insight.narrowing import AccountsOnly
from evergrow.workspaces.models import Workspace

Table = Literal["activity", "account_day", "events"]


class Subject(StrEnum):
    """Of whom is asked. Sessions are not offered: each happens once, so none comes back, stays away or is regular."""

    ACCOUNT = "accounts"
    PERSON = "people"


@dataclass(frozen=True, slots=True)
class Source:
    """``events`` empty is any event. ``table`` knows on which days; how often in a day is asked of ``counted``."""

    workspace: Workspace
    subject: Subject
    events: tuple[str, ...]
    accounts: tuple[AccountsOnly, ...] = ()
    properties: tuple[Condition, ...] = ()
    table: Table = "activity"

    @property
    def counted(self) -> Table:
        """The cheapest table that knows how often each subject did it in a day."""
        is_rolled_up = self.subject is Subject.ACCOUNT and not self.properties
        return "account_day" if is_rolled_up else "events"


def find(
    workspace: Workspace,
    subject: Subject,
    events: Sequence[str],
    filters: Sequence[Condition] = (),
    *,
    visible: QuerySet[Account] | None = None,
) -> Source:
    """Settle accounts by number and choose the table; ``visible`` limits to these accounts (``None``: no limit).

    Accounts in the trash are not counted.
    """
    accounts = [AccountsOnly.of_fact(each, workspace) for each in filters if each.topic.kind == "account"]
    accounts += AccountsOnly.limits(workspace, visible, are_counted=subject is Subject.ACCOUNT)
    properties = tuple(each for each in filters if each.topic.kind == "property")
    table = _table(subject, accounts, properties)
    return Source(workspace, subject, tuple(events), tuple(accounts), properties, table)


def _table(subject: Subject, accounts: Sequence[AccountsOnly], properties: Sequence[Condition]) -> Table:
    """Day bitmaps, then accounts a day, then the events themselves.

    ``account_day`` knows nothing of events without an account, so it answers only where those do not count.
    """
    if properties:
        return "events"
    if not accounts:
        return "activity"
    has_account = any(not each.is_negated for each in accounts)
    return "account_day" if has_account or subject is Subject.ACCOUNT else "events"
