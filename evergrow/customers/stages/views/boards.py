"""The board, the flow, and the lists behind their numbers."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evergrow.customers.downloads import Format, download
from evergrow.customers.models import Lifecycle, StagedKind
from evergrow.customers.privacy.masking import mask_for
from evergrow.customers.stages import board, charts, days, flow, history, seen, timing, traits
from evergrow.customers.stages import definition as definitions
from evergrow.customers.stages.editing import JOB
from evergrow.customers.stages.standing import standings
from evergrow.customers.stages.views.common import address, head, lifecycle_or_404
from evergrow.lib import clock
from evergrow.lib.sheets import TooManyRows
from evergrow.workspaces import audit, jobs
from evergrow.workspaces.access import GatedRequest, gate, may

SPANS = (30, 90, 365)
PER_PAGE = 50


@gate("view")
def start(request: GatedRequest) -> HttpResponse:
    """The first board, or what stages are for while there is none."""
    found = board.lifecycles(request.member)
    if found:
        return _board(request, found[0])
    return render(request, "customers/stages/empty.html", {"may_manage": may(request.member, "manage")})


@gate("view")
def shown(request: GatedRequest, key: str) -> HttpResponse:
    """The board of a lifecycle."""
    return _board(request, lifecycle_or_404(request, key))


def _board(request: GatedRequest, lifecycle: Lifecycle) -> HttpResponse:
    counts = definitions.of(lifecycle)
    status = request.GET.get("pace", "")
    status = status if status in days.STATUSES else ""
    is_mine = request.GET.get("mine") == "1" and lifecycle.kind == StagedKind.ACCOUNT
    context = {**head(request, lifecycle, "board"), "definition": counts}
    if counts is not None:
        columns = board.read(request.member, lifecycle, counts, status=status, is_mine=is_mine)
        context |= {
            "columns": columns,
            "total": sum(column.total for column in columns),
            "paces": [(key, traits.STATUS_WORDS[key]) for key in (days.STUCK, days.BEHIND, days.ON_TRACK)],
            "pace": status,
            "is_mine": is_mine,
            "has_money": lifecycle.kind == StagedKind.ACCOUNT,
            "status_words": traits.STATUS_WORDS,
        }
    return render(request, "customers/stages/board.html", context)


@gate("view")
@require_safe
def members(request: GatedRequest, key: str, stage: str) -> HttpResponse:
    """Everybody in a stage, the slowest first."""
    lifecycle = lifecycle_or_404(request, key)
    counts = definitions.of(lifecycle)
    allowed = set(seen.subjects(request.member, lifecycle).values_list("pk", flat=True))
    found = standings(lifecycle, counts).values() if counts else ()
    here = [each for each in found if each.stay.stage == stage and each.subject in allowed]
    here.sort(key=lambda each: (board.ORDER[each.status], -each.days, each.subject))
    page = Paginator(here, PER_PAGE).get_page(request.GET.get("page"))
    rows, mask = seen.by_key(lifecycle, [each.subject for each in page]), mask_for(request)
    context = {
        **head(request, lifecycle, "board"),
        "stage": counts.name(stage) if counts else stage,
        "shown": page,
        "rows": [
            (each, seen.name(rows[each.subject], mask), seen.url(rows[each.subject], request.workspace.slug))
            for each in page
            if each.subject in rows
        ],
        "status_words": traits.STATUS_WORDS,
    }
    return render(request, "customers/stages/members.html", context)


@gate("view")
@require_safe
def movement(request: GatedRequest, key: str) -> HttpResponse:
    """Who went where in a period, and how long stages take."""
    lifecycle = lifecycle_or_404(request, key)
    counts = definitions.of(lifecycle)
    given = request.GET.get("days", "")
    span = int(given) if given in map(str, SPANS) else 90
    context = {**head(request, lifecycle, "flow"), "definition": counts}
    if counts is not None:
        of = flow.period(lifecycle, span)
        steps = flow.counts(flow.steps(request.member, lifecycle, of))
        stood = {pair: len(who) for pair, who in flow.stood(request.member, lifecycle, of).items()}
        timings = timing.read(request.member, lifecycle, counts)

        def url(before: str | None, after: str | None) -> str:
            return _behind(lifecycle, of, before, after, "stood")

        context |= {
            "period": of,
            "spans": [(each, each == span) for each in SPANS],
            "flow_chart": charts.flow(counts, stood, url) if stood else None,
            "moved": sum(count for (before, after), count in stood.items() if before != after),
            "stood_total": sum(stood.values()),
            "steps": _step_rows(lifecycle, counts, of, steps),
            "timings": timings,
            "timing_chart": charts.timing(counts, timings),
            "as_of": clock.now(),
        }
    return render(request, "customers/stages/flow.html", context)


def _behind(lifecycle: Lifecycle, of: flow.Period, before: str | None, after: str | None, kind: str) -> str:
    """The list of subjects behind a number; None for any stage, "" for outside."""
    asked = {"first": of.first.isoformat(), "last": of.last.isoformat(), "kind": kind}
    asked |= {} if before is None else {"from": before}
    asked |= {} if after is None else {"to": after}
    return f"{address(lifecycle, 'stage_steps')}?{urlencode(asked)}"


def _step_rows(
    lifecycle: Lifecycle, counts: definitions.Definition, of: flow.Period, steps: dict[tuple[str, str], int]
) -> list[dict[str, Any]]:
    """Moves from stage to stage, the most frequent first, with the way they went."""
    found = []
    for (before, after), count in sorted(steps.items(), key=lambda item: (-item[1], item[0])):
        here, there = counts.stage(before), counts.stage(after)
        found.append(
            {
                "before": charts.stage_name(counts, before),
                "after": charts.stage_name(counts, after),
                "count": count,
                "is_back": bool(here and there and definitions.is_backward(here, there)),
                "is_end": bool(there and there.kind == definitions.TERMINAL),
                "url": _behind(lifecycle, of, before, after, "moved"),
            }
        )
    return found


@gate("view")
@require_safe
def steps(request: GatedRequest, key: str) -> HttpResponse:
    """The list behind a number of the flow: moves of a period, or who stood where at both its ends."""
    lifecycle = lifecycle_or_404(request, key)
    counts = definitions.of(lifecycle)
    of = flow.between(lifecycle, *_days(request, lifecycle))
    before, after = request.GET.get("from"), request.GET.get("to")
    is_stood = request.GET.get("kind") == "stood"
    found: list[Any]
    if is_stood:
        stood = flow.stood(request.member, lifecycle, of).items()
        found = [(who, None) for pair, many in stood if _fits(pair, before, after) for who in many]
    else:
        moved = flow.steps(request.member, lifecycle, of)
        found = [(step.subject, step) for step in moved if _fits((step.before, step.after), before, after)]
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = seen.by_key(lifecycle, [subject for subject, _step in page])
    context = {
        **head(request, lifecycle, "flow"),
        "definition": counts,
        "period": of,
        "is_stood": is_stood,
        "before": None if before is None or counts is None else charts.stage_name(counts, before),
        "after": None if after is None or counts is None else charts.stage_name(counts, after),
        "shown": page,
        "count": len(found),
        "rows": [
            {
                "name": seen.name(rows[subject], mask_for(request)),
                "url": seen.url(rows[subject], request.workspace.slug),
                "step": step,
                "before": charts.stage_name(counts, step.before) if step and counts else "",
                "after": charts.stage_name(counts, step.after) if step and counts else "",
            }
            for subject, step in page
            if subject in rows
        ],
    }
    return render(request, "customers/stages/steps.html", context)


def _fits(pair: tuple[str, str], before: str | None, after: str | None) -> bool:
    return before in (None, pair[0]) and after in (None, pair[1])


def _days(request: GatedRequest, lifecycle: Lifecycle) -> tuple[date, date]:
    """The days of the address; without them, or where they are none, the last 90."""
    whole = flow.period(lifecycle, 90)
    try:
        first = date.fromisoformat(request.GET["first"])
        last = date.fromisoformat(request.GET["last"])
    except (KeyError, ValueError):
        return whole.first, whole.last
    return (first, last) if date(1990, 1, 1) <= first <= last <= date(2200, 1, 1) else (whole.first, whole.last)


@gate("view")
@require_safe
def export(request: GatedRequest, key: str) -> HttpResponseBase:
    """Every stay that the member may see, as a file."""
    lifecycle = lifecycle_or_404(request, key)
    kind: Format = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    audit.record(request.workspace, "stages.exported", lifecycle, by=request.member)
    name = _("Stages %(day)s") % {"day": request.workspace.today()}
    try:
        return download(request.workspace, name, history.heads(), history.rows(request.member, lifecycle), kind)
    except TooManyRows as error:
        messages.error(request, str(error))
        return redirect(address(lifecycle))


@gate("manage")
@require_POST
def evaluation(request: GatedRequest) -> HttpResponse:
    """Ask the criteria now instead of within the hour."""
    jobs.enqueue(JOB, request.workspace, by=request.member, dedupe_key="by hand")
    messages.success(request, _("Stages are being evaluated; this page shows the moves when it is done."))
    return redirect(reverse("customers:stages", args=[request.workspace.slug]))
