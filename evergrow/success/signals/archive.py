"""Putting signals away: what a filter means, and what the setting does by itself each night."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from evergrow.lib import clock
from evergrow.success import access
from evergrow.success.models import Signal, SignalBatch, SignalState
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.signals import capacity, history, many
from evergrow.success.signals.inbox import of_rule
from evergrow.workspaces import audit
from evergrow.workspaces.models import Member, Workspace

MOST_A_NIGHT = 20_000


@dataclass(frozen=True, slots=True)
class What:
    """Which signals: last seen at least so many days ago; by state (closed, open or a state), rule, owner, source."""

    days: int = 90
    state: str = "closed"
    rule: str = ""
    owner: str = ""
    source: str = ""


def matching(member: Member, what: What) -> QuerySet[Signal]:
    """The signals that the member may see and would put away."""
    rows = access.signals(member).filter(archived_at=None)
    rows = rows.filter(last_seen_at__lte=clock.now() - timedelta(days=what.days))
    groups = {"closed": history.CLOSED, "open": OPEN_SIGNALS}
    rows = rows.filter(state__in=groups.get(what.state, [what.state]))
    if what.rule:
        rows = of_rule(rows, what.rule)
    if what.owner:
        rows = rows.filter(owner=None if what.owner == "nobody" else int(what.owner))
    if what.source:
        rows = rows.filter(source=int(what.source))
    return rows


@transaction.atomic
def by_setting(workspace: Workspace) -> int:
    """Put away what has been closed, or untouched, for as long as the settings say; how many. Safe to run again."""
    limits, now = capacity.settings_of(workspace), clock.now()
    old = Q(pk__in=[])
    if limits.archive_closed_days:
        old |= Q(state__in=history.CLOSED, ended_at__lte=now - timedelta(days=limits.archive_closed_days))
    if limits.archive_untouched_days:
        since = now - timedelta(days=limits.archive_untouched_days)
        old |= Q(state=SignalState.NEW, was_worked=False, last_seen_at__lte=since)
    rows = Signal.objects.select_for_update().filter(old, workspace=workspace, archived_at=None)
    keys = list(rows.values_list("pk", flat=True)[:MOST_A_NIGHT])
    if not keys:
        return 0
    batch = SignalBatch.objects.create(workspace=workspace, act="archive", at=now)
    batch.count = many.put_away(batch, keys, "")
    batch.save(update_fields=["count"])
    audit.record(workspace, "signals.archived", workspace, by=None, data={"count": batch.count})
    return batch.count
