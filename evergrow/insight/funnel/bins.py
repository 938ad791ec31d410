"""Into how many bins waits are counted: as many as the cube root of their number, from 3 to 60.

The rule of PostHog's time to convert: a width of whole seconds, the last bin takes its end as well, and where all waits
are alike one minute.
"""

import math
from dataclasses import dataclass

from evergrow.insight.funnel.result import Waits

FEWEST, MOST = 3, 60
USUAL_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Cut:
    """``count`` bins of ``width`` seconds each, from ``begin`` seconds on."""

    begin: float
    width: float
    count: int


def cut(waits: Waits) -> Cut:
    """The bins for these waits."""
    count = min(max(_cube_root(waits.count), FEWEST), MOST)
    width = math.ceil((waits.longest - waits.shortest) / count) or USUAL_SECONDS
    return Cut(waits.shortest, width, count)


def _cube_root(number: int) -> int:
    """The cube root, rounded up; exact where floating point is not."""
    root = round(math.cbrt(number))
    return root if root**3 >= number else root + 1
