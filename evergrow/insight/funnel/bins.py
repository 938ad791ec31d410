"""Into how many bins waits are counted: as many as the cube root of their number, from 3 to 60.

The rule of PostHog's time to convert: a width of whole seconds, the last bin takes its end as well, and where all waits
are alike one minute.
"""

import math
from dataclasses import dataclass

from evergrow.insight.funnel.result import Waits

FEWEST, MOST = 3, 60
USUAL_SECONDS = 60
ROOTS = f"range({FEWEST}, {MOST + 1})"
TALLY = f"countResample(0, {MOST}, 1)"


@dataclass(frozen=True, slots=True)
class Cut:
    """``count`` bins of ``width`` seconds each, from ``begin`` seconds on."""

    begin: float
    width: float
    count: int


def cut(waits: Waits) -> Cut:
    """The bins for these waits; the same as ``counted`` has."""
    count = min(max(_cube_root(waits.count), FEWEST), MOST)
    milliseconds = round(waits.longest * 1000) - round(waits.shortest * 1000)
    return Cut(waits.shortest, -(-milliseconds // (count * 1000)) or USUAL_SECONDS, count)


def columns(place: int) -> list[str]:
    """SQL: what ``counted`` needs to know of ``number_<place>`` waits in ``waits_<place>`` (milliseconds), by name.

    It stands a level below ``counted``: the store would copy a whole array into a lambda that measures it.
    """
    waits = f"waits_{place}"
    longest = f"arrayMax({waits}) - arrayMin({waits})"
    number = f"number_{place}"
    count = f"if({number} > {MOST**3}, {MOST}, arrayFirst(n -> n * n * n >= {number}, {ROOTS}))"
    return [
        f"arrayMin({waits}) AS shortest_{place}",
        f"toInt64({count}) AS bins_{place}",
        f"if({longest} = 0, {USUAL_SECONDS}, intDiv({longest} + bins_{place} * 1000 - 1, bins_{place} * 1000)) * 1000"
        f" AS width_{place}",
    ]


def counted(place: int) -> str:
    """SQL: how many waits lie in each bin."""
    bin_of = f"least(intDiv(wait - shortest_{place}, width_{place}), bins_{place} - 1)"
    places = f"arrayMap(wait -> {bin_of}, waits_{place})"
    return f"arraySlice(arrayReduce('{TALLY}', {places}, {places}), 1, bins_{place})"


def _cube_root(number: int) -> int:
    """The cube root, rounded up; exact where floating point is not."""
    root = round(math.cbrt(number))
    return root if root**3 >= number else root + 1
