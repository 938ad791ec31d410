"""The catalogue of traits, one trait, and what it is."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from evergrow import warehouse
from evergrow.customers.criteria import CriteriaError
from evergrow.customers.models import ComputedState, ComputedTrait, Schedule
from evergrow.customers.traits import catalogue, distribution, words
from evergrow.customers.traits.catalogue import Entry
from evergrow.customers.traits.computed.compute import read_version
from evergrow.customers.traits.describing import describe as describe_trait
from evergrow.customers.traits.forms import DescribeForm
from evergrow.customers.traits.formula.errors import FormulaError
from evergrow.customers.traits.subjects import Kind
from evergrow.customers.views.forms import form_page
from evergrow.lib import moments
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.models import AccountScope

SHOWN, DAYS, FEW_POINTS = 100, 90, 8


def kind_asked(request: GatedRequest) -> Kind:
    """``person`` unless accounts are asked for."""
    return "account" if request.GET.get("kind") == "account" else "person"


def sees_values(request: GatedRequest) -> bool:
    """Values of everybody are for those who see everybody."""
    return request.member.scope == AccountScope.ALL


def address(request: GatedRequest, name: str, **query: str) -> str:
    """The address of a page of traits."""
    url = reverse(name, kwargs={"workspace": request.workspace.slug})
    return f"{url}?{urlencode(query)}" if query else url


@gate("view")
@require_safe
def traits(request: GatedRequest) -> HttpResponse:
    """All traits of people or accounts: type, how many have them, where they are from."""
    kind, origin, search = kind_asked(request), request.GET.get("origin", ""), request.GET.get("q", "").strip()
    context: dict[str, Any] = {
        "kind": kind,
        "kinds": [("person", gettext("People")), ("account", pgettext("subjects", "Accounts"))],
        "search": search,
        "may_manage": may(request.member, "manage"),
        "sees_values": sees_values(request),
    }
    try:
        found = catalogue.entries(request.workspace, kind)
    except warehouse.StoreUnavailable:
        return render(request, "customers/traits/list.html", context | {"unavailable": True}, status=503)
    origins = {
        "": gettext("All"),
        "field": gettext("Built in"),
        "custom": gettext("Custom"),
        "computed": gettext("Computed"),
        "room": gettext("From other parts"),
    }
    counted = {key: len(found) if not key else sum(each.origin == key for each in found) for key in origins}
    shown = [
        each
        for each in found
        if (not origin or each.origin == origin) and search.lower() in f"{each.key} {each.label}".lower()
    ]
    shown.sort(key=lambda each: (each.origin not in ("custom", "computed"), -(each.share or 0), each.label))
    context |= {
        "page": Paginator(shown, SHOWN).get_page(request.GET.get("page")),
        "total": len(found),
        "subjects": found[0].subjects if found else 0,
        "chips": [
            (label, urlencode({"kind": kind, "origin": key, "q": search}), counted[key], key == origin)
            for key, label in origins.items()
            if counted[key] or not key
        ],
        "origin": origin,
        "drafts": ComputedTrait.objects.filter(
            workspace=request.workspace, kind=kind, versions__state=ComputedState.DRAFT
        ).order_by("key"),
    }
    return render(request, "customers/traits/list.html", context)


@gate("view")
@require_safe
def trait(request: GatedRequest) -> HttpResponse:
    """One trait: how its values are spread, where they are from, and how it is computed."""
    entry = _entry(request)
    spread = distribution.of_trait(request.workspace, entry.kind, entry.key, entry.type)
    context: dict[str, Any] = {
        "entry": entry,
        "kind": entry.kind,
        "sources": [(words.source(each.source), each) for each in entry.sources],
        "may_manage": may(request.member, "manage"),
        "spread": spread if sees_values(request) or spread.is_number else None,
        "sees_values": sees_values(request),
        "order": _order(entry),
    }
    if context["spread"] and spread.bars:
        context["spread_chart"] = distribution.options(spread)
    if entry.computed:
        context |= _computed(request, entry.computed)
    return render(request, "customers/traits/trait.html", context)


def _entry(request: GatedRequest) -> Entry:
    found = catalogue.entry(request.workspace, kind_asked(request), request.GET.get("trait", ""))
    if found is None:
        raise Http404
    return found


def _order(entry: Entry) -> str:
    order = entry.described.order if entry.described else []
    return " > ".join(words.source(name) for name in order)


def _computed(request: GatedRequest, trait: ComputedTrait) -> dict[str, Any]:
    versions = list(trait.versions.select_related("created_by__user", "published_by__user").order_by("-number"))
    if not may(request.member, "manage"):
        versions = [version for version in versions if version.state != ComputedState.DRAFT]
    published = next((version for version in versions if version.state == ComputedState.PUBLISHED), None)
    context: dict[str, Any] = {
        "trait": trait,
        "versions": versions,
        "published": published,
        "draft": next((version for version in versions if version.state == ComputedState.DRAFT), None),
    }
    shown = published or (versions[0] if versions else None)
    if shown:
        try:
            context["sentence"] = words.sentence(read_version(shown))
        except (CriteriaError, FormulaError) as error:
            context["broken"] = str(error)
        context["schedule_label"] = Schedule(shown.definition.get("schedule", "daily")).label
    context["days_chart"] = _days_chart(request, trait)
    return context


def _days_chart(request: GatedRequest, trait: ComputedTrait) -> dict[str, Any] | None:
    """Mean and fill of the last days that it was computed on."""
    today = request.workspace.today()
    rows = warehouse.rows(
        warehouse.statement("customers", "trait_days"),
        workspace=request.workspace.pk,
        kind=trait.kind,
        trait=trait.key,
        since=today - timedelta(days=DAYS),
    )
    if not rows:
        return None
    language, marked = get_language() or "en", len(rows) < FEW_POINTS
    series = [
        {
            "type": "line",
            "name": gettext("Share with a value"),
            "unit": "percent",
            "itemStyle": {"color": "--series-2"},
            "data": [filled / subjects if subjects else None for _, subjects, filled, _ in rows],
            "yAxisIndex": 1,
            "symbol": "circle" if marked else "none",
            "symbolSize": 7,
        }
    ]
    if any(mean is not None for *_, mean in rows):
        series.insert(
            0,
            {
                "type": "line",
                "name": gettext("Mean"),
                "unit": "number",
                "itemStyle": {"color": "--series-1"},
                "data": [None if mean is None else round(mean, 4) for *_, mean in rows],
                "yAxisIndex": 0,
                "symbol": "circle" if marked else "none",
                "symbolSize": 7,
            },
        )
    return {
        "unit": "number",
        "legend": {},
        "xAxis": {"type": "category", "data": [moments.day_text(day, today, language) for day, *_ in rows]},
        "yAxis": [
            {"type": "value", "unit": "number", "scale": True},
            {"type": "value", "unit": "percent", "min": 0, "max": 1},
        ],
        "series": series,
    }


@gate("manage")
@require_http_methods(["GET", "HEAD", "POST"])
def describe(request: GatedRequest) -> HttpResponse:
    """Say what a trait is: name, type, unit, whether it is personal, and which source is trusted."""
    entry = _entry(request)
    form = DescribeForm(request.POST or None, initial=_described(entry))
    if entry.origin in ("field", "room", "computed"):
        form.fields["type"].disabled = True
    back = address(request, "customers:trait", kind=entry.kind, trait=entry.key)

    def act() -> None:
        try:
            describe_trait(
                workspace=request.workspace, kind=entry.kind, key=entry.key, by=request.member, **form.facts()
            )
        except Refused as error:
            raise ValidationError({error.field: str(error)} if error.field in form.fields else str(error)) from error

    return form_page(
        request, form, title=entry.label, label=gettext("Save"), back=back, act=act, done=gettext("Trait saved.")
    )


def _described(entry: Entry) -> dict[str, Any]:
    row = entry.described
    if row is None:
        return {"type": entry.type, "is_personal": entry.is_personal}
    return {
        "name_en": row.name.get("en", ""),
        "name_zh": row.name.get("zh", ""),
        "description_en": row.description.get("en", ""),
        "description_zh": row.description.get("zh", ""),
        "type": entry.type,
        "unit": row.unit,
        "is_personal": row.is_personal,
        "precedence": row.precedence,
        "order": ", ".join(row.order),
    }
