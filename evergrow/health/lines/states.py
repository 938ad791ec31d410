"""The lines of every account now, kept for pages and lists."""

import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from evergrow.customers.models import Account
from evergrow.health.lines.models import ProductLineHealth
from evergrow.health.lines.scoring import ScoredLine
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

SIZE = 1000


def refresh(workspace: Workspace, scored: Sequence[ScoredLine]) -> int:
    """Write the lines of today, and forget those of accounts that use a product no more; how many were written."""
    now = clock.now()
    keys = dict(Account.objects.filter(workspace=workspace).values_list("number", "pk")) if scored else {}
    rows = [ProductLineHealth(**values) for each in scored for values in _rows(workspace, each, keys, now)]
    with transaction.atomic():
        ProductLineHealth.objects.filter(workspace=workspace).delete()
        ProductLineHealth.objects.bulk_create(rows, batch_size=SIZE)
    return len(rows)


def _rows(workspace: Workspace, each: ScoredLine, keys: dict[int, int], now: datetime) -> Iterator[dict[str, Any]]:
    card, scores = each.line.card, each.scores
    grids = zip(each.observed.values.tolist(), scores.points.tolist(), scores.weights.tolist(), strict=True)
    done = zip(each.done.overall.tolist(), each.done.band.tolist(), scores.coverage.tolist(), strict=True)
    rows = zip(each.accounts.tolist(), done, grids, strict=True)
    for number, (overall, band, coverage), (values, points, weights) in rows:
        if number not in keys:
            continue
        parts = zip(card.keys, values, points, weights, strict=True)
        yield {
            "workspace": workspace,
            "account_id": keys[number],
            "product": each.line.product,
            "version": each.line.version.number,
            "as_of": each.observed.day,
            "computed_at": now,
            "score": _known(overall),
            "band": str(band),
            "coverage": coverage,
            "measures": [
                {"key": key, "value": _known(value), "points": _known(point), "weight": _known(weight)}
                for key, value, point, weight in parts
            ],
        }


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
