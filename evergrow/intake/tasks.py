"""Jobs of imports."""

from typing import Any

from evergrow.intake.imports import engine, undo
from evergrow.intake.models import Import
from evergrow.workspaces import jobs
from evergrow.workspaces.jobs import Progress
from evergrow.workspaces.models import Job


@jobs.register("intake.import")
def run_import(job: Job, progress: Progress) -> dict[str, Any]:
    """Run an import from its checkpoint."""
    source = Import.objects.get(pk=job.args["import"], workspace=job.workspace)
    try:
        engine.run(source, progress)
    except (jobs.Cancelled, jobs.Interrupted):
        raise
    except Exception as error:
        if job.attempts >= jobs.MAX_ATTEMPTS:
            engine.give_up(source, error)
        raise
    return {name: getattr(source, name) for name in ("created", "updated", "unchanged", "bad")}


@jobs.register("intake.undo")
def undo_import(job: Job, progress: Progress) -> dict[str, Any]:
    """Take an import back."""
    return undo.run(Import.objects.get(pk=job.args["import"], workspace=job.workspace)).as_json()
