"""This room's operations and what each asks of a token; see evergrow/tests/test_api_gates.py."""

from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from evergrow.intake.imports import drafts, engine
from evergrow.intake.models import Import, ImportState, Reject
from evergrow.intake.plan import actions as plan_actions
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace


def a_draft(workspace: Workspace) -> Import:
    rows = f"id,name\n{uuid4().hex},Blue\n".encode()
    return drafts.receive(workspace=workspace, file_name="accounts.csv", pieces=[rows], by=None, kind="accounts")


def draft(workspace: Workspace) -> dict[str, Any]:
    return {"id": a_draft(workspace).pk}


def started(workspace: Workspace) -> dict[str, Any]:
    return {"id": engine.start(source=drafts.make_ready(source=a_draft(workspace), by=None), by=None).pk}


def done(workspace: Workspace) -> dict[str, Any]:
    source = a_draft(workspace)
    Import.objects.filter(pk=source.pk).update(state=ImportState.DONE, rows_done=1, started_at=clock.now())
    return {"id": source.pk}


def with_bad_rows(workspace: Workspace) -> dict[str, Any]:
    source = a_draft(workspace)
    source.rejected_path.write_text("line,problem\n1,no name\n")
    return {"id": source.pk}


def refused(workspace: Workspace, raw: str = '{"event":"x"}') -> dict[str, Any]:
    row = Reject.objects.create(
        workspace=workspace, segment=uuid4().hex, position=0, code="no_id", raw=raw, received_at=clock.now()
    )
    return {"id": row.pk}


def unreadable(workspace: Workspace) -> dict[str, Any]:
    """No JSON, so that sending it again is answered without writing."""
    return refused(workspace, "{")


def file(workspace: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"file": SimpleUploadedFile("accounts.csv", b"id,name\n1,Blue\n"), "kind": "accounts"}


def plan_draft(workspace: Workspace) -> dict[str, Any]:
    plan_actions.save_draft(workspace=workspace, event="login", definition={"mode": "flag"}, by=None)
    return {}


def plan_publication(workspace: Workspace, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"events": ["login"]}


OPERATIONS: dict[str, tuple[Any, ...]] = {
    "GET /imports": ("manage", {}, None),
    "POST /imports": ("manage", {}, file),
    "GET /imports/{id}": ("manage", draft, None),
    "PATCH /imports/{id}": ("manage", draft, {"columns": {"id": "external_id", "name": "name"}}),
    "DELETE /imports/{id}": ("manage", draft, None),
    "PUT /imports/{id}/run": ("manage", draft, None),
    "DELETE /imports/{id}/run": ("manage", started, None),
    "PUT /imports/{id}/undoing": ("manage", done, None),
    "GET /imports/{id}/rejected": ("manage", with_bad_rows, None),
    "GET /rejects": ("view", {}, None),
    "GET /rejects/{id}": ("view", refused, None),
    "PUT /rejects/{id}/replay": ("administer", unreadable, {}, 422),
    "PUT /rejects/{id}/discard": ("administer", refused, {"note": "a test"}),
    "GET /tracking-plan/events": ("view", {}, None),
    "PATCH /tracking-plan/events": ("manage", {}, {"tags": ["core"]}, 422),
    "GET /tracking-plan/properties": ("view", {}, None),
    "PATCH /tracking-plan/properties": ("manage", {}, {"tags": ["core"]}, 422),
    "GET /tracking-plan/violations": ("view", {}, None),
    "GET /tracking-plan": ("view", {}, None),
    "PUT /tracking-plan": ("manage", {}, {"plan": {"events": {"login": {"mode": "flag"}}}}),
    "GET /tracking-plan/drafts": ("manage", {}, None),
    "PUT /tracking-plan/drafts": ("manage", {}, {"event": "login", "definition": {"mode": "flag"}}),
    "DELETE /tracking-plan/drafts": ("manage", {}, None, 422),
    "POST /tracking-plan/acceptance": ("manage", {}, None, 422),
    "POST /tracking-plan/publication": ("administer", plan_draft, plan_publication),
}
