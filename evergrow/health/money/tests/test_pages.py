"""The money pages, their exports and operations."""

import pytest

from evergrow.customers.models import ExchangeRate
from evergrow.customers.tests.stage import make_account, make_subscription
from evergrow.health.money import booking, narrowing
from evergrow.workspaces.models import AuditEntry, Job

pytestmark = [pytest.mark.usefixtures("db", "frozen"), pytest.mark.once]


@pytest.fixture
def trio(workspace):
    a, b, c = (make_account(workspace, name, plan="Pro") for name in ("Alpha", "Beta", "Gamma"))
    make_subscription(a, 100, "2025-01-01", "2026-02-10")
    make_subscription(a, 150, "2026-02-10")
    make_subscription(b, 100, "2025-01-01", "2026-02-10")
    make_subscription(b, 60, "2026-02-10")
    make_subscription(c, 100, "2025-01-01", "2026-02-10")
    booking.book(workspace)


def read(client, path):
    response = client.get(f"/w/acme/{path}")
    assert response.status_code == 200
    return response.content.decode() if not response.streaming else b"".join(response.streaming_content).decode()


def test_an_empty_workspace_is_told_what_a_movement_is(alice, client):
    client.force_login(alice.user)
    assert "No revenue yet" in read(client, "money/")


@pytest.mark.usefixtures("trio", "warehouse_db")
def test_the_page_says_what_stayed_and_opens_who_left(alice, client):
    client.force_login(alice.user)
    page = read(client, "money/?period=2026-02")
    assert "70.0%" in page
    assert "53.3%" in page
    assert "66.7%" in page
    assert "running" in page
    for by in ("tier", "plan", "owner", "segment"):
        assert "By group" in read(client, f"money/?by={by}")
    lost = read(client, "money/accounts/?period=2026-02&part=lost")
    assert "Gamma" in lost
    assert "Alpha" not in lost
    listed = read(client, "accounts/?money=lost@2026-01-31..2026-02-28")
    assert "Gamma" in listed
    assert "Alpha" not in listed


@pytest.mark.usefixtures("trio")
def test_exports_hold_the_same_numbers(alice, client):
    client.force_login(alice.user)
    assert "0.533333" in read(client, "money/periods.csv?period=2026-02")
    assert "Pro" in read(client, "money/groups.csv?period=2026-02&by=plan")
    assert "Gamma,a-" in read(client, "money/accounts.csv?period=2026-02&part=churn")
    assert client.get("/w/acme/money/periods.xlsx").status_code == 200
    for wrong in ("money/other.csv", "money/periods.pdf", "money/?period=1999-01", "money/?by=plan&group=none"):
        assert client.get(f"/w/acme/{wrong}").status_code == 404


@pytest.mark.usefixtures("trio")
def test_managers_state_rates_and_viewers_do_not(alice, carol, client):
    client.force_login(alice.user)
    assert client.post("/w/acme/money/rates/", {"currency": "EUR", "rate": "7.8"}).status_code == 302
    assert str(ExchangeRate.objects.get().rate.normalize()) == "7.8"
    assert Job.objects.filter(kind="health.book_movements").exists()
    assert AuditEntry.objects.filter(verb="exchange_rate.set").count() == 1
    client.post("/w/acme/money/rates/", {"currency": "EUR", "rate": "-1"})
    assert str(ExchangeRate.objects.get().rate.normalize()) == "7.8"
    assert "Show the SQL" in read(client, "money/")
    client.post("/w/acme/money/rates/", {"currency": "EUR", "forget": "1"})
    assert not ExchangeRate.objects.exists()
    client.force_login(carol.user)
    assert client.post("/w/acme/money/rates/", {"currency": "EUR", "rate": "7.8"}).status_code == 403
    assert "Show the SQL" not in read(client, "money/")


def test_a_filter_that_cannot_be_read_is_refused_in_a_sentence(alice):
    for wrong in ("churn", "gone@2026-01-31..2026-02-28", "churn@2026-01-31..2026-02-31"):
        with pytest.raises(ValueError, match="cannot be read"):
            narrowing.condition(alice, [wrong])
