"""Limits and ladder of a workspace, and the archive with its preview."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evergrow.customers.tiers import scheme as schemes
from evergrow.lib.digits import row_id
from evergrow.lib.numerals import number
from evergrow.success import access
from evergrow.success.models import Severity, SignalState
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.signals import archive, capacity, escalation, many, settings, standing
from evergrow.success.views.answers import Unreadable, saying
from evergrow.workspaces.access import GatedRequest, gate, may

SPARE = 2


@gate("view")
def signal_limits(request: GatedRequest) -> HttpResponse:
    """What may be open, what a rule may raise, who hears of what stays untouched, what is archived by itself."""
    if request.method == "POST":
        return _set(request)
    found = capacity.settings_of(request.workspace)
    ladder = [*found.ladder, *[{} for _each in range(SPARE)]][: escalation.MOST_RUNGS]
    context = {
        "limits": found,
        "ladder": ladder,
        "rungs": escalation.read(found.ladder),
        "load": capacity.load(request.workspace),
        "tiers": schemes.of(request.workspace).choices,
        "levels": Severity.choices,
        "colleagues": access.colleagues(request.member),
        "can_manage": may(request.member, "manage"),
    }
    return render(request, "success/signals/limits.html", context)


@gate("view")
def signal_archive(request: GatedRequest) -> HttpResponse:
    """Choose what is put away, see how much it is, then put it away."""
    what = _what(request)
    rows = archive.matching(request.member, what)
    if request.method == "POST":
        if not may(request.member, "manage"):
            return HttpResponse(status=403)
        with saying(request):
            batch = many.apply(rows=rows, wish=many.Wish("archive"), by=request.member)
            said = ngettext("%(n)s signal archived.", "%(n)s signals archived.", batch.count) % {
                "n": number(batch.count)
            }
            messages.success(request, said)
        return redirect("success:signal_archive", request.workspace.slug)
    shown = rows.select_related("account", "source", "product", "risk", "owner__user", "rule").order_by("last_seen_at")
    context = {
        "what": what,
        "count": rows.count(),
        "open": rows.filter(state__in=OPEN_SIGNALS).count(),
        "rows": shown[:20],
        "states": [("closed", _("all closed ones")), ("open", _("all open ones")), *SignalState.choices],
        "rules": standing.rows(request.workspace),
        "colleagues": access.colleagues(request.member),
        "sources": request.workspace.keys.filter(kind="write").order_by("name"),
        "limits": capacity.settings_of(request.workspace),
        "can_manage": may(request.member, "manage"),
    }
    return render(request, "success/signals/archive.html", context)


def _set(request: GatedRequest) -> HttpResponse:
    if not may(request.member, "manage"):
        return HttpResponse(status=403)
    with saying(request, _("Saved.")):
        numbers = {name: _number(request, name) for name in settings.BOUNDS if name in request.POST}
        ladder = _ladder(request) if "ladder" in request.POST else None
        settings.set_limits(workspace=request.workspace, by=request.member, ladder=ladder, **numbers)
    return redirect("success:signal_limits", request.workspace.slug)


def _ladder(request: GatedRequest) -> list[dict[str, Any]]:
    found = []
    for n in range(escalation.MOST_RUNGS):
        if not request.POST.get(f"after_{n}", "").strip():
            continue
        to = request.POST.get(f"to_{n}", "manager")
        found.append(
            {
                "severity": _number(request, f"severity_{n}"),
                "tiers": request.POST.getlist(f"tiers_{n}"),
                "after": _number(request, f"after_{n}"),
                "to": "manager" if to == "manager" else "member",
                "member": row_id(to) or None,
            }
        )
    return found


def _what(request: GatedRequest) -> archive.What:
    given = request.POST if request.method == "POST" else request.GET
    state, owner, source = given.get("state", "closed"), given.get("owner", ""), given.get("source", "")
    days = given.get("days", "90")
    return archive.What(
        days=int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 90,
        state=state if state in ("closed", "open", *SignalState.values) else "closed",
        rule=given.get("rule", "")[:60],
        owner=owner if owner == "nobody" or row_id(owner) else "",
        source=source if row_id(source) else "",
    )


def _number(request: GatedRequest, name: str) -> int:
    text = request.POST.get(name, "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        raise Unreadable(sentence=_("Write a whole number."))
    return int(text)
