"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from typing import Any
from uuid import uuid4

from conftest import make_member
from evergrow.customers.models import Account
from evergrow.success.actions import playbooks, runs, tasks
from evergrow.success.models import HandOver, Playbook, Run, Signal
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


GATED: dict[str, tuple[str, str, Any]] = {
    "success:hand_overs": ("view", "GET", {}),
    "success:hand_over_new": ("manage", "GET", {}),
    "success:hand_over_lines": ("manage", "GET", {}),
    "success:hand_over": ("view", "GET", hand_over),
    "success:hand_over_move": ("work", "POST", hand_over),
    "success:hand_over_item": ("work", "POST", hand_over_item),
    "success:hand_over_customer": ("work", "GET", hand_over_account),
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
    "success:run": ("view", "GET", lambda w: {"run": run(w).pk}),
    "success:move_run": ("work", "POST", lambda w: {"run": run(w).pk}),
    "success:choose_playbook": ("work", "GET", lambda w: {"account": account(w).number}),
    "success:start": ("work", "GET", lambda w: {"account": account(w).number, "playbook": "save"}),
    "success:not_now": ("work", "POST", lambda w: {"account": account(w).number}),
}
PUBLIC: set[str] = {"calendar_feed"}
