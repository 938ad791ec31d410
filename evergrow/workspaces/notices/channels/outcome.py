"""What became of a message."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Outcome:
    """``ok``: the other side has it. ``retry_after``: not now; in ``seconds``, or with growing gaps where they are 0.
    ``permanent``: it will never work this way. ``unknown``: we cannot tell whether it arrived.

    ``detail`` is what the other side said, for the page of failures.
    """

    kind: Literal["ok", "retry_after", "permanent", "unknown"]
    detail: str = ""
    seconds: float = 0.0


OK = Outcome("ok")
