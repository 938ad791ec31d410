"""Which questions are asked, each beside straightforward SQL over raw events.

A kind of question gets its lines in its own module below and one in ``CASES``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from evergrow.insight.bench import funnels, lifecycles, retentions, stickinesses, trends

Same = Callable[[Any, list[tuple[Any, ...]]], bool]


@dataclass(frozen=True, slots=True)
class Case:
    """A question in its JSON form, and the SQL that answers the same from raw.

    ``target`` is in milliseconds; ``is_same`` says whether an answer of ours has what the raw rows have.
    """

    name: str
    kind: str
    question: Mapping[str, Any]
    raw: str
    target: float
    params: Mapping[str, Any] = field(default_factory=dict)
    is_same: Same | None = None


def every() -> list[Case]:
    """All cases."""
    return list(CASES)


CASES: tuple[Case, ...] = (
    *(Case(*line) for line in trends.LINES),
    *(Case(*line) for line in funnels.LINES),
    *(Case(*line) for line in retentions.LINES),
    *(Case(*line) for line in lifecycles.LINES),
    *(Case(*line) for line in stickinesses.LINES),
)
