"""Focus: one item at a time, with all that is needed to do it, and how far the day is."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evergrow.lib import clock
from evergrow.success.day import done, reasons
from evergrow.success.day.brief import brief
from evergrow.success.day.listing import Listing, ask, listing, rows
from evergrow.success.day.rank import Ranked
from evergrow.success.views.tasks import snooze_days
from evergrow.workspaces.access import GatedRequest, gate, may

SKIP_RESTS = timedelta(hours=12)
NEXT_SHOWN = 4


@gate("view")
@require_safe
def focus(request: GatedRequest) -> HttpResponse:
    """The first item of the member's list that they did not pass over today; ``?item=`` chooses one."""
    found = listing(ask(request.member))
    queue = in_turn(found)
    asked = request.GET.get("item", "")
    chosen = [item for item in queue if item.key == asked] or queue
    shown = rows(found.ask, list(enumerate(chosen[:1], start=1)))
    item = shown[0] if shown else None
    following = [each for each in queue if item is None or each.key != item.key][:NEXT_SHOWN]
    work = done.days_work(request.member)
    context = {
        "item": item,
        "reasons": reasons.reasons(item, found.scale, request.workspace.currency) if item else [],
        "brief": brief(request.member, item.row.account) if item and item.row.account else None,
        "next_items": rows(found.ask, list(enumerate(following, start=2))),
        "progress": done.progress(found, work),
        "left": len(queue),
        "skipped": sum(is_skipped(each) for each in queue),
        "work": work,
        "today": request.workspace.today(),
        **snooze_days(request),
        "can_work": may(request.member, "work"),
        "is_focus": True,
    }
    return render(request, "success/day/focus.html", context)


def in_turn(found: Listing) -> list[Ranked]:
    """By rank; what was passed over today comes last, first passed over first."""
    fresh = [item for item in found.items if not is_skipped(item)]
    passed = [item for item in found.items if is_skipped(item)]
    return fresh + sorted(passed, key=lambda item: item.skipped_at.timestamp() if item.skipped_at else 0.0)


def is_skipped(item: Ranked) -> bool:
    """Whether the member passed over it within the last twelve hours."""
    return item.skipped_at is not None and item.skipped_at > clock.now() - SKIP_RESTS
