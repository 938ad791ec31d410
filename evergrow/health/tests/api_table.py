"""This room's operations and what each asks of a token; see evergrow/tests/test_api_gates.py."""

from typing import Any

from evergrow import warehouse
from evergrow.customers.tests.stage import make_account
from evergrow.health.actions.cards import ensure_scorecard
from evergrow.health.actions.computing import compute
from evergrow.health.models import BackTest
from evergrow.workspaces.models import Job, JobState, Workspace


def scored(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace, status="active")
    ensure_scorecard(workspace=workspace)
    compute(workspace=workspace)
    return {"number": account.number}


def some_backtest(workspace: Workspace) -> dict[str, Any]:
    warehouse.migrate()
    version = ensure_scorecard(workspace=workspace)
    facts = {"version": version.number, "published_version": version.number, "is_draft": False}
    facts |= {"definition": version.definition, "published": version.definition}
    BackTest.objects.get_or_create(workspace=workspace, number=1, defaults=facts)
    return {"number": 1}


def nothing_runs(workspace: Workspace) -> dict[str, Any]:
    """Only one back-test may run at a time."""
    Job.objects.filter(workspace=workspace, kind="health.backtest").update(state=JobState.CANCELLED)
    return {}


OPERATIONS: dict[str, tuple[Any, ...]] = {
    "GET /health": ("view", {}, None),
    "GET /accounts/{number}/health": ("view", scored, None),
    "GET /accounts/{number}/health/history": ("view", scored, None),
    "GET /accounts/{number}/health/explanation": ("view", scored, None),
    "GET /health/movement": ("view", {}, None),
    "GET /health/expected-losses": ("view", {}, None),
    "GET /health/gaps": ("view", {}, None),
    "GET /health/back-tests": ("manage", {}, None),
    "POST /health/back-tests": (
        "manage",
        nothing_runs,
        {"outcome": "lost", "within": 90, "step": "monthly", "capacity": 5},
    ),
    "GET /health/back-tests/{number}": ("manage", some_backtest, None),
    "GET /health/back-tests/{number}/rows": ("manage", some_backtest, None),
    "POST /health/back-tests/{number}/stop": ("manage", some_backtest, None),
}
