"""The pages: from what is seen to a published plan, with every refusal on the way."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import make_member
from evergrow.intake.models import PlanState, PlanVersion, Reject, TrackedEvent, TrackedProperty
from evergrow.intake.plan import actions, violations
from evergrow.intake.tests.capture.stage import Door
from evergrow.workspaces.models import AccountScope, Member, Role, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PLAN = "/w/acme/plan/"


@pytest.fixture(autouse=True)
def fresh_eyes() -> None:
    violations.forget_kinds()


@pytest.fixture
def arrived(door: Door, workspace: Workspace, frozen: Any) -> None:
    """Two orders, one of which goes against the published plan, and an event nobody planned."""
    rule = {"mode": "flag", "properties": {"amount": {"type": "number", "required": True}}}
    actions.save_draft(workspace=workspace, event="order/paid", definition=rule, by=None)
    actions.publish(workspace=workspace, by=None)
    for number, amount in enumerate((12, "12")):
        message = {"userId": "u1", "event": "order/paid", "messageId": f"m{number}", "properties": {"amount": amount}}
        door.post("/v1/track", message)
    door.post("/v1/track", {"userId": "u1", "event": "login", "messageId": "m9", "properties": {"via": "sso"}})
    assert door.drain() == 3


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status
    return response.content.decode()


def test_the_list_shows_what_is_seen_planned_and_against_the_plan(arrived: None, alice: Member, sign_in: Any) -> None:
    client = sign_in(alice)
    page = text(client, PLAN)
    assert "order/paid" in page
    assert "login" in page
    assert "1 event went against the plan" in page
    assert "login" not in text(client, f"{PLAN}?show=violating")
    assert "order/paid" not in text(client, f"{PLAN}?show=unplanned")
    assert "order/paid" not in text(client, f"{PLAN}?q=log")
    assert "No event matches" in text(client, f"{PLAN}?q=nothing-like-it")


def test_an_event_s_page_shows_the_plan_beside_what_is_seen(arrived: None, alice: Member, sign_in: Any) -> None:
    page = text(sign_in(alice), f"{PLAN}event/?event=order%2Fpaid")
    assert "Number · required" in page
    assert "Wrong type" in page
    assert "Sample messages" in page
    assert "It was text." in page
    text(sign_in(alice), f"{PLAN}event/?event=never", 404)


def test_a_refused_message_leads_to_the_rule_that_refused_it(
    door: Door, workspace: Workspace, alice: Member, sign_in: Any
) -> None:
    actions.save_draft(workspace=workspace, event="", definition={"unplanned_events": "block"}, by=None)
    actions.publish(workspace=workspace, by=None)
    door.post("/v1/track", {"userId": "u1", "event": "a/b", "messageId": "m1"})
    assert door.drain() == 0
    client = sign_in(alice)
    page = text(client, f"/w/acme/rejects/{Reject.objects.get().pk}/")
    assert f"{PLAN}event/?event=a%2Fb" in page
    assert "Plan it" in text(client, f"{PLAN}event/?event=a%2Fb")


def test_samples_are_for_those_who_see_every_account(arrived: None, workspace: Workspace, sign_in: Any) -> None:
    someone = make_member(workspace, "Dora", Role.OPERATOR, scope=AccountScope.OWN)
    page = text(sign_in(someone), f"{PLAN}event/?event=order%2Fpaid")
    assert "Sample messages" not in page
    assert "A value" not in page


def test_what_is_seen_is_accepted_reviewed_and_published(arrived: None, alice: Member, sign_in: Any) -> None:
    client = sign_in(alice)
    response = client.post(f"{PLAN}event/acceptance/", {"event": "login"}, follow=True)
    assert "via" in response.content.decode()
    assert PlanVersion.objects.get(event="login").state == PlanState.DRAFT
    client.post(f"{PLAN}publication/", {"event": "login"})
    version = PlanVersion.objects.get(event="login")
    assert version.state == PlanState.PUBLISHED
    assert version.definition["properties"] == {"via": {"type": "text", "required": True}}


def test_the_editor_saves_what_was_typed_as_a_draft(arrived: None, alice: Member, sign_in: Any) -> None:
    typed = {
        "mode": "block", "unplanned": "flag", "deny": "card\nid",
        "name-0": "amount", "planned-0": "on", "type-0": "number", "min-0": "0", "max-0": "10.5",
        "name-1": "via", "type-1": "text",
        "name-2": "plan", "planned-2": "on", "type-2": "text", "required-2": "on", "values-2": "free | pro",
        "name-3": "", "planned-3": "on", "type-3": "any",
    }  # fmt: skip
    response = sign_in(alice).post(f"{PLAN}event/draft/?event=login", typed)
    assert response.status_code == 302
    assert PlanVersion.objects.get(event="login").definition == {
        "mode": "block",
        "unplanned": "flag",
        "properties": {
            "amount": {"type": "number", "min": 0, "max": 10.5},
            "plan": {"type": "text", "required": True, "values": ["free", "pro"]},
        },
        "deny": ["card", "id"],
    }


def test_a_mistake_in_the_editor_is_said_and_what_was_typed_stays(arrived: None, alice: Member, sign_in: Any) -> None:
    typed = {"mode": "flag", "unplanned": "", "name-0": "amount", "planned-0": "on", "type-0": "number", "min-0": "low"}
    response = sign_in(alice).post(f"{PLAN}event/draft/?event=login", typed)
    assert response.status_code == 422
    assert "properties → amount → min: A number is expected." in response.content.decode()
    assert 'value="low"' in response.content.decode()
    assert not PlanVersion.objects.filter(event="login").exists()


def test_an_event_is_described_owned_and_verified(arrived: None, alice: Member, sign_in: Any) -> None:
    client = sign_in(alice)
    said = {
        "event": "login",
        "description_en": "Signed in",
        "description_zh": "登录",
        "owner": alice.pk,
        "tags": "a，b、c",
    }
    client.post(f"{PLAN}event/details/", said)
    client.post(f"{PLAN}event/verification/", {"event": "login", "right": "1"})
    row = TrackedEvent.objects.get(name="login")
    assert (row.description, row.owner, row.tags, row.verified_by) == (
        {"en": "Signed in", "zh": "登录"}, alice, ["a", "b", "c"], alice,
    )  # fmt: skip
    assert "login" not in text(client, f"{PLAN}?show=unverified")
    assert "login" in text(client, f"{PLAN}?owner={alice.pk}")
    assert "verified by Alice" in text(client, f"{PLAN}event/?event=login")


def test_a_hidden_name_is_not_offered_where_names_are_chosen(arrived: None, alice: Member, sign_in: Any) -> None:
    client = sign_in(alice)
    trends = "/w/acme/insight/trends/?event=order%2Fpaid"
    assert '<option value="login"' in text(client, trends)
    assert "property.amount" in text(client, trends)
    client.post(f"{PLAN}event/details/", {"event": "login", "hidden": "on"})
    client.post(f"{PLAN}property/details/", {"property": "amount", "hidden": "on"})
    assert '<option value="login"' not in text(client, trends)
    assert "property.amount" not in text(client, trends)
    assert "login" not in text(client, PLAN)
    assert "login" in text(client, f"{PLAN}?show=hidden")


def test_a_property_has_a_page_and_is_described(arrived: None, alice: Member, sign_in: Any) -> None:
    client = sign_in(alice)
    assert "amount" in text(client, f"{PLAN}properties/")
    assert "order/paid" in text(client, f"{PLAN}property/?property=amount")
    client.post(f"{PLAN}property/details/", {"property": "amount", "description_en": "In yuan", "verified": "on"})
    row = TrackedProperty.objects.get(name="amount")
    assert (row.description, row.verified_by) == ({"en": "In yuan"}, alice)
    text(client, f"{PLAN}property/?property=never", 404)


def test_the_rules_for_everything_go_through_a_draft(arrived: None, alice: Member, carol: Member, sign_in: Any) -> None:
    client = sign_in(alice)
    typed = {
        "unplanned_events": "flag", "unplanned_properties": "block", "ip": "truncate", "email": "mask", "phone": "keep",
        "deny": "id_card, card",
    }  # fmt: skip
    response = client.post(f"{PLAN}rules/draft/", typed, follow=True)
    assert "id_card" in response.content.decode()
    client.post(f"{PLAN}publication/", {"event": ""})
    assert actions.published(alice.workspace)[""]["deny"] == ["id_card", "card"]
    assert "id_card" in text(sign_in(carol), f"{PLAN}rules/")
    assert client.post(f"{PLAN}rules/draft/", typed | {"ip": "hide"}).status_code == 422


def test_a_file_is_previewed_then_taken_over(arrived: None, alice: Member, sign_in: Any) -> None:
    client = sign_in(alice)
    body = "events: {login: {mode: block, description: {en: In}}}"
    file = SimpleUploadedFile("plan.yaml", body.encode())
    page = client.post(f"{PLAN}exchange/", {"file": file}).content.decode()
    assert "1 added" in page
    assert not PlanVersion.objects.filter(event="login").exists()
    client.post(f"{PLAN}exchange/", {"text": body, "take": "1"})
    assert PlanVersion.objects.get(event="login").state == PlanState.DRAFT
    assert TrackedEvent.objects.get(name="login").description == {"en": "In"}


def test_a_file_with_a_mistake_is_refused_by_its_line(workspace: Workspace, alice: Member, sign_in: Any) -> None:
    response = sign_in(alice).post(f"{PLAN}exchange/", {"text": "events:\n  login:\n    mode: loud\n"})
    assert response.status_code == 422
    assert "Line 3: events → login → mode" in response.content.decode()


def test_a_manager_cannot_bring_in_rules_for_everything(workspace: Workspace, sign_in: Any) -> None:
    client = sign_in(make_member(workspace, "Mei", Role.MANAGER))
    body = "workspace: {email: mask}"
    assert "Only administrators" in client.post(f"{PLAN}exchange/", {"text": body}).content.decode()
    assert client.post(f"{PLAN}exchange/", {"text": body, "take": "1"}).status_code == 403
    assert not PlanVersion.objects.exists()


def test_the_plan_is_exported_as_yaml(arrived: None, carol: Member, sign_in: Any) -> None:
    response = sign_in(carol).get(f"{PLAN}export.yaml")
    assert response["Content-Type"] == "application/yaml"
    assert "order/paid:" in response.content.decode()


def test_drafts_are_reviewed_and_discarded(arrived: None, alice: Member, sign_in: Any) -> None:
    client = sign_in(alice)
    client.post(f"{PLAN}event/removal/", {"event": "order/paid"})
    assert "no plan any more" in text(client, f"{PLAN}review/")
    client.post(f"{PLAN}discard/", {"event": "order/paid"})
    assert "No draft waits" in text(client, f"{PLAN}review/")


def test_a_workspace_sees_nothing_of_its_neighbour(arrived: None, mallory: Member, sign_in: Any) -> None:
    client = sign_in(mallory)
    assert "order/paid" not in text(client, "/w/next-door/plan/")
    text(client, "/w/next-door/plan/event/?event=order%2Fpaid", 404)
