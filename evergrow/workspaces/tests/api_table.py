"""This room's operations and what each asks of a token; see evergrow/tests/test_api_gates.py."""

from typing import Any
from uuid import uuid4

from conftest import make_member
from evergrow.workspaces.models import Workspace


def member(workspace: Workspace) -> dict[str, Any]:
    return {"id": make_member(workspace, f"colleague-{uuid4().hex[:8]}").pk}


OPERATIONS: dict[str, tuple[Any, ...]] = {
    "GET /workspace": ("view", {}, None),
    "PATCH /workspace": ("administer", {}, {"name": "Acme"}),
    "GET /members": ("view", {}, None),
    "GET /members/{id}": ("view", member, None),
    "PUT /members/{id}": ("administer", member, {"role": "viewer"}),
    "DELETE /members/{id}": ("administer", member, None),
    "GET /audit": ("administer", {}, None),
}
