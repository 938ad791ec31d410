"""Which triggers are to be looked at again: once a day, and when something arrived that they look at."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from evergrow.customers.segments import arrivals
from evergrow.customers.segments.arrivals import LAG, Arrivals
from evergrow.lib import clock
from evergrow.success.models.triggers import TriggerKind, TriggerVersion
from evergrow.success.triggers.evaluating import published
from evergrow.workspaces.models import Workspace

PACE = timedelta(minutes=15)  # criteria are not asked more often than this because something arrived
NEWS = timedelta(minutes=1)


def due(workspace: Workspace) -> list[TriggerVersion]:
    """Versions never looked at, those of yesterday, and those that something touched which arrived since."""
    versions = published(workspace)
    if not versions:
        return []
    arrived, today, now = arrivals.read(workspace.pk), workspace.today(), clock.now()
    found = []
    for version in versions:
        is_event = version.definition.get("kind") == TriggerKind.EVENT
        if (
            version.looked_at is None
            or version.looked_on != today
            or (now - version.looked_at >= (NEWS if is_event else PACE) and _touches(arrived, version))
        ):
            found.append(version)
    return found


def about_segments(workspace: Workspace, keys: Sequence[str]) -> list[TriggerVersion]:
    """Versions whose criteria name one of these segments."""
    wanted = set(keys)
    return [version for version in published(workspace) if wanted & set(version.needed.get("segment_keys", ()))]


def _touches(arrived: Arrivals, version: TriggerVersion) -> bool:
    since = version.arrived_at
    if since is None:
        return True
    needed: Mapping[str, Any] = version.needed
    asked = [("event", name) for name in needed.get("events", ())]
    asked += [(kind, name) for kind, name in needed.get("traits", ())]
    asked += [("merge", ""), ("touch", "")] if needed.get("events") else []
    asked += [("places", "")] if needed.get("places") else []
    return any(at > since - LAG for at in (arrived.newest(*each) for each in asked) if at is not None)
