"""The tier scheme: what counts, its versions, and the editor of its draft."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evergrow import warehouse
from evergrow.customers import editions
from evergrow.customers.criteria import CriteriaError, posted
from evergrow.customers.models import EditionState, TierScheme
from evergrow.customers.tiers import distribution, document, editing, words
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.tiers.forms import EntitlementForm, SettingsForm, TierRuleForm
from evergrow.customers.tiers.preview import preview
from evergrow.workspaces import audit
from evergrow.workspaces.access import GatedRequest, gate, may

NEW = "new"


@gate("view")
def scheme(request: GatedRequest) -> HttpResponse:
    """The scheme that counts, in words."""
    counts = schemes.of(request.workspace)
    return _read(request, counts, counts.version)


@gate("view")
def version(request: GatedRequest, number: int) -> HttpResponse:
    """Any version in words; a draft only for those who may edit it."""
    found = get_object_or_404(TierScheme, workspace=request.workspace, number=number)
    if found.state == EditionState.DRAFT and not may(request.member, "manage"):
        raise Http404
    return _read(request, schemes.read(found.definition, found), found)


def _read(request: GatedRequest, shown: schemes.Scheme, found: TierScheme | None) -> HttpResponse:
    versions = TierScheme.objects.filter(workspace=request.workspace).order_by("-number")
    may_manage = may(request.member, "manage")
    context = {
        "scheme": shown,
        "shown": found,
        "tiers": [(tier, words.rule(request.workspace, tier)) for tier in shown.tiers],
        "waits": words.waits(shown),
        "due": [(one, [(tier, one.words(tier.key)) for tier in shown.tiers]) for one in shown.entitlements],
        "versions": versions if may_manage else versions.exclude(state=EditionState.DRAFT),
        "draft": editions.draft(TierScheme, request.workspace),
        "may_manage": may_manage,
    }
    return render(request, "customers/tiers/scheme.html", context)


@gate("view")
@require_safe
def export(request: GatedRequest) -> HttpResponse:
    """The scheme with its entitlements as YAML."""
    found = editions.published(TierScheme, request.workspace)
    text = document.write(found.definition if found else schemes.STANDARD_DEFINITION, "tiers")
    audit.record(request.workspace, "tier_scheme.exported", request.workspace, by=request.member)
    response = HttpResponse(text, content_type="application/yaml")
    response["Content-Disposition"] = f'attachment; filename="tiers-{request.workspace.slug}.yaml"'
    return response


@gate("manage")
def draft(request: GatedRequest) -> HttpResponse:
    """The editor: tiers, waits, entitlements, and what the draft would do."""
    found = _draft(request)
    form = SettingsForm(found.definition, found.note, request.POST or None)
    if request.method == "POST" and form.is_valid():
        changed = form.changed(found.definition)
        if _save(request, changed, form, note=form.cleaned_data["note"]):
            messages.success(request, _("Draft saved. Nothing changes until it is published."))
            return redirect("customers:tier_draft", request.workspace.slug)
    shown = schemes.read(found.definition, found)
    context = {
        "draft": found,
        "scheme": shown,
        "form": form,
        "tiers": [(tier, words.rule(request.workspace, tier)) for tier in shown.tiers],
        "due": [(one, [(tier, one.words(tier.key)) for tier in shown.tiers]) for one in shown.entitlements],
    }
    return render(request, "customers/tiers/draft.html", context, status=422 if form.errors else 200)


@gate("manage")
@require_safe
def draft_preview(request: GatedRequest) -> HttpResponse:
    """Who would move from where to where, as a matrix and a list."""
    found = editions.draft(TierScheme, request.workspace)
    if found is None:
        raise Http404
    shown = schemes.read(found.definition, found)
    context: dict[str, Any] = {"draft": found, "scheme": shown}
    try:
        judged = preview(request.member, shown)
    except warehouse.StoreUnavailable:
        context["problem"] = _("The event store is away. Try again in a minute.")
    except ValidationError as error:
        context["problem"] = " ".join(error.messages)
    else:
        context |= {"preview": judged, "matrix": distribution.matrix(shown, judged.moves)}
    return render(request, "customers/tiers/preview.html", context)


@gate("manage")
def tier(request: GatedRequest, key: str) -> HttpResponse:
    """One tier of the draft, its rule with it; ``new`` adds one above the last."""
    found = _draft(request)
    tiers = found.definition["tiers"]
    part = next((one for one in tiers if one["key"] == key), None)
    if part is None and key != NEW:
        raise Http404
    base = part or {"priority": _free_priority(tiers), "load": 1, "review_months": 6, "look": "soft", "icon": "award"}
    form = TierRuleForm(base, request.POST or None, is_new=part is None)
    if request.method == "POST" and form.is_valid():
        changed = form.changed()
        if part is None and any(one["key"] == changed["key"] for one in tiers):
            form.add_error("key", _("There is a tier with this key already."))
        elif _save(request, editing.put_tier(found.definition, key, changed), form):
            messages.success(request, _("Draft saved. Nothing changes until it is published."))
            return redirect("customers:tier_draft", request.workspace.slug)
    return _part(request, "customers/tiers/tier.html", form, base, is_new=part is None)


def _free_priority(tiers: list[dict[str, Any]]) -> int:
    """A priority between the last tier with a place above it and the tier for all the rest."""
    taken = {one["priority"] for one in tiers}
    rest = max(taken)
    return next((number for number in range(rest - 1, 0, -1) if number not in taken), rest)


@gate("manage")
@require_POST
def tier_removal(request: GatedRequest, key: str) -> HttpResponse:
    """Take a tier out of the draft."""
    found = _draft(request)
    _change(request, editing.drop_tier(found.definition, key))
    return redirect("customers:tier_draft", request.workspace.slug)


@gate("manage")
def entitlement(request: GatedRequest, key: str) -> HttpResponse:
    """One entitlement of the draft; ``new`` adds one."""
    found = _draft(request)
    shown = schemes.read(found.definition, found)
    listed = found.definition.get("entitlements", [])
    part = next((one for one in listed if one["key"] == key), None)
    if part is None and key != NEW:
        raise Http404
    base = part or {"kind": "quantity", "period": "quarter"}
    form = EntitlementForm(shown, base, request.POST or None, is_new=part is None)
    if request.method == "POST" and form.is_valid():
        changed = form.changed()
        if part is None and any(one["key"] == changed["key"] for one in listed):
            form.add_error("key", _("There is an entitlement with this key already."))
        elif _save(request, editing.put_entitlement(found.definition, key, changed), form):
            messages.success(request, _("Draft saved. Nothing changes until it is published."))
            return redirect("customers:tier_draft", request.workspace.slug)
    return _part(request, "customers/tiers/entitlement.html", form, base, is_new=part is None)


@gate("manage")
@require_POST
def entitlement_removal(request: GatedRequest, key: str) -> HttpResponse:
    """Take an entitlement out of the draft; what was used of it stays in the ledger."""
    found = _draft(request)
    _change(request, editing.drop_entitlement(found.definition, key))
    return redirect("customers:tier_draft", request.workspace.slug)


@gate("manage")
@require_POST
def upload(request: GatedRequest) -> HttpResponse:
    """Put a YAML export into the draft."""
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a file first."))
        return redirect("customers:tier_draft", request.workspace.slug)
    _draft(request)
    try:
        read = document.read(file.read(document.MOST_CHARACTERS * 4).decode("utf-8-sig", "replace"), "tiers")
        editing.save(request.workspace, read, by=request.member)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The file is in the draft. Nothing changes until it is published."))
    return redirect("customers:tier_draft", request.workspace.slug)


@gate("manage")
@require_POST
def publication(request: GatedRequest) -> HttpResponse:
    """Make the draft the scheme that counts."""
    try:
        done = editing.publish(request.workspace, by=request.member)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("customers:tier_scheme", request.workspace.slug)
    text = _("Version %(number)s counts now; accounts are being judged by it.")
    messages.success(request, text % {"number": done.number})
    return redirect("customers:tiers", request.workspace.slug)


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
    return redirect("customers:tier_scheme", request.workspace.slug)


def _draft(request: GatedRequest) -> TierScheme:
    """The draft; only a change begins one, looking does not."""
    found = editions.draft(TierScheme, request.workspace)
    if found is not None:
        return found
    if request.method == "POST":
        return editing.start(request.workspace, by=request.member)
    counts = editions.published(TierScheme, request.workspace)
    definition = counts.definition if counts else schemes.STANDARD_DEFINITION
    return TierScheme(workspace=request.workspace, number=0, definition=definition)


def _save(request: GatedRequest, definition: dict[str, Any], form: forms.Form, note: str | None = None) -> bool:
    try:
        editing.save(request.workspace, definition, note=note, by=request.member)
    except ValidationError as error:
        for sentence in error.messages:
            form.add_error(None, sentence)
        return False
    return True


def _change(request: GatedRequest, definition: dict[str, Any]) -> None:
    try:
        editing.save(request.workspace, definition, by=request.member)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Draft saved. Nothing changes until it is published."))


def _part(
    request: GatedRequest, template: str, form: forms.Form, base: dict[str, Any], *, is_new: bool
) -> HttpResponse:
    context = {"form": form, "base": base, "is_new": is_new, **criteria_part(request, base)}
    return render(request, template, context, status=422 if form.errors else 200)


def criteria_part(request: GatedRequest, base: dict[str, Any]) -> dict[str, Any]:
    """What the criteria editor needs: the criteria as they are, and what is wrong with the posted ones, at its part."""
    problem = None
    if request.method == "POST":
        try:
            posted.read(request.POST, "account", request.workspace)
        except CriteriaError as error:
            problem = error
    return {"criteria": base.get("criteria"), "kind": "account", "problem": problem}
