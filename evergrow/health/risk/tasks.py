"""Jobs of the models of churn and expansion."""

from datetime import time
from typing import Any

from evergrow.health.risk import actions
from evergrow.health.risk.models import RiskTarget
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job


@jobs.register(actions.TRAIN)
def train(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Train a model of ``args["target"]`` and keep it as the draft."""
    target = job.args["target"]
    model = actions.train(workspace=job.workspace, target=target, by=job.created_by, on_progress=progress)
    return {"model": model.number} if model else dict(actions.setting(job.workspace, target).result)


@jobs.register(actions.SCORE)
def score(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Score every customer by the models in force, then queue the trainings that are due."""
    found = {target: actions.score(workspace=job.workspace, target=target) for target in RiskTarget.values}
    for target in RiskTarget.values:
        if actions.due(job.workspace, target):
            jobs.enqueue(actions.TRAIN, job.workspace, args={"target": target}, dedupe_key=f"train {target}")
    return found


ticks.daily(actions.SCORE, time(2, 30))
