"""The plan at work: what arrives is checked, counted, masked and refused between the spool and the stores."""

from typing import Any

import pytest

from evergrow import warehouse
from evergrow.intake.capture import drain as draining
from evergrow.intake.models import Reject
from evergrow.intake.plan import actions, seen, violations
from evergrow.intake.tests.capture.stage import Door
from evergrow.workspaces.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_eyes() -> None:
    violations.forget_kinds()


def publish(workspace: Workspace, event: str, definition: dict[str, Any]) -> None:
    actions.save_draft(workspace=workspace, event=event, definition=definition, by=None)
    actions.publish(workspace=workspace, events=[event], by=None)


def send(door: Door, number: int, event: str = "purchase", **properties: Any) -> None:
    message = {"userId": "u1", "event": event, "messageId": f"m{number}", "properties": properties}
    assert door.post("/v1/track", message).status == 200


def stored() -> list[Any]:
    return warehouse.rows("select event, properties from events order by message_id")


def counted(workspace: Workspace) -> list[Any]:
    return [(v.event, v.property, v.kind, v.act, v.times) for v in seen.violations(workspace)]


PURCHASE = {
    "mode": "block",
    "properties": {
        "amount": {"type": "number", "required": True, "min": 0},
        "plan": {"type": "text", "values": ["free", "pro"]},
    },
}


def test_without_a_plan_everything_is_stored_as_it_came(door: Door, workspace: Workspace) -> None:
    send(door, 1, amount="12", email="li@example.com")
    assert door.drain() == 1
    assert stored() == [("purchase", {"amount": "12", "email": "li@example.com"})]
    assert counted(workspace) == []


def test_a_blocked_event_that_does_not_fit_becomes_a_reject_with_its_reason(door: Door, workspace: Workspace) -> None:
    publish(workspace, "purchase", PURCHASE)
    send(door, 1, amount=12, plan="pro")
    send(door, 2, plan="pro")
    send(door, 3, amount="12")
    send(door, 4, amount=12, plan="gold")
    send(door, 5, amount=-1)
    assert door.drain() == 1
    refused = Reject.objects.order_by("position")
    assert [(row.code, row.envelope["event"], row.envelope["property"]) for row in refused] == [
        ("plan_missing_property", "purchase", "amount"),
        ("plan_wrong_type", "purchase", "amount"),
        ("plan_value_not_allowed", "purchase", "plan"),
        ("plan_value_not_allowed", "purchase", "amount"),
    ]
    assert {row.reason for row in refused} >= {"A property that the tracking plan requires is missing."}
    assert sum(each[-1] for each in counted(workspace)) == 4


def test_a_flagged_event_that_does_not_fit_is_stored_and_counted(door: Door, workspace: Workspace) -> None:
    publish(workspace, "purchase", PURCHASE | {"mode": "flag"})
    send(door, 1, amount="12")
    assert door.drain() == 1
    assert stored() == [("purchase", {"amount": "12"})]
    assert counted(workspace) == [("purchase", "amount", "wrong_type", "flag", 1)]
    assert not Reject.objects.exists()
    assert warehouse.scalar("select sum(flagged) from pipeline_minutes") == 1


def test_a_kept_event_is_not_even_looked_at(door: Door, workspace: Workspace) -> None:
    publish(workspace, "purchase", PURCHASE | {"mode": "keep"})
    send(door, 1, amount="12")
    assert door.drain() == 1
    assert counted(workspace) == []


def test_a_published_change_holds_for_the_next_segment(door: Door, workspace: Workspace) -> None:
    publish(workspace, "purchase", PURCHASE)
    send(door, 1, amount="12")
    assert door.drain() == 0
    publish(workspace, "purchase", {"mode": "block", "properties": {"amount": "text"}})
    send(door, 2, amount="12")
    assert door.drain() == 1


def test_a_draft_changes_nothing(door: Door, workspace: Workspace) -> None:
    actions.save_draft(workspace=workspace, event="purchase", definition=PURCHASE, by=None)
    send(door, 1)
    assert door.drain() == 1


def test_unplanned_events_are_refused_where_the_workspace_says_so(door: Door, workspace: Workspace) -> None:
    publish(workspace, "", {"unplanned_events": "block"})
    publish(workspace, "purchase", {"mode": "block"})
    send(door, 1)
    send(door, 2, event="purchse")
    assert door.post("/v1/identify", {"userId": "u1", "traits": {"email": "li@example.com"}}).status == 200
    assert door.drain() == 2
    assert [(row.code, row.detail) for row in Reject.objects.all()] == [("plan_unplanned_event", "purchse")]
    assert counted(workspace) == [("purchse", "", "unplanned_event", "block", 1)]


@pytest.mark.parametrize(
    ("mode", "left", "act"), [("flag", {"amount", "colour"}, "flag"), ("block", {"amount"}, "block")]
)
def test_an_unplanned_property_is_counted_and_when_blocked_left_out(
    door: Door, workspace: Workspace, mode: str, left: set[str], act: str
) -> None:
    publish(workspace, "", {"unplanned_properties": mode})
    publish(workspace, "purchase", PURCHASE)
    send(door, 1, amount=1, colour="red", **{"$lib": "web"})
    assert door.drain() == 1
    assert set(stored()[0][1]) == left | {"$lib"}
    assert counted(workspace) == [("purchase", "colour", "unplanned_property", act, 1)]


