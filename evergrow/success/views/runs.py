"""Starting a playbook for an account or a selection, and the page of a run."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from evergrow.customers import access as customers
from evergrow.customers.models import Account
from evergrow.lib.digits import row_id
from evergrow.success import access, errors
from evergrow.success.actions import runs as actions
from evergrow.success.actions import suggesting
from evergrow.success.models import Playbook, Run, Signal
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.queries import standing
from evergrow.success.queries.course import line
from evergrow.success.queries.preview import Preview, preview, published
from evergrow.success.versions.standing import latest_move
from evergrow.success.views.answers import Unreadable, back, needed_day, read_day, read_member, saying
from evergrow.workspaces.access import GatedRequest, gate, may


@gate("work")
@require_GET
def choose_playbook(request: GatedRequest, account: int) -> HttpResponse:
    """Which playbook to start for an account."""
    found = customers.account_or_404(request.member, account)
    open_runs = {run.playbook_id: run for run in found.runs.filter(state__in=OPEN_RUN_STATES)}
    rows = [
        (row, open_runs.get(row.playbook.pk))
        for row in standing.standings(request.workspace)
        if row.published and not row.playbook.retired_at
    ]
    context = {"account": found, "rows": rows, "signal": _raised(request, found)}
    return render(request, "success/choose_playbook.html", context)


def _raised(request: GatedRequest, account: Account) -> Signal | None:
    """The account's signal that a playbook is started for, where one is named."""
    pk = row_id(request.POST.get("signal") or request.GET.get("signal", ""))
    return access.signals(request.member).filter(account=account, pk=pk).first()


@gate("work")
def start(request: GatedRequest, account: int, playbook: str) -> HttpResponse:
    """What a start would do, step by step; then the start itself."""
    found = customers.account_or_404(request.member, account)
    book = access.playbook_or_404(request.member, playbook)
    raised = _raised(request, found)
    refusal, plan = "", None
    try:
        anchor, later = read_day(request, "anchor_on"), read_day(request, "starts_on")
        plan = preview(published(book), found, starter=request.member, anchor_on=anchor, starts_on=later)
        if request.method == "POST":
            run = actions.start_run(
                account=found, playbook=book, by=request.member, anchor_on=anchor, starts_on=later, signal=raised
            )
            messages.success(
                request,
                _("“%(playbook)s” started for %(account)s.")
                % {"playbook": book, "account": found.called(get_language() or "en")},
            )
            return redirect("success:run", request.workspace.slug, run.pk)
    except errors.Refused as refused:
        refusal = str(refused)
    context = {
        "account": found,
        "playbook": book,
        "plan": plan,
        "signal": raised,
        "refusal": refusal or _in_the_way(plan, found, book),
        "running": found.runs.filter(playbook=book, state__in=OPEN_RUN_STATES).first(),
        "needs_anchor": bool(book.anchor),
    }
    return render(request, "success/start.html", context, status=409 if request.method == "POST" else 200)


@gate("view")
@require_GET
def run(request: GatedRequest, run: int) -> HttpResponse:
    """A run: how far it is, each step with owner, date and state."""
    row = access.run_or_404(request.member, run)
    tasks = list(row.tasks.select_related("step", "owner__user", "ended_by__user").order_by("position"))
    required = [task for task in tasks if task.required]
    manager = row.account.team.filter(role="csm", ended_on=None).select_related("member__user").first()
    settled = sum(task.is_settled for task in required)
    context = {
        "run": row,
        "tasks": tasks,
        "required": len(required),
        "settled": settled,
        "lines": {task.pk: line(task) for task in tasks},
        "late": sum(task.is_overdue(request.workspace.today()) for task in tasks),
        "today": request.workspace.today(),
        "manager": manager.member if manager and manager.member_id != row.owner_id else None,
        "colleagues": access.colleagues(request.member),
        "can_work": may(request.member, "work"),
        "can_manage": may(request.member, "manage"),
        "move": latest_move(row),
        "is_behind": row.is_open
        and row.playbook.versions.filter(state="published").exclude(pk=row.version_id).exists(),
    }
    return render(request, "success/run.html", context)


