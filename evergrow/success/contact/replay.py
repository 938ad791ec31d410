"""What rules would have done with the contacts that were asked for: who tries a rule sees it before it is in force."""

import heapq
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from evergrow.lib import clock
from evergrow.success.contact.policy import Policy
from evergrow.success.models.contact import Contact, ContactReason
from evergrow.workspaces.models import Workspace

DAYS = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """A contact that was asked for at a moment; ``has_sender``: a colleague's hours would count.

    ``holder`` stands for one human: what was asked for records that were merged since goes by the one that was kept.
    """

    pk: int
    holder: str
    channel: str
    purpose: str
    at: datetime
    has_sender: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """What a rule would have held back: for good, or only ``until`` a moment."""

    asked: Asked
    reason: ContactReason
    until: datetime | None = None


def asked_in(workspace: Workspace, days: int = DAYS) -> list[Asked]:
    """Every contact asked for in the last days, those that pass the rules left out."""
    rows = Contact.objects.filter(
        workspace=workspace, is_transactional=False, asked_at__gte=clock.now() - timedelta(days=days)
    )
    names = ("pk", "holder", "channel", "purpose", "asked_at", "sender")
    found = rows.order_by("asked_at", "pk").values_list(*names)
    one = _merged_holders(rows)
    return [
        Asked(pk, one.get(holder, holder), channel, purpose, at, sender is not None)
        for pk, holder, channel, purpose, at, sender in found.iterator(chunk_size=2000)
    ]


def _merged_holders(rows: QuerySet[Contact]) -> dict[str, str]:
    """One name for the holders of records that are one person now, where they had several."""
    names: dict[int, set[str]] = defaultdict(set)
    whose = rows.exclude(person=None).order_by().values_list("holder", "person", "person__merged_into").distinct()
    for holder, person, into in whose.iterator(chunk_size=2000):
        names[into or person].add(holder)
    return {each: min(many) for many in names.values() if len(many) > 1 for each in many}


def replay(policy: Policy, asked: Iterable[Asked]) -> list[Held]:
    """Go through them in their order under ``policy``; what waits for quiet hours to end goes on then."""
    queue = [(each.at, n, each) for n, each in enumerate(asked)]
    heapq.heapify(queue)
    taken: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    held: list[Held] = []
    while queue and policy.is_on:
        at, n, each = heapq.heappop(queue)
        found = _judge(policy, taken, each, at)
        if found is not None:
            held.append(found)
            if found.until is not None and found.until > at:
                heapq.heappush(queue, (found.until, n, each))
    return held


def _judge(policy: Policy, taken: dict[tuple[str, str], list[datetime]], each: Asked, at: datetime) -> Held | None:
    said = taken[each.holder, f"same:{each.purpose}"]
    if policy.same_hours and any(moment > at - timedelta(hours=policy.same_hours) for moment in said):
        return Held(each, ContactReason.SAME)
    quiet = policy.quiet_until(each.channel, at)
    if quiet is not None:
        return Held(each, ContactReason.QUIET, None if policy.drops_when_quiet else quiet)
    begins = policy.sends_from(at) if each.has_sender else None
    if begins is not None:
        return Held(each, ContactReason.SENDER, begins)
    limits = policy.for_channel(each.channel)
    for limit in limits:
        live = [moment for moment in taken[each.holder, limit.key] if limit.holds(moment, at, policy.zone)]
        taken[each.holder, limit.key] = live
        if len(live) >= limit.most:
            return Held(each, ContactReason.LIMIT if limit.channel else ContactReason.TOTAL)
    for limit in limits:
        taken[each.holder, limit.key].append(at)
    said.append(at)
    return None
