"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from typing import Any

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.health import actions
from evergrow.health.models import BackTest


def with_store(workspace: Any) -> dict[str, Any]:
    """Pages that read the event store need its tables."""
    warehouse.migrate()
    return {}


def some_account(workspace: Any) -> dict[str, Any]:
    warehouse.migrate()
    return {"number": Account.objects.create(workspace=workspace, number=1, external_id="A1", name="One").number}


def some_version(workspace: Any) -> dict[str, Any]:
    return {"number": actions.ensure_scorecard(workspace=workspace).number}


def some_backtest(workspace: Any) -> dict[str, Any]:
    """One that waits; ``made_by`` nobody, so that only who sees all accounts may see it."""
    warehouse.migrate()
    version = actions.ensure_scorecard(workspace=workspace)
    made = BackTest.objects.create(
        workspace=workspace,
        number=1,
        version=version.number,
        published_version=version.number,
        is_draft=False,
        definition=version.definition,
        published=version.definition,
    )
    return {"number": made.number}


def some_file(workspace: Any) -> dict[str, Any]:
    return {**some_backtest(workspace), "kind": "csv"}


GATED: dict[str, tuple[str, str, Any]] = {
    "health:portfolio": ("view", "GET", with_store),
    "health:movement": ("view", "GET", with_store),
    "health:movement_accounts": ("view", "GET", with_store),
    "health:losses": ("view", "GET", with_store),
    "health:revenue": ("view", "GET", with_store),
    "health:groups": ("view", "GET", with_store),
    "health:gaps": ("view", "GET", with_store),
    "health:computation": ("manage", "POST", {}),
    "health:account": ("view", "GET", some_account),
    "health:scorecard": ("view", "GET", {}),
    "health:version": ("view", "GET", some_version),
    "health:draft": ("manage", "GET", with_store),
    "health:draft_preview": ("manage", "POST", with_store),
    "health:publication": ("manage", "POST", {}),
    "health:discard": ("manage", "POST", {}),
    "health:backtests": ("manage", "GET", {}),
    "health:backtest": ("manage", "GET", some_backtest),
    "health:backtest_stop": ("manage", "POST", some_backtest),
    "health:backtest_rows": ("manage", "GET", some_backtest),
    "health:backtest_file": ("manage", "GET", some_file),
}
PUBLIC: set[str] = set()
