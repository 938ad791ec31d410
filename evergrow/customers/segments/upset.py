"""An UpSet drawing of overlaps: bars over a matrix of dots, laid out here and drawn as SVG by the template.

After Lex et al., “UpSet: Visualization of Intersecting Sets” (2014): circles cannot show more than three sets truly.
"""

from collections.abc import Callable
from dataclasses import dataclass

from evergrow.customers.models import Segment
from evergrow.customers.segments.overlap import Overlap, Part

COLUMN, ROW, BARS, LABELS, SIZES = 40, 28, 140, 164, 96
MOST_COLUMNS = 20


@dataclass(frozen=True, slots=True)
class Dot:
    y: int
    is_in: bool


@dataclass(frozen=True, slots=True)
class Column:
    """One combination: its bar, its dots, the line that joins those filled."""

    part: Part
    x: int
    y: float
    height: float
    dots: list[Dot]
    first: int
    last: int
    url: str
    names: list[Segment]


@dataclass(frozen=True, slots=True)
class Line:
    """One segment: its row, and the bar of its size to the left."""

    segment: Segment
    y: int
    size: int
    width: float
    is_odd: bool


@dataclass(frozen=True, slots=True)
class Upset:
    columns: list[Column]
    lines: list[Line]
    width: int
    height: int
    left: int
    bars: int
    hidden: int


def draw(found: Overlap, url: Callable[[Part], str]) -> Upset:
    """Lay the drawing out; ``url`` leads to the list behind a combination. The smallest beyond twenty are left out."""
    shown = list(found.parts)[:MOST_COLUMNS]
    left = LABELS + SIZES
    highest = max((part.count for part in shown), default=0) or 1
    widest = max(found.sizes, default=0) or 1
    columns = [_column(found, part, place, left, highest, url(part)) for place, part in enumerate(shown)]
    lines = [
        Line(segment, BARS + 14 + ROW * place, size, round((SIZES - 48) * size / widest, 1), bool(place % 2))
        for place, (segment, size) in enumerate(zip(found.segments, found.sizes, strict=True))
    ]
    return Upset(
        columns,
        lines,
        left + COLUMN * max(1, len(shown)) + 8,
        BARS + 14 + ROW * len(lines) + 4,
        left,
        BARS,
        len(found.parts) - len(shown),
    )


def _column(found: Overlap, part: Part, place: int, left: int, highest: int, url: str) -> Column:
    height = max(1.0, round((BARS - 24) * part.count / highest, 1))
    dots = [Dot(BARS + 14 + ROW * row + ROW // 2, part.holds(row)) for row in range(len(found.segments))]
    filled = [dot.y for dot in dots if dot.is_in]
    names = [segment for row, segment in enumerate(found.segments) if part.holds(row)]
    x = left + COLUMN * place + COLUMN // 2
    return Column(part, x, BARS - height, height, dots, min(filled), max(filled), url, names)
