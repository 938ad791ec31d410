"""Pages of the day's work name people only as far as their reader may see them."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from evergrow.customers.models import Affiliation, Person, Visit, VisitState
from evergrow.customers.privacy import masking
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.success.contact import budget, policy
from evergrow.success.models import Signal, Task
from evergrow.workspaces.models import Member, Workspace

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.once]
CLEAR = ["owner"]


@pytest.fixture
def person(workspace: Workspace, alice: Member) -> Person:
    found = make_person(make_account(workspace), "Zebra Quagga")
    Person.objects.filter(pk=found.pk).update(email="zebra@example.com")
    masking.save_rules(workspace=workspace, roles={"name": CLEAR, "email": CLEAR}, by=alice)
    found.refresh_from_db()
    return found


def test_tasks_signals_contacts_and_my_day_mask_whom_they_are_about(
    workspace: Workspace, person: Person, alice: Member, bob: Member, sign_in: Callable[[Member], Client]
) -> None:
    account, today = Affiliation.objects.get(person=person).account, workspace.today()
    facts = {"workspace": workspace, "account": account, "person": person}
    task = Task.objects.create(**facts, name="Call", owner=bob, due_on=today)
    signal = Signal.objects.create(
        **facts, kind="ticket", dedupe_key="ticket:7", severity=2,
        reason={"en": "Trouble", "zh": "有事"}, evaluated_on=today,
    )  # fmt: skip
    Visit.objects.create(
        account=account, person=person, author=bob, kind="meeting", happened_on=today,
        state=VisitState.PLANNED,
    )  # fmt: skip
    policy.save(workspace=workspace, data={"limits": [], "quiet": []}, by=None)
    for subject in ("one", "two"):  # the second is held back, as the same was sent already
        budget.reserve(
            workspace=workspace, person=person, account=account, subject=subject, channel="mail", purpose="news"
        )
    pages = [
        reverse("success:task", args=["acme", task.pk]),
        reverse("success:signal", args=["acme", signal.pk]),
        reverse("success:signals", args=["acme"]) + f"?signal={signal.pk}",
        reverse("success:tasks", args=["acme"]),
        reverse("success:contact_refusals", args=["acme"]),
    ]
    for page in pages:
        masked = sign_in(bob).get(page).content.decode()
        assert "Zebra" not in masked, page
        assert "Z***" in masked, page
