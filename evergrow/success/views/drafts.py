"""The step editor: a playbook's draft, changed step by step, compared and published."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evergrow.customers import access as customers
from evergrow.customers.criteria import CriteriaError
from evergrow.success import access
from evergrow.success.actions import arranging
from evergrow.success.actions import playbooks as actions
from evergrow.success.editor import details, drawer, facts, letters
from evergrow.success.editor.layout import flat, layout, shifted
from evergrow.success.editor.problems import problems
from evergrow.success.engine import frames
from evergrow.success.errors import Refused
from evergrow.success.models import Playbook, PlaybookVersion, Step
from evergrow.success.queries import editions, standing
from evergrow.success.views.answers import back, saying
from evergrow.success.views.playbooks import read_words, step_rows
from evergrow.workspaces.access import GatedRequest, gate


@gate("manage")
def draft(request: GatedRequest, playbook: str) -> HttpResponse:
    """The editor. POST opens a draft, or throws it away (``discard``)."""
    book = access.playbook_or_404(request.member, playbook)
    if request.method == "POST":
        return _open_or_discard(request, book)
    version = book.versions.filter(state="draft").select_related("playbook__workspace").first()
    if version is None:
        return redirect("success:playbook", request.workspace.slug, book.key)
    return render(request, "success/draft.html", editor(request, version))


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
            anchor=anchor if frames.is_date(request.workspace, anchor) else "",
        )
    return _to_editor(request, book)


@gate("manage")
@require_POST
def add_step(request: GatedRequest, playbook: str) -> HttpResponse:
    """A new step at the position of the form's ``at`` in the ``lane``, or a copy of ``copy``; open in the drawer."""
    version = access.draft_or_404(request.member, playbook)
    at = request.POST.get("at", "")
    if copied := request.POST.get("copy", ""):
        step = arranging.duplicate_step(step=access.step_or_404(version, copied), by=request.member)
    else:
        place = int(at) if at.isascii() and at.isdigit() and len(at) < 5 else None
        step = actions.add_step(draft=version, by=request.member, at=place, lane=request.POST.get("lane", ""))
    return _to_editor(request, version.playbook, step.key)


@gate("manage")
@require_POST
def order_steps(request: GatedRequest, playbook: str) -> HttpResponse:
    """The steps in the order of the fields ``step``, in the lanes of ``lane``; ``up`` or ``down`` moves one instead.

    Back at the step that ``moved``, so that whoever moves it on need not look for it.
    """
    version = access.draft_or_404(request.member, playbook)
    rows = layout(version.steps.all())
    places = list(zip(request.POST.getlist("step"), request.POST.getlist("lane"), strict=False)) or flat(rows)
    moved = request.POST.get("moved", "")
    for way, shift in (("up", -1), ("down", 1)):
        if key := request.POST.get(way, ""):
            moved, places = key, flat(shifted(rows, key, shift))
    arranging.arrange_steps(draft=version, by=request.member, places=places)
    is_known = any(key == moved for key, _lane in flat(rows))
    return _to_editor(request, version.playbook, at=moved if is_known else "")


@gate("manage")
@require_POST
def change_step(request: GatedRequest, playbook: str, step: str) -> HttpResponse:
    """Save the drawer. ``stay`` leaves it open: another kind was chosen, or a branch was added or taken away."""
    version = access.draft_or_404(request.member, playbook)
    row = access.step_or_404(version, step)
    try:
        members = access.colleagues(request.member).values_list("pk", flat=True)
        actions.change_step(step=row, by=request.member, **facts.read(request.POST, row, request.workspace, members))
    except (Refused, CriteriaError) as refused:
        row.name, row.instructions = facts.words(request.POST, "name"), facts.words(request.POST, "instructions")
        context = {**editor(request, version, row), "error": str(refused)}
        return render(request, "success/draft.html", context, status=400)
    is_open = any(name in request.POST for name in ("stay", "add_way", "drop_way"))
    return _to_editor(request, version.playbook, row.key if is_open else "", at=row.key)


@gate("manage")
@require_POST
def preview_letter(request: GatedRequest, playbook: str, step: str) -> HttpResponse:
    """How the message in the drawer's form would read for an account; nothing is kept and nothing is sent."""
    version = access.draft_or_404(request.member, playbook)
    row = access.step_or_404(version, step)
    account = customers.account_or_404(request.member, _number(request.POST.get("account", "")))
    kept = details.read(request.POST, row.kind, row, request.workspace, set())
    shown = letters.shown(row, kept, account, request.member)
    return render(request, "success/editor/_letter.html", {"letters": shown, "account": account})


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
    """What publishing would change, and the publishing itself, with a note."""
    version = access.draft_or_404(request.member, playbook)
    row = standing.standing(version.playbook)
    if request.method == "POST":
        try:
            actions.publish(draft=version, by=request.member, note=request.POST.get("note", ""))
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            told = {"playbook": version.playbook, "version": version.number}
            messages.success(request, _("“%(playbook)s” v%(version)s is published.") % told)
            return redirect("success:playbook", request.workspace.slug, version.playbook.key)
    found = problems(version)
    context = {
        "playbook": version.playbook,
        "draft": version,
        "row": row,
        "changes": editions.diff(row.published, version),
        "problems": found,
        "is_blocked": any(problem.blocks for problem in found),
    }
    return render(request, "success/publication.html", context)


def editor(request: GatedRequest, version: PlaybookVersion, opened: Step | None = None) -> dict[str, Any]:
    """What the editor shows: the steps in lanes, what is wrong, what changed, and the step that is open."""
    row = standing.standing(version.playbook)
    steps = list(version.steps.select_related("member__user", "version__playbook"))
    opened = opened or next((step for step in steps if step.key == request.GET.get("step", "")), None)
    found = problems(version)
    context = {
        "playbook": version.playbook,
        "draft": version,
        "row": row,
        "steps": steps,
        "rows": layout(steps),
        "about": {each["step"].key: each for each in step_rows(version)},
        "opened": opened,
        "problems": found,
        "is_blocked": any(problem.blocks for problem in found),
        "wrong": {problem.key: problem for problem in reversed(found)},
        "changes": editions.diff(row.published, version),
        "anchors": [("", Playbook.Anchor.NONE.label), *frames.choices(request.workspace)],
        "languages": [("en", _("English")), ("zh", _("Chinese"))],
    }
    return {**context, **drawer.context(request, version, steps, opened)} if opened else context


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


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


def _to_editor(request: GatedRequest, playbook: Playbook, step: str = "", at: str = "") -> HttpResponse:
    """The editor with a ``step`` open, or with the name of one in focus: that is what the address leads to."""
    url = reverse("success:draft", args=[request.workspace.slug, playbook.key])
    if step:
        return redirect(f"{url}?step={step}#step-{step}")
    return redirect(f"{url}#at-{at}" if at else url)
