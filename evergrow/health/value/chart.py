"""How value is spread, and how long customers stay, as options for the chart tag."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers.tiers import scheme
from evergrow.workspaces.models import Workspace

COLOURS = [f"--series-{number}" for number in range(1, 7)]
LABEL = {"show": True, "formatter": "{a}", "width": 100, "overflow": "truncate", "color": "inherit"}
MOST_CURVES = 6


def spread(tenths: Sequence[float], currency: str) -> dict[str, Any]:
    """A bar for each tenth of the accounts, the most valuable first."""
    names = [f"{place * 10}–{place * 10 + 10}%" for place in range(len(tenths))]
    data = [round(value, 2) for value in tenths]
    return {
        "unit": currency,
        "xAxis": {"type": "category", "data": names},
        "yAxis": {"type": "value"},
        "series": [{"type": "bar", "name": _("Lifetime value"), "data": data, "barMaxWidth": 48}],
    }


def curves(learned: Mapping[str, Any], workspace: Workspace) -> dict[str, Any] | None:
    """The share of customers still there by months of tenure: everybody with the 95 % interval, then each group."""
    if not learned:
        return None
    whole = learned[""]
    tiers = dict(scheme.of(workspace).choices)
    months = len(whole["stays"])
    low = [max(0.0, stay - error) for stay, error in zip(whole["stays"], whole["error"], strict=True)]
    high = [min(1.0, stay + error) for stay, error in zip(whole["stays"], whole["error"], strict=True)]
    base = {"type": "line", "silent": True, "stack": "band", "color": COLOURS[0], "lineStyle": {"opacity": 0}}
    width = [round(top - bottom, 6) for top, bottom in zip(high, low, strict=True)]
    drawn = [
        {**base, "data": low},
        {**base, "data": width, "areaStyle": {"color": COLOURS[0], "opacity": 0.18}},
        _line(_("All customers"), whole["stays"], COLOURS[0]),
    ]
    groups = sorted((key for key in learned if key), key=lambda key: -learned[key]["customers"])
    for place, key in enumerate(groups[: MOST_CURVES - 1], start=1):
        drawn.append(_line(str(tiers.get(key, key)), learned[key]["stays"][:months], COLOURS[place]))
    return {
        "grid": {"right": 112},
        "unit": "percent",
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "category",
            "boundaryGap": False,
            "data": [_("%(months)s mo.") % {"months": month} for month in range(months)],
        },
        "yAxis": {"type": "value", "min": 0, "max": 1},
        "series": drawn,
    }


def _line(name: str, stays: Sequence[float], colour: str) -> dict[str, Any]:
    return {
        "type": "line",
        "step": "end",
        "name": name,
        "color": colour,
        "showSymbol": False,
        "endLabel": LABEL,
        "labelLayout": {"moveOverlap": "shiftY"},
        "data": [round(value, 6) for value in stays],
    }
