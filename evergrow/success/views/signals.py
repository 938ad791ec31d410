"""The inbox of signals, one signal, and what is done with it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Max, QuerySet, Sum
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from evergrow.customers.tiers import scheme as schemes
from evergrow.lib import clock
from evergrow.lib.digits import row_id
from evergrow.success import access, tasks
from evergrow.success.errors import Refused
from evergrow.success.models import Severity, Signal, SignalBatch, SignalKind, SignalRule
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.queries.preview import preview, published
from evergrow.success.signals import capacity, inbox, many, suggesting, tally
from evergrow.success.signals.lines import lines
from evergrow.success.signals.views import acts
from evergrow.success.signals.views.pane import pane
from evergrow.success.views.answers import Unreadable, back, saying
from evergrow.workspaces import jobs, prepared
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import AuditEntry, Member, Workspace

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


@gate("view")
@require_GET
def signals(request: GatedRequest) -> HttpResponse:
    """The inbox: list and chosen signal beside each other. htmx gets the part that it asks for."""
    if request.htmx and request.htmx.target == "signal-pane":
        chosen = _chosen(request)
        part = pane(request, chosen) if chosen else {"signal": None}
        around = {"filter": inbox.read(request.GET), "on_page": _number(request)}
        return render(request, "success/signals/_pane.html", {**part, **around})
    context = page_of(request, inbox.read(request.GET), _chosen(request))
    if request.htmx:
        return render(request, "success/signals/_inbox.html", context)
    context |= {"summary": _summary(request.member, context["known"]), "evaluated": _last_look(request.workspace)}
    return render(request, "success/signals.html", context)


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
    running = row.account.runs.filter(playbook=book, state__in=OPEN_RUN_STATES).first() if row.account else None
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
    move = acts.MOVES.get(request.POST.get("move", ""))
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
    following = access.signal(request.member, wanted) if wanted else None
    own_query: Any = QueryDict(chosen.query)
    request.GET = own_query  # the links of the answer are those of the inbox, not of the act's address
    context = page_of(request, chosen, following)
    answer = render(request, "success/signals/_inbox.html", context)
    shown = context["signal"]
    answer["HX-Replace-Url"] = reverse("success:signals", args=[request.workspace.slug]) + (
        f"{context['link']}{shown.pk}{_further(context['on_page'])}" if shown else f"?{chosen.query}"
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
    member, workspace, known = request.member, request.workspace, tally.read(request.member)
    kinds, levels, total = inbox.counts(member, chosen, known)
    page = Paginator(range(total), inbox.PER_PAGE).get_page(_number(request))
    keys = inbox.keys(member, chosen, page.number)
    explicit = signal is not None
    if signal is None and keys:
        signal = access.signal(member, keys[0])
    tabs, link = known.tabs(), f"?{chosen.query}&signal=" if chosen.query else "?signal="
    further = _further(page.number)
    return {
        **(pane(request, signal) if signal else {"signal": None}),
        "page": page,
        "on_page": page.number,
        "rows": lines(member, keys, lambda key: f"{link}{key}{further}"),
        "filter": chosen,
        "is_chosen": explicit,
        "link": link,
        "tabs": [(key, label, tabs.get(key)) for key, label in SHOWN.items() if key != "escalated" or tabs[key]],
        "kinds": [(value, label, kinds[value]) for value, label in SignalKind.choices if value in kinds],
        "levels": [(value, label, levels[value]) for value, label in Severity.choices if value in levels],
        "chips": _chips(request, chosen),
        "tiers": schemes.of(workspace).choices,
        "load": capacity.load(workspace),
        "can_manage": may(member, "manage"),
        "following": _following(keys, signal),
        "last_batch": _last_batch(request),
        "known": known,
    }


def _summary(member: Member, known: tally.Tally) -> dict[str, Any]:
    """What wants a decision: how many, how many of them grave, the accounts behind them and their revenue."""
    behind = inbox.shown(member, "triage").exclude(account=None).order_by().values("account")
    stands = behind.annotate(worth=Max("account__mrr")).aggregate(accounts=Count("account"), mrr=Sum("worth"))
    total = known.tabs()["triage"]
    return {"total": total, "high": known.grave(), "accounts": stands["accounts"], "mrr": stands["mrr"] or 0}


@prepared.first
def _last_look(workspace: Workspace) -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(workspace=workspace, verb="signals.evaluated").order_by("-at")


def _number(request: GatedRequest) -> int:
    """The page of the list that is looked at, also while an act is sent from it."""
    return row_id(request.POST.get("page", "") or request.GET.get("page", "")) or 1


def _further(number: int) -> str:
    return f"&page={number}" if number > 1 else ""


def _chosen(request: GatedRequest) -> Signal | None:
    pk = row_id(request.GET.get("signal", ""))
    if not pk:
        return None
    return access.signal(request.member, pk)


def _following(keys: list[int], signal: Signal | None) -> int | None:
    if signal is None or signal.pk not in keys:
        return None
    at = keys.index(signal.pk)
    return keys[at + 1] if at + 1 < len(keys) else (keys[at - 1] if at else None)


def _chips(request: GatedRequest, chosen: inbox.Filter) -> list[tuple[str, str, str]]:
    """The chips in force beyond kind and severity: words, value, address without it."""
    found: list[tuple[str, str, str]] = []
    if chosen.rule:
        found.append((_("rule"), _rule_name(request.workspace, chosen.rule), chosen.without("rule")))
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


def _rule_name(workspace: Workspace, key: str) -> str:
    row, kind = SignalRule.objects.filter(workspace=workspace, key=key).first(), key.replace("-", "_")
    if row is None and kind in SignalKind.values:
        return str(SignalKind(kind).label)
    return str(row or key)


def _last_batch(request: GatedRequest) -> Any:
    pk = row_id(request.GET.get("batch", ""))
    if not pk:
        return None
    rows = SignalBatch.objects.filter(workspace=request.workspace, by=request.member, pk=pk, undone_at=None)
    return rows.filter(at__gt=clock.now() - many.UNDO_FOR).first()
