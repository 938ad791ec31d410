"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from typing import Any
from uuid import uuid4

from evergrow.customers.models import RetentionRule
from evergrow.intake.models import Reject
from evergrow.lib import clock
from evergrow.workspaces.models import Job, Key, KeyKind


def a_draft(workspace: Any) -> dict[str, Any]:
    from evergrow.intake.imports import drafts

    source = drafts.receive(workspace=workspace, file_name="accounts.csv", pieces=[b"id,name\n1,Blue\n"], by=None)
    return {"pk": source.pk}


def a_reject(workspace: Any) -> dict[str, int]:
    """One that is no JSON, so that sending it again is answered without writing."""
    reject = Reject.objects.create(
        workspace=workspace, segment=f"s{Reject.objects.count()}", position=0, code="invalid_json", raw="{",
        received_at=clock.now(),
    )  # fmt: skip
    return {"pk": reject.pk}


def a_source(workspace: Any) -> dict[str, int]:
    made = Key.objects.create(
        workspace=workspace, kind=KeyKind.WRITE, name="Web", key_hash=uuid4().hex, prefix="egw_12345678"
    )
    return {"pk": made.pk}


def a_run(workspace: Any) -> dict[str, int]:
    return {"pk": Job.objects.create(workspace=workspace, kind="intake.rejects", args={"act": "replay"}).pk}


def a_rule(workspace: Any) -> dict[str, int]:
    pattern = f"x{uuid4().hex}"
    return {"pk": RetentionRule.objects.create(workspace=workspace, days=30, pattern=pattern).pk}


GATED: dict[str, tuple[str, str, Any]] = {
    "intake:imports": ("manage", "GET", {}),
    "intake:new_import": ("manage", "GET", {}),
    "intake:import_example": ("manage", "GET", {"kind": "accounts"}),
    "intake:import": ("manage", "GET", a_draft),
    "intake:import_kind": ("manage", "POST", a_draft),
    "intake:import_columns": ("manage", "POST", a_draft),
    "intake:import_start": ("manage", "POST", a_draft),
    "intake:import_discard": ("manage", "POST", a_draft),
    "intake:import_cancel": ("manage", "POST", a_draft),
    "intake:import_resume": ("manage", "POST", a_draft),
    "intake:import_undo": ("manage", "GET", a_draft),
    "intake:import_bad_rows": ("manage", "GET", a_draft),
    "intake:connect": ("view", "GET", {}),
    "intake:sources": ("view", "GET", {}),
    "intake:new_source": ("administer", "POST", {}),
    "intake:source": ("view", "GET", a_source),
    "intake:source_tick": ("view", "GET", a_source),
    "intake:source_limits": ("administer", "POST", a_source),
    "intake:pause_source": ("administer", "POST", a_source),
    "intake:resume_source": ("administer", "POST", a_source),
    "intake:rejects": ("view", "GET", {}),
    "intake:rejects_export": ("view", "GET", {}),
    "intake:rejects_bulk": ("administer", "POST", {}),
    "intake:rejects_run": ("view", "GET", a_run),
    "intake:reject": ("view", "GET", a_reject),
    "intake:pipeline": ("view", "GET", {}),
    "intake:live": ("view", "GET", {}),
    "intake:live_message": ("view", "GET", {}),
    "intake:replay_reject": ("administer", "POST", a_reject),
    "intake:discard_reject": ("administer", "POST", a_reject),
    "intake:plan": ("view", "GET", {}),
    "intake:plan_event": ("view", "GET", {}),
    "intake:plan_event_details": ("manage", "POST", {}),
    "intake:plan_event_verification": ("manage", "POST", {}),
    "intake:plan_draft": ("manage", "GET", {}),
    "intake:plan_acceptance": ("manage", "POST", {}),
    "intake:plan_removal": ("manage", "POST", {}),
    "intake:plan_review": ("manage", "GET", {}),
    "intake:plan_publication": ("administer", "POST", {}),
    "intake:plan_discard": ("manage", "POST", {}),
    "intake:plan_properties": ("view", "GET", {}),
    "intake:plan_property": ("view", "GET", {}),
    "intake:plan_property_details": ("manage", "POST", {}),
    "intake:plan_rules": ("view", "GET", {}),
    "intake:plan_rules_draft": ("administer", "POST", {}),
    "intake:plan_export": ("view", "GET", {}),
    "intake:plan_exchange": ("manage", "GET", {}),
    "intake:retention": ("administer", "GET", {}),
    "intake:retention_run": ("administer", "POST", {}),
    "intake:retention_remove": ("administer", "POST", a_rule),
}
PUBLIC: set[str] = set()
