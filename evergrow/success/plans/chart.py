"""Plan against actual, week by week, as options for the chart tag."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from evergrow.lib import moments
from evergrow.success.plans.models import Plan, PlanUnit
from evergrow.success.plans.reading import Week

LABEL_SPACE = 88
LABEL = {"show": True, "formatter": "{a}", "width": LABEL_SPACE - 12, "overflow": "truncate", "color": "inherit"}


def options(plan: Plan, weeks: Sequence[Week]) -> dict[str, Any]:
    """Two lines. A week without a value leaves a gap; a week that still runs is a hollow dot, not a full reading."""
    per = 100 if plan.unit == PlanUnit.PERCENT else 1
    wanted = [None if week.expected is None else round(week.expected / per, 6) for week in weeks]
    actual = [_point(week, per) for week in weeks]
    values = [v for week in weeks for v in (week.value, week.expected) if v is not None]
    axis: dict[str, Any] = {"type": "value"}
    if values and min(values) > 0.5 * max(values):
        axis["min"] = _floor(min(values), max(values)) / per
    return {
        "grid": {"right": LABEL_SPACE},
        "unit": _unit(plan),
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "category",
            "data": [moments.axis_day(week.last_day, get_language() or "en") for week in weeks],
        },
        "yAxis": axis,
        "series": [
            {
                "type": "line",
                "name": pgettext("line of a chart", "Plan"),
                "color": "--series-4",
                "lineStyle": {"type": "dashed", "width": 1.5},
                "showSymbol": False,
                "endLabel": LABEL,
                "data": wanted,
            },
            {
                "type": "line",
                "name": _("Actual"),
                "color": "--series-1",
                "symbol": "circle",
                "symbolSize": 6,
                "showSymbol": True,
                "connectNulls": False,
                "endLabel": LABEL,
                "data": actual,
            },
        ],
    }


def _point(week: Week, per: int) -> Any:
    if week.value is None:
        return None
    value = round(week.value / per, 6)
    return value if week.is_over else {"value": value, "symbol": "emptyCircle"}


def _floor(low: float, high: float) -> float:
    room = (high - low) / 4 or abs(high) * 0.1
    step = 10 ** (len(str(int(abs(high)))) - 2)
    return float(max(0.0, (low - room) // step * step))


def _unit(plan: Plan) -> str:
    if plan.unit == PlanUnit.MONEY:
        return plan.workspace.currency
    return "percent" if plan.unit == PlanUnit.PERCENT else "number"