@gate("work")
@require_POST
def move_run(request: GatedRequest, run: int) -> HttpResponse:
    """Pause, resume, cancel, hang on another date or hand over, as the form's ``move`` says."""
    row = access.run_or_404(request.member, run)
    move = MOVES.get(request.POST.get("move", ""))
    with saying(request):
        if move is None:
            raise Unreadable(sentence=_("Choose what to do with the run."))
        move(request, row)
    return back(request, reverse("success:run", args=[request.workspace.slug, row.pk]))


@gate("work")
@require_POST
def not_now(request: GatedRequest, account: int) -> HttpResponse:
    """Put a suggested playbook away for a while, with the reason."""
    found = customers.account_or_404(request.member, account)
    with saying(request, _("Put away for two weeks.")):
        book = Playbook.objects.filter(workspace=request.workspace, key=request.POST.get("playbook", "")).first()
        if book is None:
            raise Unreadable(sentence=_("Choose a playbook."))
        suggesting.decline(account=found, playbook=book, by=request.member, reason=request.POST.get("reason", ""))
    return back(request, reverse("customers:account", args=[request.workspace.slug, found.number]))


def _pause(request: GatedRequest, run: Run) -> None:
    actions.pause_run(run=run, by=request.member, reason=request.POST.get("reason", ""))


def _resume(request: GatedRequest, run: Run) -> None:
    actions.resume_run(run=run, by=request.member)


def _cancel(request: GatedRequest, run: Run) -> None:
    actions.cancel_run(run=run, by=request.member, reason=request.POST.get("reason", ""))


def _move_anchor(request: GatedRequest, run: Run) -> None:
    actions.move_anchor(run=run, by=request.member, on=needed_day(request, "anchor_on"))


def _hand_over(request: GatedRequest, run: Run) -> None:
    to, take = read_member(request, "to"), TAKES.get(request.POST.get("take", ""))
    if to is None or take is None:
        raise Unreadable(sentence=_("Choose a colleague, and which steps they take."))
    moved = actions.hand_over(run=run, by=request.member, to=to, take=take)
    _offer_undo(request, run, ngettext("%(n)s step handed over.", "%(n)s steps handed over.", moved) % {"n": moved})


def _take_back(request: GatedRequest, run: Run) -> None:
    moved = actions.take_hand_over_back(run=run, by=request.member)
    messages.success(request, ngettext("%(n)s step is back.", "%(n)s steps are back.", moved) % {"n": moved})


def _move_due(request: GatedRequest, run: Run) -> None:
    actions.move_run_due(run=run, by=request.member, on=read_day(request, "due_on"))


def _start_now(request: GatedRequest, run: Run) -> None:
    actions.start_now(run=run, by=request.member)


def _offer_undo(request: GatedRequest, run: Run, said: str) -> None:
    form = '{} <form method="post" action="{}" class="undo"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
    form += '<button class="btn btn-sm" name="move" value="take_back">{}</button></form>'
    url = reverse("success:move_run", args=[request.workspace.slug, run.pk])
    messages.success(request, format_html(form, said, url, get_token(request), _("Undo")))


TAKES: dict[str, actions.Take] = {"all": "all", "old": "old", "none": "none"}
MOVES: dict[str, Callable[[GatedRequest, Run], None]] = {
    "pause": _pause,
    "resume": _resume,
    "cancel": _cancel,
    "anchor": _move_anchor,
    "hand_over": _hand_over,
    "take_back": _take_back,
    "due": _move_due,
    "start": _start_now,
}


def _in_the_way(plan: Preview | None, account: Account, playbook: Playbook) -> str:
    if plan is not None and plan.anchor_missing:
        return str(errors.AnchorMissing(playbook=playbook, account=account))
    return ""
