"""Readers of the parts that questions about who was there when share, in their JSON forms and addresses."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow.insight import reading_parts
from evergrow.insight.conditions import Condition
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import Range
from evergrow.insight.presence.source import Subject

SHARED = {"kind", "version", "event", "subject", "range", "filters"}


def named(raw: Any, known: set[str], kind: str, version: int, *, refusal: str) -> Mapping[str, Any]:
    """An object of this kind and version, all of whose parts are known. Raises BadQuestion."""
    found = reading_parts.named_parts(raw, known, refusal)
    if found.get("kind", kind) != kind:
        raise BadQuestion("kind", _("This is a question of another kind."))
    if found.get("version", version) != version:
        raise BadQuestion("version", _("Only version %(version)s of these questions is known.") % {"version": version})
    return found


def event(raw: Any) -> str:
    """The name of an event; empty is any."""
    return reading_parts.text(raw, "event")


def subject(raw: Any) -> Subject:
    """Of whom is asked; sessions are refused with the reason."""
    if raw == "sessions":
        raise BadQuestion(
            "subject",
            _("A session happens once and never comes back, so this is asked of accounts or people only."),
        )
    return reading_parts.choice(Subject, raw, "subject")


def days(raw: Mapping[str, Any], default: Range) -> Range:
    """The range, or the default."""
    return reading_parts.days(raw["range"]) if "range" in raw else default


def filters(raw: Any) -> tuple[Condition, ...]:
    return reading_parts.filters(raw, "filters")


def shared_data(subject: Subject, asked: Range, conditions: Sequence[Condition]) -> dict[str, Any]:
    """The shared parts as JSON-ready data."""
    return {
        "subject": str(subject),
        "range": reading_parts.days_data(asked),
        "filters": reading_parts.filters_data(conditions),
    }


def query_data(query: QueryDict, names: Mapping[str, str]) -> dict[str, Any]:
    """An address as the JSON form, unchecked; ``names`` lead from values of the address to parts of the question.

    Rows of filters still without a topic or a value are left out.
    """
    raw: dict[str, Any] = {part: query[name] for name, part in names.items() if name in query}
    if "subject" in query:
        raw["subject"] = query["subject"]
    asked = reading_parts.days_asked(query)
    if asked is not None:
        raw["range"] = asked
    rows = zip(query.getlist("on"), query.getlist("is"), query.getlist("value"), strict=False)
    raw["filters"] = [
        {"on": on, "is": test, "values": reading_parts.values(value)}
        for on, test, value in rows
        if reading_parts.is_asked(on, test, value)
    ]
    return raw


def query(pairs: Mapping[str, str], subject: Subject, asked: Range, conditions: Sequence[Condition]) -> str:
    """The query string of an address; ``pairs`` are the values of the kind's own parts, and come last."""
    shared = {"subject": str(subject), **reading_parts.days_pairs(asked)}
    rows = [
        pair
        for condition in conditions
        for pair in (
            ("on", str(condition.topic)),
            ("is", str(condition.test)),
            ("value", reading_parts.write_values(condition.values)),
        )
    ]
    return urlencode([*{**shared, **pairs}.items(), *rows])
