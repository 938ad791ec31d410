"""What makes somebody valid, active, core: kept by version, changed by those who manage, followed by every answer."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from evergrow.insight.engagement import ask, definitions
from evergrow.insight.engagement.definition import BUILT_IN, BadDefinition, as_data, from_data
from evergrow.insight.engagement.question import EngagementQuestion
from evergrow.insight.period import Interval, Last
from evergrow.insight.presence.source import Subject
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_events
from evergrow.workspaces.models import AuditEntry, Member, Workspace
from evergrow.workspaces.tests.callers import caller

pytestmark = pytest.mark.django_db
SignIn = Callable[[Member], Client]
WEEKLY: dict[str, Any] = {
    "period": "week",
    "events": ["login"],
    "key_events": ["order"],
    "groups": [
        {"name_zh": "有效", "name_en": "Valid", "days": 1, "key_times": 0},
        {"name_zh": "核心", "name_en": "Core", "days": 2, "key_times": 2},
    ],
}


def test_the_built_in_definitions_could_be_kept_themselves() -> None:
    for found in BUILT_IN.values():
        assert from_data(as_data(found)) == found


def test_versions_stay_and_the_newest_counts(workspace: Workspace, alice: Member) -> None:
    assert definitions.current(workspace, Subject.PERSON) == BUILT_IN[Subject.PERSON]
    first = definitions.define(workspace=workspace, subject=Subject.PERSON, data=WEEKLY, by=alice)
    again = definitions.define(workspace=workspace, subject=Subject.PERSON, data=WEEKLY, by=alice)
    monthly = definitions.define(
        workspace=workspace, subject=Subject.PERSON, data=WEEKLY | {"period": "month"}, by=alice
    )
    assert (first.version, again.pk, monthly.version) == (1, first.pk, 2)
    assert definitions.current(workspace, Subject.PERSON).period is Interval.MONTH
    assert definitions.current(workspace, Subject.ACCOUNT) == BUILT_IN[Subject.ACCOUNT]
    assert [kept.version for kept in definitions.history(workspace, Subject.PERSON)] == [2, 1]
    entries = AuditEntry.objects.filter(verb="engagement.defined").order_by("pk")
    assert [(entry.by, entry.data["version"]) for entry in entries] == [(alice, 1), (alice, 2)]


def test_a_stranger_to_the_ability_defines_nothing(workspace: Workspace, bob: Member) -> None:
    with pytest.raises(PermissionDenied):
        definitions.define(workspace=workspace, subject=Subject.PERSON, data=WEEKLY, by=bob)
    assert not workspace.engagement_definitions.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"period": "day"}, "period"),
        ({"groups": []}, "groups"),
        ({"groups": [{"name_en": f"G{days}", "days": days} for days in range(1, 7)]}, "groups"),
        ({"groups": [{"name_en": "A", "days": 0}]}, "groups.0"),
        ({"groups": [{"name_en": "A", "days": 8}]}, "groups.0"),
        ({"groups": [{"name_en": "A", "days": "many"}]}, "groups.0"),
        ({"groups": [{"name_en": " ", "days": 1}]}, "groups.0"),
        ({"groups": [{"name_en": "A", "days": 3}, {"name_en": "B", "days": 2}]}, "groups.1"),
        ({"groups": [{"name_en": "A", "days": 2, "key_times": 3}, {"name_en": "B", "days": 3}]}, "groups.1"),
        ({"groups": [{"name_en": "A", "days": 2}, {"name_en": "B", "days": 2}]}, "groups.1"),
        ({"events": [""]}, "events"),
        ({"key_events": "order"}, "key_events"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_its_field(workspace: Workspace, change: dict[str, Any], field: str) -> None:
    with pytest.raises(BadDefinition) as caught:
        definitions.define(workspace=workspace, subject=Subject.PERSON, data=WEEKLY | change, by=None)
    assert caught.value.field == field
    assert not workspace.engagement_definitions.exists()


@pytest.fixture
def stage(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    """In the week of 16 March person 1 came on two days and ordered twice, 2 came once, 3 only ordered."""
    days = {1: [("login", 16), ("login", 18), ("order", 18), ("order", 19)], 2: [("login", 17)], 3: [("order", 17)]}
    events = [
        Happened(event, datetime(2026, 3, day, 2, tzinfo=UTC), person=person)
        for person, done in days.items()
        for event, day in done
    ]
    store_events(workspace, events, World(events))
    return workspace


def test_answers_follow_the_definition_in_force(stage: Workspace) -> None:
    question = EngagementQuestion(Subject.PERSON, Last(2, Interval.WEEK))
    definitions.define(workspace=stage, subject=Subject.PERSON, data=WEEKLY, by=None)
    result = ask.ask(question, stage)
    assert result.definition.version == 1
    assert result.sizes[0] == (0, 1, 1), "one is valid, one core, and who only ordered was not there"
    assert (result.came_new, result.within(0, 1)) == (2, 2)
    easier = WEEKLY | {"groups": [WEEKLY["groups"][0] | {"days": 1}], "events": []}
    definitions.define(workspace=stage, subject=Subject.PERSON, data=easier, by=None)
    assert ask.ask(question, stage).sizes[0] == (0, 3)


def test_without_any_key_event_no_group_that_asks_for_one_is_reached(stage: Workspace) -> None:
    data = WEEKLY | {"key_events": ["never captured"]}
    definitions.define(workspace=stage, subject=Subject.PERSON, data=data, by=None)
    assert ask.ask(EngagementQuestion(Subject.PERSON, Last(2, Interval.WEEK)), stage).sizes[0] == (0, 2, 0)


def page() -> str:
    return reverse("insight:engagement_definition", kwargs={"workspace": "acme"}) + "?subject=people"


POSTED = {
    "period": "week",
    "events": ["login"],
    "name_zh": ["有效", "核心", ""],
    "name_en": ["Valid", "Core", ""],
    "days": ["1", "3", ""],
    "key_times": ["", "2", ""],
}


def test_a_manager_changes_it_on_its_page(stage: Workspace, alice: Member, sign_in: SignIn) -> None:
    client = sign_in(alice)
    assert "at least 8 days, and key events at least 4 times" in client.get(page()).content.decode()
    response = client.post(page(), POSTED)
    assert response.status_code == 302
    kept = definitions.current(stage, Subject.PERSON)
    assert [(group.name_zh, group.days, group.key_times) for group in kept.groups] == [("有效", 1, 0), ("核心", 3, 2)]
    assert (kept.period, kept.events, kept.version) == (Interval.WEEK, ("login",), 1)
    shown = client.get(page()).content.decode()
    assert "Version 1" in shown
    assert "Alice" in shown


def test_what_is_wrong_is_said_beside_its_group_and_nothing_typed_is_lost(
    stage: Workspace, alice: Member, sign_in: SignIn
) -> None:
    response = sign_in(alice).post(page(), POSTED | {"days": ["4", "3", ""]})
    shown = response.content.decode()
    assert response.status_code == 422
    assert "asks for at least as much as the wider one" in shown
    assert 'value="4"' in shown
    assert "核心" in shown
    assert not stage.engagement_definitions.exists()


def test_who_may_not_manage_is_refused(stage: Workspace, bob: Member, carol: Member, sign_in: SignIn) -> None:
    for member in (bob, carol):
        assert sign_in(member).get(page()).status_code == 403
        assert sign_in(member).post(page(), POSTED).status_code == 403
    assert not stage.engagement_definitions.exists()


def test_the_api_tells_and_changes_it(stage: Workspace, alice: Member, bob: Member) -> None:
    address = "/api/v1/engagement?subject=people"
    assert caller(bob).get(address).json()["version"] == 0
    assert caller(bob).put(address, WEEKLY, content_type="application/json").status_code == 403
    answer = caller(alice).put(address, WEEKLY, content_type="application/json").json()
    assert answer == {"version": 1, **WEEKLY}
    refused = caller(alice).put(address, WEEKLY | {"groups": [{"days": 1}]}, content_type="application/json")
    assert refused.status_code == 422
