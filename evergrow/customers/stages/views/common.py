"""What the pages of a lifecycle share."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from evergrow.customers.models import EditionState, Lifecycle
from evergrow.customers.stages import board, editing, seen
from evergrow.customers.stages.editing import JOB
from evergrow.customers.stages.moves import Subject
from evergrow.workspaces.access import GatedRequest, may
from evergrow.workspaces.models import Job, JobState


def lifecycle_or_404(request: GatedRequest, key: str) -> Lifecycle:
    """The lifecycle of the address, knowing its workspace."""
    found = get_object_or_404(Lifecycle, workspace=request.workspace, key=key)
    found.workspace = request.workspace
    return found


def subject_or_404(request: GatedRequest, lifecycle: Lifecycle, number: int) -> Subject:
    """A subject that the member may see, by its number."""
    found: Subject | None = seen.subjects(request.member, lifecycle).filter(number=number).first()
    if found is None:
        raise Http404
    found.workspace = request.workspace
    return found


def address(lifecycle: Lifecycle, name: str = "stage_board", **more: Any) -> str:
    """A page of a lifecycle."""
    return reverse(f"customers:{name}", kwargs={"workspace": lifecycle.workspace.slug, "key": lifecycle.key, **more})


def head(request: GatedRequest, lifecycle: Lifecycle, page: str) -> dict[str, Any]:
    """What the head of every page of a lifecycle shows."""
    states = [JobState.QUEUED, JobState.RUNNING]
    draft = editing.draft(lifecycle)
    return {
        "lifecycle": lifecycle,
        "lifecycles": board.lifecycles(request.member),
        "page": page,
        "draft": draft,
        "has_published": lifecycle.versions.filter(state=EditionState.PUBLISHED).exists(),
        "job": Job.objects.filter(workspace=request.workspace, kind=JOB, state__in=states).first(),
        "may_manage": may(request.member, "manage"),
        "may_work": may(request.member, "work"),
    }
