"""Consent that events and imports bring, and retention's page."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from evergrow.customers.models import ConsentRecord, ErasedId, Identifier, Person, RetentionRule
from evergrow.customers.privacy import may_contact
from evergrow.customers.privacy.consent import save_purpose
from evergrow.customers.privacy.digests import digest
from evergrow.customers.privacy.retaining import save_rule
from evergrow.intake.events import NormalEvent, insert_events
from evergrow.intake.imports import engine
from evergrow.intake.tests.test_imports import ready
from evergrow.lib import clock


@pytest.fixture
def news(workspace: Any) -> None:
    facts = {"name": {"en": "News"}, "text": {"en": "News?"}, "basis": "consent", "channels": ["email", "web"]}
    save_purpose(workspace=workspace, key="news", by=None, **facts)


def test_an_event_of_our_script_records_a_consent_once(workspace: Any, news: None, door: Any) -> None:
    said = {"type": "track", "event": "evergrow.consent", "userId": "u-1", "messageId": "c1",
            "properties": {"purpose": "news", "channel": "email", "granted": True,
                           "url": "https://x.example/f"}}  # fmt: skip
    nonsense = said | {"messageId": "c2", "properties": {"purpose": "unheard of", "granted": True}}
    for _ in range(2):
        door.post("/v1/batch", {"batch": [said, nonsense]})
        door.drain()
    record = ConsentRecord.objects.get()
    assert (record.source, record.url, record.text_version) == ("event", "https://x.example/f", 1)
    person = Identifier.objects.get(value="u-1").person
    assert may_contact(person, "news", "email")
    refused = said | {"messageId": "c3", "properties": {**said["properties"], "granted": False}}
    door.post("/v1/batch", {"batch": [refused]})
    door.drain()
    assert not may_contact(person, "news", "email")


def imported(workspace: Any, text: str) -> Any:
    return engine.run(ready(workspace, "people", text))


def test_a_column_of_an_import_records_consents(workspace: Any, news: None, warehouse_db: None) -> None:
    imported(workspace, "email,name,consent.news.email\na@x.example,A,yes\nb@x.example,B,否\nc@x.example,C,maybe\n")
    assert [(r.person.email, r.state) for r in ConsentRecord.objects.order_by("pk")] == [
        ("a@x.example", "granted"), ("b@x.example", "withdrawn"),
    ]  # fmt: skip
    assert Person.objects.get(email="a@x.example").traits == {}
    assert Person.objects.get(email="c@x.example").traits == {"consent.news.email": "maybe"}


def test_an_import_does_not_bring_an_erased_person_back(workspace: Any, warehouse_db: None) -> None:
    ErasedId.objects.create(workspace=workspace, digest=digest(workspace.pk, "a@x.example"))
    source = imported(workspace, "email,name\na@x.example,A\nb@x.example,B\n")
    assert (source.created, source.bad) == (1, 1)
    assert not Person.objects.filter(email="a@x.example").exists()


def test_retention_keeps_at_least_what_must_be_kept(workspace: Any, alice: Any) -> None:
    with pytest.raises(ValidationError):
        save_rule(workspace=workspace, about="events", days=1, by=alice)
    with pytest.raises(ValidationError):
        save_rule(workspace=workspace, about="audit", days=30, by=alice)
    wide = save_rule(workspace=workspace, about="events", pattern="*", days=30, by=alice)
    narrow = save_rule(workspace=workspace, about="events", pattern="login*", days=300, by=alice)
    assert narrow.position < wide.position


def test_the_page_says_what_would_go_before_anything_goes(
    workspace: Any, alice: Any, sign_in: Any, frozen: Any, warehouse_db: None
) -> None:
    old = clock.now().replace(year=2025)
    insert_events(workspace, [NormalEvent("login", old, "a"), NormalEvent("login", clock.now(), "b")], segment="s")
    url = reverse("intake:retention", args=[workspace.slug])
    client = sign_in(alice)
    assert client.post(url, {"about": "events", "pattern": "*", "days": "90"}).status_code == 302
    page = client.get(url).content.decode()
    assert "Would go tonight" in page
    rule = RetentionRule.objects.get()
    assert client.post(reverse("intake:retention_remove", args=[workspace.slug, rule.pk])).status_code == 302
    assert not RetentionRule.objects.exists()
