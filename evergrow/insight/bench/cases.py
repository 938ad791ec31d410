"""Which questions are asked, each beside straightforward SQL over raw events.

A kind of question that is new here gets its lines in its own module below and one in ``CASES``. A case without a
question, or of a kind that is not registered in ``insight.kinds``, is left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from evergrow.insight import kinds
from evergrow.insight.bench import funnels, lifecycles, retentions, stickinesses, trends

Same = Callable[[Any, list[tuple[Any, ...]]], bool]


@dataclass(frozen=True, slots=True)
class Case:
    """A question in its JSON form (``None``: its kind is not there yet), and the SQL that answers the same from raw.

    ``target`` is in milliseconds; ``is_same`` says whether an answer of ours has what the raw rows have.
    """

    name: str
    kind: str
    question: Mapping[str, Any] | None
    raw: str
    target: float
    params: Mapping[str, Any] = field(default_factory=dict)
    is_same: Same | None = None


def every() -> list[Case]:
    """The cases whose kind is registered."""
    known = {kind.key for kind in kinds.KINDS}
    return [case for case in CASES if case.kind in known and case.question is not None]


CASES: tuple[Case, ...] = (
    *(Case(*line) for line in trends.LINES),
    *(Case(*line) for line in funnels.LINES),
    *(Case(*line) for line in retentions.LINES),
    *(Case(*line) for line in lifecycles.LINES),
    *(Case(*line) for line in stickinesses.LINES),
)
