"""The plan as YAML: out and in again without loss, a look before it is taken over, mistakes named by line and path."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evergrow.intake.models import PlanVersion, TrackedEvent
from evergrow.intake.plan import actions, document
from evergrow.intake.plan.definition import BadPlan
from evergrow.intake.plan.document import BadDocument
from evergrow.workspaces.models import Member, Workspace

PLAN = """\
version: 1
workspace:
  unplanned_events: flag
  email: mask
  deny: [id_card]
events:
  order_paid:
    description: {en: Paid, zh: 已付款}
    owner: alice@example.com
    tags: [revenue]
    mode: block
    properties:
      amount: {type: number, required: true, min: 0}
      country: {type: text, values: [no, yes, on, cn]}
      note: text
properties:
  amount:
    description: {en: In yuan}
"""


@pytest.mark.django_db
def test_a_plan_comes_in_and_goes_out_again_unchanged(workspace: Workspace, alice: Member) -> None:
    document.bring_in(workspace=workspace, document=document.read(PLAN), by=alice)
    actions.publish(workspace=workspace, by=alice)
    written = document.write(document.export(workspace))
    again = document.read(written)
    assert again == document.export(workspace)
    assert document.write(again) == written
    assert document.preview(workspace, again) == []
    rules = again.events["order_paid"].rules["properties"]
    assert rules["country"]["values"] == ["no", "yes", "on", "cn"]
    assert again.events["order_paid"].facts["owner"] == "alice@example.com"


@pytest.mark.django_db
def test_a_preview_says_what_is_added_changed_and_removed_and_changes_nothing(
    workspace: Workspace, alice: Member
) -> None:
    document.bring_in(workspace=workspace, document=document.read(PLAN), by=alice)
    actions.publish(workspace=workspace, by=alice)
    before = PlanVersion.objects.count()
    wanted = document.read(
        "events: {order_paid: {mode: flag, properties: {amount: text, new: any}}, other: {mode: keep}}"
    )
    found = document.preview(workspace, wanted)
    assert [(each.name, each.kind) for each in found] == [("order_paid", "changed"), ("other", "added")]
    assert {(change.kind, change.place) for change in found[0].changes} == {
        ("changed", "Events against the plan"),
        ("changed", "amount"),
        ("removed", "country"),
        ("removed", "note"),
        ("added", "new"),
    }
    gone = document.preview(workspace, document.read("events: {other: {mode: keep}}"), removing=True)
    assert ("order_paid", "removed") in [(each.name, each.kind) for each in gone]
    assert PlanVersion.objects.count() == before


@pytest.mark.django_db
def test_an_event_that_a_file_does_not_name_loses_its_plan_only_where_that_is_asked(
    workspace: Workspace, alice: Member
) -> None:
    document.bring_in(workspace=workspace, document=document.read(PLAN), by=alice)
    actions.publish(workspace=workspace, by=alice)
    wanted = document.read("events: {other: {mode: keep}}")
    document.bring_in(workspace=workspace, document=wanted, by=alice)
    actions.publish(workspace=workspace, by=alice)
    assert set(actions.published(workspace)) == {"", "order_paid", "other"}
    document.bring_in(workspace=workspace, document=wanted, removing=True, by=alice)
    actions.publish(workspace=workspace, by=alice)
    assert set(actions.published(workspace)) == {"", "other"}


@pytest.mark.parametrize(
    ("text", "line", "place"),
    [
        ("events:\n  a:\n    mode: loud\n", 3, "events → a → mode"),
        ("events:\n  a:\n    properties:\n      x: {type: nummer}\n", 4, "events → a → properties → x → type"),
        ("events:\n  a:\n    properties:\n      x:\n        type: text\n        pattern: '['\n", 6, "pattern"),
        ("events:\n  a:\n    propertys: {}\n", 3, "events → a → propertys"),
        ("events:\n  a: {}\n  a: {}\n", 3, "events → a"),
        ("events:\n  a: &x {}\n  b: *x\n", 3, ""),
        ("events: [\n", 2, ""),
        ("version: 2\n", 1, "version"),
        ("workspace:\n  ip: hide\n", 2, "workspace → ip"),
        ("events:\n  a:\n    properties:\n      x: {type: text, min: 1}\n", 4, "min"),
        ("events:\n  a:\n    tags: red\n", 3, "tags"),
    ],
)
def test_a_mistake_is_named_by_line_and_path(text: str, line: int, place: str) -> None:
    with pytest.raises(BadDocument) as error:
        document.read(text)
    assert error.value.line == line
    assert place in error.value.place
    assert str(error.value).startswith(f"Line {line}")


@pytest.mark.django_db
def test_an_owner_who_is_no_member_is_refused(workspace: Workspace, alice: Member) -> None:
    wanted = document.read("events: {a: {owner: stranger@example.com}}")
    with pytest.raises(Exception, match="not the email of a member"):
        document.bring_in(workspace=workspace, document=wanted, by=alice)
    assert not TrackedEvent.objects.exists()


names = st.sampled_from(["events", "a", "mode", "properties", "type", "values", "deny", "workspace", "min"])
leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=5)


def sentence(read: Any, given: Any) -> str:
    """What reading says is wrong; empty where nothing is. Any other error is a mistake of ours."""
    try:
        read(given)
    except BadPlan as error:
        return str(error) or "no sentence"
    return ""


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    assert sentence(document.read, text) != "no sentence"


@given(st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(names, inner)))
def test_any_data_is_read_or_refused_with_a_sentence(raw: Any) -> None:
    assert sentence(document.from_json, raw) != "no sentence"
