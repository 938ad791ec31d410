"""The playbooks, one playbook with its steps, triggers, runs and history, and a dry run of it."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from evergrow.customers import access as customers
from evergrow.lib.digits import row_id
from evergrow.success import access, tasks
from evergrow.success.actions import playbooks as actions
from evergrow.success.editor.rehearsal import rehearse
from evergrow.success.engine import frames
from evergrow.success.errors import Refused
from evergrow.success.models import Playbook, PlaybookVersion, Run
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.plans.reading import of_playbook
from evergrow.success.queries import editions, standing
from evergrow.success.triggers import views as triggers
from evergrow.success.views.answers import back, saying
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import Job

TABS = ("steps", "triggers", "runs", "history")


@gate("view")
@require_GET
def playbooks(request: GatedRequest) -> HttpResponse:
    """Every playbook and how it does."""
    rows = standing.standings(request.workspace)
    context = {
        "rows": rows,
        "open_runs": sum(row.open_runs for row in rows),
        "completed": sum(row.completed for row in rows),
        "can_manage": may(request.member, "manage"),
    }
    return render(request, "success/playbooks.html", context)


@gate("manage")
def new_playbook(request: GatedRequest) -> HttpResponse:
    """Name a playbook; its steps come next."""
    error = ""
    if request.method == "POST":
        try:
            anchor = request.POST.get("anchor", "")
            made = actions.create_playbook(
                workspace=request.workspace,
                name=read_words(request, "name"),
                purpose=read_words(request, "purpose"),
                anchor=anchor if frames.is_date(request.workspace, anchor) else "",
                by=request.member,
            )
        except Refused as refused:
            error = str(refused)
        else:
            return redirect("success:draft", request.workspace.slug, made.key)
    context = {"error": error, "anchors": [("", Playbook.Anchor.NONE.label), *frames.choices(request.workspace)]}
    return render(request, "success/new_playbook.html", context, status=400 if error else 200)


@gate("view")
@require_GET
def playbook(request: GatedRequest, playbook: str) -> HttpResponse:
    """One playbook: the steps of its published version (or ``?version=``), its triggers, runs and history."""
    book = access.playbook_or_404(request.member, playbook)
    row = standing.standing(book)
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "steps"
    version = _version(request, book) or row.published or row.draft
    runs = access.runs(request.member).filter(playbook=book)
    context = {
        "playbook": book,
        "row": row,
        "tab": tab,
        "version": version,
        "steps": step_rows(version) if version and tab == "steps" else [],
        "starting": _starting(request, book) if tab == "runs" else None,
        "run_count": runs.count(),
        "behind": _behind(runs),
        "page": _runs_page(request, book) if tab == "runs" else None,
        "versions": book.versions.select_related("published_by__user").order_by("-number") if tab == "history" else [],
        "told": {v.pk: editions.told(v.changes) for v in book.versions.all()} if tab == "history" else {},
        "trigger_count": book.triggers.filter(retired_at=None).count(),
        **(triggers.tab(request, book) if tab == "triggers" else {}),
        "plans": of_playbook(request.member, book) if tab == "steps" else [],
        "may_work": may(request.member, "work"),
        "can_manage": may(request.member, "manage"),
    }
    return render(request, "success/playbook.html", context)


@gate("view")
@require_GET
def trial(request: GatedRequest, playbook: str) -> HttpResponse:
    """A dry run: what the playbook, or its draft, would do for one account today. Nothing is started."""
    book = access.playbook_or_404(request.member, playbook)
    row = standing.standing(book)
    version = row.draft if request.GET.get("draft") and may(request.member, "manage") else row.published or row.draft
    words = request.GET.get("q", "").strip()
    accounts = customers.accounts(request.member)
    asked = request.GET.get("account", "")
    account = accounts.filter(number=row_id(asked)).first()
    account = account or accounts.filter(status="active").order_by("-mrr").first()
    context = {
        "playbook": book,
        "version": version,
        "account": account,
        "search": words,
        "found": accounts.filter(name__icontains=words).order_by("-mrr")[:8] if words else [],
        "rehearsal": rehearse(version, account, starter=request.member) if version and account else None,
        "is_draft": version is not None and version == row.draft,
    }
    return render(request, "success/trial.html", context)


@gate("manage")
@require_POST
def playbook_state(request: GatedRequest, playbook: str) -> HttpResponse:
    """Retire a playbook or bring it back."""
    book = access.playbook_or_404(request.member, playbook)
    with saying(request):
        if request.POST.get("state") == "live":
            actions.restore_playbook(playbook=book, by=request.member)
        elif request.POST.get("state") == "retired":
            cancel = request.POST.get("cancel_runs") == "1"
            actions.retire_playbook(playbook=book, by=request.member, cancel_runs=cancel)
    return back(request, reverse("success:playbook", args=[request.workspace.slug, book.key]))


def step_rows(version: PlaybookVersion) -> list[dict[str, Any]]:
    """The steps of a version for a page: words for due date and owner, and how each went so far."""
    went = standing.step_standings(version)
    steps = list(version.steps.select_related("member__user", "version__playbook"))
    positions = {step.key: step.position for step in steps}
    return [
        {
            "step": step,
            "due": editions.due_words(step),
            "owner": editions.owner_words(step),
            "after": [positions[key] for key in step.after if key in positions],
            "went": went.get(step.key),
        }
        for step in steps
    ]


def read_words(request: GatedRequest, name: str) -> dict[str, str]:
    """A text in both languages, from the fields ``name_zh`` and ``name_en``."""
    return {language: request.POST.get(f"{name}_{language}", "") for language in ("zh", "en")}


def _behind(runs: QuerySet[Run]) -> int:
    """How many open runs are on an older version than the published one."""
    return (
        runs.filter(state__in=OPEN_RUN_STATES, playbook__versions__state="published")
        .exclude(version__state="published")
        .distinct()
        .count()
    )


def _version(request: GatedRequest, playbook: Playbook) -> PlaybookVersion | None:
    asked = request.GET.get("version", "")
    return playbook.versions.filter(number=row_id(asked)).first()


def _starting(request: GatedRequest, playbook: Playbook) -> Job | None:
    """The job that is starting this playbook for many accounts now."""
    open_jobs = Job.objects.filter(workspace=request.workspace, kind=tasks.START_MANY, state__in=["queued", "running"])
    return next((job for job in open_jobs if job.args.get("playbook") == playbook.pk), None)


def _runs_page(request: GatedRequest, playbook: Playbook) -> object:
    rows = access.runs(request.member).filter(playbook=playbook)
    rows = rows.select_related("account__health_state", "owner__user", "version").order_by("state", "-started_at")
    return Paginator(rows, 50).get_page(request.GET.get("page"))
