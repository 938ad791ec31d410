"""Rules on their way: the editor of an event, the review of what a draft changes, and its publication."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evergrow import warehouse
from evergrow.intake.models.plan import Mode, PlanState, PlanVersion
from evergrow.intake.plan import actions, changes, forms, kinds, seen
from evergrow.intake.plan.addresses import event_url
from evergrow.intake.plan.definition import BadPlan, WorkspaceRules, read_event
from evergrow.intake.plan.views.names import named
from evergrow.workspaces.access import GatedRequest, gate, may


@gate("manage")
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: GatedRequest) -> HttpResponse:
    """The editor of an event's plan; POST saves what was typed as its draft and goes on to the review."""
    event = named(request)
    try:
        found = seen.properties(request.workspace, event)
    except warehouse.StoreUnavailable:
        return render(request, "intake/plan/away.html", status=503)
    found = [row for row in found if not seen.is_added(event, row.name)]
    if request.method != "POST":
        plan = read_event(actions.current(request.workspace, event) or {"mode": Mode.FLAG})
        shown: dict[str, Any] = {"mode": plan.mode, "unplanned": plan.unplanned, "lists": forms.lists_of(plan)}
        return _editor(request, event, forms.rows_of(plan, found), shown)
    rows = forms.rows_typed(request.POST, found)
    definition = forms.definition_typed(request.POST, rows)
    try:
        actions.save_draft(workspace=request.workspace, event=event, definition=definition, by=request.member)
    except BadPlan as error:
        lists = {which: "\n".join(names) for which, names in forms.lists_typed(request.POST).items()}
        shown = {"mode": definition["mode"], "unplanned": definition["unplanned"], "lists": lists, "error": error}
        return _editor(request, event, rows, shown, status=422)
    return redirect(event_url(request.workspace, event, "plan_review"))


def _editor(
    request: GatedRequest, event: str, rows: list[forms.Row], shown: dict[str, Any], status: int = 200
) -> HttpResponse:
    everywhere = actions.published(request.workspace).get("", {})
    context = {
        "event": event,
        "rows": rows,
        "kinds": kinds.KINDS,
        "modes": dict(Mode.choices),
        "usual": Mode(everywhere.get("unplanned_properties", WorkspaceRules().unplanned_properties)).label,
        "has_draft": seen.versions(request.workspace).filter(event=event, state=PlanState.DRAFT).exists(),
        **shown,
    }
    return render(request, "intake/plan/draft.html", context, status=status)


@gate("manage")
@require_POST
def acceptance(request: GatedRequest) -> HttpResponse:
    """Make a draft from what is seen of an event."""
    event = named(request)
    try:
        actions.accept_seen(workspace=request.workspace, event=event, by=request.member)
    except actions.NothingSeen as error:
        messages.info(request, str(error))
        return redirect(event_url(request.workspace, event, "plan_draft"))
    return redirect(event_url(request.workspace, event, "plan_review"))


@gate("manage")
@require_POST
def removal(request: GatedRequest) -> HttpResponse:
    """Make a draft that takes the plan of an event away."""
    event = named(request)
    actions.save_draft(workspace=request.workspace, event=event, definition={}, by=request.member)
    return redirect(event_url(request.workspace, event, "plan_review"))


@gate("manage")
@require_safe
def review(request: GatedRequest) -> HttpResponse:
    """What drafts would change: of one event, or of all."""
    event = request.GET.get("event")
    versions = list(seen.versions(request.workspace))
    published = {v.event: v for v in versions if v.state == PlanState.PUBLISHED}
    drafts = [v for v in versions if v.state == PlanState.DRAFT and event in (None, v.event)]
    context = {
        "event": event,
        "drafts": [_reviewed(each, published.get(each.event)) for each in sorted(drafts, key=lambda v: v.event)],
        "may_administer": may(request.member, "administer"),
    }
    return render(request, "intake/plan/review.html", context)


def _reviewed(draft: PlanVersion, before: PlanVersion | None) -> dict[str, Any]:
    then = before.definition if before else {}
    if not draft.event and not then:
        then = WorkspaceRules().as_json()
    return {
        "draft": draft,
        "before": before if before and before.definition else None,
        "changes": changes.compare(then, draft.definition),
        "is_removal": not draft.definition,
    }


@gate("administer")
@require_POST
def publication(request: GatedRequest) -> HttpResponse:
    """Publish the drafts of the named events (``event`` may be given several times; empty is everything)."""
    events = request.POST.getlist("event")
    try:
        done = actions.publish(workspace=request.workspace, events=events, by=request.member)
    except actions.NoDraft as error:
        messages.warning(request, str(error))
    else:
        words = ngettext(
            "Published; it holds from now on.", "%(n)s drafts published; they hold from now on.", len(done)
        )
        messages.success(request, words % {"n": len(done)})
    return redirect(_back(request, events))


@gate("manage")
@require_POST
def discard(request: GatedRequest) -> HttpResponse:
    """Throw the draft of an event away; that of the rules for everything needs "administer"."""
    event = request.POST.get("event")
    if event is None:
        raise Http404
    try:
        actions.discard_draft(workspace=request.workspace, event=event, by=request.member)
        messages.success(request, _("Draft discarded."))
    except actions.NoDraft as error:
        messages.warning(request, str(error))
    return redirect(_back(request, [event]))


def _back(request: GatedRequest, events: list[str]) -> str:
    """To the page of what was decided on: the one event, the rules for everything, or the list."""
    name = "plan_rules" if events == [""] else "plan"
    if len(events) == 1 and events[0]:
        return event_url(request.workspace, events[0])
    return reverse(f"intake:{name}", kwargs={"workspace": request.workspace.slug})
