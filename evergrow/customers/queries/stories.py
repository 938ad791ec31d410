"""The timeline as it is read: told entries, kinds to filter by, pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

from evergrow.customers import timeline
from evergrow.customers.models import Account, Person, TimelineEntry
from evergrow.customers.visits.access import entries
from evergrow.lib.digits import row_id, small
from evergrow.workspaces.models import Member, Workspace

PER_PAGE = 50
FILTERS = ("topic", "person", "by", "since", "until")


@dataclass(frozen=True, slots=True)
class Told:
    """An entry in the reader's words."""

    at: datetime
    icon: str
    sentence: str
    by: str
    entry: TimelineEntry


def tell(lines: Iterable[TimelineEntry]) -> list[Told]:
    """Entries in words, in the order given."""
    return [
        Told(entry.at, told.icon, told.sentence(entry), str(entry.by) if entry.by else "", entry)
        for entry in lines
        for told in [timeline.telling(entry)]
    ]


def topic(kind: str) -> str:
    """The part of a kind that filters go by: ``visit`` of ``visit.logged``."""
    return kind.partition(".")[0]


def story(member: Member, account: Account) -> "QuerySet[TimelineEntry]":
    """The lines of an account's story that a member may read, the latest first."""
    found = entries(member, account.timeline.all())
    return found.select_related("by__user", "person", "account__workspace").order_by("-at", "-pk")


def timeline_page(member: Member, account: Account, asked: Mapping[str, str]) -> dict[str, Any]:
    """A page of the timeline; ``asked`` may name ``topic``, ``person``, ``by``, ``since``, ``until`` and ``page``."""
    told = story(member, account)
    topics = sorted({topic(kind) for kind in told.order_by().values_list("kind", flat=True).distinct()})
    chosen = {name: asked.get(name, "") for name in FILTERS}
    narrowed = _narrowed(told, chosen, account.workspace, topics)
    shown = Paginator(narrowed, PER_PAGE).get_page(asked.get("page"))
    return {
        "topics": topics,
        "topic": chosen["topic"] if chosen["topic"] in topics else "",
        "chosen": chosen,
        "is_filtered": any(chosen[name] for name in FILTERS[1:]),
        "people": Person.objects.filter(pk__in=told.order_by().values("person")).order_by("name"),
        "members": Member.objects.filter(pk__in=told.order_by().values("by")).select_related("user"),
        "shown": shown,
        "entries": tell(shown),
    }


def _narrowed(
    told: "QuerySet[TimelineEntry]", chosen: Mapping[str, str], workspace: Workspace, topics: list[str]
) -> "QuerySet[TimelineEntry]":
    if chosen["topic"] in topics:
        told = told.filter(kind__startswith=f"{chosen['topic']}.")
    if person := small(chosen["person"]):
        told = told.filter(person__number=person)
    if by := row_id(chosen["by"]):
        told = told.filter(by=by)
    if (since := _day(chosen["since"])) is not None:
        told = told.filter(at__gte=datetime.combine(since, time(), workspace.tz))
    if (until := _day(chosen["until"])) is not None:
        told = told.filter(at__lt=datetime.combine(until + timedelta(days=1), time(), workspace.tz))
    return told


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1970 <= day.year <= 2999 else None
