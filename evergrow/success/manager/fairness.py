"""How evenly the open work lies: each colleague's share of the points against their share of the capacity."""

from dataclasses import dataclass

from evergrow.success import access
from evergrow.success.day import load as loads
from evergrow.success.manager.asking import NONE, Ask


@dataclass(frozen=True, slots=True)
class Part:
    """A colleague's load over the next five working days, and both shares (0–1; None where there is nothing at all)."""

    load: loads.MemberLoad
    of_points: float | None
    of_capacity: float | None

    @property
    def ratio(self) -> float | None:
        """1: as much of the work as of the capacity; 2: twice as much. None without capacity."""
        return self.of_points / self.of_capacity if self.of_capacity and self.of_points is not None else None


@dataclass(frozen=True, slots=True)
class Fairness:
    """``to_move``: the share of the points that would have to change hands so that everybody is loaded alike (the
    index of Hoover, 1936): half the sum of the differences between both shares. 0 is even; None without work."""

    parts: list[Part]
    points: float
    capacity: float
    to_move: float | None


def fairness(ask: Ask) -> Fairness:
    """Of the colleagues asked for; ``day.load`` says how points and capacity count."""
    who = list(access.colleagues(ask.viewer))
    if ask.team:
        who = [member for member in who if member.team == ask.team]
    if ask.member:
        who = [member for member in who if ask.member != NONE and member.pk == int(ask.member)]
    rows = loads.of_members(ask.viewer, who)
    return of_loads(rows)


def of_loads(rows: list[loads.MemberLoad]) -> Fairness:
    """The fairness of known loads, most loaded first."""
    points, capacity = (sum(getattr(row, name) for row in rows) for name in ("points", "capacity"))
    parts = [
        Part(row, row.points / points if points else None, row.capacity / capacity if capacity else None)
        for row in sorted(rows, key=lambda row: (-(row.share or 0), -row.points))
    ]
    to_move = None
    if points and capacity:
        to_move = sum(abs((part.of_points or 0) - (part.of_capacity or 0)) for part in parts) / 2
    return Fairness(parts, points, capacity, to_move)
