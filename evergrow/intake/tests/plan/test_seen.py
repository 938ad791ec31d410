"""Properties are counted exactly as events are stored, what came before the plan existed included."""

from datetime import UTC, datetime
from typing import Any

import pytest

from evergrow import warehouse
from evergrow.intake.events import NormalEvent, insert_events
from evergrow.intake.plan import seen
from evergrow.warehouse.migrate import FOLDER, render, statements
from evergrow.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("warehouse_db", "frozen")]
COUNTED = "select property, sum(count), groupBitOr(kinds) from property_days group by property order by property"
AT = datetime(2026, 3, 24, 20, 30, tzinfo=UTC)


def event(message_id: str, **properties: str) -> NormalEvent:
    return NormalEvent(event="login", at=AT, message_id=message_id, person=1, properties=properties)


def test_the_migration_counts_what_was_captured_before_it_and_can_run_again(workspace: Workspace) -> None:
    insert_events(workspace, [event("m1", plan="pro", n="1"), event("m2", plan="free")], segment="s1")
    before = warehouse.rows(COUNTED)
    for _ in range(2):
        for text in statements((FOLDER / "0006_tracking_plan.sql").read_text()):
            warehouse.execute(render(text))
        assert warehouse.rows(COUNTED) == before == [("n", 1, 2), ("plan", 2, 1)]
    insert_events(workspace, [event("m3", plan="team")], segment="s2")
    assert {name: times for name, times, _ in warehouse.rows(COUNTED)} == {"n": 1, "plan": 3}


def test_a_message_that_came_before_counts_its_properties_once(workspace: Workspace) -> None:
    for segment in ("s1", "s1", "s2"):
        insert_events(workspace, [event("m1", plan="pro")], segment=segment)
    (row,) = seen.properties(workspace, "login")
    assert (row.name, row.times, row.sample) == ("plan", 1, "pro")


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("12", "Number"), ("-1.5e3", "Number"), ("true", "Yes or no"), ("2026-03-25", "Date or time"),
        ("2026-03-25T12:00:00Z", "Date or time"), ("[1]", "List"), ('{"a":1}', "Object"), ("twelve", "Text"),
        ("", "Text"), ("2026-03-25x", "Text"),
    ],
)  # fmt: skip
def test_the_type_of_an_imported_value_is_read_from_its_text(workspace: Workspace, value: str, kind: str) -> None:
    insert_events(workspace, [event("m1", p=value)], segment="s1")
    (row,) = seen.properties(workspace)
    assert [str(each) for each in row.kinds] == [kind]


def test_an_event_that_stopped_is_quiet(workspace: Workspace, frozen: Any) -> None:
    old = NormalEvent(event="old", at=datetime(2026, 3, 1, tzinfo=UTC), message_id="m2")
    insert_events(workspace, [event("m1"), old], segment="s1")
    assert {row.name: row.is_quiet for row in seen.events(workspace)} == {"login": False, "old": True}
