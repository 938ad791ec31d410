"""JSON or an address → LifecycleQuestion, and back. Both doors lead through ``from_data``."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow.insight import reading_parts
from evergrow.insight.lifecycle.question import EVERY_EVENT, KIND, VERSION, LifecycleQuestion
from evergrow.insight.presence import parts

PARTS = {*parts.SHARED, "interval"}


def from_data(raw: Any) -> LifecycleQuestion:
    """Read a question's JSON form. What is left out takes its default.

    Raises BadQuestion at the first part that cannot be understood; unknown parts are refused, never ignored.
    """
    raw = parts.named(raw, PARTS, KIND, VERSION, refusal=_("A lifecycle has no such part."))
    default = LifecycleQuestion()
    return LifecycleQuestion(
        event=parts.event(raw.get("event", EVERY_EVENT)),
        subject=parts.subject(raw.get("subject", default.subject)),
        interval=reading_parts.interval(raw.get("interval", default.interval)),
        range=parts.days(raw, default.range),
        filters=parts.filters(raw.get("filters", [])),
    )


def as_data(question: LifecycleQuestion) -> dict[str, Any]:
    """The question as JSON-ready data: what ``from_data`` reads and what is kept of a saved question."""
    return {
        "kind": KIND,
        "version": VERSION,
        "event": question.event,
        "interval": str(question.interval),
        **parts.shared_data(question.subject, question.range, question.filters),
    }


def from_query(query: QueryDict) -> LifecycleQuestion:
    """Read the address of a lifecycle's page. Raises BadQuestion like ``from_data``."""
    return from_data(parts.query_data(query, {"event": "event", "by": "interval"}))


def as_query(question: LifecycleQuestion, **more: str) -> str:
    """The question as the query string of its address; ``more`` adds or replaces single values."""
    pairs = {"event": question.event, "by": str(question.interval)}
    return parts.query(pairs | more, question.subject, question.range, question.filters)
