"""The inbox of signals, one signal, and what is done with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from evergrow.customers.criteria import CriteriaError, posted, sentence
from evergrow.customers.criteria import parse as parse_criteria
from evergrow.customers.tiers import scheme as schemes
from evergrow.lib import clock
from evergrow.lib.digits import row_id
from evergrow.success import access, tasks
from evergrow.success.actions import signals as actions
from evergrow.success.errors import Refused
from evergrow.success.models import Severity, Signal, SignalBatch, SignalKind
from evergrow.success.queries import signals_to_triage
from evergrow.success.queries.preview import preview, published
from evergrow.success.rules import EVERY_RULE
from evergrow.success.signals import capacity, inbox, many, ours, standing, suggesting
from evergrow.success.views.answers import Unreadable, back, needed_day, read_day, read_member, saying
from evergrow.workspaces import jobs
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import AuditEntry

PER_PAGE = 40
SHOWN = {
    "triage": gettext_lazy("To triage"),
    "mine": gettext_lazy("Mine"),
    "escalated": gettext_lazy("Escalated to me"),
    "working": gettext_lazy("Being worked on"),
    "snoozed": gettext_lazy("Later"),
    "open": pgettext_lazy("signals", "All open"),
    "closed": pgettext_lazy("signals", "Closed"),
    "archived": pgettext_lazy("signals", "Archived"),
}
OWNER_CHOICES = 200


@gate("view")
@require_GET
def signals(request: GatedRequest) -> HttpResponse:
    """The inbox: list and chosen signal beside each other. htmx gets the part that it asks for."""
    if request.htmx and request.htmx.target == "signal-pane":
        chosen = _chosen(request)
        part = pane(request, chosen) if chosen else {"signal": None}
        return render(request, "success/signals/_pane.html", {**part, "filter": inbox.read(request.GET)})
    context = page_of(request, inbox.read(request.GET), _chosen(request))
    if not request.htmx:
        context["summary"] = _summary(signals_to_triage(request.member))
    return render(request, "success/signals/_inbox.html" if request.htmx else "success/signals.html", context)


@gate("view")
@require_GET
def signal(request: GatedRequest, signal: int) -> HttpResponse:
    """One signal: what was seen, how often, by which rule, its history, and what to do about it."""
    row = access.signal_or_404(request.member, signal)
    return render(request, "success/signal.html", {**pane(request, row), "filter": inbox.Filter()})


@gate("work")
@require_GET
def signal_playbook(request: GatedRequest, signal: int) -> HttpResponse:
    """What the suggested playbook would do for the signal's customer, as a part of the page."""
    row = access.signal_or_404(request.member, signal)
    book, plan, refusal = suggesting.suggested(request.workspace, [row]).get(row.pk), None, ""
    try:
        if book is not None and row.account is not None:
            plan = preview(published(book), row.account, starter=request.member)
    except Refused as refused:
        refusal = str(refused)
    running = row.account.runs.filter(playbook=book, state__in=["active", "paused"]).first() if row.account else None
    context = {"signal": row, "playbook": book, "plan": plan, "refusal": refusal, "running": running}
    return render(request, "success/signals/_playbook.html", context)


@gate("work")
@require_GET
def signal_waiting(request: GatedRequest, signal: int) -> HttpResponse:
    """The criteria on which a signal that is put off comes back."""
    return render(request, "success/signals/waiting.html", {"signal": access.signal_or_404(request.member, signal)})


