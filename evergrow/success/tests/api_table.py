"""This room's operations and what each asks of a token; see evergrow/tests/test_api_gates.py."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from conftest import make_member
from evergrow.customers.tests.stage import make_account
from evergrow.lib import clock
from evergrow.success.actions.approvals import ask_approval
from evergrow.success.actions.built_in import ensure_built_in
from evergrow.success.actions.playbooks import open_draft, publish
from evergrow.success.actions.runs import pause_run, start_run
from evergrow.success.actions.tasks import add_task, finish_task, snooze_task
from evergrow.success.models import Playbook, PlaybookVersion, Run, Signal, Step, Task
from evergrow.success.tests import url_table
from evergrow.success.versions.move import move_run
from evergrow.workspaces.models import Absence, Role, Workspace

LATER = "2026-04-30"


def a_task(workspace: Workspace) -> Any:
    owner = workspace.members.filter(role="owner").first()
    return add_task(account=make_account(workspace), name="Call", owner=owner, by=owner)


def a_file(workspace: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("plan.txt", b"Plan")}


def task(workspace: Workspace) -> dict[str, Any]:
    return {"id": a_task(workspace).pk}


def day_item(workspace: Workspace) -> dict[str, Any]:
    return {"key": f"task:{a_task(workspace).pk}"}


def a_colleague(workspace: Workspace) -> dict[str, Any]:
    return {"id": workspace.members.filter(role="owner").first().pk}


def done_task(workspace: Workspace) -> dict[str, Any]:
    return {"id": finish_task(task=a_task(workspace), by=None).pk}


def snoozed_task(workspace: Workspace) -> dict[str, Any]:
    until = workspace.today() + timedelta(days=3)
    return {"id": snooze_task(task=a_task(workspace), by=None, until=until).pk}


def a_playbook(workspace: Workspace) -> Playbook:
    ensure_built_in(workspace=workspace)
    return Playbook.objects.filter(workspace=workspace, anchor="").first()


def playbook(workspace: Workspace) -> dict[str, Any]:
    name = {"zh": "自定", "en": "Ours"}
    return {"key": Playbook.objects.create(workspace=workspace, key=f"ours-{uuid4().hex[:8]}", name=name).key}


def a_run(workspace: Workspace) -> Any:
    owner = workspace.members.filter(role="owner").first()
    return start_run(account=make_account(workspace), playbook=a_playbook(workspace), by=owner)


def run(workspace: Workspace) -> dict[str, Any]:
    return {"id": a_run(workspace).pk}


def step(kind: str, by_nobody: bool = False, **details: Any) -> Any:
    """A task that is a step of this kind; ``by_nobody``: a manager beside whoever calls can approve it."""

    def made(workspace: Workspace) -> dict[str, Any]:
        book = Playbook.objects.create(workspace=workspace, key=f"kind-{uuid4().hex[:8]}", name={"en": kind})
        version = PlaybookVersion.objects.create(playbook=book, number=1, state="published")
        facts = {"kind": kind, "details": details, "offset": 0, "name": {"en": kind}}
        Step.objects.create(version=version, key="one", position=1, **facts)
        if by_nobody:
            make_member(workspace, f"Approver {uuid4().hex[:6]}", Role.MANAGER)
        owner = workspace.members.filter(role="owner").first()
        return {"id": start_run(account=make_account(workspace), playbook=book, by=owner).tasks.get().pk}

    return made


def asked_task(workspace: Workspace) -> dict[str, Any]:
    """An approval that a colleague asked everybody else for."""
    found = step("approval", members=list(workspace.members.values_list("pk", flat=True)))(workspace)
    asker = make_member(workspace, f"Asker {uuid4().hex[:6]}")
    ask_approval(task=Task.objects.get(pk=found["id"]), by=asker, evidence="10% off")
    return found


def paused_run(workspace: Workspace) -> dict[str, Any]:
    return {"id": pause_run(run=a_run(workspace), by=None).pk}


def written(workspace: Workspace) -> dict[str, Any]:
    """A playbook of this workspace alone; built-in ones have the same key everywhere."""
    book = Playbook.objects.create(workspace=workspace, key=f"text-{uuid4().hex[:8]}", name={"en": "Ours"})
    version = PlaybookVersion.objects.create(playbook=book, number=1, state="published")
    Step.objects.create(version=version, key="one", position=1, kind="task", name={"en": "Call"})
    return {"key": book.key}


def run_behind(workspace: Workspace) -> dict[str, Any]:
    """A run on the version before the published one."""
    made = a_run(workspace)
    publish(draft=open_draft(playbook=made.playbook, by=None), by=None)
    return {"id": made.pk}


def moved_run(workspace: Workspace) -> dict[str, Any]:
    made = Run.objects.get(pk=run_behind(workspace)["id"])
    move_run(run=made, to=made.playbook.versions.get(state="published"), by=None)
    return {"id": made.pk}


def signal(workspace: Workspace) -> dict[str, Any]:
    made = Signal.objects.create(
        workspace=workspace,
        account=make_account(workspace),
        kind="no_contact",
        dedupe_key=uuid4().hex,
        severity=2,
        reason={"zh": "很久没有联系", "en": "No contact for long"},
        evaluated_on=workspace.today(),
        first_seen_at=clock.now(),
        last_seen_at=clock.now(),
    )
    return {"id": made.pk}


def for_new_account(**facts: Any) -> Any:
    return lambda workspace, arguments: {"account": make_account(workspace).number, **facts}


def to_owner(workspace: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"member": workspace.members.filter(role="owner").first().pk}


def start(workspace: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"account": make_account(workspace).number, "playbook": a_playbook(workspace).key}


def absence(workspace: Workspace) -> dict[str, Any]:
    away, delegate = (make_member(workspace, f"member-{uuid4().hex[:8]}") for _ in range(2))
    today = workspace.today()
    facts = {"member": away, "delegate": delegate, "starts_on": today, "ends_on": today}
    return {"id": Absence.objects.create(workspace=workspace, **facts).pk}


def hand_over(workspace: Workspace) -> dict[str, Any]:
    return {"id": url_table.hand_over(workspace)["pk"]}


def hand_over_item(workspace: Workspace) -> dict[str, Any]:
    found = url_table.hand_over_item(workspace)
    return {"id": found["pk"], "item": found["item"]}


def hand_over_account(workspace: Workspace) -> dict[str, Any]:
    return {"id": url_table.hand_over(workspace)["pk"], "number": 7}


OPERATIONS: dict[str, tuple[Any, ...]] = {
    "GET /hand-overs": ("view", {}, None),
    "POST /hand-overs": ("manage", {}, {"from_member": 1, "to_member": 1, "on": "2026-04-01"}, 404, 409, 422),
    "GET /hand-overs/{id}": ("view", hand_over, None, 404),
    "POST /hand-overs/{id}/moves": ("work", hand_over, {"move": "offer"}, 403, 404, 409),
    "PUT /hand-overs/{id}/items/{item}": ("work", hand_over_item, {"done": True}, 403, 404),
    "PUT /hand-overs/{id}/customers/{number}": ("work", hand_over_account, {"word": "told"}, 403, 404),
    "GET /absences/{id}/work": ("work", absence, None),
    "POST /absences/{id}/work": ("work", absence, {}, 403),
    "GET /tasks": ("view", {}, None),
    "POST /tasks": ("work", {}, for_new_account(name="Call")),
    "GET /tasks/{id}": ("view", task, None),
    "GET /tasks/{id}/files": ("view", task, None),
    "POST /tasks/{id}/files": ("work", task, a_file),
    "PUT /tasks/{id}/beginning": ("work", task, None),
    "PUT /tasks/{id}/completion": ("work", task, {}),
    "DELETE /tasks/{id}/completion": ("work", done_task, None),
    "PUT /tasks/{id}/skipping": ("work", task, {"reason": "Done by mail"}),
    "PUT /tasks/{id}/snooze": ("work", task, {"until": LATER}),
    "DELETE /tasks/{id}/snooze": ("work", snoozed_task, None),
    "PUT /tasks/{id}/owner": ("work", task, to_owner),
    "PUT /tasks/{id}/due": ("work", task, {"due_on": LATER}),
    "GET /board": ("view", {}, None),
    "PUT /tasks/{id}/column": ("work", task, {"to": "done"}),
    "GET /calendar": ("view", {}, None, 422),
    "POST /calendar-feed": ("view", {}, {}),
    "DELETE /calendar-feed": ("view", {}, None),
    "GET /day": ("view", {}, None),
    "GET /day/done": ("view", {}, None),
    "PUT /day/{key}/pin": ("view", day_item, None),
    "DELETE /day/{key}/pin": ("view", day_item, None),
    "PUT /day/{key}/postponement": ("work", day_item, {"until": LATER}),
    "DELETE /day/{key}/postponement": ("view", day_item, None),
    "GET /load": ("view", {}, None),
    "GET /load/rule": ("view", {}, None),
    "PUT /load/rule": ("manage", {}, {"points": {"call": 2}, "capacity": 10}),
    "PUT /load/capacities/{id}": ("manage", a_colleague, {"points": 6}),
    "PUT /tasks/{id}/branch": ("work", step("decision", branches=[{"key": "yes"}]), {"branch": "yes"}),
    "POST /tasks/{id}/retry": ("work", step("playbook", playbook="nowhere"), None),
    "PUT /tasks/{id}/approval": ("work", step("approval", by_nobody=True), {"evidence": "10% off"}),
    "PUT /tasks/{id}/vote": ("work", asked_task, {"approved": True}),
    "GET /playbooks": ("view", {}, None),
    "GET /playbooks/{key}": ("view", playbook, None),
    "GET /playbooks/{key}/text": ("view", written, None),
    "POST /playbooks/{key}/text/comparison": ("manage", written, {"text": "name: Ours\nsteps: []\n"}),
    "PUT /playbooks/{key}/text": ("manage", written, {"text": "name: Ours\nsteps: []\n"}),
    "GET /runs/{id}/move": ("view", run_behind, None),
    "PUT /runs/{id}/move": ("manage", run_behind, None),
    "DELETE /runs/{id}/move": ("manage", moved_run, None),
    "GET /runs": ("view", {}, None),
    "POST /runs": ("work", {}, start),
    "GET /runs/{id}": ("view", run, None),
    "PUT /runs/{id}/pause": ("work", run, None),
    "DELETE /runs/{id}/pause": ("work", paused_run, None),
    "PUT /runs/{id}/cancellation": ("work", run, {"reason": "They left"}),
    "GET /signals": ("view", {}, None),
    "GET /signals/{id}": ("view", signal, None),
    "PUT /signals/{id}/owner": ("work", signal, {}),
    "PUT /signals/{id}/snooze": ("work", signal, {"until": LATER}),
    "PUT /signals/{id}/resolution": ("work", signal, {}),
    "PUT /signals/{id}/refutation": ("work", signal, {"reason": "They wrote yesterday"}),
}
