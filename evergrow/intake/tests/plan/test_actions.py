"""Who may change the plan, in which order, and what stays written of it."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from conftest import make_member
from evergrow.intake.models import PlanState, PlanVersion
from evergrow.intake.plan import actions
from evergrow.intake.plan.actions import Facts
from evergrow.intake.plan.addresses import rule_url
from evergrow.intake.plan.definition import BadPlan
from evergrow.workspaces.errors import BadChoice
from evergrow.workspaces.models import AuditEntry, Member, Role, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(workspace: Workspace) -> Member:
    return make_member(workspace, "Mei", Role.MANAGER)


def test_managers_draft_and_administrators_publish(workspace: Workspace, manager: Member, alice: Member) -> None:
    actions.save_draft(workspace=workspace, event="login", definition={"mode": "flag"}, by=manager)
    with pytest.raises(PermissionDenied):
        actions.publish(workspace=workspace, by=manager)
    (done,) = actions.publish(workspace=workspace, by=alice)
    assert (done.state, done.number, done.published_by) == (PlanState.PUBLISHED, 1, alice)
    entries = AuditEntry.objects.filter(target_kind="planversion").order_by("pk")
    assert list(entries.values_list("verb", flat=True)) == ["plan.drafted", "plan.published"]


def test_operators_and_viewers_change_nothing(workspace: Workspace, bob: Member, carol: Member) -> None:
    for member in (bob, carol):
        with pytest.raises(PermissionDenied):
            actions.save_draft(workspace=workspace, event="login", definition={"mode": "flag"}, by=member)
        with pytest.raises(PermissionDenied):
            actions.describe_event(workspace=workspace, name="login", facts=Facts({}), by=member)
        with pytest.raises(PermissionDenied):
            actions.verify_event(workspace=workspace, name="login", is_right=True, by=member)
    assert not PlanVersion.objects.exists()


def test_rules_for_everything_are_for_administrators(workspace: Workspace, manager: Member, alice: Member) -> None:
    with pytest.raises(PermissionDenied):
        actions.save_draft(workspace=workspace, event="", definition={"email": "mask"}, by=manager)
    actions.save_draft(workspace=workspace, event="", definition={"email": "mask"}, by=alice)
    with pytest.raises(PermissionDenied):
        actions.discard_draft(workspace=workspace, event="", by=manager)


def test_a_published_version_is_retired_by_the_next_and_stays(workspace: Workspace, alice: Member) -> None:
    for mode in ("flag", "block"):
        actions.save_draft(workspace=workspace, event="login", definition={"mode": mode}, by=alice)
        actions.publish(workspace=workspace, by=alice)
    states = list(PlanVersion.objects.order_by("number").values_list("state", "definition"))
    assert states == [("retired", {"mode": "flag"}), ("published", {"mode": "block"})]


def test_an_empty_definition_takes_the_plan_away(workspace: Workspace, alice: Member) -> None:
    for definition in ({"mode": "flag"}, {}):
        actions.save_draft(workspace=workspace, event="login", definition=definition, by=alice)
        actions.publish(workspace=workspace, by=alice)
    assert actions.published(workspace) == {}


def test_what_a_colleague_published_meanwhile_is_not_published_twice(workspace: Workspace, alice: Member) -> None:
    actions.save_draft(workspace=workspace, event="login", definition={"mode": "flag"}, by=alice)
    actions.publish(workspace=workspace, events=["login"], by=alice)
    with pytest.raises(actions.NoDraft):
        actions.publish(workspace=workspace, events=["login"], by=alice)
    with pytest.raises(actions.NoDraft):
        actions.discard_draft(workspace=workspace, event="login", by=alice)


@pytest.mark.parametrize(
    ("definition", "place"),
    [
        ({"mode": "loud"}, "mode"),
        ({"properties": {"x": {"type": "colour"}}}, "properties → x → type"),
        ({"properties": {"x": {"type": "number", "min": 3, "max": 1}}}, "properties → x → max"),
        ({"properties": {"x": {"type": "text", "pattern": "(a"}}}, "properties → x → pattern"),
        ({"properties": {"x": {"type": "number", "min": "one"}}}, "properties → x → min"),
        ({"deny": "id_card"}, "deny"),
        ({"properties": {"": "text"}}, "properties"),
    ],
)
def test_a_plan_with_a_mistake_is_refused_at_its_place(
    workspace: Workspace, alice: Member, definition: dict[str, Any], place: str
) -> None:
    with pytest.raises(BadPlan) as error:
        actions.save_draft(workspace=workspace, event="login", definition=definition, by=alice)
    assert error.value.place == place
    assert not PlanVersion.objects.exists()


def test_an_owner_is_a_member_here(workspace: Workspace, alice: Member, mallory: Member) -> None:
    with pytest.raises(BadChoice):
        actions.describe_event(workspace=workspace, name="login", facts=Facts({}, owner=mallory), by=alice)
    row = actions.describe_event(
        workspace=workspace, name="login", facts=Facts({"zh": " 登录 "}, owner=alice), by=alice
    )
    assert (row.description, row.owner) == ({"zh": "登录"}, alice)


def test_saying_the_same_again_leaves_no_trace(workspace: Workspace, alice: Member) -> None:
    for _ in range(2):
        actions.describe_event(workspace=workspace, name="login", facts=Facts({"en": "In"}, is_hidden=True), by=alice)
        actions.verify_event(workspace=workspace, name="login", is_right=True, by=alice)
    entries = AuditEntry.objects.filter(target_kind="trackedevent")
    verbs = sorted(entries.values_list("verb", flat=True))
    assert verbs == ["tracked_event.described", "tracked_event.verified"]


def test_a_refusal_leads_to_the_rule_behind_it(workspace: Workspace) -> None:
    assert rule_url(workspace, "plan_wrong_type", "a/b c") == "/w/acme/plan/event/?event=a%2Fb+c"
    assert rule_url(workspace, "plan_unplanned_event") == "/w/acme/plan/rules/"
    assert rule_url(workspace, "no_id", "login") == ""
