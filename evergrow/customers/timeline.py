"""The story of an account. Each room registers how its kinds of entry are told."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise

from evergrow.customers.models import Account, Person, TimelineEntry
from evergrow.lib import clock
from evergrow.workspaces.models import Member

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Telling:
    """How entries of a kind are shown: a Tabler icon and a function from the entry to one translated sentence."""

    icon: str
    sentence: Callable[[TimelineEntry], str]


_tellings: dict[str, Telling] = {}
_topics: dict[str, Words] = {}


def register(kind: str, icon: str, sentence: Callable[[TimelineEntry], str]) -> None:
    """Teach the timeline to tell entries of this kind, for example ``playbook.started``."""
    _tellings[kind] = Telling(icon, sentence)


def name_topic(topic: str, words: Words) -> None:
    """What the filter above the timeline calls entries whose kind begins with ``topic.``, for example "Visits"."""
    _topics[topic] = words


def topic_name(topic: str) -> str:
    return str(_topics.get(topic, topic))


def telling(entry: TimelineEntry) -> Telling:
    """How to show an entry. Raises LookupError when no room registered its kind."""
    try:
        return _tellings[entry.kind]
    except KeyError:
        raise LookupError(f"No room tells timeline entries of the kind {entry.kind!r}.") from None


def add(
    account: Account,
    kind: str,
    data: dict[str, Any] | None = None,
    *,
    by: Member | None,
    person: Person | None = None,
    at: datetime | None = None,
) -> TimelineEntry:
    """Write one line into an account's story."""
    if kind not in _tellings:
        raise LookupError(f"No room tells timeline entries of the kind {kind!r}.")
    return TimelineEntry.objects.create(
        account=account, kind=kind, data=data or {}, by=by, person=person, at=at or clock.now()
    )
