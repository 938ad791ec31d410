"""The ideal customer profile: how accounts fit it, where customers differ from it, and the editor of its draft."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evergrow import warehouse
from evergrow.customers import access, editions
from evergrow.customers.icp import editing, words
from evergrow.customers.icp import profile as profiles
from evergrow.customers.icp.forms import KIND_WORDS, CriterionForm, ProfileForm
from evergrow.customers.icp.standing import standing, suggestions
from evergrow.customers.icp.tasks import JOB
from evergrow.customers.models import EditionState, IdealProfile
from evergrow.customers.portrait.words import Words
from evergrow.customers.tiers import document
from evergrow.customers.views.tier_scheme import criteria_part
from evergrow.workspaces import audit, jobs
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import AccountScope, Job, JobState

NEW = "new"


@gate("view")
def profile(request: GatedRequest) -> HttpResponse:
    """The published profile, the fits, and where customers differ from it."""
    found = editions.published(IdealProfile, request.workspace)
    return _read(request, found)


@gate("view")
def version(request: GatedRequest, number: int) -> HttpResponse:
    """Any version's criteria; a draft only for those who may edit it."""
    found = get_object_or_404(IdealProfile, workspace=request.workspace, number=number)
    if found.state == EditionState.DRAFT and not may(request.member, "manage"):
        raise Http404
    return _read(request, found)


def _read(request: GatedRequest, shown: IdealProfile | None) -> HttpResponse:
    may_manage = may(request.member, "manage")
    versions = IdealProfile.objects.filter(workspace=request.workspace).order_by("-number")
    context: dict[str, Any] = {
        "shown": shown,
        "versions": versions if may_manage else versions.exclude(state=EditionState.DRAFT),
        "draft": editions.draft(IdealProfile, request.workspace),
        "may_manage": may_manage,
        "job": Job.objects.filter(
            workspace=request.workspace, kind=JOB, state__in=[JobState.QUEUED, JobState.RUNNING]
        ).first(),
    }
    if shown is not None:
        read = profiles.read(shown.definition, shown)
        context["profile"] = read
        context["kinds"] = dict(KIND_WORDS)
        context["parts"] = [(part, words.condition(request.workspace, part)) for part in read.criteria]
        if shown.state == EditionState.PUBLISHED:
            found = standing(request.member, read)
            url = reverse("customers:accounts", args=[request.workspace.slug])
            best = access.accounts(request.member).filter(
                status__in=["prospect", "trial"], fit_state__fit__isnull=False
            )
            context |= {
                "standing": found,
                "histogram": words.histogram(found, url),
                "best": best.select_related("fit_state").order_by("-fit_state__fit", "number")[:8],
            }
    return render(request, "customers/icp/profile.html", context)


@gate("view")
@require_safe
def export(request: GatedRequest) -> HttpResponse:
    """The profile as YAML."""
    found = editions.published(IdealProfile, request.workspace)
    if found is None:
        raise Http404
    audit.record(request.workspace, "ideal_profile.exported", request.workspace, by=request.member)
    response = HttpResponse(document.write(found.definition, "icp"), content_type="application/yaml")
    response["Content-Disposition"] = f'attachment; filename="icp-{request.workspace.slug}.yaml"'
    return response


@gate("manage")
@require_POST
def computation(request: GatedRequest) -> HttpResponse:
    """Compute the fits now instead of tonight."""
    jobs.enqueue(JOB, request.workspace, by=request.member, dedupe_key="by hand")
    messages.success(request, _("Fits are being computed; this page shows them when they are ready."))
    return redirect("customers:icp", request.workspace.slug)


@gate("manage")
def draft(request: GatedRequest) -> HttpResponse:
    """The editor, with criteria that the data suggests."""
    found = _draft(request)
    form = ProfileForm(found.definition, found.note, request.POST or None)
    is_good = request.method == "POST" and form.is_valid()
    if is_good and _save(request, form.changed(found.definition), form, note=form.cleaned_data["note"]):
        messages.success(request, _("Draft saved. Nothing changes until it is published."))
        return redirect("customers:icp_draft", request.workspace.slug)
    read = profiles.read(found.definition, found)
    context = {
        "draft": found,
        "profile": read,
        "form": form,
        "kinds": dict(KIND_WORDS),
        "parts": [(part, words.condition(request.workspace, part)) for part in read.criteria],
        "suggested": _suggested(request),
    }
    return render(request, "customers/icp/draft.html", context, status=422 if form.errors else 200)


