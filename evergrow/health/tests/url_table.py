"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from typing import Any

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.health import actions
from evergrow.health.models import AccountHealth, BackTest, Override, ScorecardVersion
from evergrow.health.risk.models import RiskModel
from evergrow.health.risk.tests.stage import empty_card
from evergrow.health.surveys.tests.stage import measure as survey_measure


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


def second_card(workspace: Any) -> dict[str, Any]:
    warehouse.migrate()
    return {"card": actions.add_card(workspace=workspace, name={"en": "First months"}, by=None).scorecard.key}


def some_measure(workspace: Any) -> dict[str, Any]:
    return second_card(workspace) | {"key": "habit"}


def some_exception(workspace: Any) -> dict[str, Any]:
    card = second_card(workspace)["card"]
    draft = ScorecardVersion.objects.get(scorecard__workspace=workspace, scorecard__key=card)
    rule = {"key": "plan", "name": {"en": "x"}, "criteria": {"trait": "plan", "is": ["x"]}, "action": "cap", "value": 1}
    draft.definition["exceptions"] = [rule]
    draft.save()
    return {"card": card, "key": "plan"}


def some_override(workspace: Any) -> dict[str, Any]:
    number = some_account(workspace)["number"]
    account = Account.objects.get(workspace=workspace, number=number)
    made = Override.objects.create(
        workspace=workspace, account=account, value=50, reason="x", until=workspace.today(), state="asked"
    )
    return {"pk": made.pk}


def some_entry(workspace: Any) -> dict[str, Any]:
    measure = {"key": "mood", "source": "entry", "ask": {"entry": "mood"}, "name": {"en": "Mood", "zh": "情绪"}}
    scoring = {"kind": "linear", "knots": [[0, 0], [10, 100]]}
    number = some_account(workspace)["number"]
    return some_measure_of(workspace, number, measure | {"weight": 1, "scoring": scoring})


def some_measure_of(workspace: Any, number: int, measure: dict[str, Any]) -> dict[str, Any]:
    """An account that a card with this measure judges."""
    version = actions.ensure_scorecard(workspace=workspace)
    version.definition["groups"][0]["measures"].append(measure)
    version.save()
    AccountHealth.objects.create(
        workspace=workspace,
        account=Account.objects.get(workspace=workspace, number=number),
        version=version,
        as_of=workspace.today(),
        band="insufficient",
    )
    return {"number": number, "key": measure["key"]}


def some_survey(workspace: Any) -> dict[str, Any]:
    number = some_account(workspace)["number"]
    return some_measure_of(workspace, number, survey_measure())


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
    "health:change": ("view", "GET", with_store),
    "health:new_card": ("manage", "GET", {}),
    "health:card_away": ("manage", "POST", second_card),
    "health:claim": ("manage", "GET", second_card),
    "health:new_measure": ("manage", "GET", second_card),
    "health:measure": ("manage", "GET", some_measure),
    "health:measure_removal": ("manage", "POST", some_measure),
    "health:new_exception": ("manage", "GET", second_card),
    "health:exception": ("manage", "GET", some_exception),
    "health:exception_removal": ("manage", "POST", some_exception),
    "health:exception_order": ("manage", "POST", some_exception),
    "health:overrides": ("view", "GET", {}),
    "health:override_ask": ("work", "GET", some_account),
    "health:override_approval": ("manage", "POST", some_override),
    "health:override_refusal": ("manage", "GET", some_override),
    "health:override_withdrawal": ("work", "POST", some_override),
    "health:override_end": ("work", "POST", some_override),
    "health:entry": ("work", "GET", some_entry),
    "health:answers": ("view", "GET", some_survey),
    "health:watch": ("view", "GET", {}),
    "health:watch_reading": ("manage", "POST", {}),
    "health:backtests": ("manage", "GET", {}),
    "health:backtest": ("manage", "GET", some_backtest),
    "health:backtest_stop": ("manage", "POST", some_backtest),
    "health:backtest_rows": ("manage", "GET", some_backtest),
    "health:backtest_file": ("manage", "GET", some_file),
}
PUBLIC: set[str] = set()
