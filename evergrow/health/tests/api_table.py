"""This room's operations and what each asks of a token; see evergrow/tests/test_api_gates.py."""

from typing import Any

from evergrow.customers.models import ExchangeRate
from evergrow.customers.tests.stage import make_account
from evergrow.health.actions.cards import ensure_scorecard
from evergrow.health.actions.computing import compute
from evergrow.health.models import AccountValue
from evergrow.workspaces.models import Workspace


def scored(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace, status="active")
    ensure_scorecard(workspace=workspace)
    compute(workspace=workspace)
    return {"number": account.number}


def rated(workspace: Workspace) -> dict[str, Any]:
    ExchangeRate.objects.get_or_create(workspace=workspace, currency="EUR", defaults={"rate": "7.8"})
    return {"currency": "EUR"}


def valued(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace, status="active")
    AccountValue.objects.create(workspace=workspace, account=account, method="simple", value=1, as_of=workspace.today())
    return {"number": account.number}


OPERATIONS: dict[str, tuple[Any, ...]] = {
    "GET /health": ("view", {}, None),
    "GET /accounts/{number}/health": ("view", scored, None),
    "GET /accounts/{number}/health/history": ("view", scored, None),
    "GET /accounts/{number}/health/explanation": ("view", scored, None),
    "GET /money": ("view", {}, None),
    "GET /money/accounts": ("view", {}, None),
    "GET /money/movements": ("view", {}, None),
    "GET /money/rates": ("view", {}, None),
    "POST /money/rates": ("manage", {}, {"currency": "EUR", "rate": "7.8"}),
    "DELETE /money/rates/{currency}": ("manage", rated, None),
    "GET /value": ("view", {}, None),
    "GET /value/total": ("view", {}, None),
    "GET /value/settings": ("view", {}, None),
    "PATCH /value/settings": ("manage", {}, {"horizon": 24}),
    "GET /accounts/{number}/value": ("view", valued, None),
}
