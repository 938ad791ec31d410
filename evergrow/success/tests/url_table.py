"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from conftest import make_member
from evergrow.customers.actions.numbers import next_number
from evergrow.customers.models import Account, Product
from evergrow.lib import clock
from evergrow.success.actions import playbooks, runs, tasks
from evergrow.success.models import (
    Campaign,
    HandOver,
    Plan,
    Playbook,
    ProductVersion,
    Run,
    Signal,
    SignalBatch,
    Trigger,
)
from evergrow.success.risks import register, rescuing
from evergrow.success.signals import rules as signal_rules
from evergrow.success.triggers import actions as triggers
from evergrow.workspaces.models import Absence, Member, Workspace


def account(workspace: Workspace) -> Account:
    return Account.objects.create(workspace=workspace, number=7, external_id="A-7", name="Kite Works", status="active")


def run(workspace: Workspace) -> Run:
    save = Playbook.objects.get(workspace=workspace, key="save")
    return runs.start_run(account=account(workspace), playbook=save, by=None)


def signal(workspace: Workspace) -> Signal:
    return Signal.objects.create(
        workspace=workspace,
        account=account(workspace),
        kind="ticket",
        dedupe_key="ticket:7",
        severity=2,
        reason={"en": "Trouble", "zh": "有事"},
        evaluated_on=workspace.today(),
    )


def of_task(workspace: Workspace) -> dict[str, int]:
    return {"task": tasks.add_task(account=account(workspace), name="Call", by=None).pk}


def of_draft(workspace: Workspace) -> dict[str, str]:
    by = Member.objects.filter(workspace=workspace, role="owner").first()
    playbooks.open_draft(playbook=Playbook.objects.get(workspace=workspace, key="save"), by=by)
    return {"playbook": "save"}


def of_rule(workspace: Workspace) -> dict[str, str]:
    by = Member.objects.filter(workspace=workspace, role="owner").first()
    given = {"criteria": {"trait": "plan", "is": ["Pro"]}, "reason": {"en": "On Pro"}}
    return {"rule": signal_rules.create_rule(workspace=workspace, name={"en": "Pro"}, definition=given, by=by).key}


def of_batch(workspace: Workspace) -> dict[str, int]:
    return {"batch": SignalBatch.objects.create(workspace=workspace, act="take").pk}


def of_risk(workspace: Workspace) -> dict[str, int]:
    by = Member.objects.filter(workspace=workspace, role="owner").first()
    return {"risk": register.identify(workspace=workspace, by=by, title="Key person leaves", category="people").number}


def of_rescue(workspace: Workspace) -> dict[str, int]:
    by = Member.objects.filter(workspace=workspace, role="owner").first()
    return {"rescue": rescuing.begin(account=account(workspace), by=by, reasons=["price"]).pk}


SAVE = {"playbook": "save"}


def absence(workspace: Workspace) -> dict[str, Any]:
    away, delegate = (make_member(workspace, f"member-{uuid4().hex[:8]}") for _ in range(2))
    today = workspace.today()
    facts = {"member": away, "delegate": delegate, "starts_on": today, "ends_on": today}
    return {"pk": Absence.objects.create(workspace=workspace, **facts).pk}


def a_hand_over(workspace: Workspace) -> HandOver:
    before, after = (make_member(workspace, f"member-{uuid4().hex[:8]}") for _ in range(2))
    facts = {"from_member": before, "to_member": after, "role": "csm", "on": workspace.today()}
    made = HandOver.objects.create(workspace=workspace, **facts)
    made.accounts.create(account=workspace.accounts.filter(number=7).first() or account(workspace))
    made.items.create(key="tasks", name={"en": "Tasks"}, position=1)
    return made


def hand_over(workspace: Workspace) -> dict[str, Any]:
    return {"pk": a_hand_over(workspace).pk}


def hand_over_item(workspace: Workspace) -> dict[str, Any]:
    made = a_hand_over(workspace)
    return {"pk": made.pk, "item": made.items.get().pk}


def hand_over_account(workspace: Workspace) -> dict[str, Any]:
    return {"pk": a_hand_over(workspace).pk, "number": 7}


def a_trigger(workspace: Workspace) -> Trigger:
    """One that is published, with a draft beside."""
    save = Playbook.objects.get(workspace=workspace, key="save")
    facts = {"existing": False, "who": {"band": ["risk"]}}
    made = triggers.create_trigger(playbook=save, name={"en": "Fell", "zh": "下滑"}, data=facts, by=None)
    triggers.publish(trigger=made, by=None)
    triggers.save_draft(trigger=made, data={**facts, "most": None}, by=None)
    return made


def trigger(workspace: Workspace) -> dict[str, Any]:
    return {"trigger": a_trigger(workspace).pk}


