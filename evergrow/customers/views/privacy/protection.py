"""Masking of personal fields, and the register of processing."""

from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from evergrow.customers.access import person_or_404
from evergrow.customers.downloads import download
from evergrow.customers.forms_privacy import ActivityForm, UnmaskForm
from evergrow.customers.models import LegalBasis, MaskRule, ProcessingActivity
from evergrow.customers.privacy import masking, register
from evergrow.customers.privacy.masking import mask_for
from evergrow.customers.privacy.requests import settings_of
from evergrow.customers.views.forms import form_page
from evergrow.lib import sheets
from evergrow.workspaces import audit
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import Role


@gate("administer")
def mask(request: GatedRequest) -> HttpResponse:
    """Which roles see which personal fields in clear."""
    fields = masking.fields_of(request.workspace)
    if request.method == "POST":
        chosen = {field: request.POST.getlist(f"see:{field}") for field in fields}
        changed = masking.save_rules(workspace=request.workspace, roles=chosen, by=request.member)
        messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
        return redirect(reverse("customers:masking", args=[request.workspace.slug]))
    rules = dict(MaskRule.objects.filter(workspace=request.workspace).values_list("field", "roles"))
    context = {
        "roles": Role.choices,
        "rows": [(f, label, [(r, r in rules.get(f, Role.values)) for r in Role.values]) for f, label in fields.items()],
        "examples": {"name": masking.mask_name("张伟"), "email": masking.mask_email("zhang@example.com"),
                     "phone": masking.mask_phone("13812340000"), "ids": masking.mask_text("u-1001")},
        "minutes": settings_of(request.workspace).unmask_minutes,
    }  # fmt: skip
    return render(request, "customers/privacy/masking.html", context)


@gate("work")
def unmask(request: GatedRequest, number: int) -> HttpResponse:
    """Ask to see a person's masked fields for a while."""
    person = person_or_404(request.member, number)
    form = UnmaskForm(request.POST or None)
    return form_page(
        request,
        form,
        title=_("Show masked fields of %(person)s") % {"person": mask_for(request).called(person)},
        label=_("Show"),
        back=reverse("customers:person", args=[request.workspace.slug, number]),
        act=lambda: masking.unmask(person=person, by=request.member, **form.cleaned_data) and None,
        done=_("The fields are shown for a while. The audit trail says why you looked."),
        note=_("They are shown for %(n)d minutes, only to you.") % {"n": settings_of(request.workspace).unmask_minutes},
    )


@gate("manage")
@require_safe
def activities(request: GatedRequest) -> HttpResponse:
    """The register of processing."""
    rows = ProcessingActivity.objects.filter(workspace=request.workspace).order_by("pk")
    known = {row.key for row in rows}
    context = {
        "rows": rows,
        "today": request.workspace.today(),
        "missing": [each for each in register.found(request.workspace) if each["key"] not in known],
        "settings": settings_of(request.workspace),
        "administers": may(request.member, "administer"),
        "bases": dict(LegalBasis.choices),
        "is_print": request.GET.get("print") == "1",
    }
    template = "customers/privacy/register_print.html" if context["is_print"] else "customers/privacy/register.html"
    return render(request, template, context)


@gate("manage")
@require_safe
def export(request: GatedRequest) -> HttpResponseBase:
    """The register as an Excel sheet."""
    heads = [
        pgettext("processing", "Activity"),
        _("Purpose"),
        _("Legal basis"),
        _("Whose data"),
        _("Which data"),
        _("Who receives it"),
        _("How long it is kept"),
        _("Transfer abroad"),
        _("Security measures"),
        _("Next review"),
    ]
    audit.record(request.workspace, "register.exported", request.workspace, by=request.member)
    return download(request.workspace, _("Register of processing"), heads, _lines(request), "xlsx")


def _lines(request: GatedRequest) -> Iterator[list[sheets.Cell]]:
    bases = dict(LegalBasis.choices)
    for row in ProcessingActivity.objects.filter(workspace=request.workspace).order_by("pk"):
        yield [str(row), row.purpose, str(bases.get(row.basis, row.basis)), row.people, row.data, row.recipients,
               row.retention, row.abroad, row.measures, row.review_on]  # fmt: skip


@gate("administer")
def new_activity(request: GatedRequest) -> HttpResponse:
    return _edit(request, None)


@gate("administer")
def activity(request: GatedRequest, pk: int) -> HttpResponse:
    return _edit(request, get_object_or_404(ProcessingActivity, pk=pk, workspace=request.workspace))


def _edit(request: GatedRequest, found: ProcessingActivity | None) -> HttpResponse:
    form = ActivityForm(found, request.POST or None)
    return form_page(
        request,
        form,
        title=_("Processing activity"),
        label=_("Save"),
        back=reverse("customers:register", args=[request.workspace.slug]),
        act=lambda: (
            register.save_activity(workspace=request.workspace, activity=found, by=request.member, **form.facts())
            and None
        ),
        done=_("Saved."),
    )


@gate("administer")
@require_POST
def suggest(request: GatedRequest) -> HttpResponse:
    """Add what this workspace's own data shows."""
    added = register.suggest(workspace=request.workspace, by=request.member)
    messages.success(request, _("%(n)d activities were added. Read them and put them right.") % {"n": added})
    return redirect(reverse("customers:register", args=[request.workspace.slug]))


@gate("administer")
@require_POST
def settle(request: GatedRequest, pk: int, act: str) -> HttpResponse:
    """Say that an entry was reviewed, or take it out."""
    found = get_object_or_404(ProcessingActivity, pk=pk, workspace=request.workspace)
    acts = {"review": register.review, "remove": register.remove}
    if act not in acts:
        raise Http404
    acts[act](activity=found, by=request.member)
    return redirect(reverse("customers:register", args=[request.workspace.slug]))
