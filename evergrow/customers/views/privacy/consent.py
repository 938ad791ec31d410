"""Purposes of using personal data, and what people agreed to."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evergrow.customers.access import person_or_404
from evergrow.customers.forms_privacy import ConsentForm, PurposeForm
from evergrow.customers.models import ConsentRecord, Purpose
from evergrow.customers.privacy import consent
from evergrow.customers.privacy.masking import mask_for
from evergrow.customers.views.forms import form_page
from evergrow.workspaces.access import GatedRequest, gate, may


@gate("view")
@require_safe
def purposes(request: GatedRequest) -> HttpResponse:
    """What personal data is used for here, with texts, legal bases and how many people agreed."""
    rows = Purpose.objects.filter(workspace=request.workspace).order_by("retired_at", "pk").prefetch_related("texts")
    newest: dict[int, dict[tuple[int, str], str]] = {}
    said = ConsentRecord.objects.filter(workspace=request.workspace).order_by("at", "pk")
    for purpose, person, channel, state in said.values_list("purpose", "person", "channel", "state"):
        newest.setdefault(purpose, {})[person, channel] = state
    counts = {key: (_count(each, "granted"), _count(each, "withdrawn")) for key, each in newest.items()}
    context = {
        "rows": [(row, row.texts.order_by("-version").first(), counts.get(row.pk, (0, 0))) for row in rows],
        "administers": may(request.member, "administer"),
    }
    return render(request, "customers/privacy/purposes.html", context)


def _count(said: dict[tuple[int, str], str], state: str) -> int:
    return len({person for (person, _channel), each in said.items() if each == state})


@gate("administer")
def new_purpose(request: GatedRequest) -> HttpResponse:
    return _edit(request, None)


@gate("administer")
def purpose(request: GatedRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Purpose, pk=pk, workspace=request.workspace))


def _edit(request: GatedRequest, found: Purpose | None) -> HttpResponse:
    form = PurposeForm(found, request.POST or None)
    return form_page(
        request,
        form,
        title=_("Purpose") if found else _("New purpose"),
        label=_("Save"),
        back=reverse("customers:purposes", args=[request.workspace.slug]),
        act=lambda: consent.save_purpose(workspace=request.workspace, by=request.member, **form.facts()) and None,
        done=_("Saved. People are shown the new text from now on; earlier proofs keep theirs."),
        note=_("Another text becomes a new edition; what people agreed to before stays with the edition they saw."),
    )


@gate("administer")
@require_POST
def retire(request: GatedRequest, pk: int) -> HttpResponse:
    """End a purpose."""
    found = get_object_or_404(Purpose, pk=pk, workspace=request.workspace)
    consent.retire_purpose(purpose=found, by=request.member)
    messages.success(request, _("Nobody is contacted for this purpose any more."))
    return redirect(reverse("customers:purposes", args=[request.workspace.slug]))


@gate("work")
def record(request: GatedRequest, number: int) -> HttpResponse:
    """Write down what a person agreed to or withdrew."""
    person = person_or_404(request.member, number)
    form = ConsentForm(request.workspace, request.POST or None)
    return form_page(
        request,
        form,
        title=_("Consent of %(person)s") % {"person": mask_for(request).called(person)},
        label=_("Write down"),
        back=reverse("customers:person", args=[request.workspace.slug, number]),
        act=lambda: consent.record_consent(person=person, by=request.member, **form.facts()) and None,
        done=_("Written down. It cannot be changed; a later record takes its place."),
    )


@gate("view")
@require_safe
def card(request: GatedRequest, number: int) -> HttpResponse:
    """The card of a person's page alone, for whoever fetches it."""
    return render(request, "customers/privacy/card.html", {"person": person_or_404(request.member, number)})
