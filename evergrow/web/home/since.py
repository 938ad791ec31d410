"""What happened since the member was here last, told by the timeline of the accounts in the scope."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max

from evergrow.customers import timeline
from evergrow.customers.models import Account, TimelineEntry
from evergrow.customers.visits.access import entries as visible
from evergrow.lib import clock
from evergrow.web.home.scope import Scope
from evergrow.workspaces.access import VISIT_GAP_SECONDS

SHOWN = 8
# Signals come in hundreds after an import and have a card of their own; here they are one line.
SIGNAL = "signal.raised"
FIRST_LOOK_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of an account's story."""

    at: datetime
    icon: str
    account: Account
    sentence: str


@dataclass(frozen=True, slots=True)
class Since:
    """``since`` is the end of the visit before this one; a first visit looks back a week."""

    since: datetime
    is_first: bool
    lines: list[Line]
    count: int
    signals: int
    signal_accounts: int
    signals_at: datetime | None


def last_visit(scope: Scope) -> Since:
    """The newest entries by others since the member's last visit."""
    seen, member = scope.member.previous_seen_at, scope.member
    is_first = seen is None or clock.now() - seen < timedelta(seconds=VISIT_GAP_SECONDS)
    since = clock.now() - FIRST_LOOK_BACK if seen is None or is_first else seen
    found = TimelineEntry.objects.filter(account__in=scope.accounts().values("pk"), at__gt=since, at__lte=clock.now())
    entries = visible(member, found).exclude(by=member).order_by()
    raised = entries.filter(kind=SIGNAL).aggregate(
        n=Count("pk"), accounts=Count("account", distinct=True), last=Max("at")
    )
    others = entries.exclude(kind=SIGNAL).select_related("account", "by__user", "person").order_by("-at", "-pk")
    lines = [_line(entry) for entry in others[:SHOWN]]
    count = others.count() if len(lines) == SHOWN else len(lines)
    return Since(since, is_first, lines, count, raised["n"], raised["accounts"], raised["last"])


def _line(entry: TimelineEntry) -> Line:
    told = timeline.telling(entry)
    return Line(entry.at, told.icon, entry.account, told.sentence(entry))
