"""This room's operations and what each asks of a token; see evergrow/tests/test_api_gates.py."""

from typing import Any
from uuid import uuid4

from conftest import make_member
from evergrow.workspaces.models import Workspace
from evergrow.workspaces.tests import url_table


def member(workspace: Workspace) -> dict[str, Any]:
    return {"id": make_member(workspace, f"colleague-{uuid4().hex[:8]}").pk}


def notice(workspace: Workspace) -> dict[str, Any]:
    return {"id": 1}


def robot(workspace: Workspace) -> dict[str, Any]:
    return {"id": url_table.robot(workspace)["pk"]}


def delivery(workspace: Workspace) -> dict[str, Any]:
    return {"id": url_table.delivery(workspace)["pk"]}


OPERATIONS: dict[str, tuple[Any, ...]] = {
    "GET /workspace": ("view", {}, None),
    "PATCH /workspace": ("administer", {}, {"name": "Acme"}),
    "GET /members": ("view", {}, None),
    "GET /members/{id}": ("view", member, None),
    "PUT /members/{id}": ("administer", member, {"role": "viewer"}),
    "DELETE /members/{id}": ("administer", member, None),
    "GET /absences": ("view", {}, None),
    "POST /absences": ("work", {}, {"delegate_id": 1, "starts_on": "2026-04-01", "ends_on": "2026-04-02"}, 404, 422),
    "DELETE /absences/{id}": ("work", {"id": 1}, None, 404),
    "GET /working-days": ("view", {}, None),
    "POST /own-days": ("administer", {}, {"first": "2026-12-31", "last": "2026-12-31", "name": "Stocktaking"}),
    "DELETE /own-days": ("administer", {}, None, 422),
    "POST /holiday-notices": ("administer", {}, {"year": 2027, "text": ""}, 422),
    "DELETE /holiday-notices": ("administer", {}, None, 422),
    "GET /notices": ("view", {}, None),
    "PATCH /notices/{id}": ("view", notice, {"read": True}, 404),
    "GET /notice-preferences": ("view", {}, None),
    "PUT /notice-preferences": ("view", {}, {"pace": "hourly"}),
    "GET /robots": ("administer", {}, None),
    "POST /robots": ("administer", {}, {"name": "Team", "channel": "slack", "address": "no"}, 422),
    "PUT /robots/{id}": ("administer", robot, {"name": "Team"}),
    "DELETE /robots/{id}": ("administer", robot, None),
    "GET /deliveries": ("administer", {}, None),
    "POST /deliveries/{id}/retry": ("administer", delivery, None),
    "GET /audit": ("administer", {}, None),
}
