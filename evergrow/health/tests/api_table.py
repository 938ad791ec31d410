"""This room's operations and what each asks of a token; see evergrow/tests/test_api_gates.py."""

from typing import Any

from evergrow import warehouse
from evergrow.customers.tests.stage import make_account
from evergrow.health import actions, default_card
from evergrow.health.actions.cards import ensure_scorecard
from evergrow.health.actions.computing import compute
from evergrow.health.models import Override
from evergrow.workspaces.models import Workspace


def scored(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace, status="active")
    ensure_scorecard(workspace=workspace)
    compute(workspace=workspace)
    return {"number": account.number}


DEFINITION = default_card.definition()
SET = {"value": 40, "reason": "Sponsor left", "until": "2026-03-30"}


def asked(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace, status="active")
    made = Override.objects.create(
        workspace=workspace, account=account, value=40, reason="x", until=workspace.today(), state="asked"
    )
    return {"id": made.pk}


def in_force(workspace: Workspace) -> dict[str, Any]:
    found = asked(workspace)
    Override.objects.filter(pk=found["id"]).update(state="approved", starts_on=workspace.today())
    return found


def with_account(workspace: Workspace) -> dict[str, Any]:
    return {"number": make_account(workspace, status="active").number}


def with_draft(workspace: Workspace) -> dict[str, Any]:
    actions.start_draft(workspace=workspace, by=None)
    return {"key": "standard"}


def with_store(workspace: Workspace) -> dict[str, Any]:
    warehouse.migrate()
    return {}


def with_card(workspace: Workspace) -> dict[str, Any]:
    made = actions.add_card(workspace=workspace, name={"en": "First months"}, by=None)
    return {"key": made.scorecard.key}


OPERATIONS: dict[str, tuple[Any, ...]] = {
    "GET /health": ("view", {}, None),
    "GET /scorecards": ("view", {}, None),
    "PUT /scorecards/{key}/draft": ("manage", with_card, {"definition": DEFINITION}),
    "POST /scorecards/{key}/publication": ("manage", with_draft, None),
    "GET /health/overrides": ("view", {}, None),
    "POST /accounts/{number}/health/overrides": ("work", with_account, SET),
    "POST /health/overrides/{id}/approval": ("manage", asked, {}),
    "POST /health/overrides/{id}/end": ("work", in_force, None),
    "POST /health/values": ("work", {}, {"values": []}),
    "GET /health/change": ("view", with_store, None),
    "GET /accounts/{number}/health": ("view", scored, None),
    "GET /accounts/{number}/health/history": ("view", scored, None),
    "GET /accounts/{number}/health/explanation": ("view", scored, None),
}
