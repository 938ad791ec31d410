"""Annotations are written, changed and taken away from the page of a chart, which is shown again."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evergrow.insight import annotation_actions as actions
from evergrow.insight.models import Annotation
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.errors import BadChoice, Refused
from evergrow.workspaces.returning import ours


@gate("work")
@require_POST
def annotate(request: GatedRequest) -> HttpResponse:
    """Write a note on a day."""
    try:
        actions.annotate(workspace=request.workspace, day=_day(request), by=request.member, **_texts(request))
        messages.success(request, _("The annotation is on every chart of these days."))
    except Refused as refused:
        messages.error(request, str(refused))
    return _back(request)


@gate("work")
@require_POST
def change_annotation(request: GatedRequest, pk: int) -> HttpResponse:
    """Say it otherwise, or on another day."""
    found = get_object_or_404(Annotation, workspace=request.workspace, pk=pk)
    try:
        actions.change_annotation(annotation=found, day=_day(request), by=request.member, **_texts(request))
        messages.success(request, _("The annotation was changed."))
    except Refused as refused:
        messages.error(request, str(refused))
    return _back(request)


@gate("work")
@require_POST
def remove_annotation(request: GatedRequest, pk: int) -> HttpResponse:
    """Take it away."""
    found = get_object_or_404(Annotation, workspace=request.workspace, pk=pk)
    actions.remove_annotation(annotation=found, by=request.member)
    messages.success(request, _("The annotation was removed."))
    return _back(request)


def _texts(request: GatedRequest) -> dict[str, str]:
    return {name: request.POST.get(name, "") for name in ("text_zh", "text_en")}


def _day(request: GatedRequest) -> date:
    try:
        return date.fromisoformat(request.POST.get("day", ""))
    except ValueError:
        raise BadChoice("day", _("Use a day like 2026-03-25.")) from None


def _back(request: GatedRequest) -> HttpResponse:
    """The page of the chart, where it is one of ours; else the trends."""
    trends = reverse("insight:trends", args=[request.workspace.slug])
    return redirect(ours(request, request.POST.get("back", ""), trends))
