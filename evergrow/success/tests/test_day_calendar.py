"""The calendar by week and month with Chinese holidays, and the feed that calendar programs read."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar

from conftest import make_member
from evergrow.customers.models import Account
from evergrow.success.actions import tasks
from evergrow.success.day import calendar, feed, sources
from evergrow.success.day.sources import Ask, Entry, Source
from evergrow.success.models import CalendarFeed, Task
from evergrow.workspaces.models import AccountScope, Member, Workspace

pytestmark = pytest.mark.usefixtures("frozen")
SignIn = Callable[[Member], Client]


def test_a_month_is_its_whole_weeks_and_a_week_begins_as_the_workspace_says() -> None:
    assert calendar.span(date(2026, 3, 25), "month", 0) == (date(2026, 2, 23), date(2026, 4, 5))
    assert calendar.span(date(2026, 3, 25), "month", 6) == (date(2026, 3, 1), date(2026, 4, 4))
    assert calendar.span(date(2026, 3, 25), "week", 0) == (date(2026, 3, 23), date(2026, 3, 29))
    assert calendar.span(date(2026, 3, 25), "week", 6) == (date(2026, 3, 22), date(2026, 3, 28))
    assert calendar.following(date(2026, 12, 31), "month") == date(2027, 1, 1)
    assert calendar.before(date(2026, 1, 5), "month") == date(2025, 12, 1)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 2, 14), "make_up"),
        (date(2026, 2, 17), "holiday"),
        (date(2026, 10, 1), "holiday"),
        (date(2026, 3, 28), "weekend"),
        (date(2026, 3, 25), "workday"),
    ],
)
def test_holidays_and_make_up_days_are_those_of_the_chinese_calendar(day: date, kind: str) -> None:
    assert calendar.kind_of(day, "CN") == kind


def test_tasks_and_renewals_stand_on_their_days_and_a_task_is_dragged_where_that_is_allowed(
    account: Account, alice: Member, carol: Member, workspace: Workspace, sign_in: SignIn
) -> None:
    task = tasks.add_task(account=account, name="Call", by=alice, due_on=date(2026, 3, 27))
    done = tasks.add_task(account=account, name="Sent", by=alice, due_on=date(2026, 3, 26))
    tasks.finish_task(task=done, by=alice)
    client = sign_in(alice)
    for query in ("", "view=week", "view=month&day=2026-10-01&whose=all", "day=never"):
        assert client.get(f"/w/acme/tasks/calendar/?{query}").status_code == 200, query
    page = client.get("/w/acme/tasks/calendar/?view=week").content.decode()
    assert f'data-entry="task:{task.pk}"' in page
    assert "Sent" in page
    assert f'data-entry="task:{done.pk}"' not in page
    june = client.get("/w/acme/tasks/calendar/?day=2026-06-01&whose=all").content.decode()
    assert "Renewal: Brookbridge 1" in june
    assert "make-up day" in client.get("/w/acme/tasks/calendar/?day=2026-02-10").content.decode()

    def drag(key: str, to: str, by: Client = client) -> int:
        return by.post("/w/acme/tasks/calendar/moves/", {"key": key, "to": to}).status_code

    assert drag(f"task:{task.pk}", "2026-04-02") == 200
    assert Task.objects.get(pk=task.pk).due_on == date(2026, 4, 2)
    for key, to in [
        (f"task:{done.pk}", "2026-04-02"),
        (f"renewal:{account.pk}", "2026-04-02"),
        (f"task:{task.pk}", "x"),
    ]:
        assert drag(key, to) == 409, key
    assert drag("task:999999", "2026-04-02") == 404
    assert drag(f"task:{task.pk}", "2026-04-03", sign_in(carol)) == 403
    assert Task.objects.get(pk=task.pk).due_on == date(2026, 4, 2)


@pytest.fixture
def meetings() -> Iterator[None]:
    """A room whose entries have a time of day: 09:30 in Shanghai."""

    def between(_ask: Ask, _start: date, _end: date) -> Iterable[Entry]:
        begins = datetime(2026, 4, 1, 1, 30, tzinfo=UTC)
        return [Entry("meet:1", date(2026, 4, 1), "Review", "/x/", "users", starts_at=begins, place="Room 3")]

    sources.register(Source("meet", "Meetings", "users", lambda _ask: [], lambda _ask, _keys: {}, between=between))
    yield
    del sources._sources["meet"]


def secret_of(client: Client) -> str:
    page = client.post("/w/acme/tasks/feed/", {"act": "make"})
    return str(page.context["url"]).partition("/calendars/")[2].removesuffix(".ics")


@pytest.mark.usefixtures("meetings")
def test_the_served_calendar_is_read_back_by_the_library_with_days_and_zones_right(
    account: Account, alice: Member, bob: Member, sign_in: SignIn
) -> None:
    task = tasks.add_task(account=account, name="打电话; call, \\ now", by=alice, due_on=date(2026, 3, 27))
    tasks.add_task(account=account, name="Of Bob", by=bob, due_on=date(2026, 3, 27))
    secret = secret_of(sign_in(alice))
    answer = Client().get(f"/calendars/{secret}.ics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    read: Any = Calendar.from_ical(answer.content)
    events = {str(event["UID"]): event for event in read.walk("VEVENT")}
    assert set(events) == {f"task-{task.pk}@acme.evergrow", "meet-1@acme.evergrow"}
    whole, timed = events[f"task-{task.pk}@acme.evergrow"], events["meet-1@acme.evergrow"]
    assert (whole["DTSTART"].dt, whole["DTEND"].dt) == (date(2026, 3, 27), date(2026, 3, 28))
    assert str(whole["SUMMARY"]).startswith("打电话; call, \\ now")
    assert whole["URL"].endswith(f"/w/acme/tasks/{task.pk}/")
    assert timed["DTSTART"].dt == datetime(2026, 4, 1, 1, 30, tzinfo=UTC)
    assert timed["DTSTART"].dt.utcoffset() == timedelta(hours=8)
    assert timed["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert [str(zone["TZID"]) for zone in read.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    tasks.move_due(task=task, by=alice, due_on=date(2026, 3, 30))
    again: Any = Calendar.from_ical(Client().get(f"/calendars/{secret}.ics").content)
    moved = next(event for event in again.walk("VEVENT") if event["UID"] == whole["UID"])
    assert moved["DTSTART"].dt == date(2026, 3, 30)


def test_a_stranger_sees_404_and_a_renewed_or_revoked_address_ends(
    account: Account, alice: Member, workspace: Workspace, sign_in: SignIn
) -> None:
    client, anybody = sign_in(alice), Client()
    first = secret_of(client)
    second = secret_of(client)
    assert first not in CalendarFeed.objects.get().token_hash
    assert [anybody.get(f"/calendars/{key}.ics").status_code for key in (first, second, "guess")] == [404, 200, 404]
    client.post("/w/acme/tasks/feed/", {"act": "revoke"})
    assert anybody.get(f"/calendars/{second}.ics").status_code == 404
    eve = make_member(workspace, "Eve", scope=AccountScope.OWN)
    task = tasks.add_task(account=account, name="Lend a hand", by=alice, owner=eve, due_on=date(2026, 3, 27))
    secret = feed.make(member=eve)
    assert b"Lend a hand" in anybody.get(f"/calendars/{secret}.ics").content
    assert b"Renewal" not in anybody.get(f"/calendars/{secret}.ics").content
    tasks.reassign_task(task=task, by=alice, to=alice)
    assert b"Lend a hand" not in anybody.get(f"/calendars/{secret}.ics").content
    Member.objects.filter(pk=eve.pk).update(left_at=datetime(2026, 3, 25, tzinfo=UTC))
    assert anybody.get(f"/calendars/{secret}.ics").status_code == 404
