"""Which imports a member may see: those of the workspace, for members who may manage it."""

from django.db.models import QuerySet
from django.http import Http404

from evergrow.intake.models import Import
from evergrow.workspaces.models import Member


def imports(member: Member) -> QuerySet[Import]:
    """The imports of the member's workspace, newest first."""
    rows = Import.objects.filter(workspace_id=member.workspace_id).exclude(kind="")  # without one: still uploading
    return rows.select_related("workspace", "created_by__user", "undone_by__user", "job").order_by("-created_at", "-pk")


def import_or_404(member: Member, pk: int) -> Import:
    """The import with this key, or 404 when it is not of the member's workspace."""
    source = imports(member).filter(pk=pk).first()
    if source is None:
        raise Http404
    return source
