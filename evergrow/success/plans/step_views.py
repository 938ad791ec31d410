"""Steps of plans, and the page of a retrospective with its corrective actions."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from evergrow.lib.digits import row_id
from evergrow.success import access as work
from evergrow.success.models.tasks import Task
from evergrow.success.plans import access, errors, reading, retrospectives, steps
from evergrow.success.plans.models import Plan, Retrospective
from evergrow.success.views.answers import Unreadable, back, read_day, read_member, saying
from evergrow.workspaces.access import GatedRequest, gate


@gate("work")
@require_POST
def add_step(request: GatedRequest, pk: int) -> HttpResponse:
    """Add a step: in words, or a task of a playbook's run."""
    found = access.plan_or_404(request.member, pk)
    with saying(request):
        task, name = _task(request), request.POST.get("name", "")
        if task is None and not name.strip():
            raise errors.StepNeedsName()
        owner, due_on = read_member(request, "owner"), read_day(request, "due_on")
        steps.add(plan=found, by=request.member, name=name, owner=owner, due_on=due_on, task=task)
    return redirect("success:plan", request.workspace.slug, found.pk)


@gate("work")
@require_POST
def move_step(request: GatedRequest, pk: int, step: int) -> HttpResponse:
    """Begin, finish, drop, reopen, change or remove a step."""
    found = access.plan_or_404(request.member, pk)
    row, by, way = access.step_or_404(found, step), request.member, request.POST.get("move", "")
    page = access.page_of(found)
    with saying(request):
        if way == "remove":
            steps.remove(step=row, by=by)
        elif way == "change":
            name, owner = request.POST.get("name", ""), read_member(request, "owner")
            steps.change(step=row, by=by, name=name, owner=owner, due_on=read_day(request, "due_on"))
        elif way in steps.MOVES:
            steps.move(step=row, way=way, by=by)
        else:
            raise Unreadable(sentence=_("Choose what to do with the step."))
    return back(request, page)


@gate("view")
@require_http_methods(["GET", "HEAD", "POST"])
def retrospective(request: GatedRequest, pk: int, retrospective: int) -> HttpResponse:
    """Why the plan went off, what was learned, what is done about it."""
    found = access.plan_or_404(request.member, pk)
    row = access.retrospective_or_404(found, retrospective)
    leads = access.may_lead(request.member, found)
    if request.method == "POST":
        access.require_lead(request.member, found)
        return _written(request, found, row)
    context = {
        "plan": found,
        "row": row,
        "actions": reading.step_rows(row.actions.select_related("owner__user", "task__owner__user", "plan")),
        "readings": [(each, date.fromisoformat(each["week"])) for each in row.readings],
        "may_write": leads and row.is_open,
        "colleagues": work.colleagues(request.member) if leads else [],
        "is_overdue": row.is_overdue(request.workspace.today()),
    }
    return render(request, "success/plans/retrospective.html", context)


def _written(request: GatedRequest, found: Plan, row: Retrospective) -> HttpResponse:
    """Keep what was typed, then do what the button says: add an action, finish, or nothing more."""
    with saying(request):
        retrospectives.write(
            retrospective=row,
            by=request.member,
            cause=request.POST.get("cause", "")[:20_000],
            learned=request.POST.get("learned", "")[:20_000],
            no_action=request.POST.get("no_action", ""),
        )
        acts: dict[str, Callable[[], object]] = {
            "action": lambda: _add_action(request, found, row),
            "finish": lambda: _finish(request, row),
        }
        acts.get(request.POST.get("act", ""), lambda: messages.success(request, _("Saved.")))()
    return redirect("success:plan_retrospective", request.workspace.slug, found.pk, row.pk)


def _add_action(request: GatedRequest, found: Plan, row: Retrospective) -> None:
    steps.add(
        plan=found,
        by=request.member,
        name=request.POST.get("name", ""),
        owner=read_member(request, "owner"),
        due_on=read_day(request, "due_on"),
        retrospective=row,
    )


def _finish(request: GatedRequest, row: Retrospective) -> None:
    retrospectives.finish(retrospective=row, by=request.member)
    messages.success(
        request, _("The retrospective is finished. Its actions stand in the lists of those who have them.")
    )


def _task(request: GatedRequest) -> Task | None:
    text = request.POST.get("task", "")
    if not text:
        return None
    found = work.tasks(request.member).filter(pk=row_id(text)).first()
    if found is None:
        raise Unreadable(sentence=_("Choose a task that is still there."))
    return found
