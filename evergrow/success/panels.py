"""What this room adds to customers' pages: cards and a tab of the account page, columns, filters, acts."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from evergrow.customers import access, registry
from evergrow.customers.models import Account, Person
from evergrow.customers.registry import Act, BulkAct, Column, Filter, News, Panel, PersonPanel, View, Words
from evergrow.lib.few import whole
from evergrow.success.models import Signal, SignalKind, StepKind, Task
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.models.tasks import OPEN
from evergrow.success.queries.suggestion import suggestion
from evergrow.success.risks import rescue_views
from evergrow.workspaces import prepared
from evergrow.workspaces.access import GatedRequest, may
from evergrow.workspaces.models import Member, Workspace

SHOWN_TASKS = 6


def next_action(request: GatedRequest, account: Account) -> dict[str, Any] | None:
    """The suggested playbook; left out for members who cannot start one."""
    found = suggestion(account) if may(request.member, "work") else None
    return {"suggestion": found} if found else None


def open_tasks(account: Account) -> Any:
    """The account's open tasks that are somebody's turn, first due first."""
    rows = account.tasks.filter(state__in=OPEN).exclude(kind=StepKind.WAIT)
    return rows.filter(Q(run=None) | Q(run__state="active")).order_by("due_on", "pk")


def tasks_card(request: GatedRequest, account: Account) -> dict[str, Any]:
    """The open tasks."""
    rows = open_tasks(account).select_related("owner__user", "step")
    return {
        "tasks": rows[:SHOWN_TASKS],
        "task_count": rows.count(),
        "today": request.workspace.today(),
        "may_work": may(request.member, "work"),
    }


def work_tab(request: GatedRequest, account: Account) -> dict[str, Any]:
    """Runs with how far they are, tasks, signals: open and past."""
    required, settled = Q(tasks__required=True), Q(tasks__state__in=["done", "skipped"])
    runs = account.runs.select_related("playbook", "version", "owner__user").annotate(
        required=Count("tasks", filter=required), settled=Count("tasks", filter=required & settled)
    )
    tasks = account.tasks.select_related("run__playbook", "owner__user", "ended_by__user")
    return {
        "open_runs": runs.filter(state__in=OPEN_RUN_STATES).order_by("started_at"),
        "past_runs": runs.exclude(state__in=OPEN_RUN_STATES).order_by("-ended_at")[:30],
        "open_tasks": open_tasks(account).select_related("run__playbook", "owner__user"),
        "past_tasks": tasks.filter(state__in=["done", "skipped"]).order_by("-ended_at")[:50],
        "signals": account.signals.select_related("owner__user").order_by("ended_at", "-severity")[:30],
        "today": request.workspace.today(),
        "may_work": may(request.member, "work"),
    }


def _work_count(account: Account) -> int:
    return int(open_tasks(account).count())


def _signals_of(workspace: Workspace, accounts: Sequence[Account]) -> Mapping[int, Any]:
    rows = Signal.objects.filter(account__in=accounts, state__in=OPEN_SIGNALS).values("account")
    return {row["account"]: row for row in rows.annotate(count=Count("pk"), severity=Max("severity"))}


def _next_steps(workspace: Workspace, accounts: Sequence[Account]) -> Mapping[int, Task]:
    rows = Task.objects.filter(account__in=accounts, state__in=OPEN).exclude(kind=StepKind.WAIT)
    rows = rows.filter(Q(run=None) | Q(run__state="active"))
    first: dict[int, Task] = {}
    for task in rows.order_by("due_on", "pk").select_related("owner__user"):
        first.setdefault(task.account_id, task)
    return first


def _signal_count(account: Account) -> int | None:
    row = account.facts.get("signals")
    return row["count"] if row else None


def _next_step(account: Account) -> str | None:
    task = account.facts.get("next_step")
    return str(task) if task else None


def _with_signal(member: Member, values: list[str]) -> Q:
    rows = Signal.objects.filter(account=OuterRef("pk"), state__in=OPEN_SIGNALS)
    kinds = [value for value in values if value in SignalKind.values]
    found = Q(Exists(rows.filter(kind__in=kinds))) if kinds else Q()
    if "any" in values:
        found = Q(Exists(rows))
    return found | ~Q(Exists(rows)) if "none" in values else found


def _signal_choices(workspace: Workspace) -> list[tuple[str, Words]]:
    return [("any", gettext_lazy("any")), ("none", pgettext_lazy("signals", "none")), *SignalKind.choices]


def _with_task(member: Member, values: list[str]) -> Q:
    has_one = Q(Exists(Task.objects.filter(account=OuterRef("pk"), state__in=OPEN).exclude(kind=StepKind.WAIT)))
    if {"open", "none"} <= set(values):
        return Q()
    return ~has_one if "none" in values else has_one


def _task_choices(workspace: Workspace) -> list[tuple[str, Words]]:
    return [("open", gettext_lazy("has an open task")), ("none", gettext_lazy("has no open task"))]


def _signals_since(account: Account, since: Any) -> str:
    count = account.signals.filter(first_seen_at__gte=since).count()
    return ngettext("%(n)s new signal", "%(n)s new signals", count) % {"n": count} if count else ""


def _done_since(account: Account, since: Any) -> str:
    count = account.tasks.filter(state="done", ended_at__gte=since).exclude(kind=StepKind.WAIT).count()
    return ngettext("%(n)s task done", "%(n)s tasks done", count) % {"n": count} if count else ""


def _choose_url(account: Account) -> str:
    return reverse("success:choose_playbook", args=[account.workspace.slug, account.number])


def _task_url(account: Account) -> str:
    return reverse("success:new_task", args=[account.workspace.slug]) + f"?account={account.number}"


def _bulk_url(workspace: Workspace) -> str:
    return reverse("success:start_many", args=[workspace.slug])


def person_work(request: GatedRequest, person: Person) -> dict[str, Any] | None:
    """Open tasks of the person's accounts, and signals about the person, merged ones included."""
    seen = access.accounts_of(request.member, person)
    tasks = _tasks_at(seen) if seen else []
    raised = _raised(request.member, person)
    if not tasks and not raised:
        return None
    return {
        "tasks": tasks,
        "task_count": whole(tasks, SHOWN_TASKS, lambda: _open_at(seen).count()),
        "signals": raised,
        "today": request.workspace.today(),
    }


