"""JSON or an address → EngagementQuestion, and back. Both doors lead through ``from_data``."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow.insight.engagement.question import KIND, VERSION, EngagementQuestion
from evergrow.insight.presence import listing, parts

PARTS = (parts.SHARED - {"event"}) | {"at"}


def from_data(raw: Any) -> EngagementQuestion:
    """Read a question's JSON form. What is left out takes its default.

    Raises BadQuestion at the first part that cannot be understood; unknown parts are refused, never ignored.
    """
    raw = parts.named(raw, PARTS, KIND, VERSION, refusal=_("A question about engagement has no such part."))
    default = EngagementQuestion()
    at = raw.get("at")
    return EngagementQuestion(
        subject=parts.subject(raw.get("subject", default.subject)),
        range=parts.days(raw, default.range),
        filters=parts.filters(raw.get("filters", [])),
        at=listing.read_day(at, "at") if at is not None else None,
    )


def as_data(question: EngagementQuestion) -> dict[str, Any]:
    """The question as JSON-ready data: what ``from_data`` reads and what is kept of a saved question."""
    return {
        "kind": KIND,
        "version": VERSION,
        "at": question.at.isoformat() if question.at else None,
        **parts.shared_data(question.subject, question.range, question.filters),
    }


def from_query(query: QueryDict) -> EngagementQuestion:
    """Read the address of an engagement page. Raises BadQuestion like ``from_data``."""
    return from_data(parts.query_data(query, {"at": "at"} if query.get("at") else {}))


def as_query(question: EngagementQuestion, **more: str) -> str:
    """The question as the query string of its address; ``more`` adds or replaces single values."""
    pairs = {"at": question.at.isoformat()} if question.at else {}
    return parts.query(pairs | more, question.subject, question.range, question.filters)
