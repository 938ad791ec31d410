"""The workspace's definitions of engagement groups as they are kept: every version stays, the newest counts."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from evergrow.insight.engagement.definition import BUILT_IN, Definition, as_data, from_data
from evergrow.insight.models import EngagementDefinition
from evergrow.insight.presence.source import Subject
from evergrow.workspaces import access, audit
from evergrow.workspaces.models import Member, Workspace


def current(workspace: Workspace, subject: Subject) -> Definition:
    """The definition in force: the newest kept, or the built-in one."""
    kept = EngagementDefinition.objects.filter(workspace=workspace, subject=subject).order_by("-version").first()
    return from_data(kept.data, kept.version) if kept else BUILT_IN[subject]


def history(workspace: Workspace, subject: Subject) -> list[EngagementDefinition]:
    """Every version kept, the newest first."""
    found = EngagementDefinition.objects.filter(workspace=workspace, subject=subject)
    return list(found.select_related("made_by__user").order_by("-version"))


@transaction.atomic
def define(
    *, workspace: Workspace, subject: Subject, data: Mapping[str, Any], by: Member | None
) -> EngagementDefinition:
    """Say from now on what makes a subject valid, active, core; answers about earlier days follow it too.

    Raises BadDefinition at what cannot be kept, PermissionDenied without "manage". What changes nothing keeps the
    version there is.
    """
    access.require(by, "manage")
    Workspace.objects.select_for_update().get(pk=workspace.pk)
    told = as_data(from_data(data))
    last = EngagementDefinition.objects.filter(workspace=workspace, subject=subject).order_by("-version").first()
    if last is not None and last.data == told:
        return last
    made = EngagementDefinition.objects.create(
        workspace=workspace, subject=subject, version=last.version + 1 if last else 1, data=told, made_by=by
    )
    audit.record(workspace, "engagement.defined", made, by=by, data={"version": made.version, **told})
    return made
