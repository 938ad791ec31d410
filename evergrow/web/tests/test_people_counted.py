"""A late identify, a merge and its undoing show in every place that counts people, at once."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import TestCase

from evergrow import warehouse
from evergrow.customers.actions.merges import merge_people, undo_merge
from evergrow.customers.models import Account, Person
from evergrow.customers.queries.usage import usage
from evergrow.insight.trend import ask
from evergrow.insight.trend.behind import Point, behind
from evergrow.insight.trend.question import Measure, simple
from evergrow.intake.tests.capture.conftest import door, spool  # noqa: F401
from evergrow.intake.tests.capture.stage import Door
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen")]


def counts(workspace: Workspace) -> dict[str, int]:
    """How many people logged in, by everything that counts them."""
    account, today = Account.objects.get(workspace=workspace), workspace.today()
    question = simple("login", Measure.PEOPLE)
    measures = warehouse.statement("health", "usage_measures")
    health = warehouse.columns(measures, workspace_id=workspace.pk, day=today, events=[])
    seats = warehouse.columns(
        warehouse.statement("success", "active_people"),
        workspace_id=workspace.pk, since=today - timedelta(days=28), today=today,
    )  # fmt: skip
    events = warehouse.rows(warehouse.statement("insight", "events_seen"), workspace=workspace.pk, gone=[])
    listed = behind(question, workspace, Point())
    return {
        "trend": ask.ask(question, workspace).whole.total,
        "list behind": listed.total,
        "rows behind": len(listed.rows),
        "usage": max(period.people for period in usage(account, "week").periods),
        "health": int(health["people"][0]),
        "seats": int(seats["people"][0]),
        "events": next(people for event, _, _, people, *_ in events if event == "login"),
    }


def alike(count: int) -> dict[str, int]:
    return dict.fromkeys(("trend", "list behind", "rows behind", "usage", "health", "seats", "events"), count)


def test_four_become_three_everywhere_and_four_again(door: Door, workspace: Workspace, alice) -> None:  # noqa: F811
    at = (clock.now() - timedelta(days=1)).isoformat()
    login = {"type": "track", "event": "login", "timestamp": at, "context": {"groupId": "c-1"}}
    batch = [login | who for who in ({"anonymousId": "a"}, {"userId": "b"}, {"userId": "c"}, {"userId": "d"})]
    door.post("/v1/batch", {"batch": batch})
    door.drain()
    assert counts(workspace) == alike(4)
    door.post("/v1/identify", {"userId": "b", "anonymousId": "a", "traits": {}})
    door.drain()
    assert counts(workspace) == alike(3)
    kept, merged = (Person.objects.get(identifiers__value=user) for user in ("c", "d"))
    with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
        merge = merge_people(kept=kept, merged=merged, reason="same human", by=alice)
    assert counts(workspace) == alike(2)
    with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
        undo_merge(merge=merge, by=alice)
    assert counts(workspace) == alike(3)