def _open_at(accounts: Sequence[int]) -> QuerySet[Task]:
    rows = Task.objects.filter(account__in=accounts, state__in=OPEN).exclude(kind=StepKind.WAIT)
    return rows.filter(Q(run=None) | Q(run__state="active"))


@prepared.rows
def _tasks_at(accounts: Sequence[int]) -> QuerySet[Task]:
    return _open_at(accounts).select_related("owner__user", "account").order_by("due_on", "pk")[:SHOWN_TASKS]


@prepared.rows
def _raised(member: Member, person: Person) -> QuerySet[Signal]:
    is_about = Q(person=person) | Q(person__merged_into=person)
    found = Signal.objects.filter(access.visible(member, "account__"), is_about, workspace_id=member.workspace_id)
    return found.select_related("account").order_by("ended_at", "-severity", "-pk")[:SHOWN_TASKS]


registry.add(
    PersonPanel("work", "success/panels/person_work.html", person_work, "rail", position=30),
    Panel("rescue", "success/panels/rescue.html", rescue_views.card, "rail", position=9),
    Panel("next_action", "success/panels/next_action.html", next_action, "rail", position=10),
    Panel("tasks", "success/panels/tasks.html", tasks_card, "rail", position=20),
    Panel("work_tab", "success/panels/work.html", work_tab, "tab", gettext_lazy("Work"), _work_count, 75),
    Column(
        "signals",
        gettext_lazy("Signals"),
        "success/cells/signals.html",
        _signal_count,
        is_number=True,
        load=_signals_of,
        position=40,
    ),
    Column(
        "next_step",
        gettext_lazy("Next step"),
        "success/cells/next_step.html",
        _next_step,
        load=_next_steps,
        position=81,
    ),
    Filter("signal", gettext_lazy("Signal"), _with_signal, _signal_choices, position=40),
    Filter("tasks", gettext_lazy("Tasks"), _with_task, _task_choices, position=90),
    View(
        "untouched_signals",
        gettext_lazy("Signal, no task"),
        "status=active&signal=any&tasks=none&sort=-mrr",
        position=40,
    ),
    News("signals", _signals_since, position=30),
    News("tasks", _done_since, position=50),
    Act("start_playbook", gettext_lazy("Start playbook"), "player-play", _choose_url, position=30),
    Act("new_task", gettext_lazy("New task"), "square-plus", _task_url, position=40),
    BulkAct("start_playbook", gettext_lazy("Start playbook"), "player-play", _bulk_url, is_primary=True, position=10),
)
