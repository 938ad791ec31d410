"""The definition of a lifecycle: what counts, its versions, and the editor of its draft."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evergrow.customers.criteria import CriteriaError, parse, posted
from evergrow.customers.models import EditionState, Lifecycle, LifecycleVersion, StagedKind, TeamRole
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages import editing, words
from evergrow.customers.stages.definition import criteria_kind
from evergrow.customers.stages.forms import LifecycleForm, SettingsForm, StageForm
from evergrow.customers.stages.proposals import PROPOSALS
from evergrow.customers.stages.views.common import address, head, lifecycle_or_404
from evergrow.customers.tiers import document
from evergrow.customers.views.forms import form_page
from evergrow.workspaces import audit
from evergrow.workspaces.access import GatedRequest, gate, may

NEW = "new"
YAML = "lifecycle"


@gate("manage")
def new(request: GatedRequest) -> HttpResponse:
    """Make a lifecycle; its draft begins with a proposal."""
    form = LifecycleForm(request.POST or None)

    def act() -> str:
        typed = form.cleaned_data
        made = editing.create(
            workspace=request.workspace,
            key=typed["key"],
            kind=typed["kind"],
            name=typed["en"],
            name_zh=typed["zh"],
            by=request.member,
        )
        return address(made, "lifecycle_draft")

    return form_page(
        request,
        form,
        title=_("New lifecycle"),
        label=_("Create lifecycle"),
        back=_home(request),
        act=act,
        done=_("Created with a draft. Nobody moves until it is published."),
    )


def _home(request: GatedRequest) -> str:
    return reverse("customers:stages", args=[request.workspace.slug])


@gate("view")
def shown(request: GatedRequest, key: str) -> HttpResponse:
    """What counts, in words."""
    lifecycle = lifecycle_or_404(request, key)
    counts = definitions.of(lifecycle)
    return _read(request, lifecycle, counts.version if counts else None)


@gate("view")
def version(request: GatedRequest, key: str, number: int) -> HttpResponse:
    """Any version in words; a draft only for those who may edit it."""
    lifecycle = lifecycle_or_404(request, key)
    found = get_object_or_404(LifecycleVersion, lifecycle=lifecycle, number=number)
    if found.state == EditionState.DRAFT and not may(request.member, "manage"):
        raise Http404
    return _read(request, lifecycle, found)


def _read(request: GatedRequest, lifecycle: Lifecycle, found: LifecycleVersion | None) -> HttpResponse:
    read = definitions.read(found.definition, lifecycle.kind, found) if found else None
    versions = lifecycle.versions.select_related("published_by__user").order_by("-number")
    context = {
        **head(request, lifecycle, "definition"),
        "shown": found,
        "definition": read,
        "stages": words.stages(lifecycle, read) if read else [],
        "who": words.criteria_words(lifecycle, read.who) if read and read.who else "",
        "versions": versions if may(request.member, "manage") else versions.exclude(state=EditionState.DRAFT),
    }
    return render(request, "customers/stages/definition.html", context)


@gate("view")
@require_safe
def export(request: GatedRequest, key: str) -> HttpResponse:
    """The published definition as YAML."""
    lifecycle = lifecycle_or_404(request, key)
    counts = definitions.of(lifecycle)
    if counts is None or counts.version is None:
        raise Http404
    about = {"key": lifecycle.key, "kind": lifecycle.kind, "name": lifecycle.names}
    audit.record(request.workspace, "lifecycle.exported", lifecycle, by=request.member)
    text = document.write({**about, **counts.version.definition}, YAML)
    response = HttpResponse(text, content_type="application/yaml")
    response["Content-Disposition"] = f'attachment; filename="lifecycle-{lifecycle.key}.yaml"'
    return response


@gate("manage")
def draft(request: GatedRequest, key: str) -> HttpResponse:
    """The editor: who takes part, falling back, and the stages."""
    lifecycle = lifecycle_or_404(request, key)
    found = _draft(request, lifecycle)
    initial = {"back_days": found.definition.get("back_days"), "note": found.note}
    form = SettingsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        changed = form.changed(found.definition, lifecycle.kind)
        if _save(request, lifecycle, changed, form, note=form.cleaned_data["note"]):
            messages.success(request, _("Draft saved. Nobody moves until it is published."))
            return redirect(address(lifecycle, "lifecycle_draft"))
    read = definitions.read(found.definition, lifecycle.kind, found)
    context = {
        **head(request, lifecycle, "definition"),
        "version": found,
        "definition": read,
        "stages": words.stages(lifecycle, read),
        "form": form,
        "given": found.definition.get("who"),
        "problem": _problem(lifecycle, form, "criteria"),
        "criteria_for": criteria_kind(lifecycle.kind),
        "has_who": lifecycle.kind != StagedKind.PRODUCT,
    }
    return render(request, "customers/stages/draft.html", context, status=422 if form.errors else 200)


@gate("manage")
def stage(request: GatedRequest, key: str, stage: str) -> HttpResponse:
    """One stage of the draft; ``new`` adds one."""
    lifecycle = lifecycle_or_404(request, key)
    found = _draft(request, lifecycle)
    listed = found.definition["stages"]
    part = next((one for one in listed if one["key"] == stage), None)
    if part is None and stage != NEW:
        raise Http404
    base = part or {"kind": "active", "least": 1}
    read = definitions.read(found.definition, lifecycle.kind)
    others = [(each.key, each.name) for each in read.stages if each.key != stage]
    form = StageForm(base, others, lifecycle.kind, request.POST or None)
    if request.method == "POST" and form.is_valid():
        changed = form.changed()
        if part is None and any(one["key"] == changed["key"] for one in listed):
            form.add_error("key", _("There is a stage with this key already."))
        elif _save(request, lifecycle, editing.put_stage(found.definition, stage, changed), form):
            messages.success(request, _("Draft saved. Nobody moves until it is published."))
            return redirect(address(lifecycle, "lifecycle_draft"))
    context = {
        **head(request, lifecycle, "definition"),
        "form": form,
        "base": base,
        "is_new": part is None,
        "entry_problem": _problem(lifecycle, form, "criteria"),
        "exit_problem": _problem(lifecycle, form, "exit"),
        "criteria_for": criteria_kind(lifecycle.kind),
        "roles": TeamRole.choices,
        "is_product": lifecycle.kind == StagedKind.PRODUCT,
    }
    return render(request, "customers/stages/stage.html", context, status=422 if form.errors else 200)


def _problem(lifecycle: Lifecycle, form: Any, name: str) -> CriteriaError | None:
    """What is wrong with posted criteria, to be shown at their part."""
    if not form.is_bound:
        return None
    given, kind = posted.raw(form.data, name), criteria_kind(lifecycle.kind)
    try:
        parse(given or {}, kind, lifecycle.workspace)
    except CriteriaError as error:
        return error
    return None


@gate("manage")
@require_POST
def stage_removal(request: GatedRequest, key: str, stage: str) -> HttpResponse:
    """Take a stage out of the draft."""
    lifecycle = lifecycle_or_404(request, key)
    found = _draft(request, lifecycle)
    _save(request, lifecycle, editing.drop_stage(found.definition, stage))
    return redirect(address(lifecycle, "lifecycle_draft"))


@gate("manage")
@require_POST
def stage_shift(request: GatedRequest, key: str, stage: str) -> HttpResponse:
    """Put a stage one place earlier or later."""
    lifecycle = lifecycle_or_404(request, key)
    found = _draft(request, lifecycle)
    step = -1 if request.POST.get("step") == "-1" else 1
    _save(request, lifecycle, editing.shift_stage(found.definition, stage, step))
    return redirect(address(lifecycle, "lifecycle_draft"))


@gate("manage")
@require_POST
def upload(request: GatedRequest, key: str) -> HttpResponse:
    """Put a YAML export into the draft."""
    lifecycle = lifecycle_or_404(request, key)
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a file first."))
        return redirect(address(lifecycle, "lifecycle_draft"))
    _draft(request, lifecycle)
    try:
        read = document.read(file.read(document.MOST_CHARACTERS * 4).decode("utf-8-sig", "replace"), YAML)
        kept = {name: part for name, part in read.items() if name in ("who", "back_days", "stages")}
        editing.save(lifecycle, kept, by=request.member)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The file is in the draft. Nothing changes until it is published."))
    return redirect(address(lifecycle, "lifecycle_draft"))


@gate("manage")
@require_POST
def publication(request: GatedRequest, key: str) -> HttpResponse:
    """Make the draft count."""
    lifecycle = lifecycle_or_404(request, key)
    try:
        done = editing.publish(lifecycle, by=request.member)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(address(lifecycle, "lifecycle_draft"))
    text = _("Version %(number)s counts now; stages are being evaluated by it.")
    messages.success(request, text % {"number": done.number})
    return redirect(address(lifecycle))


@gate("manage")
@require_POST
def discard(request: GatedRequest, key: str) -> HttpResponse:
    """Throw the draft away."""
    lifecycle = lifecycle_or_404(request, key)
    try:
        editing.discard(lifecycle, by=request.member)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
    else:
        messages.success(request, _("Draft discarded."))
    return redirect(address(lifecycle, "lifecycle"))


@gate("manage")
@require_POST
def retirement(request: GatedRequest, key: str) -> HttpResponse:
    """Let nobody move any more; the history stays."""
    lifecycle = lifecycle_or_404(request, key)
    editing.retire(lifecycle, by=request.member)
    messages.success(request, _("The lifecycle is retired; its history stays."))
    return redirect(_home(request))


def _draft(request: GatedRequest, lifecycle: Lifecycle) -> LifecycleVersion:
    """The draft; only a change begins one, looking does not."""
    found = editing.draft(lifecycle)
    if found is not None:
        return found
    if request.method == "POST":
        return editing.start(lifecycle, by=request.member)
    counts = definitions.of(lifecycle)
    given = counts.version.definition if counts and counts.version else PROPOSALS[StagedKind(lifecycle.kind)]
    return LifecycleVersion(lifecycle=lifecycle, number=0, definition=given)


def _save(
    request: GatedRequest, lifecycle: Lifecycle, changed: dict[str, Any], form: Any = None, note: str | None = None
) -> bool:
    try:
        editing.save(lifecycle, changed, note=note, by=request.member)
    except ValidationError as error:
        if form is None:
            messages.error(request, " ".join(error.messages))
        else:
            form.add_error(None, error.messages)
        return False
    return True
