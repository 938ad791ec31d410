"""Annotations: written by who may work, shown on the chart of their days, changed, removed, and audited."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from evergrow.insight import annotations
from evergrow.insight.models import Annotation
from evergrow.insight.period import Bucket
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_events
from evergrow.workspaces.models import AuditEntry, Member, Workspace
from evergrow.workspaces.tests.callers import caller

pytestmark = pytest.mark.django_db
SignIn = Callable[[Member], Client]
RELEASE = {"day": "2026-03-17", "text_zh": "3.2 上线", "text_en": "Release 3.2"}


@pytest.fixture
def stage(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    world = World([Happened("login", datetime(2026, 3, 17, 2, tzinfo=UTC), account=1)])
    store_events(workspace, world.events, world)
    return workspace


def url(name: str, **more: Any) -> str:
    return reverse(f"insight:{name}", kwargs={"workspace": "acme", **more})


def test_a_note_is_on_the_chart_of_its_day_with_its_author(stage: Workspace, bob: Member, sign_in: SignIn) -> None:
    client = sign_in(bob)
    back = url("trends") + "?event=login&range=3w"
    assert client.post(url("annotate"), RELEASE | {"back": back}).headers["Location"] == back
    page = client.get(url("trends"), {"event": "login", "range": "3w"}).content.decode()
    assert page.count("Release 3.2") >= 2
    assert str(bob) in page
    assert "Release 3.2" not in client.get(url("trends"), {"range": "1w"}).content.decode()
    assert AuditEntry.objects.get(verb="annotation.made").by == bob


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("lifecycle", {"range": "3w", "by": "week"}),
        ("engagement", {}),
        ("stickiness", {"view": "ratio", "range": "30d"}),
        ("funnels", {"step": ["login", "login"], "range": "30d", "over": "week"}),
    ],
)
def test_it_is_on_every_other_chart_over_time(
    stage: Workspace, bob: Member, sign_in: SignIn, page: str, query: dict[str, Any]
) -> None:
    client = sign_in(bob)
    assert "Release 3.2" not in client.get(url(page), query).content.decode()
    client.post(url("annotate"), RELEASE)
    assert "Release 3.2" in client.get(url(page), query).content.decode()


def test_it_is_changed_and_removed_with_what_it_said_kept(stage: Workspace, bob: Member, sign_in: SignIn) -> None:
    client = sign_in(bob)
    client.post(url("annotate"), RELEASE)
    made = Annotation.objects.get()
    client.post(url("change_annotation", pk=made.pk), RELEASE | {"day": "2026-03-18", "text_zh": ""})
    made.refresh_from_db()
    assert (made.day, made.text) == (date(2026, 3, 18), {"zh": "", "en": "Release 3.2"})
    assert AuditEntry.objects.get(verb="annotation.changed").data["before"]["day"] == "2026-03-17"
    client.post(url("remove_annotation", pk=made.pk))
    assert not Annotation.objects.exists()
    assert AuditEntry.objects.get(verb="annotation.removed").data["en"] == "Release 3.2"


@pytest.mark.parametrize("wrong", [{"day": "soon"}, {"text_zh": " ", "text_en": ""}, {"text_en": "x" * 201}])
def test_what_cannot_be_kept_is_said(stage: Workspace, bob: Member, sign_in: SignIn, wrong: dict[str, str]) -> None:
    sign_in(bob).post(url("annotate"), RELEASE | wrong)
    assert not Annotation.objects.exists()


def test_who_may_only_look_reads_and_does_not_write(
    stage: Workspace, bob: Member, carol: Member, mallory: Member, sign_in: SignIn
) -> None:
    sign_in(bob).post(url("annotate"), RELEASE)
    made = Annotation.objects.get()
    page = sign_in(carol).get(url("trends"), {"event": "login", "range": "3w"}).content.decode()
    assert "Release 3.2" in page
    assert url("annotate") not in page
    assert sign_in(carol).post(url("annotate"), RELEASE).status_code == 403
    assert sign_in(mallory).post(url("remove_annotation", pk=made.pk)).status_code == 404


def test_back_leads_only_to_our_own_pages(stage: Workspace, bob: Member, sign_in: SignIn) -> None:
    answer = sign_in(bob).post(url("annotate"), RELEASE | {"back": "https://example.org/"})
    assert answer.headers["Location"] == url("trends")


def test_several_notes_in_a_bucket_share_a_line() -> None:
    notes = [Annotation(day=date(2026, 3, day), text_en=f"Note of the day {day}") for day in (2, 3, 10)]
    weeks = [Bucket(date(2026, 3, 2), date(2026, 3, 8)), Bucket(date(2026, 3, 9), date(2026, 3, 15))]
    (line,) = annotations.drawn({"series": []}, notes, weeks, "en")["series"]
    assert line["markLine"]["data"] == [
        {"xAxis": 0, "name": "Note of the d… +1"},
        {"xAxis": 1, "name": "Note of the d…"},
    ]
    assert annotations.drawn({"series": []}, [], weeks, "en") == {"series": []}


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("trends", {"event": "login", "range": "3w"}),
        ("lifecycle", {"range": "3w", "by": "week"}),
        ("engagement", {}),
        ("stickiness", {"view": "ratio", "range": "30d"}),
        ("funnels", {"step": ["login", "logout"], "range": "30d", "over": "week"}),
    ],
)
def test_every_chart_over_time_has_the_list_to_write_change_and_remove(
    stage: Workspace, bob: Member, carol: Member, sign_in: SignIn, page: str, query: dict[str, Any]
) -> None:
    client = sign_in(bob)
    client.post(url("annotate"), RELEASE)
    made = Annotation.objects.get()
    shown = client.get(url(page), query).content.decode()
    assert url("annotate") in shown
    assert url("change_annotation", pk=made.pk) in shown
    assert url("remove_annotation", pk=made.pk) in shown
    seen = sign_in(carol).get(url(page), query).content.decode()
    assert "Release 3.2" in seen
    assert url("annotate") not in seen


def test_a_program_writes_changes_and_removes_annotations(stage: Workspace, bob: Member, mallory: Member) -> None:
    program = caller(bob)
    made = program.post("/api/v1/annotations", RELEASE, "application/json").json()
    assert (made["day"], made["text_en"], made["by_name"]) == ("2026-03-17", "Release 3.2", str(bob))
    assert program.get("/api/v1/annotations", {"first": "2026-03-18"}).json()["items"] == []
    assert [each["id"] for each in program.get("/api/v1/annotations").json()["items"]] == [made["id"]]
    address = f"/api/v1/annotations/{made['id']}"
    assert caller(mallory).put(address, RELEASE, "application/json").status_code == 404
    changed = program.put(address, RELEASE | {"day": "2026-03-18"}, "application/json").json()
    assert changed["day"] == "2026-03-18"
    assert program.post("/api/v1/annotations", {"day": "2026-03-17"}, "application/json").status_code == 422
    assert program.delete(address).status_code == 204
    assert [entry.verb for entry in AuditEntry.objects.filter(verb__startswith="annotation").order_by("pk")] == [
        "annotation.made",
        "annotation.changed",
        "annotation.removed",
    ]
