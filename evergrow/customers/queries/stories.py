"""The timeline as it is read: told entries, kinds to filter by, pages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator

from evergrow.customers import timeline
from evergrow.customers.models import Account, TimelineEntry

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Told:
    """An entry in the reader's words."""

    at: datetime
    icon: str
    sentence: str
    by: str
    entry: TimelineEntry


def tell(entries: Iterable[TimelineEntry]) -> list[Told]:
    """Entries in words, in the order given."""
    return [
        Told(entry.at, told.icon, told.sentence(entry), str(entry.by) if entry.by else "", entry)
        for entry in entries
        for told in [timeline.telling(entry)]
    ]


def topic(kind: str) -> str:
    """The part of a kind that filters go by: ``visit`` of ``visit.logged``."""
    return kind.partition(".")[0]


def timeline_page(account: Account, asked: Mapping[str, str]) -> dict[str, Any]:
    """A page of the timeline; ``asked`` may name a ``topic`` and a ``page``."""
    topics = sorted({topic(kind) for kind in account.timeline.order_by().values_list("kind", flat=True).distinct()})
    chosen = asked.get("topic", "")
    entries = account.timeline.select_related("by__user", "person").order_by("-at", "-pk")
    if chosen in topics:
        entries = entries.filter(kind__startswith=f"{chosen}.")
    shown = Paginator(entries, PER_PAGE).get_page(asked.get("page"))
    return {"topics": topics, "topic": chosen if chosen in topics else "", "shown": shown, "entries": tell(shown)}
