"""The editor of computed traits with its live preview; publishing, discarding, retiring, computing."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from evergrow import warehouse
from evergrow.customers.criteria import CostError, CriteriaError, posted
from evergrow.customers.models import ComputedState, ComputedTrait, ComputedTraitVersion, Schedule
from evergrow.customers.traits import catalogue, distribution, forms, offered, words
from evergrow.customers.traits.computed import drafts
from evergrow.customers.traits.computed.compute import kind_of
from evergrow.customers.traits.formula.errors import FormulaError
from evergrow.customers.traits.formula.functions import FUNCTIONS, INTERNAL
from evergrow.customers.traits.preview import preview as preview_of
from evergrow.customers.traits.subjects import Kind
from evergrow.customers.traits.views.lists import address, kind_asked
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.errors import Refused

ACTS = ("publication", "discard", "retirement", "computation")
CHECK_KEY = "preview"  # stands in for a key that was not typed yet


@gate("manage")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: GatedRequest) -> HttpResponse:
    """A new computed trait."""
    kind = kind_asked(request)
    if request.method != "POST":
        start: dict[str, Any] = {"measure": "count", "event": "", "within": {"days": 30}}
        if request.GET.get("mode") == "formula":
            start = {"formula": ""}
        return _editor(request, kind, forms.from_definition(start), None)
    return _save(request, kind, None)


@gate("manage")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: GatedRequest, pk: int) -> HttpResponse:
    """The draft of a computed trait, begun from the published version."""
    trait = _trait(request, pk)
    if request.method == "POST":
        return _save(request, kind_of(trait), trait)
    version = _latest(trait)
    return _editor(request, kind_of(trait), forms.from_definition(version.definition), trait, note=version.note)


def _latest(trait: ComputedTrait) -> ComputedTraitVersion:
    versions = {version.state: version for version in trait.versions.order_by("number")}
    return versions.get(ComputedState.DRAFT) or versions.get(ComputedState.PUBLISHED) or versions[ComputedState.RETIRED]


def _trait(request: GatedRequest, pk: int) -> ComputedTrait:
    return get_object_or_404(ComputedTrait.objects.select_related("workspace"), workspace=request.workspace, pk=pk)


def _save(request: GatedRequest, kind: Kind, trait: ComputedTrait | None) -> HttpResponse:
    name = {"en": request.POST.get("name_en", ""), "zh": request.POST.get("name_zh", "")}
    note = request.POST.get("note", "")
    try:
        definition = forms.to_definition(request.POST)
        if trait is None:
            made = drafts.create(
                workspace=request.workspace,
                kind=kind,
                key=request.POST.get("key", "").strip(),
                definition=definition,
                name=name,
                note=note,
                by=request.member,
            )
            trait = made.trait
        else:
            drafts.save_draft(trait=trait, definition=definition, name=name, note=note, by=request.member)
        if "publish" in request.POST:
            drafts.publish(trait=trait, by=request.member)
    except (Refused, ValueError) as error:
        return _editor(request, kind, _typed(request), trait, problem=problem(error), note=note, status=422)
    if "publish" in request.POST:
        messages.success(request, gettext("Published; it is being computed."))
        return redirect(address(request, "customers:trait", kind=kind, trait=trait.key))
    messages.success(request, gettext("Draft saved. Nothing changes until it is published."))
    return redirect("customers:computed_trait", request.workspace.slug, trait.pk)


def _typed(request: GatedRequest) -> dict[str, Any]:
    """What was sent, to be shown again as it was typed."""
    sent = request.POST
    names = ("mode", "formula", "measure", "event", "property", "n", "unit", "among", "empty", "as", "only", "schedule")
    shown: dict[str, Any] = {name: sent.get(name, "") for name in names}
    shown["rows"] = [
        {part: sent.get(f"where-{place}-{part}", "") for part in ("property", "check", "value")}
        for place in range(forms.ROWS)
    ]
    shown["only_data"] = posted.raw(sent, "only") or {}
    return shown | {name: sent.get(name, "") for name in ("key", "name_en", "name_zh")}


def problem(error: Exception) -> dict[str, Any]:
    """What is wrong, where: the part of the definition, and of a formula the letters."""
    found: dict[str, Any] = {"said": str(error), "part": getattr(error, "part", getattr(error, "field", ""))}
    if isinstance(error, FormulaError):
        found |= {"start": error.start, "end": error.end, "part": "formula"}
    return found


def _editor(
    request: GatedRequest,
    kind: Kind,
    shown: dict[str, Any],
    trait: ComputedTrait | None,
    *,
    problem: dict[str, Any] | None = None,
    note: str = "",
    status: int = 200,
) -> HttpResponse:
    latest = _latest(trait) if trait else None
    names = trait.name if trait else {}
    shown = {"key": trait.key if trait else "", "name_en": names.get("en", ""), "name_zh": names.get("zh", "")} | shown
    context = {
        "kind": kind,
        "shown": shown,
        "trait": trait,
        "latest": latest,
        "is_draft": latest is not None and latest.state == ComputedState.DRAFT,
        "is_too_rich": latest is not None and not problem and not forms.fits(latest.definition),
        "note": note,
        "problem": problem,
        "measures": forms.measure_choices(),
        "checks": forms.CHECKS,
        "units": forms.UNITS,
        "schedules": Schedule.choices,
        "functions": [
            (name, each.example) for name, each in FUNCTIONS.items() if each.example and name not in INTERNAL
        ],
        "known": sorted(catalogue.types(request.workspace, kind).items()),
        "events": offered.events(request.workspace),
        "properties": offered.properties(request.workspace),
    }
    return render(request, "customers/traits/editor.html", context, status=status)


@gate("manage")
@require_POST
def preview(request: GatedRequest) -> HttpResponse:
    """What the typed definition would give; stores nothing."""
    kind: Kind = "account" if request.POST.get("kind") == "account" else "person"
    context: dict[str, Any] = {"kind": kind, "formula": request.POST.get("formula", "")}
    key = request.POST.get("key", "").strip() or CHECK_KEY
    try:
        found, _ = drafts.check(request.workspace, kind, key, forms.to_definition(request.POST), is_new=False)
        seen = preview_of(found, request.member)
        context |= {"preview": seen, "sentence": words.sentence(found), "type": found.type}
        if seen.spread.bars:
            context["spread_chart"] = distribution.options(seen.spread)
    except (CriteriaError, FormulaError, CostError, ValueError) as error:
        context["problem"] = problem(error)
        if "start" in context["problem"]:
            start, end = context["problem"]["start"], context["problem"]["end"]
            text = context["formula"]
            context["marked"] = (text[:start], text[start:end] or "·", text[end:])
    except warehouse.StoreUnavailable:
        context["unavailable"] = True
    return render(request, "customers/traits/_preview.html", context)


@gate("manage")
def act(request: GatedRequest, pk: int, what: str) -> HttpResponse:
    """POST: publish the draft, discard it, retire the trait, or compute it now."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    trait = _trait(request, pk)
    to = address(request, "customers:trait", kind=trait.kind, trait=trait.key)
    try:
        match what:
            case "publication":
                drafts.publish(trait=trait, by=request.member)
                messages.success(request, gettext("Published; it is being computed."))
            case "discard":
                if not drafts.discard_draft(trait=trait, by=request.member):
                    to = address(request, "customers:traits", kind=trait.kind)
                messages.success(request, gettext("Draft discarded."))
            case "retirement":
                drafts.retire(trait=trait, by=request.member)
                messages.success(request, gettext("Retired. Its values are gone, its history stays."))
            case _:
                drafts.compute_now(trait=trait, by=request.member)
                messages.success(request, gettext("It is being computed."))
    except Refused as error:
        messages.warning(request, str(error))
    return redirect(to)
