"""The portfolio's effects add up to the change of its mean, and agree with every account's own split."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from evergrow.customers.models import Account
from evergrow.health import actions, portfolio_change
from evergrow.health.entries.actions import enter
from evergrow.health.explanation import explain
from evergrow.health.tests import stage
from evergrow.health.tests.stage import TODAY
from evergrow.health.tests.test_cards import MOOD, definition, measure, publish, rule
from evergrow.lib import clock

pytestmark = [pytest.mark.usefixtures("warehouse_db", "frozen"), pytest.mark.once]


@pytest.fixture
def moved(workspace: Any, alice: Any, frozen: Any) -> Any:
    """Five accounts: two values change, one is capped meanwhile, one arrives, one has no score; a new version too."""
    accounts = [stage.account(workspace, number, plan="Basic", mrr=10 * number) for number in range(1, 6)]
    revenue = measure("revenue", "trait", ask={"trait": "mrr", "reads": "number"})
    publish(workspace, alice, definition(MOOD, revenue, exceptions=[rule("cap", 20)]))
    for account, value in zip(accounts[:3], (80, 60, 40), strict=True):
        enter(account=account, key="mood", value=value, on=TODAY, by=alice)
    actions.compute(workspace=workspace)
    with clock.frozen(frozen + timedelta(days=40)):
        publish(workspace, alice, definition(MOOD | {"weight": 3}, revenue, exceptions=[rule("cap", 20)]))
        Account.objects.filter(pk=accounts[2].pk).update(plan="Pro")
        accounts[2].refresh_from_db()
        accounts[2].save()
        stage.account(workspace, 9, plan="Basic", mrr=55, signed_up_on=workspace.today())
        enter(account=accounts[0], key="mood", value=10, on=workspace.today(), by=alice)
        actions.compute(workspace=workspace)
        yield workspace


def test_the_effects_add_up_to_the_change_of_the_mean(moved: Any) -> None:
    found = portfolio_change.read(moved, Account.objects.filter(workspace=moved), TODAY, moved.today())
    assert sum(effect.points for effect in found.effects) == pytest.approx(found.now - found.then, abs=1e-9)
    kinds = {effect.kind for effect in found.effects}
    assert {"value", "weight", "exception", "arrivals"} <= kinds
    assert (found.both, found.arrived, found.left) == (5, 1, 0)


def test_every_account_s_own_split_adds_up_and_is_what_the_portfolio_sums(moved: Any) -> None:
    found = portfolio_change.read(moved, Account.objects.filter(workspace=moved), TODAY, moved.today())
    values, parts = 0.0, 0.0
    for account in Account.objects.filter(workspace=moved, number__lt=9):
        told = explain(account, 40)
        effects = told.effects
        own = sum(float(np.nansum(grid)) for grid in (effects.value, effects.null, effects.weight, effects.scoring))
        done = sum(part.points for part in told.parts)
        assert own + done == pytest.approx(told.change, abs=1e-9)
        values, parts = values + float(np.nansum(effects.value)), parts + done
    said = sum(effect.points for effect in found.effects if effect.kind == "value")
    assert said == pytest.approx(values / 5, abs=1e-9)
    exceptions = sum(effect.points for effect in found.effects if effect.kind == "exception")
    assert exceptions == pytest.approx(parts / 5, abs=1e-9)


def test_days_without_scores_say_so(workspace: Any) -> None:
    found = portfolio_change.read(workspace, Account.objects.filter(workspace=workspace), TODAY, TODAY)
    assert (found.then, found.now, found.effects) == (None, None, [])
