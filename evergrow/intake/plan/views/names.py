"""One event, one property: what is seen, what is planned, what is said of it."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from evergrow import warehouse
from evergrow.intake.models import Reject
from evergrow.intake.models.plan import Mode, PlanState, TrackedEvent, TrackedProperty
from evergrow.intake.plan import actions, changes, forms, seen
from evergrow.intake.plan.addresses import PREFIX, event_url
from evergrow.intake.plan.definition import (
    LONGEST,
    MISSING,
    NOT_ALLOWED,
    UNPLANNED_EVENT,
    UNPLANNED_PROPERTY,
    WRONG_TYPE,
    read_event,
)
from evergrow.lib import moments
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.models import Workspace

KINDS = {
    MISSING: gettext_lazy("Missing property"),
    WRONG_TYPE: gettext_lazy("Wrong type"),
    NOT_ALLOWED: gettext_lazy("Value not allowed"),
    UNPLANNED_PROPERTY: gettext_lazy("Unplanned property"),
    UNPLANNED_EVENT: gettext_lazy("Unplanned event"),
}
COLOURS = ("--series-1", "--series-2", "--series-3", "--series-4", "--series-5")


def named(request: GatedRequest, what: str = "event") -> str:
    """The event or property that a request is about. Raises Http404 where it names none."""
    name = request.GET.get(what, "") or request.POST.get(what, "")
    if not name.strip() or len(name) > LONGEST or "\x00" in name:
        raise Http404
    return name


@gate("view")
@require_safe
def event(request: GatedRequest) -> HttpResponse:
    """An event's page. One that was never seen, described or planned is not found."""
    name = named(request)
    workspace = request.workspace
    try:
        row = _row(request, name)
        plans = {v.state: v for v in seen.versions(workspace).filter(event=name)}
        published = plans.get(PlanState.PUBLISHED)
        definition = published.definition if published else {}
        found = seen.violations(workspace, name)
        context: dict[str, Any] = {
            "row": row,
            "properties": [
                (each, changes.rule_words(each.rule) if each.rule else "", _kinds(each.violations))
                for each in seen.properties_beside_plan(workspace, name, definition, row.lately)
            ],
            "samples": [(KINDS[each.kind], each) for each in seen.samples(request.member, name)],
            "volume_chart": volume_chart(request, row.days),
            "violation_chart": violation_chart(request, found),
            "violations": sum(each.times for each in found),
        }
    except warehouse.StoreUnavailable:
        return render(request, "intake/plan/away.html", status=503)
    context |= {
        "published": published if definition else None,
        "plan": read_event(definition) if definition else None,
        "draft": plans.get(PlanState.DRAFT),
        "modes": dict(Mode.choices),
        "sees_all": request.member.scope == "all",
        **_said(request, row.tracked),
    }
    return render(request, "intake/plan/event.html", context)


@gate("view")
@require_safe
def property(request: GatedRequest) -> HttpResponse:
    """A property's page: what is said of it, and the events that carry it."""
    name = named(request, "property")
    tracked = TrackedProperty.objects.filter(workspace=request.workspace, name=name).first()
    try:
        row = next((each for each in seen.properties(request.workspace) if each.name == name), None)
        carriers = seen.events_with(request.workspace, name)
    except warehouse.StoreUnavailable:
        return render(request, "intake/plan/away.html", status=503)
    if row is None and tracked is None:
        raise Http404
    context = {
        "row": row or seen.PropertyRow(name),
        "carriers": carriers,
        "sees_all": request.member.scope == "all",
        **_said(request, tracked),
    }
    return render(request, "intake/plan/property.html", context)


@gate("manage")
@require_POST
def event_details(request: GatedRequest) -> HttpResponse:
    """Keep what was said of an event."""
    name = named(request)
    facts = forms.facts_typed(request.POST, forms.members_of(request.workspace))
    try:
        actions.describe_event(workspace=request.workspace, name=name, facts=facts, by=request.member)
        messages.success(request, _("Saved."))
    except Refused as error:
        messages.error(request, str(error))
    return redirect(event_url(request.workspace, name))


