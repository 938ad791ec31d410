"""Imports among the recent changes of many rows; their own page takes them back."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from evergrow.customers.bulk import recent
from evergrow.customers.bulk.recent import Recent
from evergrow.intake.models import Import
from evergrow.workspaces.models import Workspace


def imports(workspace: Workspace, since: datetime) -> Iterable[Recent]:
    rows = Import.objects.filter(workspace=workspace, started_at__gte=since).select_related("created_by__user", "job")
    for source in rows.order_by("-started_at")[: recent.SHOWN]:
        yield Recent(
            source.started_at or source.created_at,
            _("Import"),
            source.file_name,
            str(source.created_by) if source.created_by else "Evergrow",
            source.created + source.updated,
            source.get_state_display(),
            None,
            reverse("intake:import", args=[workspace.slug, source.pk]),
            source.can_be_undone,
        )


recent.add("imports", imports)
