"""Health beside revenue: a grid of bands and sizes, each cell with its accounts and money."""

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
from django.db.models import QuerySet

from evergrow.customers.models import Account
from evergrow.health.card import INSUFFICIENT
from evergrow.health.queries import BANDS

PARTS = 4


@dataclass(frozen=True, slots=True)
class Size:
    """Monthly revenue from ``low`` to ``high``, both within; ``high`` None at the top."""

    low: Decimal
    high: Decimal | None

    def holds(self, mrr: Decimal) -> bool:
        return self.low <= mrr and (self.high is None or mrr <= self.high)

    @property
    def range(self) -> str:
        """As it stands in the address of the account list."""
        return f"{self.low:f}..{'' if self.high is None else f'{self.high:f}'}"


@dataclass(frozen=True, slots=True)
class Cell:
    """Accounts and their MRR; ``most``: the largest MRR of any cell."""

    band: str
    size: Size
    accounts: int
    mrr: Decimal
    most: Decimal = Decimal(0)

    @property
    def heat(self) -> int:
        """How much of the largest money of any cell it holds, in quarters 0–4."""
        return int(np.ceil(4 * float(self.mrr / self.most))) if self.most else 0


@dataclass(frozen=True, slots=True)
class Grid:
    """``rows``: largest size first, each with a cell per band."""

    bands: tuple[str, ...]
    rows: list[tuple[Size, list[Cell]]]

    @property
    def largest_at_risk(self) -> Cell | None:
        """The cell of the largest accounts at risk, where there are any."""
        if not self.rows:
            return None
        return next((cell for cell in self.rows[0][1] if cell.band == "risk"), None)


def grid(accounts: QuerySet[Account]) -> Grid:
    """The accounts by band and quarter of size. Quarters are cut by their own revenue; equal ones are joined."""
    found = list(accounts.order_by().values_list("health_state__band", "mrr"))
    sizes = _sizes([mrr for _, mrr in found])
    rows, most = [], Decimal(0)
    for size in reversed(sizes):
        inside = [(band or INSUFFICIENT, mrr) for band, mrr in found if size.holds(mrr)]
        cells = []
        for band in BANDS:
            here = [mrr for known, mrr in inside if known == band]
            cells.append(Cell(band, size, len(here), sum(here, Decimal(0))))
        most = max([most, *(cell.mrr for cell in cells)])
        rows.append((size, cells))
    heated = [(size, [replace(cell, most=most) for cell in cells]) for size, cells in rows]
    return Grid(BANDS, heated)


def _sizes(amounts: list[Decimal]) -> list[Size]:
    """Up to four sizes with about as many accounts each, smallest first; a size begins a cent above the one below."""
    if not amounts:
        return []
    ranked = sorted(amounts)
    cuts = sorted({ranked[int(np.ceil(len(ranked) * part / PARTS)) - 1] for part in range(1, PARTS)})
    cuts = [cut for cut in cuts if cut < ranked[-1]]
    lows = [Decimal(0), *(cut + Decimal("0.01") for cut in cuts)]
    return [Size(low, high) for low, high in zip(lows, [*cuts, None], strict=True)]
