"""The board: columns that page themselves, and cards that move only where the work allows it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conftest import make_member
from evergrow.customers.models import Account
from evergrow.success import errors
from evergrow.success.actions import runs, tasks
from evergrow.success.board import bench, columns, moving
from evergrow.success.models import Playbook, Task
from evergrow.workspaces.models import AccountScope, Member, Role, Workspace
from evergrow.workspaces.tests.callers import caller

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[Member], Client]


def test_a_thousand_tasks_are_counted_and_paged_column_by_column(
    workspace: Workspace, alice: Member, bob: Member, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    bench.fill(workspace, [alice, bob], tasks=1000)
    client = sign_in(alice)
    with django_assert_max_num_queries(25):
        found = client.get("/w/acme/tasks/board/?whose=all").context["columns"]
    assert {column.key: (column.count, len(column.cards)) for column in found} == {
        "ready": (600, 25),
        "in_progress": (200, 25),
        "awaiting": (0, 0),
        "done": (200, 25),
    }
    assert sum(column.points for column in found) == 2000
    seen = [task.pk for task in found[0].cards]
    for offset in range(25, 600, 25):
        rest = columns.column(alice, by="state", whose="all", key="ready", offset=offset)
        assert rest is not None
        seen += [task.pk for task in rest.cards]
    assert len(seen) == len(set(seen)) == 600
    page = client.get("/w/acme/tasks/board/column/?by=state&whose=all&column=ready&offset=575").content.decode()
    assert page.count("data-card") == 25
    assert "hx-get" not in page, "the last page has nothing more"
    assert client.get("/w/acme/tasks/board/column/?column=nowhere").status_code == 404
    by_owner = client.get("/w/acme/tasks/board/?whose=all&by=owner").context["columns"]
    assert {column.name: column.count for column in by_owner} == {"Nobody": 0, "Alice": 400, "Bob": 400}


def test_each_way_of_the_board_is_a_guarded_move_or_refused_by_name(
    account: Account, alice: Member, bob: Member, make_playbook: Callable[..., Playbook]
) -> None:
    task = tasks.add_task(account=account, name="Call", by=alice)
    for to in ("in_progress", "ready", "in_progress", "done", "in_progress", "done", "ready"):
        assert moving.to_state(task=task, to=to, by=alice).state == to
    with pytest.raises(moving.NotAnApproval):
        moving.to_state(task=task, to="awaiting", by=alice)
    with pytest.raises(moving.NoSuchColumn):
        moving.to_state(task=task, to="cancelled", by=alice)
    steps = [{"key": "a", "evidence": True}, {"key": "b", "kind": "approval"}]
    run = runs.start_run(account=account, playbook=make_playbook("e", *steps), by=alice)
    with pytest.raises(errors.EvidenceNeeded):
        moving.to_state(task=run.tasks.get(step__key="a"), to="done", by=alice)
    approval = run.tasks.get(step__key="b")
    with pytest.raises(errors.ApprovalNeeded):
        moving.to_state(task=approval, to="done", by=alice)
    moving.to_state(task=approval, to="awaiting", by=bob, evidence="10%")
    with pytest.raises(moving.DecideOnItsPage):
        moving.to_state(task=approval, to="ready", by=alice)
    assert moving.to_state(task=approval, to="done", by=alice).state == "done"
    stale = Task.objects.get(pk=task.pk)
    tasks.start_task(task=Task.objects.get(pk=task.pk), by=bob)
    moving.to_state(task=stale, to="done", by=alice)
    assert stale.state == "done", "the move goes from where the task is, not from where the page showed it"


def test_a_refused_drop_answers_why_and_changes_nothing(
    account: Account, alice: Member, carol: Member, sign_in: SignIn
) -> None:
    task, script = tasks.add_task(account=account, name="Call", by=alice), {"HTTP_ACCEPT": "application/json"}
    url, client = f"/w/acme/tasks/board/moves/{task.pk}/", sign_in(alice)
    refused = client.post(url, {"by": "state", "to": "awaiting"}, **script)
    assert (refused.status_code, Task.objects.get().state) == (409, "ready")
    assert "is no approval" in refused.json()["said"]
    assert client.post(url, {"by": "state", "to": "done"}, **script).json() == {"state": "done"}
    dora = make_member(account.workspace, "Dora", Role.OPERATOR)
    reopened = client.post(url, {"by": "state", "to": "ready"}, follow=True)
    assert reopened.status_code == 200
    client.post(url, {"by": "owner", "to": str(dora.pk)}, **script)
    assert Task.objects.get().owner == dora
    for to in (str(carol.pk), "nobody", ""):
        assert client.post(url, {"by": "owner", "to": to}, **script).status_code == 409
    eve = make_member(account.workspace, "Eve", scope=AccountScope.OWN)
    assert sign_in(eve).post(url, {"by": "state", "to": "done"}, **script).status_code == 404


def test_board_calendar_and_feed_through_the_api(account: Account, alice: Member, bob: Member) -> None:
    task = tasks.add_task(account=account, name="Call", by=alice, due_on=account.workspace.today())
    client, sent = caller(alice), {"content_type": "application/json"}
    assert [column["count"] for column in client.get("/api/v1/board").json()] == [1, 0, 0, 0]
    moved = client.put(f"/api/v1/tasks/{task.pk}/column", {"to": "in_progress"}, **sent)
    assert moved.json()["state"] == "in_progress"
    refused = client.put(f"/api/v1/tasks/{task.pk}/column", {"to": "awaiting"}, **sent)
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:evergrow:problem:NotAnApproval")
    given = client.put(f"/api/v1/tasks/{task.pk}/column", {"by": "owner", "to": str(bob.pk)}, **sent)
    assert given.json()["owner"] == bob.pk
    entries = client.get("/api/v1/calendar?since=2026-03-01&until=2026-03-31&whose=all").json()
    assert [(entry["key"], entry["on"]) for entry in entries] == [(f"task:{task.pk}", "2026-03-25")]
    assert client.get("/api/v1/calendar?since=2026-03-01&until=2027-03-31").status_code == 422
    url = client.post("/api/v1/calendar-feed", {}, **sent).json()["url"]
    assert Client().get(url).status_code == 200
    assert client.delete("/api/v1/calendar-feed").status_code == 204
    assert Client().get(url).status_code == 404
