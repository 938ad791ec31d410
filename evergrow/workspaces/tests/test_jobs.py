from datetime import timedelta

import pytest
from django.db import models

from evergrow.lib import clock
from evergrow.workspaces import jobs, ticks
from evergrow.workspaces.models import Job, JobState


@pytest.fixture
def kinds(monkeypatch):
    monkeypatch.setattr(jobs, "_handlers", {})
    monkeypatch.setattr(ticks, "_daily", {})
    monkeypatch.setattr(ticks, "_often", {})


def test_a_job_runs_once_and_keeps_its_result(kinds, workspace):
    jobs.register("greet")(lambda job, progress: {"hello": job.args["name"]})
    job = jobs.enqueue("greet", workspace, args={"name": "Alice"})
    assert jobs.run_next() is True
    assert jobs.run_next() is False
    job.refresh_from_db()
    assert (job.state, job.result) == (JobState.DONE, {"hello": "Alice"})


def test_an_unknown_kind_is_refused(kinds, workspace):
    with pytest.raises(LookupError, match="nobody"):
        jobs.enqueue("nobody", workspace)


def test_the_same_key_twice_is_one_job_while_it_is_open(kinds, workspace):
    jobs.register("greet")(lambda job, progress: {})
    first = jobs.enqueue("greet", workspace, dedupe_key="a")
    assert jobs.enqueue("greet", workspace, dedupe_key="a") == first
    jobs.run_next()
    assert jobs.enqueue("greet", workspace, dedupe_key="a") != first


def test_a_failing_job_is_tried_again_later_and_then_given_up(kinds, workspace, frozen):
    @jobs.register("break")
    def fail(job, progress):
        raise RuntimeError("the store is down")

    job = jobs.enqueue("break", workspace)
    for attempt in range(1, jobs.MAX_ATTEMPTS + 1):
        later = frozen + timedelta(days=attempt)
        with clock.frozen(later):
            assert jobs.run_next() is True
            assert jobs.run_next() is False
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "the store is down" in job.error


def test_the_job_of_a_killed_worker_is_claimed_again_after_its_lease(kinds, workspace, frozen):
    jobs.register("greet")(lambda job, progress: {})
    jobs.enqueue("greet", workspace)
    assert jobs.claim() is not None
    assert jobs.claim() is None
    with clock.frozen(frozen + jobs.LEASE + timedelta(seconds=1)):
        assert jobs.claim() is not None


def test_a_cancelled_job_stops_at_its_next_report(kinds, workspace):
    reached = []

    @jobs.register("long")
    def work(job, progress):
        progress(1, 10)
        jobs.cancel(job=job)
        progress(2, 10)
        reached.append("the end")
        return {}

    job = jobs.enqueue("long", workspace)
    jobs.run_next()
    job.refresh_from_db()
    assert (job.state, reached) == (JobState.CANCELLED, [])


def test_a_job_interrupted_by_shutdown_goes_back_into_the_queue(kinds, workspace, monkeypatch):
    @jobs.register("long")
    def work(job, progress):
        jobs.stopping.set()
        progress(1, 10)
        return {}

    job = jobs.enqueue("long", workspace)
    jobs.run_next()
    jobs.stopping.clear()
    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)


def test_daily_work_is_queued_once_per_day_of_the_workspace(kinds, workspace, frozen):
    from datetime import time

    jobs.register("score")(lambda job, progress: {})
    ticks.daily("score", time(13, 0))
    assert ticks.enqueue_due() == 0, "it is noon in Shanghai"
    with clock.frozen(frozen + timedelta(hours=1)):
        assert ticks.enqueue_due() == 1
        assert ticks.enqueue_due() == 0
        jobs.run_next()
        assert ticks.enqueue_due() == 0
    with clock.frozen(frozen + timedelta(days=1, hours=1)):
        assert ticks.enqueue_due() == 1
    assert Job.objects.count() == 2


def test_a_job_that_ends_its_process_again_and_again_is_given_up(kinds, workspace):
    jobs.register("crash")(lambda job, progress: {})
    job = jobs.enqueue("crash", workspace)
    for _ in range(jobs.MAX_ATTEMPTS):
        assert jobs.claim() is not None
        jobs.requeue(models.Q())  # what the next start does with the jobs of a killed process
    assert jobs.claim() is None
    job.refresh_from_db()
    assert (job.state, "process ended" in job.error) == (JobState.FAILED, True)
