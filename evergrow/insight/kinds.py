"""The kinds of questions, and what each can do. A new kind is its own package and one line here."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from evergrow.insight.engagement.kind import KIND_OF_QUESTION as ENGAGEMENT
from evergrow.insight.errors import BadQuestion
from evergrow.insight.funnel.kind import KIND_OF_QUESTION as FUNNEL
from evergrow.insight.kind import Kind
from evergrow.insight.lifecycle.kind import KIND_OF_QUESTION as LIFECYCLE
from evergrow.insight.retention.kind import KIND_OF_QUESTION as RETENTION
from evergrow.insight.stickiness.kind import KIND_OF_QUESTION as STICKINESS
from evergrow.insight.trend.kind import KIND_OF_QUESTION as TREND

KINDS: tuple[Kind, ...] = (
    TREND,
    FUNNEL,
    RETENTION,
    LIFECYCLE,
    STICKINESS,
    ENGAGEMENT,
)  # fmt: skip


def get(key: str) -> Kind:
    """The kind with this key. Raises BadQuestion at ``kind`` for one that is not known."""
    for kind in KINDS:
        if kind.key == key:
            return kind
    known = ", ".join(kind.key for kind in KINDS)
    raise BadQuestion(
        "kind", _("“%(raw)s” is not known here. Use one of: %(known)s.") % {"raw": key[:80], "known": known}
    )


def of(raw: Mapping[str, Any]) -> Kind:
    """The kind that a question's JSON form names; a trend where it names none. Raises BadQuestion at ``kind``."""
    return get(str(raw.get("kind", TREND.key)))
