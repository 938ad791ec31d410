"""The fields of an activity: which may be written, which say something, how a change of them is kept."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from evergrow.customers.models import Visit

WORDS = ("product", "version", "experience", "next_step", "need", "evaluation", "competitor", "scene", "agenda")
LINES = ("title", "place", "product", "version", "competitor")
FACTS = (
    "kind", "title", "happened_on", "starts_at", "minutes", "place", "direction", "person", "sentiment", "visibility",
    "body", *WORDS,
)  # fmt: skip
TOLD = ("body", "experience", "evaluation", "need", "next_step", "scene", "competitor", "agenda", "product")


def put(visit: Visit, facts: Mapping[str, Any]) -> None:
    """Write facts into a row that is not saved yet. Raises TypeError for a name that activities do not have."""
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise TypeError(f"A visit record has no {', '.join(sorted(unknown))}.")
    for name, value in facts.items():
        setattr(visit, name, value.strip() if name in LINES else value)


def plain(visit: Visit) -> dict[str, Any]:
    """What a row says now, in values that JSON holds."""
    return {name: _plain(getattr(visit, name)) for name in FACTS}


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Field → [before, after] of what differs."""
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}


def first_words(visit: Visit) -> str:
    """What a line about the record says: its subject, or the first words written down."""
    return visit.title.strip() or next((text for name in TOLD if (text := getattr(visit, name).strip())), "")