def a_plan(workspace: Workspace) -> Plan:
    today = workspace.today()
    made: Plan = Plan.objects.create(
        workspace=workspace,
        name={"en": "More visits"},
        metric={"source": "entered"},
        start_value=0.0,
        target=10.0,
        starts_on=today,
        ends_on=today + timedelta(days=60),
        state="running",
        owner=workspace.members.filter(role="owner").first(),
    )
    return made


def a_campaign(workspace: Workspace) -> Campaign:
    today = workspace.today()
    made: Campaign = Campaign.objects.create(
        workspace=workspace,
        number=1 + Campaign.objects.filter(workspace=workspace).count(),
        name={"en": "Training week"},
        kind="online",
        starts_on=today,
        ends_on=today + timedelta(days=4),
        state="running",
        started_at=clock.now(),
        owner=workspace.members.filter(role="owner").first(),
    )
    return made


def campaign(workspace: Workspace) -> dict[str, Any]:
    return {"number": a_campaign(workspace).number}


def campaign_cost(workspace: Workspace) -> dict[str, Any]:
    made = a_campaign(workspace)
    return {"number": made.number, "cost": made.costs.create(day=workspace.today(), amount=5, what_for="Hall").pk}


def a_version(workspace: Workspace) -> ProductVersion:
    number = next_number(workspace, "product")
    product = Product.objects.create(workspace=workspace, number=number, code=f"core-{number}", name="Core")
    owner = workspace.members.filter(role="owner").first()
    made: ProductVersion = ProductVersion.objects.create(workspace=workspace, product=product, name="5.2", owner=owner)
    return made


def version(workspace: Workspace) -> dict[str, Any]:
    return {"pk": a_version(workspace).pk}


def plan(workspace: Workspace) -> dict[str, Any]:
    return {"pk": a_plan(workspace).pk}


def plan_step(workspace: Workspace) -> dict[str, Any]:
    made = a_plan(workspace)
    return {"pk": made.pk, "step": made.steps.create(name="Call").pk}


def plan_retrospective(workspace: Workspace) -> dict[str, Any]:
    made = a_plan(workspace)
    return {"pk": made.pk, "retrospective": made.retrospectives.create(why="asked", due_on=workspace.today()).pk}


