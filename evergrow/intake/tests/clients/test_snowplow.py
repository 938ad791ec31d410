"""The unmodified Snowplow tracker for Python."""

import pytest
from snowplow_tracker import (
    Emitter,
    PagePing,
    PageView,
    ScreenView,
    SelfDescribing,
    SelfDescribingJson,
    StructuredEvent,
    Subject,
    Tracker,
)

from evergrow.intake.tests.clients.source import Source

pytestmark = pytest.mark.client
PAGE = "https://a.example/x"


def tracker(source: Source, unsent: list, **options: object) -> Tracker:
    subject = Subject()
    subject.set_user_id("u1").set_domain_user_id("d1").set_lang("de")
    emitter = Emitter(source.url, on_failure=lambda sent, events: unsent.extend(events), **options)
    return Tracker("shop", emitter, subject=subject, app_id=source.key)


def test_python_sends_every_kind_of_event(source: Source) -> None:
    unsent: list = []
    snowplow = tracker(source, unsent, batch_size=5)
    account = SelfDescribingJson("iglu:com.acme/account/jsonschema/1-0-0", {"id": "c-1"})
    click = SelfDescribingJson("iglu:com.acme/button_click/jsonschema/1-0-0", {"id": 7, "name": "购买"})
    snowplow.track(PageView(PAGE, page_title="X", referrer="https://b.example"))
    snowplow.track(SelfDescribing(click, context=[account], true_timestamp=1_700_000_000_000))
    snowplow.track(StructuredEvent("shop", "add", label="l", property_="p", value=2.5))
    snowplow.track(PagePing(PAGE, min_x=0, max_x=10))
    snowplow.track(ScreenView(id_="6c1b1b1e-2222-4c1b-8b1e-111111111111", name="main"))
    found = source.events(5)
    assert unsent == []
    assert [each["event"] for each in found] == ["$page", "button_click", "add", "page_ping", "$screen"]
    assert found[0]["properties"]["page.url"] == PAGE
    assert (found[1]["properties"]["id"], found[1]["properties"]["name"]) == ("7", "购买")
    assert found[1]["at"] == 1_700_000_000_000
    assert [each["account"] for each in found] == [0, 1, 0, 0, 0]
    assert found[2]["properties"]["value"] == "2.5"
    assert source.accounts()[0]["external_id"] == "c-1"
    people = source.people()
    assert people["u1"]["person"] == people["d1"]["person"]
    assert source.rejects() == []


def test_python_sends_pixels(source: Source) -> None:
    unsent: list = []
    tracker(source, unsent, method="get").track(PageView(PAGE, page_title="X"))
    (found,) = source.events(1)
    assert unsent == []
    assert (found["event"], found["distinct_id"], found["properties"]["name"]) == ("$page", "u1", "X")


def test_python_gives_up_with_an_unknown_key(source: Source) -> None:
    unsent: list = []
    stranger = Source(source.served, source.workspace, "egw_wrong")
    snowplow = tracker(stranger, unsent, batch_size=1)
    snowplow.track(PageView(PAGE))
    assert len(unsent) == 1
    assert not snowplow.emitters[0].retry_timer.is_active()
    source.events(0)
