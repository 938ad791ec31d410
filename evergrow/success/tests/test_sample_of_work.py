"""The sample's quarter of work: lived through in the past, with nothing left on its way."""

from datetime import date, timedelta
from typing import Any

import pytest

from conftest import NOON
from evergrow.customers.models import (
    Account,
    AccountStatus,
    Affiliation,
    Person,
    Point,
    TeamRole,
    TeamSeat,
    TimelineEntry,
    Visit,
)
from evergrow.lib import clock, workdays
from evergrow.success import sample
from evergrow.success.actions import built_in
from evergrow.success.models import Delivery, Run, RunState, Task, TaskState
from evergrow.success.models.risks import Rescue
from evergrow.success.sample import quarter
from evergrow.workspaces.models import Member, Workspace
from evergrow.workspaces.notices.models import Notice

pytestmark = [pytest.mark.usefixtures("frozen", "warehouse_db"), pytest.mark.once]


def test_a_quarter_of_work_lies_in_the_past_and_nothing_of_it_goes_out(
    workspace: Workspace, alice: Member, bob: Member, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.MAIL_IS_SET_UP = True
    built_in.ensure_built_in(workspace=workspace)
    for number in range(1, 7):
        facts = {"name": f"Firm {number}", "status": AccountStatus.ACTIVE, "mrr": 1000, "external_id": f"F-{number}"}
        account = Account.objects.create(workspace=workspace, number=number, **facts)
        person = Person.objects.create(workspace=workspace, number=number, name="Ann", email=f"ann@{number}.example")
        Affiliation.objects.create(account=account, person=person, influence="decides", is_key=True)
        seats = ((TeamRole.CSM, alice if number % 2 else bob), (TeamRole.SALES, bob), (TeamRole.EXPERT, bob))
        for role, member in seats:
            TeamSeat.objects.create(account=account, role=role, member=member, started_on=date(2025, 1, 1))
    sketches = (quarter.Sketch("save", (9, 2), 1, 2, is_low=True), quarter.Sketch("qbr", (8,), 1, 2))
    monkeypatch.setattr(quarter, "SKETCHES", sketches)
    old = Notice.objects.create(
        workspace=workspace, member=alice, kind="task.assigned", url="/", created_at=NOON - timedelta(days=30)
    )
    sample.load(workspace)
    assert clock.now() == NOON
    done = Task.objects.filter(state=TaskState.DONE)
    assert Run.objects.filter(state=RunState.COMPLETED).count() >= 1
    assert Run.objects.get(playbook__key="save", started_at__gte=NOON - timedelta(days=15)).is_open
    assert all(task.ready_at <= task.ended_at <= NOON for task in done if task.ready_at and task.ended_at)
    by_people = done.exclude(kind="wait").exclude(kind="decision")
    ended = [task.ended_at.astimezone(workspace.tz).date() for task in by_people if task.ended_at]
    assert all(workdays.is_workday(day, workspace.calendar) for day in ended)
    assert TimelineEntry.objects.filter(kind="task.done").latest("at").at <= NOON
    assert not Delivery.objects.exists(), "no mail to people who are made up"
    assert done.filter(kind="message", run__playbook__key="qbr").exists()
    assert list(Notice.objects.filter(created_at__lt=NOON - quarter.STILL_NEW)) == [old], "no flood of old news"
    assert Rescue.objects.count() == 2
    assert Visit.everything.filter(state="planned", starts_at__gt=NOON).count() == 2
    assert {"need", "praise"} <= set(Point.objects.values_list("kind", flat=True))
    before = Run.objects.count(), Visit.everything.count()
    sample.load(workspace)
    assert (Run.objects.count(), Visit.everything.count()) == before, "loading it again changes nothing"
