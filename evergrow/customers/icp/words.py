"""A profile in sentences, and the picture of its fits."""

from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers import criteria
from evergrow.customers.icp.profile import Criterion
from evergrow.customers.icp.standing import BINS, Standing
from evergrow.workspaces.models import Workspace


def condition(workspace: Workspace, part: Criterion) -> str:
    """What a criterion asks."""
    try:
        return criteria.sentence(criteria.parse(dict(part.criteria), "account", workspace), workspace)
    except criteria.CriteriaError as error:
        return _("This rule cannot be used any more: %(why)s") % {"why": error}


def _end(place: int) -> float:
    """The last value of a step; the next one begins with the round number."""
    step = 100 / BINS
    return 100 if place == BINS - 1 else (place + 1) * step - 0.001


def histogram(found: Standing, url: str) -> dict[str, Any]:
    """Fits in steps of ten points, as shares of each group; a click on a bar opens its list."""
    step = 100 // BINS
    series = []
    for name, counts, query, color in (
        (_("Customers"), found.customers, "status=active", "--series-1"),
        (_("Prospects"), found.prospects, "status=prospect&status=trial&status=expired", "--series-4"),
    ):
        whole = sum(counts) or 1
        bars = [
            {
                "value": count / whole,
                "url": f"{url}?{query}&fit={place * step}..{_end(place):g}",
            }
            for place, count in enumerate(counts)
        ]
        series.append({"type": "bar", "name": name, "color": color, "data": bars})
    return {
        "unit": "percent",
        "legend": {},
        "xAxis": {"type": "category", "data": [f"{place * step}–{(place + 1) * step}" for place in range(BINS)]},
        "yAxis": {"type": "value"},
        "series": series,
    }
