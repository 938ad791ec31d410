"""Properties that questions break down by are watched: their sets of people are filled, kept and given up again."""

from datetime import timedelta
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow.customers.privacy import registry
from evergrow.intake.events import alone
from evergrow.intake.personal import retention
from evergrow.warehouse import watched
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job, Workspace

KIND = "intake.watch_properties"


@jobs.register(KIND)
def tend(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Fill what questions asked for since the last time."""
    return {"days": run(Workspace.objects.get(pk=job.workspace_id), progress)}


ticks.often(KIND, timedelta(minutes=5))


def run(workspace: Workspace, on_progress: watched.Report = watched.silently) -> int:
    """Bring a workspace's watched properties up to date; how many days were filled. Errors as of ``watched.tend``."""
    return watched.tend(
        workspace.pk,
        workspace.today(),
        alone=partial(alone, workspace),
        is_gone=retention.thinned(workspace),
        on_progress=on_progress,
    )


for _name in ("asked_properties", "watched_properties"):
    registry.table(_name, _("Names of events and properties, nothing about anybody."))