GATED: dict[str, tuple[str, str, Any]] = {
    "success:hand_overs": ("view", "GET", {}),
    "success:hand_over_new": ("manage", "GET", {}),
    "success:hand_over_lines": ("manage", "GET", {}),
    "success:hand_over": ("view", "GET", hand_over),
    "success:hand_over_move": ("work", "POST", hand_over),
    "success:hand_over_item": ("work", "POST", hand_over_item),
    "success:hand_over_customer": ("work", "GET", hand_over_account),
    "success:work": ("view", "GET", {}),
    "success:work_times": ("view", "GET", {}),
    "success:work_stops": ("view", "GET", {}),
    "success:work_outcomes": ("view", "GET", {}),
    "success:work_balance": ("view", "GET", {}),
    "success:work_file": ("view", "GET", {}),
    "success:work_tasks": ("view", "GET", {}),
    "success:work_move": ("manage", "POST", {}),
    "success:work_runs": ("view", "GET", {}),
    "success:campaigns": ("view", "GET", {}),
    "success:new_campaign": ("work", "GET", {}),
    "success:campaign": ("view", "GET", campaign),
    "success:edit_campaign": ("work", "GET", campaign),
    "success:move_campaign": ("work", "POST", campaign),
    "success:campaign_taking_part": ("work", "GET", campaign),
    "success:campaign_audience": ("view", "GET", campaign),
    "success:export_campaign_audience": ("view", "GET", campaign),
    "success:change_campaign_audience": ("work", "POST", campaign),
    "success:campaign_costs": ("view", "GET", campaign),
    "success:change_campaign_cost": ("work", "POST", campaign_cost),
    "success:product_versions": ("view", "GET", {}),
    "success:new_product_version": ("work", "GET", {}),
    "success:product_version": ("view", "GET", version),
    "success:edit_product_version": ("work", "GET", version),
    "success:move_product_version": ("work", "POST", version),
    "success:plans": ("view", "GET", {}),
    "success:plan_review": ("view", "GET", {}),
    "success:plan": ("view", "GET", plan),
    "success:plan_retrospective": ("view", "GET", plan_retrospective),
    "success:new_plan": ("work", "GET", {}),
    "success:edit_plan": ("work", "GET", plan),
    "success:move_plan": ("work", "POST", plan),
    "success:plan_week": ("work", "POST", plan),
    "success:add_plan_step": ("work", "POST", plan),
    "success:move_plan_step": ("work", "POST", plan_step),
    "success:absence_work": ("work", "GET", absence),
    "success:tasks": ("view", "GET", {}),
    "success:board": ("view", "GET", {}),
    "success:board_column": ("view", "GET", {}),
    "success:board_move": ("work", "POST", of_task),
    "success:calendar": ("view", "GET", {}),
    "success:move_entry": ("work", "POST", {}),
    "success:feed": ("view", "GET", {}),
    "success:focus": ("view", "GET", {}),
    "success:load": ("view", "GET", {}),
    "success:load_rule": ("manage", "POST", {}),
    "success:mark_item": ("view", "POST", {}),
    "success:new_task": ("work", "GET", {}),
    "success:task": ("view", "GET", of_task),
    "success:move_task": ("work", "POST", of_task),
    "success:task_files": ("work", "POST", of_task),
    "success:signals": ("view", "GET", {}),
    "success:evaluate": ("manage", "POST", {}),
    "success:move_signals": ("work", "POST", {}),
    "success:undo_signals": ("work", "POST", of_batch),
    "success:signal_limits": ("view", "GET", {}),
    "success:signal_archive": ("view", "GET", {}),
    "success:signal_rules": ("view", "GET", {}),
    "success:new_signal_rule": ("manage", "GET", {}),
    "success:signal_rule": ("view", "GET", of_rule),
    "success:signal_rule_draft": ("manage", "GET", of_rule),
    "success:signal_rule_state": ("manage", "POST", of_rule),
    "success:tune_signal_rule": ("manage", "POST", lambda w: {"rule": "no-contact"}),
    "success:signal_waiting": ("work", "GET", lambda w: {"signal": signal(w).pk}),
    "success:signal_playbook": ("work", "GET", lambda w: {"signal": signal(w).pk}),
    "success:risks": ("view", "GET", {}),
    "success:new_risk": ("work", "GET", {}),
    "success:risk_matrix": ("view", "GET", {}),
    "success:risk": ("view", "GET", of_risk),
    "success:change_risk": ("work", "GET", of_risk),
    "success:move_risk": ("work", "POST", of_risk),
    "success:rescues": ("view", "GET", {}),
    "success:new_rescue": ("work", "GET", lambda w: {}),
    "success:rescue": ("view", "GET", of_rescue),
    "success:move_rescue": ("work", "POST", of_rescue),
    "success:signal": ("view", "GET", lambda w: {"signal": signal(w).pk}),
    "success:move_signal": ("work", "POST", lambda w: {"signal": signal(w).pk}),
    "success:playbooks": ("view", "GET", {}),
    "success:new_playbook": ("manage", "GET", {}),
    "success:start_many": ("work", "POST", {}),
    "success:import_playbook": ("manage", "GET", {}),
    "success:exchange": ("manage", "GET", SAVE),
    "success:move_open_runs": ("manage", "GET", SAVE),
    "success:move_one_run": ("manage", "GET", lambda w: {"run": run(w).pk}),
    "success:undo_run_move": ("manage", "POST", lambda w: {"run": run(w).pk}),
    "success:playbook": ("view", "GET", SAVE),
    "success:trial": ("view", "GET", SAVE),
    "success:playbook_state": ("manage", "POST", SAVE),
    "success:describe": ("manage", "POST", of_draft),
    "success:draft": ("manage", "GET", of_draft),
    "success:order_steps": ("manage", "POST", of_draft),
    "success:publication": ("manage", "GET", of_draft),
    "success:add_step": ("manage", "POST", of_draft),
    "success:change_step": ("manage", "POST", lambda w: {**of_draft(w), "step": "verify"}),
    "success:preview_letter": (
        "manage",
        "POST",
        lambda w: {**of_draft(w), "step": "verify"},
    ),
    "success:remove_step": ("manage", "POST", lambda w: {**of_draft(w), "step": "verify"}),
    "success:contact_rules": ("view", "GET", {}),
    "success:change_contact_rules": ("manage", "POST", {}),
    "success:try_contact_rules": ("manage", "POST", {}),
    "success:sending_hours": ("work", "POST", {}),
    "success:contact_refusals": ("view", "GET", {}),
    "success:trigger": ("view", "GET", trigger),
    "success:edit_trigger": ("manage", "GET", trigger),
    "success:move_trigger": ("manage", "POST", trigger),
    "success:new_trigger": ("manage", "GET", SAVE),
    "success:preview_trigger": ("manage", "POST", SAVE),
    "success:start_rules": ("manage", "POST", SAVE),
    "success:run": ("view", "GET", lambda w: {"run": run(w).pk}),
    "success:move_run": ("work", "POST", lambda w: {"run": run(w).pk}),
    "success:choose_playbook": ("work", "GET", lambda w: {"account": account(w).number}),
    "success:start": ("work", "GET", lambda w: {"account": account(w).number, "playbook": "save"}),
    "success:not_now": ("work", "POST", lambda w: {"account": account(w).number}),
}
PUBLIC: set[str] = {"calendar_feed"}
