"""Every operation of the API × the roles × a stranger. A room's operations stand in its tests/api_table.py.

Which roles ask, and why these say what the others are answered, stands in ``test_gates.py``.

``OPERATIONS`` maps ``"METHOD /path"`` to ``(ability, arguments, body)``: the arguments of the path, or a function
``(workspace) -> dict`` that makes what they point at; the body, or a function of workspace and arguments; then other
answers that are right for a role that may.
"""

import importlib
import importlib.util
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory

from evergrow.api import ROUTERS, api
from evergrow.api_words import CHINESE
from evergrow.success.models import PlaybookVersion, SignalRule
from evergrow.tests.conftest import Cast
from evergrow.tests.test_gates import telling_roles
from evergrow.urls import ROOMS
from evergrow.workspaces import actions
from evergrow.workspaces.access import ABILITIES
from evergrow.workspaces.api.tokens import token
from evergrow.workspaces.models import Role, Workspace

pytestmark = pytest.mark.once
TABLES = [
    importlib.import_module(name)
    for room in ROOMS
    if importlib.util.find_spec(name := f"evergrow.{room}.tests.api_table")
]
OPERATIONS: dict[str, tuple[Any, ...]] = {k: row for table in TABLES for k, row in table.OPERATIONS.items()}
EVERY = {
    f"{method} {path}": operation.auth_callbacks
    for router in ROUTERS
    for path, view in router.path_operations.items()
    for operation in view.operations
    for method in operation.methods
}


def test_every_operation_stands_in_the_table_and_no_other() -> None:
    assert set(EVERY) == set(OPERATIONS)


def test_every_operation_declares_the_ability_of_the_table() -> None:
    assert {name: [auth.ability for auth in auths] for name, auths in EVERY.items()} == {
        name: [row[0]] for name, row in OPERATIONS.items()
    }


def test_the_reference_has_every_heading_in_chinese() -> None:
    schema = api.get_openapi_schema()
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert {operation["summary"] for operation in operations} <= set(CHINESE)
    assert {tag for operation in operations for tag in operation["tags"]} <= set(CHINESE)


@pytest.mark.parametrize("ability", sorted(ABILITIES[Role.OWNER]))
def test_a_token_lets_in_every_role_that_may_and_no_other(ability: Any, cast: Cast, rf: RequestFactory) -> None:
    for role in Role:
        _, secret = actions.create_key(workspace=cast.workspace, kind="api", name="tester", role=role, by=cast.alice)
        request = rf.get("/")
        if ability in ABILITIES[role]:
            assert token(ability).authenticate(request, secret) is not None
            assert request.member.role == role
        else:
            with pytest.raises(PermissionDenied):
                token(ability).authenticate(request, secret)


# A key that the caller's own workspace does not have yet makes a new object there, and touches nobody else's; a rule
# that comes with Evergrow is there for everybody.
OF_ANY_KEY = {"PUT /playbooks/{key}/text", "POST /playbooks/{key}/text/comparison", "PUT /signal-rules/{key}/numbers"}


def asker(name: str, workspace: Workspace) -> Callable[[Client], int]:
    """The status of the answer that a client has from an operation. What it is about is made now."""
    _, arguments, body, *_ = OPERATIONS[name]
    method, path = name.split(" ", 1)
    found = arguments(workspace) if callable(arguments) else arguments
    for key, value in found.items():
        path = re.sub(rf"{{(?:\w+:)?{key}}}", str(value), path)
    sent = body(workspace, found) if callable(body) else body
    path = f"/api/v1{path}{'?on=2026-03-25' if method == 'DELETE' else ''}"
    files = [value for value in sent.values() if hasattr(value, "read")] if isinstance(sent, dict) else []

    def ask(client: Client) -> int:
        for file in files:
            file.seek(0)
        if files:
            return client.post(path, sent).status_code
        extra = {} if sent is None else {"data": json.dumps(sent), "content_type": "application/json"}
        return client.generic(method, path, **extra).status_code

    return ask


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_operation(name: str, cast: Cast) -> None:
    ability, workspace = OPERATIONS[name][0], cast.workspace
    ask = asker(name, workspace)
    assert ask(Client()) == 401, "no token"
    if name in OF_ANY_KEY:
        assert 200 <= ask(cast.program("stranger")) < 300
        assert not SignalRule.objects.filter(workspace=workspace).exists()
        kept = PlaybookVersion.objects.filter(playbook__workspace=workspace, playbook__key__startswith="text-")
        assert {(version.number, version.state) for version in kept} <= {(1, "published")}, "a stranger's is their own"
    elif "{" in name:
        assert ask(cast.program("stranger")) == 404, "a stranger to the workspace"
    able = [role for role in telling_roles(ability) if ability in ABILITIES[role]]
    for role in telling_roles(ability):
        if role not in able:
            assert ask(cast.program(role)) == 403, f"{role} may not"
    for role in able:
        if role != able[0] and not name.startswith("GET "):
            ask = asker(name, workspace)  # The one before may have changed what it is about.
        status = ask(cast.program(role))
        assert 200 <= status < 300 or status in OPERATIONS[name][3:], f"{role} may: {status}"
