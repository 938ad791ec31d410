"""The step editor: a playbook's draft, changed step by step, compared and published."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evergrow.success import access
from evergrow.success.actions import playbooks as actions
from evergrow.success.errors import Refused
from evergrow.success.models import DueFrom, OwnerRule, Playbook, PlaybookVersion, Roll, Step, StepKind, Unit
from evergrow.success.queries import editions, standing
from evergrow.success.views.answers import Unreadable, back, read_member, saying
from evergrow.success.views.playbooks import read_words, step_rows
from evergrow.workspaces.access import GatedRequest, gate

MOST_DAYS = 730


@gate("manage")
def draft(request: GatedRequest, playbook: str) -> HttpResponse:
    """The editor. POST opens a draft, or throws it away (``discard``)."""
    book = access.playbook_or_404(request.member, playbook)
    if request.method == "POST":
        return _open_or_discard(request, book)
    version = book.versions.filter(state="draft").select_related("playbook__workspace").first()
    if version is None:
        return redirect("success:playbook", request.workspace.slug, book.key)
    return render(request, "success/draft.html", _editor(request, version))


@gate("manage")
@require_POST
def describe(request: GatedRequest, playbook: str) -> HttpResponse:
    """Name, purpose and the date it hangs on."""
    book = access.playbook_or_404(request.member, playbook)
    anchor = request.POST.get("anchor", "")
    with saying(request):
        actions.describe_playbook(
            playbook=book,
            by=request.member,
            name=read_words(request, "name"),
            purpose=read_words(request, "purpose"),
            anchor=anchor if anchor in Playbook.Anchor.values else "",
        )
    return _to_editor(request, book)


@gate("manage")
@require_POST
def add_step(request: GatedRequest, playbook: str) -> HttpResponse:
    """A new step at the position of the form's ``at``, open in the drawer."""
    version = access.draft_or_404(request.member, playbook)
    at = request.POST.get("at", "")
    step = actions.add_step(draft=version, by=request.member, at=int(at) if at.isdigit() and len(at) < 5 else None)
    return _to_editor(request, version.playbook, step.key)


@gate("manage")
@require_POST
def order_steps(request: GatedRequest, playbook: str) -> HttpResponse:
    """The steps in the order of the repeated field ``step``; ``up`` or ``down`` moves one by a place."""
    version = access.draft_or_404(request.member, playbook)
    keys = request.POST.getlist("step") or [step.key for step in version.steps.all()]
    for way, shift in (("up", -1), ("down", 1)):
        key = request.POST.get(way, "")
        if key in keys:
            at = keys.index(key)
            keys.insert(max(0, at + shift), keys.pop(at))
    actions.order_steps(draft=version, by=request.member, keys=keys)
    return _to_editor(request, version.playbook)


@gate("manage")
@require_POST
def change_step(request: GatedRequest, playbook: str, step: str) -> HttpResponse:
    """Save the drawer."""
    version = access.draft_or_404(request.member, playbook)
    row = access.step_or_404(version, step)
    try:
        actions.change_step(step=row, by=request.member, **_facts(request, row))
    except Refused as refused:
        context = {**_editor(request, version, row), "error": str(refused), "sent": request.POST}
        return render(request, "success/draft.html", context, status=400)
    return _to_editor(request, version.playbook)


@gate("manage")
@require_POST
def remove_step(request: GatedRequest, playbook: str, step: str) -> HttpResponse:
    """Take a step out of the draft."""
    version = access.draft_or_404(request.member, playbook)
    with saying(request):
        actions.remove_step(step=access.step_or_404(version, step), by=request.member)
    return _to_editor(request, version.playbook)


@gate("manage")
def publication(request: GatedRequest, playbook: str) -> HttpResponse:
    """What publishing would change, and the publishing itself."""
    version = access.draft_or_404(request.member, playbook)
    row = standing.standing(version.playbook)
    if request.method == "POST":
        try:
            actions.publish(draft=version, by=request.member)
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect("success:publication", request.workspace.slug, version.playbook.key)
        facts = {"playbook": version.playbook, "version": version.number}
        messages.success(request, _("“%(playbook)s” v%(version)s is published.") % facts)
        return redirect("success:playbook", request.workspace.slug, version.playbook.key)
    context = {
        "playbook": version.playbook,
        "draft": version,
        "row": row,
        "changes": editions.diff(row.published, version),
        "problems": editions.problems(version),
    }
    return render(request, "success/publication.html", context)


def _editor(request: GatedRequest, version: PlaybookVersion, opened: Step | None = None) -> dict[str, Any]:
    row = standing.standing(version.playbook)
    opened = opened or version.steps.filter(key=request.GET.get("step", "")).first()
    return {
        "playbook": version.playbook,
        "draft": version,
        "row": row,
        "steps": step_rows(version),
        "opened": opened,
        "earlier": version.steps.filter(position__lt=opened.position) if opened else [],
        "problems": editions.problems(version),
        "changes": editions.diff(row.published, version),
        "choices": editions.CHOICES,
        "due_bases": [c for c in DueFrom.choices if c[0] != DueFrom.ANCHOR or version.playbook.anchor],
        "colleagues": access.colleagues(request.member),
    }


def _facts(request: GatedRequest, step: Step) -> dict[str, Any]:
    member = read_member(request, "member")
    earlier = set(step.version.steps.filter(position__lt=step.position).values_list("key", flat=True))
    offset = request.POST.get("offset", "0").replace("−", "-")
    try:
        days = int(offset)
    except ValueError:
        raise Unreadable(sentence=_("Write the days as a whole number, like 2 or −45.")) from None
    if abs(days) > MOST_DAYS:
        raise Unreadable(sentence=_("That is more than two years away. Use a smaller number of days."))
    return {
        "name": read_words(request, "name"),
        "instructions": read_words(request, "instructions"),
        "kind": _choice(request, "kind", StepKind.values, step.kind),
        "owner_rule": _choice(request, "owner_rule", OwnerRule.values, step.owner_rule),
        "member": member,
        "due_from": _choice(request, "due_from", DueFrom.values, step.due_from),
        "offset": days,
        "unit": _choice(request, "unit", Unit.values, step.unit),
        "roll": _choice(request, "roll", Roll.values, step.roll),
        "required": "required" in request.POST,
        "evidence": "evidence" in request.POST,
        "after": [key for key in request.POST.getlist("after") if key in earlier],
    }


def _choice(request: GatedRequest, name: str, known: list[str], default: str) -> str:
    asked = request.POST.get(name, "")
    return asked if asked in known else default


def _open_or_discard(request: GatedRequest, book: Playbook) -> HttpResponse:
    if "discard" in request.POST:
        version = access.draft_or_404(request.member, book.key)
        with saying(request, _("The draft was thrown away.")):
            actions.discard_draft(draft=version, by=request.member)
        is_gone = not Playbook.objects.filter(pk=version.playbook_id).exists()
        list_url = reverse("success:playbooks", args=[request.workspace.slug])
        page_url = reverse("success:playbook", args=[request.workspace.slug, book.key])
        return back(request, list_url if is_gone else page_url)
    actions.open_draft(playbook=book, by=request.member)
    return _to_editor(request, book)


def _to_editor(request: GatedRequest, playbook: Playbook, step: str = "") -> HttpResponse:
    url = reverse("success:draft", args=[request.workspace.slug, playbook.key])
    return redirect(f"{url}?step={step}#step-{step}" if step else url)
