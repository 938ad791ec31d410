"""The recent changes of many rows, and taking one back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evergrow.customers.bulk import running
from evergrow.customers.bulk.kinds import KINDS, rows_of
from evergrow.customers.bulk.recent import recent
from evergrow.customers.models import BulkChange, BulkState
from evergrow.customers.privacy.masking import mask_for
from evergrow.lib.numerals import number
from evergrow.workspaces.access import GatedRequest, gate

CONFLICTS_SHOWN = 50


@gate("manage")
@require_safe
def changes(request: GatedRequest) -> HttpResponse:
    """What changed many rows in the last 30 days."""
    return render(request, "customers/bulk/changes.html", {"changes": recent(request.workspace)})


@gate("manage")
@require_safe
def change(request: GatedRequest, pk: int) -> HttpResponse:
    """One change: how far it is, its first rows, and what would stand in the way of taking it back."""
    found = get_object_or_404(BulkChange.objects.select_related("by__user"), pk=pk, workspace=request.workspace)
    kind = KINDS[found.kind]
    kept = list(found.rows.order_by("pk")[:CONFLICTS_SHOWN])
    rows = rows_of(found).in_bulk([row.object_id for row in kept])
    against = running.conflicts(found) if found.can_be_undone else []
    context = {
        "change": found,
        "told": kind.told(found),
        "rows": [
            (rows[row.object_id], kind.words(found, row.before), kind.words(found, row.after), row.is_undone)
            for row in kept
            if row.object_id in rows and row.after
        ],
        "conflicts": [(row, kind.words(found, now)) for row, _kept, now in against[:CONFLICTS_SHOWN]],
        "conflict_count": len(against),
        "is_running": found.state in (BulkState.RUNNING, BulkState.UNDOING),
        "mask": mask_for(request),
    }
    return render(request, "customers/bulk/change.html", context)


@gate("manage")
@require_POST
def undo(request: GatedRequest, pk: int) -> HttpResponse:
    """Take a change back."""
    found = get_object_or_404(BulkChange, pk=pk, workspace=request.workspace)
    try:
        running.start_undo(change=found, by=request.member, force=request.POST.get("force") == "1")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        facts = {"restored": number(found.restored), "skipped": number(found.skipped)}
        if found.state == BulkState.UNDONE:
            messages.success(request, _("%(restored)s rows are as before; %(skipped)s were passed over.") % facts)
        else:
            messages.success(request, _("It is being taken back. You can go on working."))
    return redirect(reverse("customers:change", args=[request.workspace.slug, pk]))
