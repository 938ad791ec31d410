"""The criteria editor: its own page, and what it asks while somebody writes criteria."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from evergrow.customers import criteria
from evergrow.customers.criteria import catalogue, posted
from evergrow.customers.criteria.errors import CriteriaError
from evergrow.customers.criteria.text import data_to_yaml, read_yaml
from evergrow.customers.queries.criteria_preview import preview as previewed
from evergrow.workspaces.access import GatedRequest, gate

KINDS = ("account", "person")


def _kind(text: str | None) -> str:
    return text if text in KINDS else "account"


@gate("view")
def explore(request: GatedRequest) -> HttpResponse:
    """Find people or accounts by criteria; ``criteria`` in the address is where it begins."""
    kind = _kind(request.GET.get("kind"))
    context: dict[str, Any] = {"kind": kind, "data": posted.raw(request.GET), "problem": None, "found": None}
    try:
        asked = posted.read(request.GET, kind, request.workspace)
        context["data"] = criteria.as_data(asked)
        if request.GET:
            context["found"] = previewed(request.member, asked)
    except (CriteriaError, criteria.CostError) as error:
        context["problem"] = error
    return render(request, "customers/criteria/explore.html", context)


@require_POST
@gate("view")
def preview(request: GatedRequest) -> HttpResponse:
    """The sentence, how many, and a few of them; or what is wrong and where."""
    kind = _kind(request.POST.get("kind"))
    context: dict[str, Any] = {"kind": kind, "problem": None, "found": None}
    try:
        asked = posted.read(request.POST, kind, request.workspace, request.POST.get("name", "criteria"))
        context["yaml"] = criteria.to_yaml(asked)
        context["sentence"] = criteria.sentence(asked)
        context["found"] = previewed(request.member, asked)
    except (CriteriaError, criteria.CostError) as error:
        context["problem"] = error
    return render(request, "customers/criteria/_preview.html", context)


@gate("view")
def choices(request: GatedRequest) -> JsonResponse:
    """Suggestions: ``of=trait`` (kind, key), ``of=properties`` (event), ``of=property`` (event, key)."""
    query, workspace = request.GET, request.workspace
    key, event = query.get("key", "")[:500].replace("\0", ""), query.get("event", "*")[:500].replace("\0", "")
    match query.get("of"):
        case "properties":
            pairs = [(name, name) for name in catalogue.properties(workspace, event)]
        case "property":
            pairs = [(value, value) for value in catalogue.property_values(workspace, event, key)]
        case _:
            pairs = catalogue.trait_values(workspace, "person" if query.get("kind") == "person" else "account", key)
    return JsonResponse({"choices": [{"key": value, "label": label} for value, label in pairs]})


@require_POST
@gate("view")
def text(request: GatedRequest) -> JsonResponse:
    """Text into the editor's JSON (``text``), or back (``criteria``)."""
    try:
        if "text" in request.POST:
            data = read_yaml(request.POST["text"])
            asked = criteria.parse(data, _kind(request.POST.get("kind")), request.workspace)
            return JsonResponse({"data": criteria.as_data(asked)})
        asked = posted.read(request.POST, _kind(request.POST.get("kind")), request.workspace)
        return JsonResponse({"text": data_to_yaml(criteria.as_data(asked))})
    except CriteriaError as error:
        where = f"{error.part}: " if error.part else ""
        return JsonResponse({"problem": f"{where}{error.message}"}, status=422)