def _suggested(request: GatedRequest) -> list[dict[str, Any]]:
    if request.member.scope != AccountScope.ALL:
        return []
    try:
        found = suggestions(request.workspace)
    except warehouse.StoreUnavailable:
        return []
    said = Words.of(request.workspace, "account")
    return [
        {
            "sentence": said.sentence(each.finding),
            "subject": said.subject(each.finding),
            "interval": said.interval(each.finding),
            "finding": each.finding,
            "is_exclusion": each.is_exclusion,
            "criteria": json.dumps({"all": [each.condition]}, ensure_ascii=False),
        }
        for each in found
    ]


@gate("manage")
def criterion(request: GatedRequest, key: str) -> HttpResponse:
    """One criterion of the draft; ``new`` adds one, begun from ``?criteria=`` where the page suggested it."""
    found = _draft(request)
    part = next((one for one in found.definition["criteria"] if one["key"] == key), None)
    if part is None and key != NEW:
        raise Http404
    base = part or {"kind": "nice", "weight": 1, "criteria": _begun(request)}
    form = CriterionForm(base, request.POST or None, is_new=part is None)
    if request.method == "POST" and form.is_valid():
        changed = form.changed()
        if part is None and any(one["key"] == changed["key"] for one in found.definition["criteria"]):
            form.add_error("key", _("There is a criterion with this key already."))
        elif _save(request, editing.put(found.definition, key, changed), form):
            messages.success(request, _("Draft saved. Nothing changes until it is published."))
            return redirect("customers:icp_draft", request.workspace.slug)
    context = {"form": form, "base": base, "is_new": part is None, **criteria_part(request, base)}
    return render(request, "customers/icp/criterion.html", context, status=422 if form.errors else 200)


def _begun(request: GatedRequest) -> dict[str, Any] | None:
    try:
        found = json.loads(request.GET.get("criteria", ""))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


@gate("manage")
@require_POST
def criterion_removal(request: GatedRequest, key: str) -> HttpResponse:
    """Take a criterion out of the draft."""
    found = _draft(request)
    _told(request, lambda: editing.save(request.workspace, editing.drop(found.definition, key), by=request.member))
    return redirect("customers:icp_draft", request.workspace.slug)


@gate("manage")
@require_POST
def upload(request: GatedRequest) -> HttpResponse:
    """Put a YAML export into the draft."""
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a file first."))
        return redirect("customers:icp_draft", request.workspace.slug)
    _draft(request)

    def act() -> None:
        text = file.read(document.MOST_CHARACTERS * 4).decode("utf-8-sig", "replace")
        editing.save(request.workspace, document.read(text, "icp"), by=request.member)

    _told(request, act)
    return redirect("customers:icp_draft", request.workspace.slug)


@gate("manage")
@require_POST
def publication(request: GatedRequest) -> HttpResponse:
    """Make the draft the profile that counts."""
    try:
        done = editing.publish(request.workspace, by=request.member)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("customers:icp_draft", request.workspace.slug)
    messages.success(request, _("Version %(number)s counts now; fits are being computed.") % {"number": done.number})
    return redirect("customers:icp", request.workspace.slug)


@gate("manage")
@require_POST
def discard(request: GatedRequest) -> HttpResponse:
    """Throw the draft away."""
    try:
        editing.discard(request.workspace, by=request.member)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("Draft discarded."))
    return redirect("customers:icp", request.workspace.slug)


def _draft(request: GatedRequest) -> IdealProfile:
    """The draft; only a change begins one, looking does not."""
    found = editions.draft(IdealProfile, request.workspace)
    if found is not None:
        return found
    if request.method == "POST":
        return editing.start(request.workspace, by=request.member)
    counts = editions.published(IdealProfile, request.workspace)
    return IdealProfile(
        workspace=request.workspace, number=0, definition=counts.definition if counts else profiles.EMPTY
    )


def _save(request: GatedRequest, definition: dict[str, Any], form: forms.Form, note: str | None = None) -> bool:
    try:
        editing.save(request.workspace, definition, note=note, by=request.member)
    except ValidationError as error:
        for sentence in error.messages:
            form.add_error(None, sentence)
        return False
    return True


def _told(request: GatedRequest, act: Any) -> None:
    try:
        act()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Draft saved. Nothing changes until it is published."))
