"""Which of two values of a trait counts, whatever order they come in.

Every value said has a rank, and the highest rank counts. Ranks are compared part by part, so that of the same values
the same one is left after any order and any repetition:

1. by time: the moment it was said, then how far its source is trusted; or by source: the other way round;
2. a trait that was forgotten before one that was said at the same moment;
3. the value's text, then the source's name, for two values that nothing else tells apart.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

USUAL_ORDER = ("edit", "api", "crm", "import", "sdk")
Rank = tuple[int, int, bool, str, str]


@dataclass(frozen=True, slots=True)
class Policy:
    """``by_source`` asks the more trusted source first, else the newer value counts. ``order``: most trusted first."""

    by_source: bool = False
    order: tuple[str, ...] = USUAL_ORDER

    @classmethod
    def of(cls, precedence: str, order: Sequence[str]) -> "Policy":
        """The policy of a described trait; an empty order is the usual one."""
        return cls(precedence == "sources", tuple(order) or USUAL_ORDER)

    def trust(self, source: str) -> int:
        """How far a source is trusted, more is better. ``crm:hub`` counts as ``crm`` unless it is listed itself."""
        for name in (source, source.partition(":")[0]):
            if name in self.order:
                return len(self.order) - self.order.index(name)
        return 0 if source else -1  # nobody knows where it is from


@dataclass(frozen=True, slots=True)
class Said:
    """A value (``None``: the trait was forgotten), who said it, and when in milliseconds since 1970."""

    value: Any
    source: str = ""
    at: int = 0

    def rank(self, policy: Policy) -> Rank:
        trust = policy.trust(self.source)
        first, second = (trust, self.at) if policy.by_source else (self.at, trust)
        return first, second, self.value is None, text_of(self.value), self.source


def can_be_kept(value: Any) -> bool:
    """Whether both stores can hold a value of JSON: no NUL, no half letters, no number beyond those of a double."""
    text = text_of(value)
    try:
        text.encode()
        return "\\u0000" not in text and all(abs(number) < 1e308 for number in _numbers(value))
    except (UnicodeEncodeError, OverflowError):
        return False


def _numbers(value: Any) -> Iterator[float]:
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield float(value)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _numbers(part)
    elif isinstance(value, list):
        for part in value:
            yield from _numbers(part)


def text_of(value: Any) -> str:
    """One text for one value, whatever order the parts of an object came in."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
