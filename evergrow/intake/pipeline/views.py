"""The page that says how capture does."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evergrow import warehouse
from evergrow.intake.models.rejects import REASONS
from evergrow.intake.pipeline import addresses, chart, queries
from evergrow.intake.pipeline.words import REFUSALS
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import AccountScope, Workspace


@gate("view")
@require_safe
def pipeline(request: GatedRequest) -> HttpResponse:
    """What came in, what was not taken and why, how long it took; ``?by=day`` and ``?source=<key>`` turn the chart."""
    workspace = request.workspace
    context: dict[str, Any] = {
        "spool": queries.spool_state(),
        "may_administer": may(request.member, "administer"),
        "sees_rejects": request.member.scope == AccountScope.ALL,
        "by": "day" if request.GET.get("by") == "day" else "hour",
    }
    try:
        context |= _facts(workspace, context["by"], request.GET.get("source", ""))
    except warehouse.StoreUnavailable:
        context["is_away"] = True
    return render(request, "intake/pipeline/pipeline.html", context)


def _facts(workspace: Workspace, by: chart.By, asked: str) -> dict[str, Any]:
    sources = queries.sources(workspace)
    chosen = next((each for each in sources if str(each.key.pk) == asked), None)
    hour = queries.together({each.key.pk: each.hour for each in sources})
    day = queries.together({each.key.pk: each.day for each in sources})
    bars = chart.bars(workspace, by, chosen.key.pk if chosen else 0)
    return {
        "sources": sources,
        "rows": [(each, _links(workspace, each)) for each in sources],
        "chosen": chosen,
        "failing": [each for each in sources if each.state == "failing"],
        "quiet": [each for each in sources if each.state == "quiet"],
        "hour": hour,
        "day": day,
        "today": chart.today(workspace),
        "now": queries.together(queries.flows(workspace, queries.FRESH)),
        "chart": chart.options(workspace, bars, chosen.key.name if chosen else ""),
        "sum": {name: sum(getattr(bar, name) for bar in bars) for name in ("accepted", "duplicates", "bad")},
        "reasons": _reasons(workspace, sources),
        "rejects_url": addresses.rejects(workspace),
        "live_url": addresses.live(workspace),
    }


def _links(workspace: Workspace, source: queries.Source) -> dict[str, str]:
    return {
        "live": addresses.live(workspace, source=source.key.name),
        "chart": addresses.pipeline(workspace, source=str(source.key.pk)),
        "rejects": addresses.rejects(workspace, source=source.key.name),
    }


def _reasons(workspace: Workspace, sources: list[queries.Source]) -> list[dict[str, Any]]:
    """Why messages were not taken in the last 24 hours, per source, the most frequent first."""
    found = []
    for each in sources:
        for code, count in each.reasons:
            url = addresses.rejects(workspace, source=each.key.name, code=code)
            found.append({"source": each.key.name, "why": REASONS.get(code, code), "count": count, "url": url})
        for code, count in each.refusals:
            found.append({"source": each.key.name, "why": REFUSALS.get(code, code), "count": count, "url": ""})
    return sorted(found, key=lambda row: -row["count"])
