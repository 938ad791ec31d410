"""The regular work of stages."""

from datetime import timedelta
from typing import Any

from evergrow.customers.segments import moves as segment_moves
from evergrow.customers.stages.editing import JOB
from evergrow.customers.stages.evaluating import evaluate_all
from evergrow.customers.stages.listening import follow_segment
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job


@jobs.register(JOB)
def evaluate(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Ask the criteria of all lifecycles and let those move whom they move."""
    done = evaluate_all(job.workspace, progress)
    return {
        "lifecycles": done.lifecycles,
        "failed": done.failed,
        "subjects": done.subjects,
        "moved": done.moved,
    }


ticks.often(JOB, timedelta(hours=1))
segment_moves.on_moves(follow_segment)
