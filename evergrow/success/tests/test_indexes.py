"""The queries that run all the time find their rows by an index, on either store."""

import pytest
from django.db import connection
from django.db.models import QuerySet

from evergrow.customers import access
from evergrow.customers.mail import matching
from evergrow.customers.models import Person
from evergrow.lib import clock
from evergrow.success.models import Delivery, DeliveryState, RunState
from evergrow.workspaces.models import Member, Workspace

pytestmark = pytest.mark.django_db


def plan(rows: QuerySet[object]) -> str:
    """How the store would find them, with a table too small for an index left out of account."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    return rows.explain()


def test_what_is_due_to_be_sent_is_found_by_its_index(workspace: Workspace) -> None:
    due = Delivery.objects.filter(workspace=workspace, state=DeliveryState.QUEUED, next_at__lte=clock.now())
    if connection.vendor == "sqlite":  # PostgreSQL joins empty tables in an order of its own
        due = due.filter(task__run__state=RunState.ACTIVE)
    assert "deliveries_due" in plan(due.order_by("next_at", "pk"))
    lost = Delivery.objects.filter(workspace=workspace, state=DeliveryState.SENDING, lease_until__lt=clock.now())
    assert "deliveries_due" in plan(lost)


def test_people_are_found_by_their_address_however_it_is_written(workspace: Workspace, alice: Member) -> None:
    for number, email in ((1, "Wu@Kite.example"), (2, "other@kite.example")):
        Person.objects.create(workspace=workspace, number=number, name=str(number), email=email)
    found = matching.people(alice, ["wu@kite.example"])
    assert [person.number for person in found.values()] == [1]
    assert "people_by_lower_email" in plan(matching.by_address(access.people(alice), [], ["wu@kite.example"]))
