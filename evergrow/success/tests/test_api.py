"""Work through the API: the same moves and refusals as on the pages."""

from datetime import timedelta

from conftest import make_member
from evergrow.customers.tests.stage import make_account, make_seat
from evergrow.success.tests.api_table import a_playbook, signal
from evergrow.workspaces.models import AccountScope, AuditEntry
from evergrow.workspaces.tests.callers import caller

JSON = {"content_type": "application/json"}


def test_a_playbook_is_started_once_and_its_first_steps_are_finished(workspace, bob, frozen):
    account, client, key = make_account(workspace), caller(bob), a_playbook(workspace).key
    steps = client.get(f"/api/v1/playbooks/{key}").json()["steps"]
    started = client.post("/api/v1/runs", {"account": account.number, "playbook": key}, **JSON)
    assert started.status_code == 201
    run = started.json()
    assert [task["state"] for task in run["tasks"]].count("blocked") < len(steps) == len(run["tasks"])
    again = client.post("/api/v1/runs", {"account": account.number, "playbook": key}, **JSON)
    assert (again.status_code, again.json()["type"]) == (409, "urn:evergrow:problem:AlreadyRunning")
    first = next(task for task in run["tasks"] if task["state"] == "ready")
    waiting = next(task for task in run["tasks"] if task["state"] == "blocked")
    blocked = client.put(f"/api/v1/tasks/{waiting['id']}/completion", {"evidence": "x"}, **JSON)
    assert (blocked.status_code, blocked.json()["type"]) == (409, "urn:evergrow:problem:TaskIsBlocked")
    done = client.put(f"/api/v1/tasks/{first['id']}/completion", {"evidence": "Agreed by mail"}, **JSON)
    assert done.json()["state"] == "done"
    twice = client.put(f"/api/v1/tasks/{first['id']}/completion", {}, **JSON)
    assert twice.json()["type"] == "urn:evergrow:problem:TaskAlreadySettled"
    assert AuditEntry.objects.get(verb="task.done").by_name == "Bob · bot"


def test_a_task_of_ones_own_is_made_put_off_and_skipped(workspace, bob, alice, frozen):
    account, client = make_account(workspace), caller(bob)
    today = workspace.today()
    made = client.post("/api/v1/tasks", {"account": account.number, "name": "打电话", "priority": 3}, **JSON).json()
    assert (made["name"], made["owner"], made["state"]) == ("打电话", bob.pk, "ready")
    url = f"/api/v1/tasks/{made['id']}"
    past = client.put(f"{url}/snooze", {"until": today.isoformat()}, **JSON)
    assert past.json()["type"] == "urn:evergrow:problem:DateInThePast"
    later = (today + timedelta(days=2)).isoformat()
    assert client.put(f"{url}/snooze", {"until": later}, **JSON).json()["snoozed_until"] == later
    assert client.put(f"{url}/owner", {"member": alice.pk}, **JSON).json()["owner"] == alice.pk
    assert client.get("/api/v1/tasks", {"whose": "mine"}).json()["items"] == []
    assert client.put(f"{url}/skipping", {"reason": "They wrote"}, **JSON).json()["state"] == "skipped"
    found = client.get("/api/v1/tasks", {"state": "skipped", "account": account.number}).json()["items"]
    assert [task["id"] for task in found] == [made["id"]]
    assert client.delete(f"{url}/completion").json()["state"] == "ready"


def test_a_signal_is_taken_put_off_and_resolved_once(workspace, bob, frozen):
    number, client = signal(workspace)["id"], caller(bob)
    url = f"/api/v1/signals/{number}"
    assert client.get(url).json()["reason"] == {"zh": "很久没有联系", "en": "No contact for long"}
    assert client.put(f"{url}/owner", {}, **JSON).json()["owner"] == bob.pk
    assert client.put(f"{url}/resolution", {"reason": "Called"}, **JSON).json()["state"] == "resolved"
    again = client.put(f"{url}/refutation", {"reason": "Wrong"}, **JSON)
    assert (again.status_code, again.json()["type"]) == (409, "urn:evergrow:problem:SignalAlreadyClosed")
    assert client.get("/api/v1/signals").json()["items"] == []
    assert len(client.get("/api/v1/signals", {"state": "resolved"}).json()["items"]) == 1


def test_work_at_accounts_that_the_maker_does_not_see_is_not_there(workspace, alice, frozen):
    mine, theirs = make_account(workspace, "Mine"), make_account(workspace, "Theirs")
    dora = make_member(workspace, "Dora", scope=AccountScope.OWN)
    make_seat(mine, dora)
    client, all_seeing = caller(dora), caller(alice)
    hidden = all_seeing.post("/api/v1/tasks", {"account": theirs.number, "name": "Secret"}, **JSON).json()["id"]
    assert client.get(f"/api/v1/tasks/{hidden}").status_code == 404
    assert client.put(f"/api/v1/tasks/{hidden}/completion", {}, **JSON).status_code == 404
    assert client.post("/api/v1/tasks", {"account": theirs.number, "name": "x"}, **JSON).status_code == 404
    key = a_playbook(workspace).key
    run = all_seeing.post("/api/v1/runs", {"account": theirs.number, "playbook": key}, **JSON).json()["id"]
    assert client.get(f"/api/v1/runs/{run}").status_code == 404
    assert client.post("/api/v1/runs", {"account": theirs.number, "playbook": key}, **JSON).status_code == 404
    assert client.get("/api/v1/runs").json()["items"] == []
