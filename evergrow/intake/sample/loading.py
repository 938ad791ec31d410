"""Load the sample: seven files through the import every user has, then the colleagues who look after the accounts."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from evergrow.intake.imports import drafts, engine
from evergrow.intake.imports.planner import note_growth
from evergrow.intake.models import Import, ImportState
from evergrow.intake.sample.colleagues import add_colleagues, seat_teams
from evergrow.intake.sample.files import Sample, SampleFile
from evergrow.workspaces import audit
from evergrow.workspaces.models import Workspace

OnStep = Callable[[str, int, int], None]


class SampleThere(ValueError):
    """The workspace holds accounts that are not the sample's."""

    def __init__(self) -> None:
        super().__init__(_("This workspace has accounts of its own. Load the sample into an empty workspace."))


def load_sample(workspace: Workspace, progress: OnStep | None = None) -> dict[str, Any]:
    """Fill an empty workspace with the sample; the number of rows by kind.

    ``progress(kind, done, total)`` counts the rows of the file at work. Loading again changes nothing; a load that was
    killed goes on where it stood, with the same moved dates. Raises SampleThere for a workspace in use.
    """
    if not workspace.is_sample and workspace.accounts.exists():
        raise SampleThere
    anchor = _anchor(workspace)
    Workspace.objects.filter(pk=workspace.pk).update(is_sample=True, currency="USD")
    workspace.is_sample, workspace.currency = True, "USD"
    sample = Sample(anchor)
    counts: dict[str, Any] = {}
    for each in sample.files:
        source = _import(workspace, sample, each, progress)
        counts[each.kind] = source.created + source.unchanged
    counts["seats"] = seat_teams(workspace, add_colleagues(workspace))
    note_growth(counts["seats"])
    audit.record(workspace, "sample.loaded", workspace, by=None, data=counts)
    return counts


def _anchor(workspace: Workspace) -> date:
    """The day that is the sample's last: today, or the day the first load began."""
    first = Import.objects.filter(workspace=workspace, file_name="accounts.csv").order_by("pk").first()
    if workspace.is_sample and first:
        return first.created_at.astimezone(workspace.tz).date()
    return workspace.today()


def _import(workspace: Workspace, sample: Sample, each: SampleFile, progress: OnStep | None) -> Import:
    name = each.file.removesuffix(".gz")
    before = Import.objects.filter(workspace=workspace, file_name=name, kind=each.kind, created_by=None)
    for draft in before.filter(state=ImportState.DRAFT):
        drafts.discard(source=draft, by=None)  # a load was killed while it wrote this file
    before.filter(state__in=[ImportState.FAILED, ImportState.CANCELLED]).update(state=ImportState.READY, error={})
    source = before.exclude(state__in=[ImportState.UNDOING, ImportState.UNDONE]).order_by("pk").first()
    if source is None:
        source = drafts.receive(
            workspace=workspace, file_name=name, pieces=sample.pieces(each), by=None, kind=each.kind
        )
        drafts.set_mapping(source=source, wanted={"columns": each.columns}, by=None)
        drafts.make_ready(source=source, by=None)

    def tell(done: int, total: int) -> None:
        if progress:
            progress(each.kind, done, total)

    tell(source.rows_done, source.rows_total)
    return engine.run(source, tell)
