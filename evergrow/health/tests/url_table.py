"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from typing import Any

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.health import actions
from evergrow.health.risk.models import RiskModel
from evergrow.health.risk.tests.stage import empty_card


def with_store(workspace: Any) -> dict[str, Any]:
    """Pages that read the event store need its tables."""
    warehouse.migrate()
    return {}


def some_account(workspace: Any) -> dict[str, Any]:
    warehouse.migrate()
    return {"number": Account.objects.create(workspace=workspace, number=1, external_id="A1", name="One").number}


def some_version(workspace: Any) -> dict[str, Any]:
    return {"number": actions.ensure_scorecard(workspace=workspace).number}


def some_model(workspace: Any) -> dict[str, Any]:
    model = RiskModel.objects.create(
        workspace=workspace, target="churn", number=1, horizon_days=90, definition={}, card=empty_card()
    )
    return {"target": "churn", "number": model.number}


GATED: dict[str, tuple[str, str, Any]] = {
    "health:portfolio": ("view", "GET", with_store),
    "health:computation": ("manage", "POST", {}),
    "health:account": ("view", "GET", some_account),
    "health:scorecard": ("view", "GET", {}),
    "health:version": ("view", "GET", some_version),
    "health:draft": ("manage", "GET", with_store),
    "health:draft_preview": ("manage", "POST", with_store),
    "health:publication": ("manage", "POST", {}),
    "health:discard": ("manage", "POST", {}),
    "health:money": ("view", "GET", with_store),
    "health:money_accounts": ("view", "GET", with_store),
    "health:money_rates": ("manage", "POST", {}),
    "health:money_export": ("view", "GET", {"what": "periods", "form": "csv"}),
    "health:value": ("view", "GET", {}),
    "health:value_settings": ("manage", "POST", {}),
    "health:value_computation": ("manage", "POST", {}),
    "health:value_export": ("view", "GET", {"form": "csv"}),
    "health:risk": ("view", "GET", {}),
    "health:risk_version": ("view", "GET", some_model),
    "health:risk_card": ("view", "GET", some_model),
    "health:risk_setting": ("manage", "POST", {"target": "churn"}),
    "health:risk_training": ("manage", "POST", {"target": "churn"}),
    "health:risk_publication": ("manage", "POST", some_model),
    "health:risk_retirement": ("manage", "POST", some_model),
}
PUBLIC: set[str] = set()
