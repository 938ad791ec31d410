"""The lists behind the figures, and moving what is ticked there: shown first, then done."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from evergrow.customers.models import BulkChange, BulkState
from evergrow.lib.digits import row_id
from evergrow.lib.numerals import number
from evergrow.success import access
from evergrow.success.errors import Refused
from evergrow.success.manager import acts, asking, planning
from evergrow.success.manager.asking import Ask
from evergrow.success.manager.lists import AGES, RUNS, TASKS, Wish, read_wish, runs_behind, tasks_behind
from evergrow.success.manager.planning import Proposal
from evergrow.success.manager.views import common
from evergrow.success.models import Step, Task
from evergrow.workspaces.access import GatedRequest, gate

PER_PAGE = 50
SHOWN = 50
KEPT = ("week", "age", "step", "version", "kind")
FORM = ("task", "everything", "query", "act", "to", "days", "unit")


@gate("view")
@require_safe
def tasks(request: GatedRequest) -> HttpResponse:
    """The tasks of a figure; managers tick some and move them."""
    asking.check_sees_team(request.member)
    ask, wish = asking.read(request.member, request.GET), read_wish(request.GET, TASKS, "open")
    rows = tasks_behind(ask, wish)
    context = {
        **common(request, ask, "tasks"),
        **_told(request, ask, wish),
        "shows": [(key, label) for key, (label, _narrow) in TASKS.items()],
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "asked": request.GET.urlencode(),
        "kept": [(name, value) for name, value in request.GET.items() if name in KEPT],
    }
    return render(request, "success/manager/tasks.html", context)


@gate("view")
@require_safe
def runs(request: GatedRequest) -> HttpResponse:
    """The runs of a figure."""
    asking.check_sees_team(request.member)
    ask, wish = asking.read(request.member, request.GET), read_wish(request.GET, RUNS, "started")
    context = {
        **common(request, ask, "runs"),
        **_told(request, ask, wish),
        "shows": [(key, label) for key, (label, _narrow) in RUNS.items()],
        "page": Paginator(runs_behind(ask, wish), PER_PAGE).get_page(request.GET.get("page")),
        "kept": [(name, value) for name, value in request.GET.items() if name in KEPT],
    }
    return render(request, "success/manager/runs.html", context)


def _told(request: GatedRequest, ask: Ask, wish: Wish) -> dict[str, Any]:
    """What narrows the list besides the filters, in words."""
    steps = Step.objects.filter(version__playbook__workspace=request.workspace, key=wish.step)
    if ask.playbook:
        steps = steps.filter(version__playbook__key=ask.playbook)  # two playbooks may call different steps by one key
    step = steps.order_by("version__number").last() if wish.step else None
    return {"wish": wish, "step": step, "age": None if wish.age is None else AGES[wish.age]}


@gate("manage")
@require_POST
def move(request: GatedRequest) -> HttpResponse:
    """Show what moving the ticked tasks would come to; once that is confirmed, do it."""
    asking.check_sees_team(request.member)
    query = request.POST.get("query", "")
    try:
        proposal = _proposal(request, _chosen(request, query))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(_back(request, query))
    if request.POST.get("seen") == proposal.digest:
        return _done(request, acts.make(proposal, by=request.member), query)
    return render(request, "success/manager/preview.html", _preview(request, proposal, query))


def _chosen(request: GatedRequest, query: str) -> QuerySet[Task]:
    """The ticked tasks, or all of the list at the address."""
    if request.POST.get("everything") == "1":
        asked = QueryDict(query)
        return tasks_behind(asking.read(request.member, asked), read_wish(asked, TASKS, "open"))
    ticked = [row_id(text) for text in request.POST.getlist("task")[: planning.MOST]]
    return access.tasks(request.member).filter(pk__in=ticked)


def _proposal(request: GatedRequest, chosen: QuerySet[Task]) -> Proposal:
    if request.POST.get("act") == "shift":
        text = request.POST.get("days", "").strip().replace("−", "-").removeprefix("+")
        is_whole = text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) < 6
        return planning.shift(
            request.member, chosen, int(text) if is_whole else 0, request.POST.get("unit", "workdays")
        )
    ticked = {row_id(text) for text in request.POST.getlist("to")}
    return planning.reassignment(
        request.member, chosen, [m for m in access.colleagues(request.member) if m.pk in ticked]
    )


def _preview(request: GatedRequest, proposal: Proposal, query: str) -> dict[str, Any]:
    found = planning.effects(request.member, proposal)
    rows = access.tasks(request.member).filter(pk__in=list(proposal.moves)[:SHOWN])
    named = {effect.member.pk: effect.member for effect in found}
    tasks = rows.select_related("account", "owner__user", "run__playbook").order_by("due_on", "pk")
    sample = [(task, acts.shown(proposal, task, named)) for task in tasks]
    posted = [(name, value) for name in FORM for value in request.POST.getlist(name)]
    return {
        "proposal": proposal,
        "count": len(proposal.moves),
        "effects": found,
        "accounts": Task.objects.filter(pk__in=list(proposal.moves)).values("account").distinct().count(),
        "told": acts.told(proposal, request.workspace),
        "sample": sample,
        "more": len(proposal.moves) - len(sample),
        "in_the_past": acts.in_the_past(proposal, request.workspace.today()),
        "posted": posted,
        "was_other": bool(request.POST.get("seen")),
        "back": _back(request, query),
        "today": request.workspace.today(),
    }


def _done(request: GatedRequest, made: BulkChange, query: str) -> HttpResponse:
    url = reverse("customers:change", args=[request.workspace.slug, made.pk])
    if made.state == BulkState.RUNNING:
        words = _("It is being done for %(n)s tasks. You can go on working.") % {"n": number(made.count)}
        messages.success(request, words)
        return redirect(url)
    said = ngettext("%(n)s task moved.", "%(n)s tasks moved.", made.done) % {"n": number(made.done)}
    messages.success(request, acts.with_undo(request, said, made))
    return redirect(_back(request, query))


def _back(request: GatedRequest, query: str) -> str:
    return f"{reverse('success:work_tasks', args=[request.workspace.slug])}?{QueryDict(query).urlencode()}"