@gate("work")
@require_POST
def move_signal(request: GatedRequest, signal: int) -> HttpResponse:
    """Take, put off, resolve or mark as wrong, as the form's ``move`` says. In the inbox the next one is shown then."""
    row = access.signal_or_404(request.member, signal)
    move = MOVES.get(request.POST.get("move", ""))
    done = False
    with saying(request):
        if move is None:
            raise Unreadable(sentence=_("Choose what to do with the signal."))
        move(request, row)
        done = True
    if not request.htmx:
        return back(request, reverse("success:signal", args=[request.workspace.slug, row.pk]))
    if done:
        messages.success(request, _("Done: %(signal)s") % {"signal": row})
    chosen = inbox.read(request.POST)
    wanted = row_id(request.POST.get("following" if done else "current", ""))
    following = access.signals(request.member).select_related(*inbox.FACTS, "workspace").filter(pk=wanted).first()
    context = page_of(request, chosen, following)
    answer = render(request, "success/signals/_inbox.html", context)
    shown = context["signal"]
    answer["HX-Replace-Url"] = reverse("success:signals", args=[request.workspace.slug]) + (
        f"{context['link']}{shown.pk}" if shown else f"?{chosen.query}"
    )
    return answer


@gate("manage")
@require_POST
def evaluate(request: GatedRequest) -> HttpResponse:
    """Look at every customer and every source now, as jobs."""
    jobs.enqueue(tasks.SIGNALS, request.workspace, by=request.member, dedupe_key="now")
    jobs.enqueue(tasks.SOURCES, request.workspace, by=request.member, dedupe_key="now")
    messages.success(request, _("Every customer and every source is being looked at. Reload in a moment."))
    return redirect("success:signals", request.workspace.slug)


