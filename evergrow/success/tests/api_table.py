"""This room's operations and what each asks of a token; see evergrow/tests/test_api_gates.py."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from conftest import make_member
from evergrow.customers.models import Product
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.lib import clock
from evergrow.success.actions.approvals import ask_approval
from evergrow.success.actions.built_in import ensure_built_in
from evergrow.success.actions.playbooks import open_draft, publish
from evergrow.success.actions.runs import pause_run, start_run
from evergrow.success.actions.tasks import add_task, finish_task, snooze_task
from evergrow.success.models import Playbook, PlaybookVersion, Run, Signal, Step, Task, Trigger
from evergrow.success.risks import register, rescuing
from evergrow.success.signals import many
from evergrow.success.signals import rules as signal_rules
from evergrow.success.tests import url_table
from evergrow.success.triggers import actions as triggers
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


SIGNAL_RULE = {"criteria": {"trait": "plan", "is": ["Pro"]}, "reason": {"en": "On Pro"}}


def owner(workspace: Workspace) -> Any:
    return workspace.members.filter(role="owner").first()


def a_rule(workspace: Workspace) -> dict[str, Any]:
    name = {"en": f"Rule {uuid4().hex[:8]}"}
    made = signal_rules.create_rule(workspace=workspace, name=name, definition=SIGNAL_RULE, by=owner(workspace))
    return {"key": made.key}


def a_batch(workspace: Workspace) -> dict[str, Any]:
    rows, by = Signal.objects.filter(pk=signal(workspace)["id"]), owner(workspace)
    return {"id": many.apply(rows=rows, wish=many.Wish("archive"), by=by).pk}


def a_risk(workspace: Workspace) -> dict[str, Any]:
    made = register.identify(workspace=workspace, by=owner(workspace), title="Key person leaves", category="people")
    return {"number": made.number}


def a_rescue(workspace: Workspace) -> dict[str, Any]:
    by = owner(workspace)
    return {"id": rescuing.begin(account=make_account(workspace), by=by, reasons=["price"]).pk}


def a_person(workspace: Workspace) -> dict[str, Any]:
    return {"number": make_person(make_account(workspace)).number}


RULE = {"kind": "enter", "existing": False, "who": {"criteria": {"trait": "mrr", "over": 5000}}}


def trigger(workspace: Workspace) -> dict[str, Any]:
    ensure_built_in(workspace=workspace)
    return {"id": url_table.a_trigger(workspace).pk}


def paused_trigger(workspace: Workspace) -> dict[str, Any]:
    found = trigger(workspace)
    triggers.retire(trigger=Trigger.objects.get(pk=found["id"]), by=None)
    return found


def reassignment(workspace: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    to = make_member(workspace, f"Taker {uuid4().hex[:6]}")
    return {"tasks": [a_task(workspace).pk], "members": [to.pk]}


def date_shift(workspace: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    made = a_task(workspace)
    Task.objects.filter(pk=made.pk).update(due_on=LATER)
    return {"tasks": [made.pk], "days": 2}


def campaign(workspace: Workspace) -> dict[str, Any]:
    return url_table.campaign(workspace)


def campaign_cost(workspace: Workspace) -> dict[str, Any]:
    found = url_table.campaign_cost(workspace)
    return {"number": found["number"], "id": found["cost"]}


def version(workspace: Workspace) -> dict[str, Any]:
    return {"id": url_table.version(workspace)["pk"]}


def wanted_version(workspace: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    product = (
        Product.objects.filter(workspace=workspace).order_by("-pk").first() or url_table.a_version(workspace).product
    )
    return {"product": product.code, "name": "6.0"}


def plan(workspace: Workspace) -> dict[str, Any]:
    return {"id": url_table.plan(workspace)["pk"]}


def plan_step(workspace: Workspace) -> dict[str, Any]:
    found = url_table.plan_step(workspace)
    return {"id": found["pk"], "step": found["step"]}


def plan_retrospective(workspace: Workspace) -> dict[str, Any]:
    found = url_table.plan_retrospective(workspace)
    return {"id": found["pk"], "retrospective": found["retrospective"]}


def plan_week(workspace: Workspace) -> dict[str, Any]:
    return {**plan(workspace), "week": workspace.today().isoformat()}


A_CAMPAIGN = {
    "name": {"en": "Training week"},
    "kind": "online",
    "starts_on": "2030-01-07",
    "ends_on": "2030-01-11",
}
A_PLAN = {
    "name": {"en": "More visits"},
    "metric": {"source": "entered"},
    "start_value": 0,
    "target": 10,
    "starts_on": "2030-01-07",
    "ends_on": "2030-03-31",
}


OPERATIONS: dict[str, tuple[Any, ...]] = {
    "GET /hand-overs": ("view", {}, None),
    "POST /hand-overs": ("manage", {}, {"from_member": 1, "to_member": 1, "on": "2026-04-01"}, 404, 409, 422),
    "GET /hand-overs/{id}": ("view", hand_over, None, 404),
    "POST /hand-overs/{id}/moves": ("work", hand_over, {"move": "offer"}, 403, 404, 409),
    "PUT /hand-overs/{id}/items/{item}": ("work", hand_over_item, {"done": True}, 403, 404),
    "PUT /hand-overs/{id}/customers/{number}": ("work", hand_over_account, {"word": "told"}, 403, 404),
    "GET /work/throughput": ("view", {}, None),
    "GET /work/overdue": ("view", {}, None),
    "GET /work/cycle-times": ("view", {}, None),
    "GET /work/stops": ("view", {}, None),
    "GET /work/outcomes": ("view", {}, None),
    "GET /work/balance": ("view", {}, None),
    "POST /work/reassignments": ("manage", {}, reassignment),
    "POST /work/date-shifts": ("manage", {}, date_shift),
    "GET /campaigns": ("view", {}, None),
    "POST /campaigns": ("work", {}, A_CAMPAIGN),
    "GET /campaigns/{number}": ("view", campaign, None, 404),
    "PUT /campaigns/{number}": ("work", campaign, A_CAMPAIGN, 403, 404, 409),
    "DELETE /campaigns/{number}": ("work", campaign, None, 403, 404, 409),
    "POST /campaigns/{number}/moves": ("work", campaign, {"move": "end"}, 403, 404, 409),
    "GET /campaigns/{number}/audience": ("view", campaign, None, 404),
    "POST /campaigns/{number}/audience": ("work", campaign, {"numbers": [1]}, 403, 404, 409),
    "POST /campaigns/{number}/audience/take-out": (
        "work",
        campaign,
        {"numbers": [1], "reason": "Left"},
        403,
        404,
        409,
    ),
    "POST /campaigns/{number}/participants": ("work", campaign, {"numbers": [1]}, 403, 404, 409),
    "PUT /campaigns/{number}/taking-part": ("work", campaign, {"criteria": {"did": "login"}}, 403, 404, 409),
    "POST /campaigns/{number}/taking-part": ("work", campaign, None, 403, 404, 409),
    "GET /campaigns/{number}/costs": ("view", campaign, None, 404),
    "POST /campaigns/{number}/costs": (
        "work",
        campaign,
        {"day": "2026-03-25", "amount": "80.50", "what_for": "Hall"},
        403,
        404,
    ),
    "POST /campaigns/{number}/costs/{id}/counter": ("work", campaign_cost, None, 403, 404, 409),
    "DELETE /campaigns/{number}/costs/{id}": ("work", campaign_cost, None, 403, 404, 409),
    "GET /product-versions": ("view", {}, None),
    "POST /product-versions": ("work", {}, wanted_version, 404, 409),
    "GET /product-versions/{id}": ("view", version, None, 404),
    "PUT /product-versions/{id}": ("work", version, wanted_version, 403, 404, 409),
    "DELETE /product-versions/{id}": ("work", version, None, 403, 404, 409),
    "POST /product-versions/{id}/agreements": (
        "work",
        version,
        {"role": "pm", "agreed_on": "2026-03-24", "who": "Mei Lin"},
        403,
        404,
        409,
    ),
    "GET /plans": ("view", {}, None),
    "POST /plans": ("work", {}, A_PLAN),
    "GET /plans/review": ("view", {}, None),
    "GET /plans/{id}": ("view", plan, None, 404),
    "PUT /plans/{id}": ("work", plan, A_PLAN, 403, 404, 409),
    "POST /plans/{id}/moves": ("work", plan, {"move": "missed"}, 403, 404, 409),
    "POST /plans/{id}/measurement": ("work", plan, None, 403, 404, 409),
    "PUT /plans/{id}/weeks/{week}": ("work", plan_week, {"value": 3}, 403, 404, 409),
    "POST /plans/{id}/steps": ("work", plan, {"name": "Call"}, 403, 404),
    "PUT /plans/{id}/steps/{step}": ("work", plan_step, {"name": "Call again"}, 403, 404),
    "DELETE /plans/{id}/steps/{step}": ("work", plan_step, None, 403, 404),
    "POST /plans/{id}/steps/{step}/moves": ("work", plan_step, {"move": "finish"}, 403, 404),
    "POST /plans/{id}/retrospectives": ("work", plan, None, 403, 404),
    "PUT /plans/{id}/retrospectives/{retrospective}": ("work", plan_retrospective, {"cause": "Late"}, 403, 404),
    "PUT /plans/{id}/retrospectives/{retrospective}/completion": ("work", plan_retrospective, None, 403, 404, 409),
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
    "GET /playbooks/{key}/triggers": ("view", written, None),
    "POST /playbooks/{key}/triggers": ("manage", written, {"name": {"en": "Big"}, "rule": RULE}),
    "POST /playbooks/{key}/triggers/preview": ("manage", written, RULE),
    "GET /playbooks/{key}/start-rules": ("view", written, None),
    "PUT /playbooks/{key}/start-rules": ("manage", written, {"held_out_percent": 10, "capacity": None}),
    "GET /contact-rules": ("view", {}, None),
    "PUT /contact-rules": ("manage", {}, {"limits": [{"channel": "mail", "most": 2, "days": 7}]}),
    "POST /contact-rules/trial": ("manage", {}, {"quiet": [{"days": [0], "from": "20:00", "to": "08:00"}]}),
    "GET /contact-rules/hours": ("view", {}, None),
    "PUT /contact-rules/hours": ("work", {}, {"hours": []}),
    "GET /contact-refusals": ("view", {}, None),
    "GET /people/{number}/contact-budget": ("view", a_person, None),
    "GET /triggers/{id}": ("view", trigger, None),
    "GET /triggers/{id}/versions": ("view", trigger, None),
    "PUT /triggers/{id}/draft": ("manage", trigger, {"rule": RULE}),
    "DELETE /triggers/{id}/draft": ("manage", trigger, None),
    "GET /triggers/{id}/draft/preview": ("manage", trigger, None),
    "PUT /triggers/{id}/publication": ("manage", trigger, None),
    "PUT /triggers/{id}/pause": ("manage", trigger, None),
    "DELETE /triggers/{id}/pause": ("manage", paused_trigger, None),
    "GET /triggers/{id}/firings": ("view", trigger, None),
    "GET /triggers/{id}/outcome": ("view", trigger, None),
    "GET /signals": ("view", {}, None),
    "GET /signals/{id}": ("view", signal, None),
    "PUT /signals/{id}/owner": ("work", signal, {}),
    "PUT /signals/{id}/snooze": ("work", signal, {"until": LATER}),
    "PUT /signals/{id}/resolution": ("work", signal, {}),
    "POST /signal-batches": ("work", {}, lambda w, a: {"act": "take", "ids": [signal(w)["id"]]}),
    "DELETE /signal-batches/{id}": ("work", a_batch, None, 409),
    "GET /signal-rules": ("view", {}, None),
    "POST /signal-rules": ("manage", {}, {"name": {"zh": "专业版"}, "definition": SIGNAL_RULE}),
    "GET /signal-rules/{key}": ("view", a_rule, None),
    "PUT /signal-rules/{key}/draft": ("manage", a_rule, {"definition": SIGNAL_RULE}),
    "PUT /signal-rules/{key}/publication": ("manage", a_rule, None),
    "PUT /signal-rules/{key}/retirement": ("manage", a_rule, None),
    "DELETE /signal-rules/{key}/retirement": ("manage", a_rule, None),
    "PUT /signal-rules/{key}/switch": ("manage", a_rule, None),
    "DELETE /signal-rules/{key}/switch": ("manage", a_rule, None),
    "PUT /signal-rules/{key}/numbers": ("manage", {"key": "no-contact"}, {"numbers": {"days": 20}}),
    "PUT /signal-rules/{key}/release": ("manage", a_rule, None),
    "GET /signal-rules/{key}/preview": ("view", a_rule, None),
    "GET /risks": ("view", {}, None),
    "POST /risks": ("work", {}, {"title": "Key person leaves"}),
    "GET /risks/{number}": ("view", a_risk, None),
    "PATCH /risks/{number}": ("work", a_risk, {"impact": 5}),
    "PUT /risks/{number}/state": ("work", a_risk, {"state": "assessed"}),
    "PUT /risks/{number}/review": ("work", a_risk, {"next_on": LATER}),
    "GET /rescues": ("view", {}, None),
    "POST /rescues": ("work", {}, for_new_account(reasons=["price"])),
    "GET /rescues/{id}": ("view", a_rescue, None),
    "PATCH /rescues/{id}": ("work", a_rescue, {"note": "They look around"}),
    "PUT /rescues/{id}/stage": ("work", a_rescue, {"stage": "planned"}),
    "GET /signal-limits": ("view", {}, None),
    "PATCH /signal-limits": ("manage", {}, {"most_open": 500, "ladder": [{"after": 3}]}),
    "PUT /signals/{id}/refutation": ("work", signal, {"reason": "They wrote yesterday"}),
}
