"""The answer to a lifecycle, frozen."""

from dataclasses import dataclass
from datetime import date, datetime

from evergrow.insight.lifecycle.question import LifecycleQuestion, State
from evergrow.insight.period import Between, Bucket
from evergrow.insight.statement import Statement


@dataclass(frozen=True, slots=True)
class Moves:
    """How many were in each state in one period. ``dormant`` is a number of subjects, so it is not negative here."""

    new: int
    returning: int
    resurrecting: int
    dormant: int

    @property
    def active(self) -> int:
        """Everybody who was there: new, returning or resurrecting."""
        return self.new + self.returning + self.resurrecting

    @property
    def quick_ratio(self) -> float | None:
        """Those gained for each one lost: (new + resurrecting) / dormant; None where nobody was lost."""
        return (self.new + self.resurrecting) / self.dormant if self.dormant else None

    def of(self, state: State) -> int:
        return {
            State.NEW: self.new,
            State.RETURNING: self.returning,
            State.RESURRECTING: self.resurrecting,
            State.DORMANT: self.dormant,
        }[state]


@dataclass(frozen=True, slots=True)
class LifecycleResult:
    """One ``Moves`` for each bucket; all buckets are whole periods, only the last may still run."""

    question: LifecycleQuestion
    days: Between
    buckets: tuple[Bucket, ...]
    moves: tuple[Moves, ...]
    today: date
    zone: str
    week_start: int
    as_of: datetime
    version: str
    table: str
    statements: tuple[Statement, ...]

    @property
    def complete(self) -> list[int]:
        """Positions of the buckets that are full observations."""
        return [position for position, bucket in enumerate(self.buckets) if bucket.is_complete]
