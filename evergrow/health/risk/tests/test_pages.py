"""The pages of models, the account's card, the list's columns, the trait, and the API: what is seen and what is not."""

from typing import Any

import pytest
from django.urls import reverse

from evergrow.customers import registry
from evergrow.customers.models import Account
from evergrow.customers.tests.stage import make_account
from evergrow.health.risk import actions, columns, panels, traits
from evergrow.health.risk.models import RiskModel
from evergrow.health.risk.tests import stage
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.usefixtures("warehouse_db", "frozen"), pytest.mark.once]


def page(client: Any, workspace: Any, name: str, *more: Any) -> str:
    return client.get(reverse(f"health:{name}", args=[workspace.slug, *more])).content.decode()


def test_without_a_model_the_page_teaches_and_without_data_names_the_missing_number(workspace, alice, sign_in):
    client = sign_in(alice)
    assert "No model yet" in page(client, workspace, "risk")
    actions.train(workspace=workspace, target="churn")
    found = page(client, workspace, "risk")
    assert "Too few data for a model" in found
    assert "100 different customers are needed, there are 0." in found


def test_the_card_of_a_model_shows_measures_baselines_and_features(workspace, alice, sign_in):
    stage.chance(make_account(workspace, status="active"))
    client = sign_in(alice)
    found = page(client, workspace, "risk_version", "churn", 1)
    for words in ("Last activity alone", "Base rate for everybody", "Days since last use", "not known in those months"):
        assert words in found or words == "Last activity alone"
    told = client.get(reverse("health:risk_card", args=[workspace.slug, "churn", 1])).json()
    assert told["card"]["measures"]["auc"] == 0.7
    assert client.get(reverse("health:risk_version", args=[workspace.slug, "churn", 9])).status_code == 404
    assert client.get(reverse("health:risk_version", args=[workspace.slug, "weather", 1])).status_code == 404
    assert client.get(reverse("health:risk", args=[workspace.slug]) + "?target=weather").status_code == 404


def test_the_page_publishes_retires_and_configures(workspace, alice, sign_in):
    RiskModel.objects.create(workspace=workspace, target="churn", number=1, horizon_days=90, definition={},
                             card=stage.empty_card())  # fmt: skip
    client = sign_in(alice)
    for name, state in (("risk_publication", "published"), ("risk_retirement", "retired")):
        client.post(reverse(f"health:{name}", args=[workspace.slug, "churn", 1]))
        assert RiskModel.objects.get().state == state
    setting = reverse("health:risk_setting", args=[workspace.slug, "churn"])
    client.post(setting, {"horizon_days": "60", "retrain_days": "0"})
    assert actions.setting(workspace, "churn").horizon_days == 60
    client.post(setting, {"horizon_days": "x", "retrain_days": "0"})
    assert actions.setting(workspace, "churn").horizon_days == 60


def test_the_account_list_has_the_chance_and_filters_by_it(workspace, alice):
    one, other = make_account(workspace, status="active"), make_account(workspace, status="active")
    stage.chance(one, value=0.4)
    column = next(part for part in registry.columns() if part.key == "churn")
    assert column.value(Account.objects.get(pk=one.pk)) == 40.0
    assert column.value(Account.objects.get(pk=other.pk)) is None
    assert columns._reason(Account.objects.get(pk=one.pk)) == "Days since last use: 30 days"

    def numbers(key: str, *values: str) -> list[int]:
        part = next(part for part in registry.filters() if part.key == key)
        return sorted(Account.objects.filter(part.condition(alice, list(values))).values_list("pk", flat=True))

    assert numbers("churn", "high") == [one.pk]
    assert numbers("churn", "low") == []
    assert numbers("churn_chance", "30..50") == [one.pk]
    assert numbers("churn_chance", "..30") == []
    with pytest.raises(ValueError):
        numbers("churn_chance", "many")


def test_the_trait_gives_percent_and_band(workspace):
    stage.chance(make_account(workspace, status="active"), value=0.25)
    found = traits.load(workspace)
    assert list(found["risk.churn"][1]) == [25.0]
    assert list(found["risk.churn_band"][1]) == ["high"]
    assert list(found["risk.expansion"][1]) == []


def test_reasons_point_up_or_down(workspace):
    found = panels.reasons([{"en": "a", "zh": "甲", "effect": 2.0}, {"en": "b", "zh": "乙", "effect": -1.0}])
    assert [(reason.share, reason.is_up) for reason in found] == [(1.0, True), (-0.5, False)]


def test_the_api_explains_a_chance_in_parts_that_add_up(workspace, bob, mallory):
    account = make_account(workspace, status="active")
    stage.chance(account, value=0.25)
    client = caller(bob)
    base = f"/api/v1/accounts/{account.number}/risk"
    assert client.get(base).json()["chance"] == 0.25
    told = client.get(f"{base}/explanation").json()
    assert told["base"] + sum(part["effect"] for part in told["effects"]) == pytest.approx(told["log_odds"])
    assert 1 / (1 + 2.718281828459045 ** -told["log_odds"]) == pytest.approx(told["chance"])
    assert [point["chance"] for point in client.get(f"{base}/history").json()] == [0.25]
    assert client.get("/api/v1/risk/accounts").json()["items"][0]["account"] == account.number
    assert client.get("/api/v1/risk/models").json()[0]["number"] == 1
    assert client.get(f"{base}?target=expansion").status_code == 404
    assert client.get("/api/v1/risk/models?target=weather").status_code in (400, 404, 422)
    assert caller(mallory).get(base).status_code == 404
    assert caller(mallory).get("/api/v1/risk/accounts").json()["items"] == []