def test_a_crash_after_counting_counts_nothing_twice(door: Door, workspace: Workspace, monkeypatch: Any) -> None:
    publish(workspace, "purchase", PURCHASE)
    send(door, 1, amount=1)
    send(door, 2, amount="1")
    door.spool.stop()
    real = draining.insert_events

    def fails_after(*arguments: Any, **named: Any) -> None:
        real(*arguments, **named)
        raise warehouse.StoreUnavailable("the answer was lost")

    monkeypatch.setattr(draining, "insert_events", fails_after)
    monkeypatch.setattr(draining, "PATIENCE_SECONDS", 0)
    assert [door.drainer.drain_all() for _ in range(3)] == [0, 0, 0]
    monkeypatch.setattr(draining, "insert_events", real)
    assert door.drainer.drain_all() == 1
    door.spool.start()
    assert counted(workspace) == [("purchase", "amount", "wrong_type", "block", 1)]
    assert Reject.objects.count() == 1
    assert warehouse.rows("select property, sum(count) from property_days group by 1") == [("amount", 1)]


def test_what_is_seen_says_how_often_and_of_what_kind(door: Door, workspace: Workspace, frozen: Any) -> None:
    send(door, 1, amount=12, paid=True, at="2026-03-25", items=[1], buyer={"a": 1}, note="hi", code="12")
    send(door, 2, amount="x")
    door.drain()
    rows = {row.name: row for row in seen.properties(workspace, "purchase")}
    assert {name: (row.times, [str(kind) for kind in row.kinds]) for name, row in rows.items()} == {
        "amount": (2, ["Text", "Number"]),
        "paid": (1, ["Yes or no"]),
        "at": (1, ["Date or time"]),
        "items": (1, ["List"]),
        "buyer": (1, ["Object"]),
        "note": (1, ["Text"]),
        "code": (1, ["Text"]),
    }
    (event,) = seen.events(workspace)
    assert (event.name, event.ever, event.days[-1], event.mode) == ("purchase", 2, 2, "")


def test_what_is_seen_can_be_accepted_as_a_draft(door: Door, workspace: Workspace, frozen: Any) -> None:
    send(door, 1, amount=12, code="12")
    send(door, 2, amount=13, **{"$lib": "x"})
    door.drain()
    draft = actions.accept_seen(workspace=workspace, event="purchase", by=None)
    assert draft.definition["properties"] == {
        "amount": {"type": "number", "required": True},
        "code": {"type": "text"},
    }
    actions.publish(workspace=workspace, by=None)
    send(door, 3, amount=1, code="9")
    assert door.drain() == 1
    assert counted(workspace) == []
    with pytest.raises(actions.NothingSeen):
        actions.accept_seen(workspace=workspace, event="never", by=None)


EVERYTHING = {
    "email": "mask",
    "ip": "truncate",
    "phone": "mask",
    "deny": ["secret"],
    "mask": ["name"],
    "hash": ["card"],
}


def test_nothing_private_is_stored_in_events_rejects_or_samples(door: Door, workspace: Workspace) -> None:
    publish(workspace, "", EVERYTHING)
    publish(workspace, "purchase", PURCHASE)
    private = {
        "note": "write to li.lei@example.com or 13812345678",
        "ip": "203.0.113.77",
        "secret": "s3cr3t",
        "name": "Wang",
        "card": "6222",
        "nested": {"mail": "li.lei@example.com", "secret": "s3cr3t"},
    }
    send(door, 1, amount=1, **private)
    send(door, 2, amount="1", **private)
    door.post("/v1/track", {"event": "nobody", "properties": private})
    door.post("/v1/track", b'{"broken": "li.lei@example.com", "secret": "s3cr3t"')
    assert door.drain() == 1
    properties = stored()[0][1]
    assert properties["note"] == "write to l***@example.com or 138****78"
    assert properties["ip"] == "203.0.113.0"
    assert properties["name"] == "W***"
    assert properties["card"].startswith("value:")
    assert "secret" not in properties
    everything = [str(stored()), *Reject.objects.values_list("raw", flat=True)]
    everything += [
        str(warehouse.rows("select * from plan_samples")),
        str(warehouse.rows("select * from property_days")),
    ]
    assert Reject.objects.count() == 3
    for text in everything:
        for trace in ("li.lei", "13812345678", "203.0.113.77", "s3cr3t", "Wang", "6222"):
            assert trace not in text


def test_traits_keep_the_email_that_a_person_is_known_by_unless_it_is_named(door: Door, workspace: Workspace) -> None:
    from evergrow.customers.models import Person

    publish(workspace, "", {"email": "mask"})
    door.post("/v1/identify", {"userId": "u1", "traits": {"email": "li@example.com", "card": "6222"}})
    door.drain()
    assert Person.objects.get().email == "li@example.com"
    publish(workspace, "", {"email": "mask", "deny": ["card"], "mask": ["phone"]})
    door.post(
        "/v1/identify", {"userId": "u2", "traits": {"email": "wu@example.com", "card": "1", "phone": "13812345678"}}
    )
    door.drain()
    person = Person.objects.get(email="wu@example.com")
    assert "1" not in person.traits.values()
    assert "13812345678" not in (person.phone, *person.traits.values())


def test_only_what_is_allowed_is_stored_where_a_list_says_so(door: Door, workspace: Workspace) -> None:
    publish(workspace, "purchase", {"mode": "keep", "allow": ["amount"]})
    send(door, 1, amount=1, colour="red")
    send(door, 2, event="other", amount=1, colour="red")
    door.drain()
    assert [set(properties) for _, properties in stored()] == [{"amount"}, {"amount", "colour"}]


def test_another_workspace_is_not_held_to_the_plan(door: Door, workspace: Workspace, mallory: Any) -> None:
    publish(mallory.workspace, "", {"unplanned_events": "block"})
    send(door, 1)
    assert door.drain() == 1
