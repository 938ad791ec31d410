"""This room's operations and what each asks of a token; see evergrow/tests/test_api_gates.py."""

from typing import Any

from evergrow import warehouse
from evergrow.customers.models import ExchangeRate
from evergrow.customers.tests.stage import make_account
from evergrow.health import actions, default_card
from evergrow.health.actions.cards import ensure_scorecard
from evergrow.health.actions.computing import compute
from evergrow.health.models import AccountHealth, AccountValue, BackTest, Override
from evergrow.health.risk.tests.stage import chance
from evergrow.health.surveys.tests.stage import measure as survey_measure
from evergrow.workspaces.models import Job, JobState, Workspace


def scored(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace, status="active")
    ensure_scorecard(workspace=workspace)
    compute(workspace=workspace)
    return {"number": account.number}


def surveyed(workspace: Workspace) -> dict[str, Any]:
    warehouse.migrate()
    account, version = make_account(workspace, status="active"), ensure_scorecard(workspace=workspace)
    if not any(measure["key"] == "nps" for measure in version.definition["groups"][0]["measures"]):
        version.definition["groups"][0]["measures"].append(survey_measure())
        version.save()
    facts = {"version": version, "as_of": workspace.today(), "band": "insufficient"}
    AccountHealth.objects.create(workspace=workspace, account=account, **facts)
    return {"number": account.number, "measure": "nps"}


def rated(workspace: Workspace) -> dict[str, Any]:
    ExchangeRate.objects.get_or_create(workspace=workspace, currency="EUR", defaults={"rate": "7.8"})
    return {"currency": "EUR"}


def valued(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace, status="active")
    AccountValue.objects.create(workspace=workspace, account=account, method="simple", value=1, as_of=workspace.today())
    return {"number": account.number}


def chanced(workspace: Workspace) -> dict[str, Any]:
    account = make_account(workspace, status="active")
    chance(account)
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
    "GET /accounts/{number}/health/lines": ("view", scored, None),
    "GET /accounts/{number}/health/answers/{measure}": ("view", surveyed, None),
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
    "GET /risk/models": ("view", {}, None),
    "POST /risk/training": ("manage", {}, None),
    "GET /risk/accounts": ("view", {}, None),
    "GET /accounts/{number}/risk": ("view", chanced, None),
    "GET /accounts/{number}/risk/history": ("view", chanced, None),
    "GET /accounts/{number}/risk/explanation": ("view", chanced, None),
    "GET /health/movement": ("view", {}, None),
    "GET /health/expected-losses": ("view", {}, None),
    "GET /health/gaps": ("view", {}, None),
    "GET /health/watch": ("view", {}, None),
    "POST /health/watch": ("manage", {}, None),
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
