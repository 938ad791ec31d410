"""This room's operations and what each asks of a token; see evergrow/tests/test_api_gates.py."""

from typing import Any

from evergrow.customers.tests.stage import make_account
from evergrow.health.actions.cards import ensure_scorecard
from evergrow.health.actions.computing import compute
from evergrow.health.risk.tests.stage import chance
from evergrow.workspaces.models import Workspace


def scored(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace, status="active")
    ensure_scorecard(workspace=workspace)
    compute(workspace=workspace)
    return {"number": account.number}


def chanced(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace, status="active")
    chance(account)
    return {"number": account.number}


OPERATIONS: dict[str, tuple[Any, ...]] = {
    "GET /health": ("view", {}, None),
    "GET /accounts/{number}/health": ("view", scored, None),
    "GET /accounts/{number}/health/history": ("view", scored, None),
    "GET /accounts/{number}/health/explanation": ("view", scored, None),
    "GET /risk/models": ("view", {}, None),
    "POST /risk/training": ("manage", {}, None),
    "GET /risk/accounts": ("view", {}, None),
    "GET /accounts/{number}/risk": ("view", chanced, None),
    "GET /accounts/{number}/risk/history": ("view", chanced, None),
    "GET /accounts/{number}/risk/explanation": ("view", chanced, None),
}
