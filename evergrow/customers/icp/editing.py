"""Changing the ideal profile: a draft, its criteria, and publishing it."""

from typing import Any

from evergrow.customers import editions
from evergrow.customers.icp import computing
from evergrow.customers.icp import profile as profiles
from evergrow.customers.icp.tasks import JOB
from evergrow.customers.models import IdealProfile
from evergrow.workspaces import jobs
from evergrow.workspaces.models import Member, Workspace

Definition = dict[str, Any]


def start(workspace: Workspace, *, by: Member | None) -> IdealProfile:
    """The open draft, or a new one that says what counts now."""
    return editions.start_draft(IdealProfile, workspace, profiles.EMPTY, by=by)


def save(workspace: Workspace, definition: Definition, *, note: str | None = None, by: Member | None) -> IdealProfile:
    """Write a definition into the draft. Raises BadProfile, NoDraft; then the draft stays as it was."""
    computing.check(workspace, profiles.read(definition))
    return editions.save_draft(IdealProfile, workspace, definition, note=note, by=by)


def discard(workspace: Workspace, *, by: Member | None) -> None:
    """Throw the draft away. Raises NoDraft."""
    editions.discard_draft(IdealProfile, workspace, by=by)


def publish(workspace: Workspace, *, by: Member | None) -> IdealProfile:
    """Make the draft the profile that counts and queue a computation. Raises BadProfile, NoDraft."""

    def check(draft: IdealProfile) -> None:
        profile = profiles.read(draft.definition)
        profiles.check_complete(profile)
        computing.check(workspace, profile)

    done = editions.publish_draft(IdealProfile, workspace, check, by=by)
    jobs.enqueue(JOB, workspace, by=by, dedupe_key=f"profile {done.pk}")
    return done


def put(definition: Definition, key: str, part: Definition) -> Definition:
    """The definition with a criterion changed in its place, or added at the end."""
    listed = definition["criteria"]
    if any(one["key"] == key for one in listed):
        return {**definition, "criteria": [part if one["key"] == key else one for one in listed]}
    return {**definition, "criteria": [*listed, part]}


def drop(definition: Definition, key: str) -> Definition:
    """The definition without a criterion."""
    return {**definition, "criteria": [one for one in definition["criteria"] if one["key"] != key]}
