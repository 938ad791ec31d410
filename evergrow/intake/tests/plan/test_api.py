"""The plan through the JSON API: the same reading, drafting and publishing as on the pages."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from conftest import make_member
from evergrow.intake.events import NormalEvent, insert_events
from evergrow.intake.models import PlanVersion, TrackedEvent
from evergrow.workspaces.models import Member, Role, Workspace
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("warehouse_db", "frozen")]
AT = datetime(2026, 3, 24, 20, 30, tzinfo=UTC)


def send(client: Client, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    extra = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    response = client.generic(method, f"/api/v1/tracking-plan{path}", **extra)
    return response.status_code, json.loads(response.content) if response.content else None


@pytest.fixture
def seen(workspace: Workspace) -> None:
    event = NormalEvent(event="a/b", at=AT, message_id="m1", person=1, properties={"plan": "pro"})
    insert_events(workspace, [event], segment="s1")


def test_what_is_seen_is_listed(seen: None, alice: Member) -> None:
    client = caller(alice)
    status, (event,) = send(client, "GET", "/events")
    assert (status, event["name"], event["times_30_days"], event["mode"]) == (200, "a/b", 1, "")
    _, (found,) = send(client, "GET", "/properties?event=a%2Fb")
    assert (found["name"], found["types"], found["events"]) == ("plan", ["text"], 1)
    assert send(client, "GET", "/violations")[1] == []


def test_an_event_is_described_part_by_part(seen: None, alice: Member) -> None:
    client = caller(alice)
    said = {"description": {"en": "Both"}, "owner": alice.user.email, "verified": True}
    status, found = send(client, "PATCH", "/events?event=a%2Fb", said)
    assert status == 200
    assert found["said"]["verified_at"]
    _, found = send(client, "PATCH", "/events?event=a%2Fb", {"tags": ["core"]})
    assert found["said"] | {"verified_at": ""} == {
        "description": {"en": "Both"}, "owner": alice.user.email, "tags": ["core"], "deprecated": False,
        "hidden": False, "verified_at": "",
    }  # fmt: skip
    status, problem = send(client, "PATCH", "/events?event=a%2Fb", {"owner": "stranger@example.com"})
    assert (status, problem["errors"][0]["where"]) == (422, "body.owner")
    assert TrackedEvent.objects.count() == 1


def test_a_plan_is_tried_brought_in_and_published(seen: None, workspace: Workspace, alice: Member) -> None:
    client = caller(alice)
    plan = {"events": {"a/b": {"mode": "block", "properties": {"plan": "text"}}}}
    status, found = send(client, "PUT", "", {"plan": plan, "dry_run": True})
    assert (status, found[0]["name"], found[0]["kind"]) == (200, "a/b", "added")
    assert not PlanVersion.objects.exists()
    send(client, "PUT", "", {"plan": plan})
    manager = caller(make_member(workspace, "Mei", Role.MANAGER))
    assert send(manager, "POST", "/publication", {})[0] == 403
    assert send(client, "POST", "/publication", {})[1][0]["event"] == "a/b"
    assert send(client, "POST", "/publication", {})[0] == 409
    _, whole = send(client, "GET", "")
    assert whole["events"]["a/b"]["mode"] == "block"
    assert send(client, "PUT", "", {"plan": whole, "dry_run": True}) == (200, [])


def test_a_mistake_in_a_plan_is_named(alice: Member) -> None:
    status, problem = send(caller(alice), "PUT", "/drafts", {"event": "x", "definition": {"mode": "loud"}})
    assert status == 422
    assert problem["detail"].startswith("mode: “loud” is not known")


def test_what_is_seen_is_accepted_and_the_draft_thrown_away(seen: None, alice: Member) -> None:
    client = caller(alice)
    status, draft = send(client, "POST", "/acceptance?event=a%2Fb")
    assert (status, draft["definition"]["properties"]) == (200, {"plan": {"type": "text", "required": True}})
    assert len(send(client, "GET", "/drafts")[1]) == 1
    assert send(client, "DELETE", "/drafts?event=a%2Fb")[0] == 204
    assert send(client, "DELETE", "/drafts?event=a%2Fb")[0] == 409
    assert send(client, "POST", "/acceptance?event=never")[0] == 409


def test_a_neighbour_reads_nothing(seen: None, mallory: Member) -> None:
    assert send(caller(mallory), "GET", "/events") == (200, [])
