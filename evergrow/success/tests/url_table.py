"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from typing import Any

from evergrow.customers.models import Account
from evergrow.success.actions import playbooks, runs, tasks
from evergrow.success.models import Playbook, Run, Signal
from evergrow.workspaces.models import Member, Workspace


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
GATED: dict[str, tuple[str, str, Any]] = {
    "success:tasks": ("view", "GET", {}),
    "success:new_task": ("work", "GET", {}),
    "success:task": ("view", "GET", of_task),
    "success:move_task": ("work", "POST", of_task),
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
PUBLIC: set[str] = set()
