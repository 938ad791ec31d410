"""One task, and what can be done with it."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from evergrow.customers import access as customers
from evergrow.customers.models import Account
from evergrow.lib.digits import row_id
from evergrow.success import access
from evergrow.success.actions import approvals
from evergrow.success.actions import tasks as actions
from evergrow.success.errors import Refused
from evergrow.success.evidence.files import files
from evergrow.success.models import Priority, StepKind, Task
from evergrow.success.queries.course import course, may_vote
from evergrow.success.views.answers import Unreadable, back, needed_day, read_day, read_member, saying
from evergrow.workspaces.access import GatedRequest, gate, may

BY_HAND = ("task", "call", "meeting", "message")


@gate("view")
@require_GET
def task(request: GatedRequest, task: int) -> HttpResponse:
    """One task: what to do, how it came about, everything that can be done with it."""
    row = access.task_or_404(request.member, task)
    context = {
        "task": row,
        "steps": row.run.tasks.select_related("step").order_by("position") if row.run else [],
        "today": request.workspace.today(),
        "files": files(row),
        "files_url": reverse("success:task_files", args=[request.workspace.slug, row.pk])
        if may(request.member, "work") and not row.is_settled
        else "",
        "can_decide": may_vote(row, request.member),
        "course": course(row),
        "colleagues": access.colleagues(request.member),
        "can_work": may(request.member, "work"),
        **snooze_days(request),
    }
    return render(request, "success/task.html", context)


@gate("work")
def new_task(request: GatedRequest) -> HttpResponse:
    """A task made by hand, for an account."""
    asked = request.POST.get("account") or request.GET.get("account") or ""
    account = customers.accounts(request.member).filter(number=row_id(asked)).first()
    error = ""
    if request.method == "POST":
        try:
            made = _add(request, account)
        except Refused as refused:
            error = str(refused)
        else:
            return back(request, reverse("success:task", args=[request.workspace.slug, made.pk]))
    context = {
        "account": account,
        "found": _search(request) if account is None else [],
        "search": request.GET.get("q", ""),
        "colleagues": access.colleagues(request.member),
        "kinds": [choice for choice in StepKind.choices if choice[0] in BY_HAND],
        "priorities": Priority.choices,
        "error": error,
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    return render(request, "success/new_task.html", context, status=400 if error else 200)


@gate("work")
@require_POST
def move_task(request: GatedRequest, task: int) -> HttpResponse:
    """Start, finish, skip, snooze, reassign… as the form's ``move`` says; then back where it came from."""
    row = access.task_or_404(request.member, task)
    move = MOVES.get(request.POST.get("move", ""))
    with saying(request):
        if move is None:
            raise Unreadable(sentence=_("Choose what to do with the task."))
        move(request, row)
    return back(request, reverse("success:task", args=[request.workspace.slug, row.pk]))


def snooze_days(request: GatedRequest) -> dict[str, object]:
    """The days offered by “later”: tomorrow, next Monday, in two weeks."""
    today = request.workspace.today()
    monday = today + timedelta(days=7 - today.weekday())
    return {"tomorrow": today + timedelta(days=1), "monday": monday, "fortnight": today + timedelta(days=14)}


def _start(request: GatedRequest, task: Task) -> None:
    actions.start_task(task=task, by=request.member)


def _finish(request: GatedRequest, task: Task) -> None:
    actions.finish_task(task=task, by=request.member, evidence=request.POST.get("evidence", ""))
    _offer_undo(request, task, _("Done: %(task)s") % {"task": task})


def _skip(request: GatedRequest, task: Task) -> None:
    actions.skip_task(task=task, by=request.member, reason=request.POST.get("reason", ""))
    _offer_undo(request, task, _("Skipped: %(task)s") % {"task": task})


def _reopen(request: GatedRequest, task: Task) -> None:
    actions.reopen_task(task=task, by=request.member)


def _ask(request: GatedRequest, task: Task) -> None:
    approvals.ask_approval(task=task, by=request.member, evidence=request.POST.get("evidence", ""))


def _approve(request: GatedRequest, task: Task) -> None:
    approvals.decide_approval(task=task, by=request.member, approved=True, reason=request.POST.get("reason", ""))


def _decline(request: GatedRequest, task: Task) -> None:
    approvals.decide_approval(task=task, by=request.member, approved=False, reason=request.POST.get("reason", ""))


def _delegate(request: GatedRequest, task: Task) -> None:
    to = read_member(request, "to")
    if to is None:
        raise Unreadable(sentence=_("Choose a colleague who may work in this workspace."))
    approvals.delegate_vote(task=task, by=request.member, to=to)


def _choose(request: GatedRequest, task: Task) -> None:
    branch, reason = request.POST.get("branch", ""), request.POST.get("reason", "")
    actions.choose_branch(task=task, by=request.member, branch=branch, reason=reason)


def _retry(request: GatedRequest, task: Task) -> None:
    actions.retry_step(task=task, by=request.member)


def _snooze(request: GatedRequest, task: Task) -> None:
    actions.snooze_task(task=task, by=request.member, until=needed_day(request, "until"))


def _wake(request: GatedRequest, task: Task) -> None:
    actions.snooze_task(task=task, by=request.member, until=None)


def _reassign(request: GatedRequest, task: Task) -> None:
    to = read_member(request, "to")
    if to is None:
        raise Unreadable(sentence=_("Choose a colleague who may work in this workspace."))
    actions.reassign_task(task=task, by=request.member, to=to)


def _move_due(request: GatedRequest, task: Task) -> None:
    actions.move_due(task=task, by=request.member, due_on=read_day(request, "due_on"))


MOVES: dict[str, Callable[[GatedRequest, Task], None]] = {
    "start": _start,
    "finish": _finish,
    "skip": _skip,
    "reopen": _reopen,
    "ask": _ask,
    "approve": _approve,
    "decline": _decline,
    "delegate": _delegate,
    "choose": _choose,
    "retry": _retry,
    "snooze": _snooze,
    "wake": _wake,
    "reassign": _reassign,
    "due": _move_due,
}


def _offer_undo(request: GatedRequest, task: Task, said: str) -> None:
    form = '{} <form method="post" action="{}" class="undo"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
    form += '<input type="hidden" name="next" value="{}">'
    form += '<button class="btn btn-sm" name="move" value="reopen">{}</button></form>'
    url = reverse("success:move_task", args=[request.workspace.slug, task.pk])
    token, to = get_token(request), request.POST.get("next", "")
    messages.success(request, format_html(form, said, url, token, to, _("Undo")))


def _add(request: GatedRequest, account: Account | None) -> Task:
    if account is None:
        raise Unreadable(sentence=_("Choose an account first."))
    kind, priority = request.POST.get("kind", ""), request.POST.get("priority", "")
    return actions.add_task(
        account=account,
        name=request.POST.get("name", ""),
        by=request.member,
        owner=read_member(request, "owner"),
        due_on=read_day(request, "due_on"),
        kind=kind if kind in BY_HAND else StepKind.TASK,
        priority=int(priority) if priority in ("1", "2", "3") else Priority.NORMAL,
        note=request.POST.get("note", ""),
    )


def _search(request: GatedRequest) -> QuerySet[Account]:
    words = request.GET.get("q", "").strip()
    rows = customers.accounts(request.member)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(other_name__icontains=words) | Q(external_id=words))
    return rows.order_by("-mrr")[:12]