def page_of(request: GatedRequest, chosen: inbox.Filter, signal: Signal | None) -> dict[str, Any]:
    """Everything the inbox shows: tabs, chips, a page of rows, and the chosen signal (else the first one)."""
    member, workspace = request.member, request.workspace
    page = Paginator(inbox.rows(member, chosen).select_related(*inbox.FACTS), PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = list(page.object_list)
    kinds, levels = inbox.counts(member, chosen)
    explicit = signal is not None
    if signal is None and rows:
        signal = rows[0]
    tabs = inbox.tabs(member)
    return {
        **(pane(request, signal) if signal else {"signal": None}),
        "page": page,
        "rows": rows,
        "filter": chosen,
        "is_chosen": explicit,
        "link": f"?{chosen.query}&signal=" if chosen.query else "?signal=",
        "tabs": [(key, label, tabs.get(key)) for key, label in SHOWN.items() if key != "escalated" or tabs[key]],
        "kinds": [(value, label, kinds[value]) for value, label in SignalKind.choices if value in kinds],
        "levels": [(value, label, levels[value]) for value, label in Severity.choices if value in levels],
        "chips": _chips(request, chosen),
        "tiers": schemes.of(workspace).choices,
        "load": capacity.load(workspace),
        "triage": tabs["triage"],
        "can_manage": may(member, "manage"),
        "following": _following(rows, signal),
        "last_batch": _last_batch(request),
        "evaluated": AuditEntry.objects.filter(workspace=workspace, verb="signals.evaluated").order_by("-at").first(),
    }


def pane(request: GatedRequest, row: Signal) -> dict[str, Any]:
    """One signal with its rule, its history, the work on it, and what can be done."""
    rule = _rule_of(row)
    today = request.workspace.today()
    return {
        "signal": row,
        "rule": rule,
        "precision": standing.precision_of_rule(row),
        "rule_key": _key_of(row),
        "moves": row.moves.select_related("by__user").order_by("-pk")[:30],
        "runs": row.runs.select_related("playbook"),
        "tasks": row.tasks.filter(run=None).select_related("owner__user"),
        "rescue": row.account.rescues.filter(stage__in=["at_risk", "planned", "saving"]).first()
        if row.account
        else None,
        "book": suggesting.suggested(request.workspace, [row]).get(row.pk),
        "colleagues": access.colleagues(request.member)[:OWNER_CHOICES],
        "waits_for": _waits_for(row),
        "next_week": today + timedelta(days=7),
        "today": today,
        "can_work": may(request.member, "work"),
    }


def _summary(rows: QuerySet[Signal]) -> dict[str, Any]:
    """What wants a decision: how many, how many of them grave, the accounts behind them and their revenue."""
    behind = rows.exclude(account=None).order_by().values_list("account_id", "account__mrr").distinct()
    high = rows.filter(severity=Severity.HIGH).count()
    return {"total": rows.count(), "high": high, "accounts": len(behind), "mrr": sum(mrr for _pk, mrr in behind)}


def _rule_of(row: Signal) -> Any:
    """The rule that raised it, in words and with its limits."""
    delivered = next((rule for rule in EVERY_RULE if rule.kind == row.kind), None)
    if delivered is not None:
        version = row.rule.versions.filter(number=row.edition).first() if row.rule and row.edition else None
        return ours.tuned(delivered, row.rule, version) if row.rule else delivered
    version = row.rule.versions.filter(number=row.edition).first() if row.rule else None
    if version is None:
        return None
    said = version.definition
    cool = said.get("cool_down", {})
    return {
        "words": standing.says(row.workspace, said),
        "clear_after": said.get("clear_after", 3),
        "cool_down_days": cool.get("days", 14),
        "false_positive_days": cool.get("false_positive_days", 60),
    }


def _key_of(row: Signal) -> str:
    if row.kind == SignalKind.CUSTOM:
        return row.rule.key if row.rule else ""
    return row.kind.replace("_", "-")


def _waits_for(row: Signal) -> str:
    if not row.snoozed_for:
        return ""
    try:
        return sentence(parse_criteria(row.snoozed_for, "account", row.workspace))
    except CriteriaError as error:
        return error.message


def _chosen(request: GatedRequest) -> Signal | None:
    pk = row_id(request.GET.get("signal", ""))
    return access.signals(request.member).select_related(*inbox.FACTS, "workspace").filter(pk=pk).first()


def _following(rows: list[Signal], signal: Signal | None) -> int | None:
    keys = [row.pk for row in rows]
    if signal is None or signal.pk not in keys:
        return None
    at = keys.index(signal.pk)
    return keys[at + 1] if at + 1 < len(keys) else (keys[at - 1] if at else None)


def _chips(request: GatedRequest, chosen: inbox.Filter) -> list[tuple[str, str, str]]:
    """The chips in force beyond kind and severity: words, value, address without it."""
    found: list[tuple[str, str, str]] = []
    if chosen.rule:
        row = next((row for row in standing.rows(request.workspace) if row.key == chosen.rule), None)
        name = str(row.row or row.name) if row else chosen.rule
        found.append((_("rule"), name, chosen.without("rule")))
    if chosen.owner:
        who = (
            access.colleagues(request.member).filter(pk=chosen.owner).first()
            if chosen.owner != "nobody"
            else _("nobody")
        )
        found.append((_("owner"), str(who or "—"), chosen.without("owner")))
    if chosen.tier:
        found.append((_("tier"), schemes.of(request.workspace).name(chosen.tier), chosen.without("tier")))
    if chosen.age:
        found.append((_("older than days"), chosen.age, chosen.without("age")))
    if chosen.q:
        found.append((_("words"), chosen.q, chosen.without("q")))
    return found


def _last_batch(request: GatedRequest) -> Any:
    pk = row_id(request.GET.get("batch", ""))
    rows = SignalBatch.objects.filter(workspace=request.workspace, by=request.member, pk=pk, undone_at=None)
    return rows.filter(at__gt=clock.now() - many.UNDO_FOR).first()


def _take(request: GatedRequest, signal: Signal) -> None:
    actions.take_signal(signal=signal, by=request.member, to=read_member(request, "to"))


def _later(request: GatedRequest, signal: Signal) -> None:
    condition = posted.raw(request.POST) if "criteria" in request.POST or "criteria_text" in request.POST else None
    until = needed_day(request, "until") if not condition else read_day(request, "until")
    actions.snooze_signal(signal=signal, by=request.member, until=until, condition=condition)


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
