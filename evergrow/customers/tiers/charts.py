"""Pictures of tiers as plain ECharts options, drawn by ``{% chart %}``."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow.lib import moments


def moves_by_month(months: Sequence[tuple[date, int, int, Decimal, Decimal]]) -> dict[str, Any]:
    """Moves up above the line and down below it, month by month; the running month is hatched."""
    language = get_language() or "en"
    last = len(months) - 1
    return {
        "xAxis": {"type": "category", "data": [moments.month_text(first, language) for first, *_rest in months]},
        "yAxis": {"type": "value", "minInterval": 1},
        "legend": {},
        "series": [
            {
                "type": "bar",
                "stack": "moves",
                "name": _("Moved up"),
                "color": "--series-1",
                "data": [{"value": up, "hatched": place == last} for place, (_m, up, *_rest) in enumerate(months)],
            },
            {
                "type": "bar",
                "stack": "moves",
                "name": _("Moved down"),
                "color": "--series-4",
                "data": [
                    {"value": -down, "hatched": place == last} for place, (_m, _up, down, *_rest) in enumerate(months)
                ],
            },
        ],
    }
