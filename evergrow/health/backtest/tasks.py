"""The job that runs a back-test."""

from typing import Any

from evergrow.health.backtest import actions
from evergrow.health.backtest.models import BackTest
from evergrow.workspaces import jobs
from evergrow.workspaces.models import Job


@jobs.register(actions.KIND)
def backtest(job: Job, progress: jobs.Progress) -> dict[str, Any]:
    """Run the back-test that the job names; nothing where it is gone."""
    found = BackTest.objects.select_related("workspace", "created_by").filter(pk=job.args["backtest"]).first()
    return {} if found is None else actions.run(backtest=found, on_progress=progress)
