"""Health through the API: what the page says, in numbers that add up."""

from datetime import timedelta

import pytest

from conftest import NOON
from evergrow.customers.tests.stage import make_account
from evergrow.health.actions.cards import ensure_scorecard
from evergrow.health.actions.computing import compute
from evergrow.health.tests.stage import crowd
from evergrow.lib import clock
from evergrow.workspaces.tests.callers import caller


def test_the_effects_add_up_to_the_change(workspace, alice, bob, warehouse_db, frozen):
    crowd(workspace, alice)
    ensure_scorecard(workspace=workspace)
    with clock.frozen(NOON - timedelta(days=30)):
        compute(workspace=workspace)
    compute(workspace=workspace)
    client, moved = caller(bob), 0
    for now in client.get("/api/v1/health", {"limit": 200}).json()["items"]:
        base = f"/api/v1/accounts/{now['account']}/health"
        told = client.get(f"{base}/explanation").json()
        assert now == client.get(base).json()
        assert now["score"] == told["score"]
        if told["change"]:
            parts = [effect[kind] for effect in told["effects"] for kind in ("value", "null", "weight", "scoring")]
            assert told["before"] + sum(parts) == pytest.approx(told["score"], abs=1e-6)
            history = client.get(f"{base}/history", {"days": 60}).json()
            assert history == sorted(history, key=lambda point: point["day"])
            assert history[-1]["score"] == pytest.approx(told["score"])
            moved += 1
    assert moved > 5


def test_an_account_without_a_score_is_not_found(workspace, bob, warehouse_db, frozen):
    account = make_account(workspace)
    for path in ("health", "health/explanation"):
        assert caller(bob).get(f"/api/v1/accounts/{account.number}/{path}").status_code == 404
    assert caller(bob).get(f"/api/v1/accounts/{account.number}/health/history").json() == []


def test_a_store_that_is_down_says_come_back(workspace, bob, warehouse_db, monkeypatch):
    from evergrow import warehouse

    def down(*_, **__):
        raise warehouse.StoreUnavailable("The event store is down.")

    monkeypatch.setattr(warehouse, "rows", down)
    response = caller(bob).get(f"/api/v1/accounts/{make_account(workspace).number}/health/history")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert response.headers["Content-Type"] == "application/problem+json"
