"""Why the portfolio's mean moved between any two days."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext, ngettext

from evergrow.health import portfolio_change, queries
from evergrow.health.change import apportion
from evergrow.health.portfolio_change import Effect, PortfolioChange
from evergrow.lib import bilingual, moments
from evergrow.workspaces.access import GatedRequest, gate

MOST = 12


@gate("view")
def change(request: GatedRequest) -> HttpResponse:
    """``?since=`` and ``?until=`` choose the days; without them the last 30 days."""
    today = request.workspace.today()
    until = min(_day(request.GET.get("until"), today), today)
    since = min(_day(request.GET.get("since"), until - timedelta(days=30)), until)
    found = portfolio_change.read(request.workspace, queries.portfolio(request.member), since, until)
    context = {
        "found": found,
        "rows": rows(found, today),
        "moves": [(words(kind, name), fell, rose) for kind, name, fell, rose in found.moves[:MOST]],
        "today": today,
    }
    return render(request, "health/change.html", context)


def _day(text: str | None, otherwise: date) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return otherwise


def words(kind: str, name: Any) -> str:
    """A cause in the reader's words."""
    said = bilingual.pick(name, get_language() or "en") if name else ""
    kinds = {
        "value": said,
        "null": gettext("%(measure)s: data appeared or went missing") % {"measure": said},
        "weight": gettext("%(measure)s: another weight") % {"measure": said},
        "scoring": gettext("%(measure)s: other points for the same values") % {"measure": said},
        "exception": gettext("Exceptions"),
        "override": gettext("Set by hand"),
        "children": gettext("The accounts below"),
        "unsplit": gettext("No computed score on one of the days"),
        "arrivals": gettext("Accounts that came or left"),
    }
    return kinds[kind]


def rows(found: PortfolioChange, today: date) -> list[dict[str, Any]]:
    """The waterfall from the mean of then to the mean of now; the small rest as one row; parts add up as printed."""
    if found.change is None or found.then is None or found.now is None:
        return []
    kept = sorted(found.effects, key=lambda effect: -abs(effect.points))[:MOST]
    shown = [effect for effect in found.effects if effect in kept]
    rest = [effect for effect in found.effects if effect not in kept]
    lines = [_row(effect) for effect in shown]
    if rest:
        label = ngettext("%(count)s other cause", "%(count)s other causes", len(rest)) % {"count": len(rest)}
        lines.append({"label": label, "points": sum(effect.points for effect in rest), "detail": ""})
    start, end = round(found.then, 1), round(found.now, 1)
    for line, points in zip(lines, apportion([line["points"] for line in lines], total=end - start), strict=True):
        line["points"] = points
    language = get_language() or "en"
    return [
        {"label": moments.day_text(found.since, today, language), "value": start, "band": ""},
        *lines,
        {"label": moments.day_text(found.until, today, language), "value": end, "band": ""},
    ]


def _row(effect: Effect) -> dict[str, Any]:
    count = ngettext("%(count)s account", "%(count)s accounts", effect.accounts) % {"count": effect.accounts}
    return {
        "label": words(effect.kind, effect.name),
        "points": effect.points,
        "detail": count,
        "ours": effect.kind not in ("value",),
    }
