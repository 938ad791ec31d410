"""Health in the account list: columns, filters, views."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from evergrow.customers import registry
from evergrow.customers.models import Account
from evergrow.health import actions, columns
from evergrow.health.tests import stage
from evergrow.health.tests.stage import TODAY

pytestmark = pytest.mark.usefixtures("warehouse_db", "frozen")


@pytest.fixture
def scored(workspace: Any) -> Any:
    for number in (1, 2, 3):
        stage.account(workspace, number)
    stage.events(workspace, stage.steady_use(1, until=TODAY - timedelta(days=22)) + stage.steady_use(2))
    actions.compute(workspace=workspace)
    return workspace


def numbers(member: Any, key: str, *values: str) -> list[int]:
    part = next(part for part in registry.filters() if part.key == key)
    found = Account.objects.filter(part.condition(member, list(values)))
    return sorted(found.values_list("number", flat=True))


def test_bands_filter_and_unscored_accounts_are_insufficient(scored: Any, alice: Any) -> None:
    stage.account(scored, 4)
    assert numbers(alice, "health", "risk") == [1]
    assert numbers(alice, "health", "insufficient") == [3, 4]
    assert numbers(alice, "health", "risk", "healthy") == [1, 2]


def test_moves_since_last_week_filter(scored: Any, alice: Any) -> None:
    assert numbers(alice, "moved", "fell") == [1]
    assert numbers(alice, "moved", "rose") == []
    assert numbers(alice, "moved", "nonsense") == []


def test_scores_filter_by_range(scored: Any, alice: Any) -> None:
    assert numbers(alice, "score", "..50") == [1]
    assert numbers(alice, "score", "75..") == [2]
    with pytest.raises(ValueError):
        numbers(alice, "score", "many")


def test_usage_is_read_for_a_whole_page_at_once(scored: Any) -> None:
    accounts = list(Account.objects.order_by("number"))
    found = columns.weekly_usage(scored, accounts)
    assert found[accounts[1].pk] == [3, 4] * 6 or sum(found[accounts[1].pk]) == 42
    assert found[accounts[0].pk][-3:] == [0, 0, 0]
    assert found[accounts[2].pk] == [0] * 12


def test_the_list_shows_health_and_its_views(scored: Any, alice: Any, sign_in: Any) -> None:
    client = sign_in(alice)
    page = client.get(reverse("customers:accounts", args=["acme"])).content.decode()
    assert "Slipped this week" in page
    assert "health-risk" in page
    assert "Too little data" in page
    slipped = client.get(reverse("customers:accounts", args=["acme"]) + "?status=active&moved=fell").content.decode()
    assert "Account 1" in slipped
    assert "Account 2" not in slipped