@gate("manage")
@require_POST
def event_verification(request: GatedRequest) -> HttpResponse:
    """Say that an event is right (``right=1``), or take that back."""
    name, is_right = named(request), request.POST.get("right") == "1"
    actions.verify_event(workspace=request.workspace, name=name, is_right=is_right, by=request.member)
    messages.success(request, _("Marked as verified.") if is_right else _("No longer marked as verified."))
    return redirect(event_url(request.workspace, name))


@gate("manage")
@require_POST
def property_details(request: GatedRequest) -> HttpResponse:
    """Keep what was said of a property, and whether it is right."""
    name = named(request, "property")
    facts = forms.facts_typed(request.POST, forms.members_of(request.workspace))
    try:
        actions.describe_property(workspace=request.workspace, name=name, facts=facts, by=request.member)
        is_right = "verified" in request.POST
        actions.verify_property(workspace=request.workspace, name=name, is_right=is_right, by=request.member)
        messages.success(request, _("Saved."))
    except Refused as error:
        messages.error(request, str(error))
    return redirect(property_url(request, name))


def property_url(request: GatedRequest, name: str) -> str:
    """The page of a property."""
    address = reverse("intake:plan_property", kwargs={"workspace": request.workspace.slug})
    return f"{address}?{urlencode({'property': name})}"


def volume_chart(request: GatedRequest, days: list[int]) -> dict[str, Any]:
    """Events by day; today is not over."""
    data = [{"value": value, "hatched": place == len(days) - 1} for place, value in enumerate(days)]
    return _chart(request, [{"type": "bar", "name": _("Events"), "data": data, "barCategoryGap": "20%"}])


def violation_chart(request: GatedRequest, found: list[seen.Violations]) -> dict[str, Any] | None:
    """Violations by day, stacked by kind; None where there are none."""
    if not found:
        return None
    days = seen.last_days(request.workspace)
    counts = Counter[tuple[str, Any]]()
    for each in found:
        counts[each.kind, each.day] += each.times
    series = [
        {
            "type": "bar",
            "stack": "all",
            "name": str(label),
            "data": [counts[kind, day] for day in days],
            "itemStyle": {"color": colour},
            "barCategoryGap": "20%",
        }
        for (kind, label), colour in zip(KINDS.items(), COLOURS, strict=True)
        if any(counts[kind, day] for day in days)
    ]
    return _chart(request, series) | {"legend": {"show": True, "type": "scroll"}}


def _chart(request: GatedRequest, series: list[dict[str, Any]]) -> dict[str, Any]:
    today = request.workspace.today()
    language = getattr(request, "LANGUAGE_CODE", "en")
    labels = [moments.day_text(day, today, language) for day in seen.last_days(request.workspace)]
    return {
        "unit": "number",
        "xAxis": {"type": "category", "data": labels},
        "yAxis": {"type": "value"},
        "series": series,
    }


def _row(request: GatedRequest, name: str) -> seen.EventRow:
    """The event as seen and planned. Raises Http404 where nobody ever heard of it, not even among the refused."""
    row = next((row for row in seen.events(request.workspace) if row.name == name), None)
    if row is None and not _is_refused(request.workspace, name):
        raise Http404
    return row or seen.EventRow(name)


def _is_refused(workspace: Workspace, name: str) -> bool:
    refused = Reject.objects.filter(workspace=workspace, code__startswith=PREFIX, envelope__event=name)
    return refused.exists()


def _kinds(counts: dict[str, int]) -> list[tuple[str, int]]:
    return [(str(KINDS[kind]), times) for kind, times in counts.items()]


def _said(request: GatedRequest, tracked: TrackedEvent | TrackedProperty | None) -> dict[str, Any]:
    return {
        "tracked": tracked,
        "tags": ", ".join(tracked.tags) if tracked else "",
        "owners": forms.members_of(request.workspace),
        "may_manage": may(request.member, "manage"),
        "may_administer": may(request.member, "administer"),
    }
