"""Starting a playbook for the accounts selected on the list."""

from collections import Counter

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from evergrow.customers import selection
from evergrow.lib.numerals import number
from evergrow.success import access, tasks
from evergrow.success.actions import runs as actions
from evergrow.success.models import Playbook, Run
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.success.queries import standing
from evergrow.success.views.answers import saying
from evergrow.workspaces import jobs
from evergrow.workspaces.access import GatedRequest, gate

AT_ONCE = 50


@gate("work")
@require_POST
def start_many(request: GatedRequest) -> HttpResponse:
    """Ask once, with the count; then start here, or as a job when there are many."""
    chosen = selection.read(request)
    key = request.POST.get("playbook", "")
    if chosen and key and request.POST.get("confirmed"):
        return _start(request, access.playbook_or_404(request.member, key), chosen)
    rows = [row for row in standing.standings(request.workspace) if row.published and not row.playbook.retired_at]
    running = Run.objects.filter(account__in=chosen.accounts.order_by().values("pk"), state__in=OPEN_RUN_STATES)
    context = {
        "selection": chosen,
        "rows": [(row, running.filter(playbook=row.playbook).count()) for row in rows],
        "without_renewal": chosen.accounts.filter(renews_on=None).count(),
        "chosen": key,
    }
    return render(request, "success/start_many.html", context)


def _start(request: GatedRequest, playbook: Playbook, chosen: selection.Selection) -> HttpResponse:
    if chosen.count > AT_ONCE:
        pks = list(chosen.accounts.values_list("pk", flat=True))
        args = {"playbook": playbook.pk, "accounts": pks}
        jobs.enqueue(tasks.START_MANY, request.workspace, by=request.member, args=args)
        said = _("“%(playbook)s” is being started for %(n)s accounts. You can go on working.")
        messages.success(request, said % {"playbook": playbook, "n": number(len(pks))})
        url = reverse("success:playbook", args=[request.workspace.slug, playbook.key])
        return redirect(f"{url}?tab=runs")
    with saying(request):
        rows = chosen.accounts.select_related("workspace")
        counts = actions.start_many(accounts=rows, playbook=playbook, by=request.member)
        messages.success(request, _told(counts, playbook))
    return redirect(reverse("customers:accounts", args=[request.workspace.slug]) + f"?{chosen.query}")


def _told(counts: Counter[str], playbook: Playbook) -> str:
    started = counts["started"]
    facts = {"n": number(started), "playbook": playbook}
    said = ngettext("“%(playbook)s” started for %(n)s account.", "“%(playbook)s” started for %(n)s accounts.", started)
    parts = [said % facts]
    if running := counts["AlreadyRunning"]:
        parts.append(_("%(n)s had it running already.") % {"n": number(running)})
    if missing := counts["AnchorMissing"]:
        parts.append(_("%(n)s have no renewal date.") % {"n": number(missing)})
    return " ".join(parts)
