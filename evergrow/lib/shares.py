"""How sure a share is."""

import math
from statistics import NormalDist

Z95 = NormalDist().inv_cdf(0.975)


def wilson(hits: float, n: float, z: float = Z95) -> tuple[float, float]:
    """The score interval of ``hits`` of ``n`` (Wilson, JASA 22, 1927), without correction for continuity.

    Either may be a fraction, where cases count for less than one. Nothing is known of none: 0 to 1.
    """
    if not n:
        return 0.0, 1.0
    share, squared = hits / n, z * z
    centre = (share + squared / (2 * n)) / (1 + squared / n)
    half = z / (1 + squared / n) * math.sqrt(share * (1 - share) / n + squared / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)
