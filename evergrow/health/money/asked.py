"""What the money page is asked, in its address: the interval, the period, the split, and one group of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from evergrow.health.money.groups import By
from evergrow.health.money.parts import Part
from evergrow.health.money.periods import Interval


@dataclass(frozen=True, slots=True)
class Asked:
    """``period`` is the key of one of the periods, "" for the latest complete one."""

    interval: Interval = Interval.MONTH
    period: str = ""
    by: By | None = None
    group: str = ""
    part: Part = Part.END

    @property
    def query(self) -> str:
        pairs = {
            "interval": "" if self.interval is Interval.MONTH else self.interval.value,
            "period": self.period,
            "by": self.by.value if self.by else "",
        }
        found = [(name, value) for name, value in pairs.items() if value]
        return urlencode([*found, ("group", self.group)] if self.group else found)

    def but(self, **changes: object) -> str:
        """The query with these changes."""
        return replace(self, **changes).query  # type: ignore[arg-type]

    def list_query(self, part: Part, period: str = "", **changes: object) -> str:
        """The query of the list behind a number."""
        asked = replace(self, period=period or self.period, **changes)  # type: ignore[arg-type]
        return "&".join(filter(None, [asked.query, f"part={part.value}"]))


def read(values: Mapping[str, str]) -> Asked:
    """Read it from an address; what is unknown there falls back to the usual."""
    by = values.get("by", "")
    split = By(by) if by in set(By) else None
    interval, part = values.get("interval", ""), values.get("part", "")
    return Asked(
        Interval(interval) if interval in set(Interval) else Interval.MONTH,
        values.get("period", "")[:10],
        split,
        values.get("group", "")[:120] if split else "",
        Part(part) if part in set(Part) else Part.END,
    )
