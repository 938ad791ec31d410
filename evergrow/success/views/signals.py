"""Signals to decide on, and one signal."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from evergrow.success import access, tasks
from evergrow.success.actions import signals as actions
from evergrow.success.errors import Refused
from evergrow.success.models import Playbook, Severity, Signal, SignalKind, SignalState, VersionState
from evergrow.success.queries import lists, signals_to_triage
from evergrow.success.rules import EVERY_RULE
from evergrow.success.views.answers import Unreadable, back, needed_day, read_member, saying
from evergrow.workspaces import jobs
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import AuditEntry, Member

PER_PAGE = 50
FACTS = ("account__health_state", "source", "owner__user")
SHOWN = {
    "triage": gettext_lazy("To triage"),
    "mine": gettext_lazy("Mine"),
    "working": gettext_lazy("Being worked on"),
    "snoozed": gettext_lazy("Later"),
    "closed": gettext_lazy("Closed"),
}
SUGGESTED = {
    SignalKind.HEALTH_FELL: "save",
    SignalKind.USAGE_QUIET: "save",
    SignalKind.TICKET: "save",
    SignalKind.NO_CONTACT: "save",
    SignalKind.RENEWAL_NEAR: "renewal",
    SignalKind.EXPANSION: "renewal",
}


@gate("view")
@require_GET
def signals(request: GatedRequest) -> HttpResponse:
    """Signals by weight: severity, then revenue; one tab per state."""
    show = request.GET.get("show", "")
    show = show if show in SHOWN else "triage"
    kind, severity = request.GET.get("kind", ""), request.GET.get("severity", "")
    rows = _rows(request.member, show)
    kinds = {row["kind"]: row["n"] for row in rows.order_by().values("kind").annotate(n=Count("pk"))}
    rows = rows.filter(kind=kind) if kind in SignalKind.values else rows
    levels = {row["severity"]: row["n"] for row in rows.order_by().values("severity").annotate(n=Count("pk"))}
    rows = rows.filter(severity=severity) if severity in ("1", "2", "3") else rows
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "show": show,
        "kind": kind,
        "tabs": [(key, label, _rows(request.member, key).count()) for key, label in SHOWN.items() if key != "closed"],
        "kinds": [(value, label, kinds[value]) for value, label in SignalKind.choices if value in kinds],
        "levels": [(value, label, levels[value]) for value, label in Severity.choices if value in levels],
        "severity": severity,
        "summary": _summary(signals_to_triage(request.member)),
        "rules": EVERY_RULE,
        "evaluated": AuditEntry.objects.filter(workspace=request.workspace, verb="signals.evaluated")
        .order_by("-at")
        .first(),
        "next_week": request.workspace.today() + timedelta(days=7),
        "today": request.workspace.today(),
        "suggested": _suggested(request),
        "can_work": may(request.member, "work"),
        "can_manage": may(request.member, "manage"),
    }
    return render(request, "success/signals.html", context)


@gate("view")
@require_GET
def signal(request: GatedRequest, signal: int) -> HttpResponse:
    """One signal: what was seen, how often, by which rule, and what to do about it."""
    row = access.signal_or_404(request.member, signal)
    context = {
        "signal": row,
        "rule": next(rule for rule in EVERY_RULE if rule.kind == row.kind),
        "runs": row.runs.select_related("playbook"),
        "tasks": row.tasks.filter(run=None).select_related("owner__user"),
        "suggested": _suggested(request).get(row.kind),
        "colleagues": access.colleagues(request.member),
        "next_week": request.workspace.today() + timedelta(days=7),
        "today": request.workspace.today(),
        "can_work": may(request.member, "work"),
    }
    return render(request, "success/signal.html", context)


@gate("work")
@require_POST
def move_signal(request: GatedRequest, signal: int) -> HttpResponse:
    """Take, put off, resolve or mark as wrong, as the form's ``move`` says."""
    row = access.signal_or_404(request.member, signal)
    move = MOVES.get(request.POST.get("move", ""))
    with saying(request):
        if move is None:
            raise Unreadable(sentence=_("Choose what to do with the signal."))
        move(request, row)
    return back(request, reverse("success:signal", args=[request.workspace.slug, row.pk]))


