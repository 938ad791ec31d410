"""How the other side took a delivery."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Answer:
    """``later`` is worth another attempt, ``refused`` is not. ``response`` is what the other side said."""

    way: Literal["sent", "later", "refused"]
    why: str = ""
    status: int | None = None
    response: str = ""
    not_before: datetime | None = None
