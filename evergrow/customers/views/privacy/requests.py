"""What people ask for: the log with its due dates, finding somebody by any id, and each step of a request."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evergrow import warehouse
from evergrow.customers.access import person_or_404
from evergrow.customers.forms_privacy import PrivacySettingsForm, RequestForm
from evergrow.customers.models import OPEN_REQUESTS, PrivacyRequest, RequestKind, RequestState
from evergrow.customers.privacy import copies, erasing, registry, requests
from evergrow.customers.privacy.masking import mask_for
from evergrow.customers.privacy.subject import find_people, subject_of
from evergrow.customers.views.forms import form_page
from evergrow.workspaces import audit
from evergrow.workspaces.access import GatedRequest, gate

PER_PAGE, FOUND_SHOWN = 50, 20


@gate("administer")
@require_safe
def log(request: GatedRequest) -> HttpResponse:
    """Every request, open ones by their due day first; and whom a search found."""
    text = request.GET.get("q", "").strip()[:250]
    rows = PrivacyRequest.objects.filter(workspace=request.workspace).select_related("person", "requested_by__user")
    open_first = [*rows.filter(state__in=OPEN_REQUESTS).order_by("due_on", "pk")]
    done = rows.exclude(state__in=OPEN_REQUESTS).order_by("-ended_at", "-pk")
    today = request.workspace.today()
    context = {
        "q": text,
        "found": list(find_people(request.workspace, text)[:FOUND_SHOWN]) if text else [],
        "open": [(row, row.days_left(today)) for row in open_first],
        "done": Paginator(done, PER_PAGE).get_page(request.GET.get("page")),
        "late": sum(row.due_on < today for row in open_first),
        "settings": requests.settings_of(request.workspace),
    }
    return render(request, "customers/privacy/log.html", context)


@gate("work")
def new(request: GatedRequest, number: int) -> HttpResponse:
    """Write down what a person asks for."""
    person = person_or_404(request.member, number)
    initial = {"law": requests.settings_of(request.workspace).law, "received_on": request.workspace.today()}
    form = RequestForm(request.POST or None, initial=initial)
    return form_page(
        request,
        form,
        title=_("Privacy request of %(person)s") % {"person": mask_for(request).called(person)},
        label=_("Write down"),
        back=reverse("customers:person", args=[request.workspace.slug, number]),
        act=lambda: requests.open_request(person=person, by=request.member, **form.cleaned_data) and None,
        done=_("The request is in the log; administrators verify and answer it."),
    )


@gate("administer")
@require_safe
def request(request: GatedRequest, pk: int) -> HttpResponse:
    """One request: where it stands, what we hold, what can be done next, and its receipt."""
    asked = _asked(request, pk)
    context = {
        "asked": asked,
        "days_left": asked.days_left(request.workspace.today()),
        "settings": requests.settings_of(request.workspace),
        "holds": _holds(asked),
        "labels": {holder.key: holder.label for holder in registry.holders()},
        "receipt": _told(asked),
        "is_running": asked.state == RequestState.RUNNING,
    }
    return render(request, "customers/privacy/request.html", context)


def _asked(request: GatedRequest, pk: int) -> PrivacyRequest:
    rows = PrivacyRequest.objects.select_related("person", "job", "workspace")
    return get_object_or_404(rows, pk=pk, workspace=request.workspace)


def _holds(asked: PrivacyRequest) -> list[tuple[Any, int | None]]:
    """How much each place holds about the person; None where the event store is away."""
    if asked.person is None or asked.state == RequestState.RUNNING:
        return []
    subject = subject_of(asked.person)
    found: list[tuple[Any, int | None]] = []
    for holder in registry.holders():
        try:
            found.append((holder.label, holder.count(subject)))
        except warehouse.StoreUnavailable:
            found.append((holder.label, None))
    return [(label, count) for label, count in found if count != 0]


def _told(asked: PrivacyRequest) -> list[tuple[Any, int]]:
    labels = {holder.key: holder.label for holder in registry.holders()}
    return [(labels.get(key, key), count) for key, count in asked.receipt.get("counts", {}).items()]


ACTS: dict[str, Callable[[PrivacyRequest, GatedRequest], Any]] = {
    "verify": lambda asked, sent: requests.verify(request=asked, how=sent.POST.get("how", ""), by=sent.member),
    "approve": lambda asked, sent: requests.approve(request=asked, by=sent.member),
    "refuse": lambda asked, sent: requests.refuse(request=asked, reason=sent.POST.get("reason", ""), by=sent.member),
    "erase": lambda asked, sent: requests.start_erasure(request=asked, by=sent.member),
    "answered": lambda asked, sent: requests.answered(
        request=asked, by=sent.member, reason=sent.POST.get("reason", "")
    ),
}


@gate("administer")
@require_POST
def act(request: GatedRequest, pk: int, act: str) -> HttpResponse:
    """Move a request on."""
    asked = _asked(request, pk)
    if act not in ACTS:
        raise Http404
    try:
        ACTS[act](asked, request)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(reverse("customers:privacy_request", args=[request.workspace.slug, pk]))


@gate("administer")
@require_POST
def copy(request: GatedRequest, pk: int) -> HttpResponseBase:
    """Everything we hold as a ZIP, once it was verified who asks."""
    asked = _asked(request, pk)
    if asked.person is None or asked.state not in (RequestState.VERIFIED, RequestState.DONE):
        messages.error(request, _("Verify first who asks."))
        return redirect(reverse("customers:privacy_request", args=[request.workspace.slug, pk]))
    archive = copies.copy_of(asked.person)
    audit.record(request.workspace, "privacy.exported", asked, by=request.member)
    if asked.kind == RequestKind.ACCESS and asked.state == RequestState.VERIFIED:
        requests.answered(request=asked, by=request.member)
    name = f"personal-data-{asked.pk}.zip"
    return FileResponse(archive, as_attachment=True, filename=name, content_type="application/zip")


@gate("administer")
@require_safe
def receipt(request: GatedRequest, pk: int) -> HttpResponse:
    """The receipt of an erasure as JSON, with its hash."""
    asked = _asked(request, pk)
    if not asked.receipt:
        raise Http404
    text = json.dumps({"receipt": asked.receipt, "sha256": asked.receipt_hash}, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="erasure-receipt-{asked.pk}.json"'
    return response


@gate("administer")
@require_POST
def release(request: GatedRequest) -> HttpResponse:
    """Let an erased id in again."""
    value = request.POST.get("id", "").strip()[:255]
    if value and erasing.release(workspace=request.workspace, value=value, by=request.member):
        messages.success(request, _("Messages with this id are taken in again."))
    else:
        messages.error(request, _("This id is not among the erased ones."))
    return redirect(reverse("customers:privacy", args=[request.workspace.slug]))


@gate("administer")
def settings(request: GatedRequest) -> HttpResponse:
    """How requests are handled here."""
    kept = requests.settings_of(request.workspace)
    form = PrivacySettingsForm(request.POST or None, instance=kept)
    return form_page(
        request,
        form,
        title=_("Privacy settings"),
        label=_("Save"),
        back=reverse("customers:privacy", args=[request.workspace.slug]),
        act=lambda: (
            requests.save_settings(workspace=request.workspace, by=request.member, **form.cleaned_data) and None
        ),
        done=_("Saved."),
    )
