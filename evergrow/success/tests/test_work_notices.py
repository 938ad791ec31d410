"""Who is told of work: whoever it was given to, whoever should decide, whoever asked."""

import pytest

from conftest import make_member
from evergrow.intake.models import Import
from evergrow.intake.notices import tell_of_import
from evergrow.success.actions import approvals, runs, signals, tasks
from evergrow.success.tests.conftest import raised
from evergrow.workspaces.models import Job, Notice, Role
from evergrow.workspaces.notices import kinds

pytestmark = pytest.mark.once


def told(member):
    return [str(notice) for notice in Notice.objects.filter(member=member).order_by("pk")]


def test_work_that_a_colleague_gives_is_told_and_ones_own_is_not(account, alice, bob, make_playbook, seat, frozen):
    seat(account, "csm", bob)
    make_playbook("short", {"key": "a"}, {"key": "b", "after": ["a"]})
    tasks.add_task(account=account, name="Call", by=alice, owner=bob)
    tasks.add_task(account=account, name="Mine", by=bob)
    signals.take_signal(signal=raised(account), by=alice, to=bob)
    run = runs.start_run(account=account, playbook=account.workspace.playbooks.get(key="short"), by=alice)
    assert told(bob) == [
        "Alice gave you the task “Call” · Brookbridge 1",
        "Alice gave you the signal “Health fell to “At risk”” · Brookbridge 1",
        "Alice gave you the task “a” · Brookbridge 1",
    ], "a step is told when it is ready, not before"
    tasks.finish_task(task=run.tasks.get(step__key="a"), by=alice)
    assert told(bob)[-1] == "Alice gave you the task “b” · Brookbridge 1"
    assert told(alice) == []


def test_an_approval_is_asked_of_those_who_may_decide_and_see_the_account(workspace, account, alice, bob, frozen):
    far = make_member(workspace, "Far", Role.MANAGER, scope="own")
    task = tasks.add_task(account=account, name="Discount", by=bob, owner=bob, kind="approval")
    approvals.ask_approval(task=task, by=bob, evidence="10 %")
    assert told(alice) == ["Your vote is asked for: Discount, Brookbridge 1"]
    assert told(far) == []
    approvals.decide_approval(task=task, by=alice, approved=False, reason="Too much")
    assert told(bob) == ["Alice declined “Discount” · Brookbridge 1: Too much"]


def test_an_import_tells_its_maker_once_however_often_the_job_says_so(workspace, bob, frozen):
    source = Import.objects.create(
        workspace=workspace, file_name="a.csv", created_by=bob, size=1, state="done", created=3
    )
    job = Job.objects.create(workspace=workspace, kind="intake.import", args={"import": source.pk})
    tell_of_import(job)
    tell_of_import(job)
    assert told(bob) == ["“a.csv” was imported: 3 rows"]


def test_every_kind_has_a_name_for_those_who_choose_channels():
    assert [kind.key for kind in kinds.every() if not kind.label] == []
