"""What renews in the weeks ahead: a stack by health for each week, and whom to see first."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language, gettext

from evergrow.lib import moments
from evergrow.web.home.figures import RENEWAL_DAYS, Renewal
from evergrow.web.home.scope import Scope

FIRST = 4
# Risk stands on the axis, where lengths compare best.
STACK = ("risk", "insufficient", "watch", "healthy")
ORDER = {"risk": 0, "insufficient": 2, "watch": 1, "healthy": 3}


def weeks(today: date, week_start: int) -> list[tuple[date, date]]:
    """The weeks that touch the window, as (first day, last day) cut to the window."""
    end = today + timedelta(days=RENEWAL_DAYS)
    monday = today - timedelta(days=(today.weekday() - week_start) % 7)
    firsts = [monday + timedelta(days=7 * at) for at in range((end - monday).days // 7 + 1)]
    return [(max(first, today), min(first + timedelta(days=6), end)) for first in firsts]


def chart(scope: Scope, found: Sequence[Renewal]) -> dict[str, Any]:
    """MRR that renews by week, stacked by health; each part opens its list."""
    today = scope.workspace.today()
    spans = weeks(today, scope.workspace.week_start)
    names = {
        "risk": gettext("At risk"),
        "insufficient": gettext("Insufficient"),
        "watch": gettext("Watch"),
        "healthy": gettext("Healthy"),
    }
    series = []
    for band in STACK:
        data = [_part(scope, today, span, band, found) for span in spans]
        style = {"itemStyle": {"color": f"--{band}-fill"}, "hatched": band == "insufficient", "dotted": band == "risk"}
        series.append({"type": "bar", "stack": "renewals", "name": names[band], "data": data, **style})
    return {
        "unit": scope.workspace.currency,
        "legend": {"data": [names[band] for band in STACK]},
        "xAxis": {"type": "category", "data": [moments.axis_day(first, get_language() or "en") for first, _ in spans]},
        "yAxis": {"type": "value", "splitNumber": 4},
        "series": series,
    }


def _part(scope: Scope, today: date, span: tuple[date, date], band: str, found: Sequence[Renewal]) -> dict[str, Any]:
    inside = [one for one in found if one.band == band and span[0] <= one.day <= span[1]]
    days = f"{(span[0] - today).days}..{(span[1] - today).days}"
    url = scope.list_url(health=band, renewal=days, sort="renews_on")
    value = float(sum(one.mrr for one in inside))
    return {"value": value, "url": url, "note": f"({len(inside)})"} if inside else {"value": value}


def first(found: Sequence[Renewal]) -> list[Renewal]:
    """Whom to see first: at risk before watch, within a band the soonest, the largest of a day."""
    return sorted(found, key=lambda one: (ORDER[one.band], one.day, -one.mrr))[:FIRST]
