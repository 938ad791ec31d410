"""Expected losses take the model of churn in force before the rates of bands, and say so."""

import pytest

from evergrow.customers.models import Account
from evergrow.customers.tests.stage import make_account
from evergrow.health.risk.models import RiskModel
from evergrow.health.risk.tests.stage import chance
from evergrow.health.standing import losing
from evergrow.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def test_the_model_in_force_is_asked_first(workspace: Workspace, warehouse_db: None) -> None:
    account = make_account(workspace, status="active")
    chance(account, value=0.25)
    found = losing.chances(workspace, Account.objects.filter(workspace=workspace))
    assert found is not None
    assert found.by_account == {account.number: 0.25}
    assert found.spans == {account.number: (0.2, 0.3)}
    assert (found.days, found.words["en"], found.is_doubtful) == (90, "model of churn v1", False)


def test_a_model_that_ranks_no_better_than_chance_is_doubtful(workspace: Workspace, warehouse_db: None) -> None:
    chance(make_account(workspace, status="active"))
    model = RiskModel.objects.get(workspace=workspace)
    model.card["measures"]["auc_interval"] = [0.48, 0.6]
    model.save()
    found = losing.chances(workspace, Account.objects.filter(workspace=workspace))
    assert found is not None
    assert found.is_doubtful


def test_a_retired_model_says_nothing(workspace: Workspace, warehouse_db: None) -> None:
    chance(make_account(workspace, status="active"))
    RiskModel.objects.filter(workspace=workspace).update(state="retired")
    assert losing.chances(workspace, Account.objects.filter(workspace=workspace)) is None
