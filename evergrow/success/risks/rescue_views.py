"""Pages of rescues: board, table, one rescue, beginning one; the card on the account page."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from evergrow.customers import access as customers
from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.lib.digits import row_id
from evergrow.success import access
from evergrow.success.errors import Refused
from evergrow.success.models import Rescue, RescueReason, RescueStage
from evergrow.success.models.risks import OPEN_RESCUES, OPEN_RISKS
from evergrow.success.risks import queries, rescuing
from evergrow.success.risks.measured import measured
from evergrow.success.views.answers import back, read_member, saying
from evergrow.workspaces.access import GatedRequest, gate, may

MOST = 500


@gate("view")
@require_GET
def rescues(request: GatedRequest) -> HttpResponse:
    """Who is being saved: a column a stage, or with ``?as=table`` a table."""
    mine = "mine" in request.GET
    as_table = request.GET.get("as") == "table"
    now = clock.now()
    columns = queries.board(request.member, mine=mine, most=MOST if as_table else 30)
    going_on = [column for column in columns if column.stage in OPEN_RESCUES]
    listed = [rescue for column in columns for rescue in column.cards] if as_table else []
    context = {
        "columns": columns,
        "rows": [(row, days(row.stage_since, now), days(row.began_at, row.ended_at or now)) for row in listed],
        "open": sum(column.total for column in going_on),
        "at_stake": sum((column.mrr for column in going_on), Decimal(0)),
        "outcome": queries.outcome(request.member),
        "mine": mine,
        "as_table": as_table,
        "now": now,
        "can_work": may(request.member, "work"),
    }
    return render(request, "success/risks/rescues.html", context)


@gate("view")
@require_GET
def rescue(request: GatedRequest, rescue: int) -> HttpResponse:
    """One rescue: why, who, how long in each stage, what next."""
    row = queries.rescue_or_404(request.member, rescue)
    now = clock.now()
    context = {
        "rescue": row,
        "reasons": reason_words(row),
        "stays": [
            (stay, days(stay.entered_at, stay.left_at or now))
            for stay in row.stays.select_related("by__user").order_by("pk")
        ],
        "stages": [pair for pair in RescueStage.choices if pair[0] != row.stage],
        "every_reason": RescueReason.choices,
        "colleagues": access.colleagues(request.member),
        "runs": row.account.runs.select_related("playbook").order_by("-pk")[:5],
        "days": days(row.began_at, row.ended_at or now),
        "measured": measured(row),
        "can_work": may(request.member, "work"),
    }
    return render(request, "success/risks/rescue.html", context)


@gate("work")
def new_rescue(request: GatedRequest) -> HttpResponse:
    """Begin to save an account, perhaps for a signal."""
    given = request.POST if request.method == "POST" else request.GET
    number, pk = row_id(given.get("account", "")), row_id(given.get("signal", ""))
    account = customers.account_or_404(request.member, number)
    signal = access.signals(request.member).filter(account=account, pk=pk).first()
    problem = ""
    if request.method == "POST":
        try:
            made = rescuing.begin(
                account=account,
                by=request.member,
                reasons=request.POST.getlist("reason"),
                note=request.POST.get("note", ""),
                owner=read_member(request, "owner"),
                signal=signal,
            )
            messages.success(request, _("The rescue has begun."))
            return redirect("success:rescue", request.workspace.slug, made.pk)
        except Refused as refused:
            problem = str(refused)
    context = {
        "account": account,
        "signal": signal,
        "problem": problem,
        "every_reason": RescueReason.choices,
        "chosen": given.getlist("reason"),
        "colleagues": access.colleagues(request.member),
        "running": rescuing.open_rescue(account),
    }
    return render(request, "success/risks/rescue_form.html", context, status=409 if problem else 200)


@gate("work")
@require_POST
def move_rescue(request: GatedRequest, rescue: int) -> HttpResponse:
    """Another stage, or with ``move=change`` other reasons, note and owner."""
    row = queries.rescue_or_404(request.member, rescue)
    with saying(request, _("Saved.")):
        if request.POST.get("move") == "change":
            rescuing.change(
                rescue=row,
                by=request.member,
                reasons=request.POST.getlist("reason"),
                note=request.POST.get("note", ""),
                owner=read_member(request, "owner"),
            )
        else:
            rescuing.move(
                rescue=row, by=request.member, to=request.POST.get("move", ""), reason=request.POST.get("why", "")
            )
    return back(request, reverse("success:rescue", args=[request.workspace.slug, row.pk]))


def card(request: GatedRequest, account: Account) -> dict[str, Any] | None:
    """The card on the account page, while the account is being saved or has open risks."""
    row = rescuing.open_rescue(account)
    risks = queries.risks(request.member).filter(account=account, state__in=OPEN_RISKS)
    shown = [(risk, queries.level(risk.residual or risk.inherent)) for risk in queries.gravest_first(risks)[:5]]
    if row is None and not shown:
        return None
    now = clock.now()
    return {
        "rescue": row,
        "reasons": reason_words(row) if row else [],
        "days": days(row.stage_since, now) if row else 0,
        "risks": shown,
    }


def reason_words(row: Rescue) -> list[str]:
    words = dict(RescueReason.choices)
    return [str(words[reason]) for reason in row.reasons if reason in words]


def days(since: datetime, until: datetime) -> int:
    return (until - since).days
