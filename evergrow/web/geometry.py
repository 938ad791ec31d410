"""Where the marks of small server-drawn pictures lie: values in, positions out (pixels, or percent of the width)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

BANDS = ("healthy", "watch", "risk", "insufficient")
MARGIN = 0.08


@dataclass(frozen=True, slots=True)
class Line:
    """A sparkline: ``line`` and ``area`` are path data, ``dot`` is the last full period."""

    line: str
    area: str
    dot: tuple[float, float] | None
    sliver: tuple[float, float] | None
    width: int
    height: int


def line(values: Sequence[float | None], *, running: bool, width: int, height: int) -> Line:
    """Points from zero to the largest value; gaps break the line. A running last period is a sliver, not a point."""
    full = list(values[:-1]) if running else list(values)
    sliver_width = 6 if running else 0
    top = max((v for v in values if v is not None), default=0) or 1
    step = (width - sliver_width - 4) / max(1, len(full) - 1)
    points = [
        None if value is None else (round(2 + i * step, 1), round(height - 2 - (height - 5) * value / top, 1))
        for i, value in enumerate(full)
    ]
    pieces: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            pieces.append([])
        else:
            pieces[-1].append(point)
    drawn = [piece for piece in pieces if piece]
    path = "".join("M" + "L".join(f"{x} {y}" for x, y in piece) for piece in drawn)
    area = "".join(
        f"M{piece[0][0]} {height - 2}L" + "L".join(f"{x} {y}" for x, y in piece) + f"L{piece[-1][0]} {height - 2}Z"
        for piece in drawn
    )
    last = next((point for point in reversed(points) if point), None)
    sliver = (width - sliver_width, float(height - 4)) if running else None
    return Line(path, area, last, sliver, width, height)


@dataclass(frozen=True, slots=True)
class Axis:
    """A straight axis from ``low`` to ``high``, measured in percent of the width."""

    low: float
    high: float

    def at(self, value: float) -> float:
        return round(100 * (value - self.low) / (self.high - self.low or 1), 2)

    def ticks(self, wanted: int = 4) -> list[tuple[float, float]]:
        """About ``wanted`` round values within the axis, with their places."""
        step = _round_step((self.high - self.low) / wanted)
        first = -(-self.low // step) * step
        values = []
        while first <= self.high + step / 1e6:
            values.append(round(first, 10))
            first += step
        return [(value, self.at(value)) for value in values]


def _round_step(rough: float) -> float:
    size = 10.0 ** len(str(int(rough))) / 10 if rough >= 1 else 0.1
    return next((size * factor for factor in (1, 2, 5, 10) if size * factor >= rough), size * 10)


def axis_around(*values: float) -> Axis:
    """An axis that holds all the values with a margin on both sides."""
    low, high = min(values), max(values)
    margin = (high - low or 1) * MARGIN
    return Axis(low - margin, high + margin)


@dataclass(frozen=True, slots=True)
class Step:
    """A row of a waterfall with its bar: ``x`` and ``width`` in percent, ``join`` where the next row begins."""

    row: Mapping[str, Any]
    x: float
    width: float
    tone: str
    join: float | None


def waterfall(rows: Sequence[Mapping[str, Any]]) -> tuple[list[Step], Axis]:
    """Bars that hand on their end to the next row.

    A row has ``label`` and either ``value`` (a start or end: a bar from the axis' left edge) or ``points`` (an effect).
    ``ours`` marks an effect that is not the customer's doing (a gap, a weight), which is striped.
    """
    reached, run = 0.0, []
    for row in rows:
        before = reached
        reached = float(row["value"]) if row.get("value") is not None else reached + float(row.get("points") or 0)
        run.append((row, before, reached))
    ends = [end for _, _, end in run] or [0.0]
    span = max(ends) - min(ends)
    axis = Axis(max(0.0, min(ends) - max(2.0, span * 0.35)), max(ends) + max(1.0, span * 0.08))
    steps = []
    for position, (row, before, after) in enumerate(run):
        is_total = row.get("value") is not None
        low, high = (axis.low, after) if is_total else (min(before, after), max(before, after))
        is_last = position == len(run) - 1
        steps.append(
            Step(
                row,
                axis.at(low),
                max(0.6, round(axis.at(high) - axis.at(low), 2)),
                _tone(row),
                None if is_last else axis.at(after),
            )
        )
    return steps, axis


def _tone(row: Mapping[str, Any]) -> str:
    if row.get("value") is not None:
        return str(row.get("band") or "total")
    return "gain" if float(row.get("points") or 0) >= 0 else "loss"


@dataclass(frozen=True, slots=True)
class Ribbon:
    """Accounts that went from one band to another: path data and what happened to them."""

    path: str
    tone: str
    before: str
    after: str
    count: float


@dataclass(frozen=True, slots=True)
class Block:
    """A band in one of the two columns of the flow."""

    band: str
    count: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Flow:
    before: list[Block]
    after: list[Block]
    ribbons: list[Ribbon]


def flow(moves: Mapping[tuple[str, str], float], *, left: float, right: float, height: float, gap: float = 14) -> Flow:
    """Two columns of bands joined by ribbons as thick as the number of accounts. ``moves``: (then, now) → accounts."""
    total = sum(moves.values()) or 1
    scale = (height - gap * (len(BANDS) - 1) - 4 * len(BANDS)) / total
    then = {band: sum(n for (b, _), n in moves.items() if b == band) for band in BANDS}
    now = {band: sum(n for (_, a), n in moves.items() if a == band) for band in BANDS}
    before, after = _column(then, scale, gap), _column(now, scale, gap)
    out, into = {b.band: b.y + 2 for b in before}, {b.band: b.y + 2 for b in after}
    ribbons = []
    for b in BANDS:
        for a in BANDS:
            count = moves.get((b, a), 0)
            if not count:
                continue
            thick = count * scale
            ribbons.append(Ribbon(_ribbon(left, out[b], right, into[a], thick), movement(b, a), b, a, count))
            out[b] += thick
            into[a] += thick
    ribbons.sort(key=lambda ribbon: ribbon.tone != "same")
    return Flow(before, after, ribbons)


def movement(before: str, after: str) -> str:
    """ "same", "fell", "rose", or "known" where a score began or ended."""
    if before == after:
        return "same"
    if "insufficient" in (before, after):
        return "known"
    return "fell" if BANDS.index(after) > BANDS.index(before) else "rose"


def _column(counts: Mapping[str, float], scale: float, gap: float) -> list[Block]:
    blocks, y = [], 0.0
    for band in BANDS:
        height = counts[band] * scale + 4
        blocks.append(Block(band, counts[band], round(y, 1), round(height, 1)))
        y += height + gap
    return blocks


def _ribbon(x0: float, y0: float, x1: float, y1: float, thick: float) -> str:
    thick, middle = max(thick, 0.8), (x0 + x1) / 2
    top = f"M{x0} {y0:.1f}C{middle} {y0:.1f} {middle} {y1:.1f} {x1} {y1:.1f}"
    return f"{top}V{y1 + thick:.1f}C{middle} {y1 + thick:.1f} {middle} {y0 + thick:.1f} {x0} {y0 + thick:.1f}Z"
