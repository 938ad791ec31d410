"""The editor, its preview and suggestions, and the same through the API."""

import json
from typing import Any

import pytest
from django.test import Client

from evergrow.customers.models import Account
from evergrow.customers.tests.criteria.stage import tell
from evergrow.customers.tests.stage import make_account, make_person, make_seat
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("warehouse_db"), pytest.mark.once]


@pytest.fixture
def accounts(workspace: Workspace) -> list[Account]:
    found = [make_account(workspace, name, mrr=mrr, plan="Pro") for name, mrr in (("Kite", 100), ("Nova", 5))]
    person = make_person(found[0])
    tell(workspace, [("login", clock.now(), person.number, found[0].number, {"device": "phone"})])
    return found


def preview(client: Client, data: Any, kind: str = "account", **more: str) -> str:
    answer = client.post("/w/acme/criteria/preview/", {"kind": kind, "criteria": json.dumps(data), **more})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_preview_counts_names_and_says(sign_in: Any, alice: Member, accounts: list[Account]) -> None:
    text = preview(sign_in(alice), {"all": [{"trait": "mrr", "over": 50}]})
    assert "<b>1</b>" in text
    assert "of 2 accounts" in text
    assert "Accounts where MRR is over 50." in text
    assert "Kite" in text
    assert "Nova" not in text


def test_the_preview_points_at_what_is_wrong(sign_in: Any, alice: Member, accounts: list[Account]) -> None:
    text = preview(sign_in(alice), {"all": [{"trait": "mrr", "over": "x"}]})
    assert 'data-part="all.0.over"' in text
    assert "This needs a number" in text
    answer = sign_in(alice).post("/w/acme/criteria/preview/", {"kind": "account", "criteria": "{"})
    assert "did not arrive whole" in answer.content.decode()


def test_a_member_previews_only_accounts_they_may_see(sign_in: Any, bob: Member, accounts: list[Account]) -> None:
    Member.objects.filter(pk=bob.pk).update(scope="own")
    make_seat(accounts[1], bob)
    text = preview(sign_in(bob), {"trait": "plan", "is": "Pro"})
    assert "of 1 account " in text.replace("\n", " ")
    assert "Nova" in text
    assert "Kite" not in text
    assert "<b>0</b>" in preview(sign_in(bob), {"did": "login"}, "person")
    suggestions = (
        sign_in(bob).get("/w/acme/criteria/choices/", {"of": "trait", "kind": "account", "key": "name"}).json()
    )
    assert suggestions == {"choices": [{"key": "Nova", "label": "Nova"}]}


def test_the_page_works_without_script(sign_in: Any, alice: Member, accounts: list[Account]) -> None:
    client = sign_in(alice)
    page = client.get("/w/acme/criteria/").content.decode()
    assert 'name="criteria_text"' in page
    text = "trait: mrr\nover: 50\n"
    found = client.get("/w/acme/criteria/", {"kind": "account", "criteria_text": text}).content.decode()
    assert "Accounts where MRR is over 50." in found
    wrong = client.get("/w/acme/criteria/", {"kind": "account", "criteria_text": "trait: ["}).content.decode()
    assert "cannot be read" in wrong
    kept = client.get("/w/acme/criteria/", {"criteria": '{"trait": "mrr", "over": ""}'}).content.decode()
    assert 'data-problem-part="over"' in kept
    assert "&quot;trait&quot;: &quot;mrr&quot;" in kept


def test_suggestions_come_from_real_values(sign_in: Any, alice: Member, accounts: list[Account]) -> None:
    client = sign_in(alice)

    def choices(**query: str) -> list[str]:
        return [each["key"] for each in client.get("/w/acme/criteria/choices/", query).json()["choices"]]

    assert choices(of="trait", kind="account", key="plan") == ["Pro"]
    assert choices(of="trait", kind="account", key="tier") == ["strategic", "vip", "general"]
    assert choices(of="properties", event="login") == ["device"]
    assert choices(of="property", event="*", key="device") == ["phone"]


def test_text_becomes_data_and_back(sign_in: Any, alice: Member, workspace: Workspace) -> None:
    client = sign_in(alice)
    found = client.post("/w/acme/criteria/text/", {"kind": "account", "text": "trait: plan\nis: Pro"}).json()
    assert found == {"data": {"trait": "plan", "is": ["Pro"]}}
    back = client.post("/w/acme/criteria/text/", {"kind": "account", "criteria": json.dumps(found["data"])}).json()
    assert back == {"text": "trait: plan\nis:\n  - Pro\n"}
    wrong = client.post("/w/acme/criteria/text/", {"kind": "account", "text": "trait: plan"})
    assert wrong.status_code == 422
    assert "exactly one comparison" in wrong.json()["problem"]
