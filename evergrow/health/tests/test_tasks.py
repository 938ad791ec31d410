"""When scores are computed: every night, on demand, after imports."""

from datetime import timedelta
from typing import Any

import pytest

from evergrow.health import tasks
from evergrow.health.models import AccountHealth
from evergrow.health.tests import stage
from evergrow.lib import clock
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job

pytestmark = pytest.mark.usefixtures("frozen")


def computations() -> list[Job]:
    return list(Job.objects.filter(kind="health.compute"))


def test_the_nightly_computation_is_queued_once_a_day(workspace: Any, frozen: Any) -> None:
    with clock.frozen(frozen.replace(hour=17)):  # 1:00 in Shanghai
        ticks.enqueue_due()
        assert not Job.objects.filter(kind="health.compute", dedupe_key__contains="03-26").exists()
    with clock.frozen(frozen.replace(hour=18, minute=1)):
        ticks.enqueue_due()
        ticks.enqueue_due()
        assert Job.objects.filter(kind="health.compute", dedupe_key__contains="03-26").count() == 1


def test_an_import_is_followed_by_a_computation(workspace: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(jobs._handlers, "intake.import", lambda _job, _progress: {})
    for number in range(3):
        jobs.enqueue("intake.import", workspace, dedupe_key=str(number))
    while jobs.run_next():
        pass
    (waiting,) = computations()
    assert waiting.run_at == clock.now() + tasks.SETTLING


def test_an_import_that_failed_is_followed_by_nothing(workspace: Any, monkeypatch: Any) -> None:
    def fails(_job: Job, _progress: Any) -> dict[str, Any]:
        raise ValueError("bad file")

    monkeypatch.setitem(jobs._handlers, "intake.import", fails)
    jobs.enqueue("intake.import", workspace)
    jobs.run_next()
    assert not computations()


@pytest.mark.usefixtures("warehouse_db")
def test_the_job_scores_and_says_how_many(workspace: Any) -> None:
    stage.account(workspace, 1)
    stage.events(workspace, stage.steady_use(1))
    job = jobs.enqueue("health.compute", workspace, args={"history": True})
    jobs.run_next()
    job.refresh_from_db()
    assert (job.state, job.result) == ("done", {"day": "2026-03-25", "accounts": 1, "revisions": 1})
    assert AccountHealth.objects.get().band == "healthy"


@pytest.mark.usefixtures("warehouse_db")
def test_a_month_later_the_history_goes_on(workspace: Any, frozen: Any) -> None:
    stage.account(workspace, 1)
    stage.events(workspace, stage.steady_use(1))
    jobs.enqueue("health.compute", workspace)
    while jobs.run_next():  # what follows a computation too
        pass
    with clock.frozen(frozen + timedelta(days=30)):
        jobs.enqueue("health.compute", workspace)
        jobs.run_next()
        state = AccountHealth.objects.get()
    assert state.as_of == stage.TODAY + timedelta(days=30)
    assert state.change_30d < -40
    assert state.band_before == "risk"
