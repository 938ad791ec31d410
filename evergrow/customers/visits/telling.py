"""The one line of an account's story that an activity has."""

from typing import Any

from evergrow.customers import timeline
from evergrow.customers.mail import threads
from evergrow.customers.models import TimelineEntry, Visit, VisitState
from evergrow.customers.visits import fields
from evergrow.lib import clock
from evergrow.workspaces.models import Member

KINDS = {VisitState.LOGGED: "visit.logged", VisitState.PLANNED: "visit.planned"}


def tell(visit: Visit, *, by: Member) -> None:
    """Write the line, or bring it up to date: a plan that took place becomes a record in the same line."""
    if thread := threads.of(visit):
        return threads.tell(visit.account, thread)
    kind, data = KINDS[VisitState(visit.state)], told(visit)
    mine = _lines(visit)
    if (line := mine.first()) is None:
        line = timeline.add(visit.account, kind, data, by=visit.author or by, person=visit.person)
    fresh: dict[str, Any] = {"kind": kind, "data": data, "person": visit.person, "visibility": visit.visibility}
    if line.kind != kind:
        fresh["at"] = clock.now()
    TimelineEntry.objects.filter(pk=line.pk).update(**fresh)
    return None


def forget(visit: Visit) -> None:
    """Take the line away: it did not take place."""
    _lines(visit).delete()


def _lines(visit: Visit) -> "Any":
    return visit.account.timeline.filter(kind__in=KINDS.values(), data__visit=visit.pk)


def told(visit: Visit) -> dict[str, Any]:
    return {
        "visit": visit.pk,
        "activity": visit.kind,
        "on": visit.happened_on.isoformat(),
        "person": str(visit.person) if visit.person else "",
        "words": fields.first_words(visit)[:280],
        "sentiment": visit.sentiment,
        "recorded": clock.now().isoformat(),
    }
