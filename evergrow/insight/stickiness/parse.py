"""JSON or an address → StickinessQuestion, and back. Both doors lead through ``from_data``."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow.insight import reading_parts
from evergrow.insight.errors import BadQuestion
from evergrow.insight.presence import parts
from evergrow.insight.stickiness.question import (
    EVERY_EVENT,
    KIND,
    LARGEST_LEAST,
    VERSION,
    WINDOWS,
    StickinessQuestion,
    View,
)

PARTS = {*parts.SHARED, "view", "interval", "least", "cumulative", "window"}
NAMES = {"event": "event", "by": "interval", "view": "view", "least": "least", "window": "window"}


def from_data(raw: Any) -> StickinessQuestion:
    """Read a question's JSON form. What is left out takes its default.

    Raises BadQuestion at the first part that cannot be understood; unknown parts are refused, never ignored.
    """
    raw = parts.named(raw, PARTS, KIND, VERSION, refusal=_("A question about stickiness has no such part."))
    default = StickinessQuestion()
    return StickinessQuestion(
        event=parts.event(raw.get("event", EVERY_EVENT)),
        subject=parts.subject(raw.get("subject", default.subject)),
        view=reading_parts.choice(View, raw.get("view", default.view), "view"),
        interval=reading_parts.interval(raw.get("interval", default.interval)),
        range=parts.days(raw, default.range),
        filters=parts.filters(raw.get("filters", [])),
        least=reading_parts.whole_number(raw.get("least", 1), "least", 1, LARGEST_LEAST),
        is_cumulative=_truth(raw.get("cumulative", False)),
        window=_window(raw.get("window", default.window)),
    )


def as_data(question: StickinessQuestion) -> dict[str, Any]:
    """The question as JSON-ready data: what ``from_data`` reads and what is kept of a saved question."""
    return {
        "kind": KIND,
        "version": VERSION,
        "event": question.event,
        "view": str(question.view),
        "interval": str(question.interval),
        "least": question.least,
        "cumulative": question.is_cumulative,
        "window": question.window,
        **parts.shared_data(question.subject, question.range, question.filters),
    }


def from_query(query: QueryDict) -> StickinessQuestion:
    """Read the address of a stickiness page. Raises BadQuestion like ``from_data``."""
    return from_data(parts.query_data(query, NAMES) | {"cumulative": query.get("cumulative", "") == "1"})


def as_query(question: StickinessQuestion, **more: str) -> str:
    """The question as the query string of its address; ``more`` adds or replaces single values."""
    pairs = {
        "event": question.event,
        "view": str(question.view),
        "by": str(question.interval),
        "least": str(question.least),
        "cumulative": "1" if question.is_cumulative else "0",
        "window": str(question.window),
    }
    return parts.query(pairs | more, question.subject, question.range, question.filters)


def _truth(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise BadQuestion("cumulative", _("Say true or false."))
    return raw


def _window(raw: Any) -> int:
    if str(raw) not in map(str, WINDOWS) or isinstance(raw, bool):
        raise BadQuestion("window", _("The last 7 or the last 30 days."))
    return int(raw)
