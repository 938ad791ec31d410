"""The answer about engagement groups, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from evergrow.insight.engagement.definition import Definition
from evergrow.insight.engagement.question import AWAY, BELOW, NEW, EngagementQuestion
from evergrow.insight.period import Between, Bucket
from evergrow.insight.statement import Statement


@dataclass(frozen=True, slots=True)
class EngagementResult:
    """``sizes[bucket][level]``: how many were on each level and no higher, from below all groups to the narrowest.

    ``moves[was, now]``: how many were on a level in the period ``since`` and on another in ``until``; AWAY is not
    there, NEW never there before.
    """

    question: EngagementQuestion
    definition: Definition
    days: Between
    buckets: tuple[Bucket, ...]
    sizes: tuple[tuple[int, ...], ...]
    since: Between
    until: Bucket
    moves: Mapping[tuple[int, int], int]
    today: date
    zone: str
    week_start: int
    as_of: datetime
    version: str
    table: str
    statements: tuple[Statement, ...]

    @property
    def levels(self) -> range:
        """Every level of those who are there, from below all groups up."""
        return range(BELOW, len(self.definition.groups) + 1)

    @property
    def complete(self) -> list[int]:
        """Positions of the buckets that are full observations."""
        return [position for position, bucket in enumerate(self.buckets) if bucket.is_complete]

    def within(self, position: int, level: int) -> int:
        """How many are in a group, those in narrower ones too: groups lie within each other."""
        return sum(self.sizes[position][level:])

    def was(self, level: int) -> int:
        """How many came from a level."""
        return sum(count for (was, _now), count in self.moves.items() if was == level)

    def now(self, level: int) -> int:
        """How many came to a level."""
        return sum(count for (_was, now), count in self.moves.items() if now == level)

    @property
    def rose(self) -> int:
        """Those there in both periods and on a higher level."""
        return sum(count for (was, now), count in self.moves.items() if BELOW <= was < now)

    @property
    def fell(self) -> int:
        """Those there in both periods and on a lower level."""
        return sum(count for (was, now), count in self.moves.items() if was > now >= BELOW)

    @property
    def stayed(self) -> int:
        return sum(count for (was, now), count in self.moves.items() if was == now)

    @property
    def came_new(self) -> int:
        return self.was(NEW)

    @property
    def came_back(self) -> int:
        return self.was(AWAY)

    @property
    def left(self) -> int:
        return self.now(AWAY)