@gate("work")
@require_POST
def move_signals(request: GatedRequest) -> HttpResponse:
    """The same for every ticked signal; those that cannot go that way are told, the others go."""
    move = MOVES.get(request.POST.get("move", ""))
    ticked = [text for text in request.POST.getlist("signal")[:PER_PAGE] if text.isascii() and text.isdigit()]
    done, refusals = 0, list[str]()
    for signal in (
        access.signals(request.member).filter(pk__in=ticked).select_related("account", "source", "owner", "workspace")
    ):
        try:
            if move is not None:
                move(request, signal)
                done += 1
        except Refused as refused:
            refusals.append(str(refused))
    if refusals:
        messages.error(request, refusals[0])
    said = ngettext("%(n)s signal changed.", "%(n)s signals changed.", done) % {"n": done}
    if done:
        messages.success(request, said)
    return back(request, reverse("success:signals", args=[request.workspace.slug]))


@gate("manage")
@require_POST
def evaluate(request: GatedRequest) -> HttpResponse:
    """Look at every customer and every source now, as jobs."""
    jobs.enqueue(tasks.SIGNALS, request.workspace, by=request.member, dedupe_key="now")
    jobs.enqueue(tasks.SOURCES, request.workspace, by=request.member, dedupe_key="now")
    messages.success(request, _("Every customer and every source is being looked at. Reload in a moment."))
    return redirect("success:signals", request.workspace.slug)


def _take(request: GatedRequest, signal: Signal) -> None:
    actions.take_signal(signal=signal, by=request.member, to=read_member(request, "to"))


def _later(request: GatedRequest, signal: Signal) -> None:
    actions.snooze_signal(signal=signal, by=request.member, until=needed_day(request, "until"))


def _resolve(request: GatedRequest, signal: Signal) -> None:
    actions.resolve_signal(signal=signal, by=request.member, reason=request.POST.get("reason", ""))


def _wrong(request: GatedRequest, signal: Signal) -> None:
    actions.mark_false_positive(signal=signal, by=request.member, reason=request.POST.get("reason", ""))


MOVES: dict[str, Callable[[GatedRequest, Signal], None]] = {
    "take": _take,
    "later": _later,
    "resolve": _resolve,
    "wrong": _wrong,
}


def _rows(member: Member, show: str) -> QuerySet[Signal]:
    if show == "triage":
        return signals_to_triage(member)
    rows = access.signals(member).select_related(*FACTS)
    today = member.workspace.today()
    working = Q(state__in=[SignalState.ACKNOWLEDGED, SignalState.IN_PROGRESS])
    closed = Q(state__in=[SignalState.RESOLVED, SignalState.FALSE_POSITIVE, SignalState.EXPIRED])
    if show == "closed":
        return rows.filter(closed).order_by("-ended_at")
    chosen = {
        "mine": ~closed & Q(owner=member),
        "working": working,
        "snoozed": Q(state=SignalState.SNOOZED, snoozed_until__gt=today),
    }[show]
    return rows.filter(chosen).order_by(*lists.BY_WEIGHT)


def _summary(rows: QuerySet[Signal]) -> dict[str, object]:
    behind = rows.exclude(account=None).order_by().values_list("account_id", "account__mrr").distinct()
    high = rows.filter(severity=3).count()
    return {"total": rows.count(), "high": high, "accounts": len(behind), "mrr": sum(mrr for _, mrr in behind)}


def _suggested(request: GatedRequest) -> dict[str, Playbook]:
    startable = Playbook.objects.filter(workspace=request.workspace, retired_at=None)
    startable = startable.filter(versions__state=VersionState.PUBLISHED)
    by_key = {playbook.key: playbook for playbook in startable}
    return {kind: by_key[key] for kind, key in SUGGESTED.items() if key in by_key}
