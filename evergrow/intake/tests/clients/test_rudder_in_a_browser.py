"""The unmodified RudderStack client for browsers, on a customer's page in Chromium."""

import pytest

from evergrow.intake.tests.clients import Host

pytestmark = [pytest.mark.client, pytest.mark.browser]
SENT = ["$page", "before sign-in", "$identify", "login", "$group"]


def test_it_asks_for_its_source_and_sends_one_by_one(host: Host) -> None:
    host.open("rudder.html")
    found = host.source.events(5)
    assert sorted(each["event"] for each in found) == sorted(SENT)
    assert len({each["person"] for each in found}) == 1
    assert host.source.people()["u1"]["email"] == "mei@example.com"
    assert [each.method for each in host.sent("/sourceConfig/")] == ["GET"]
    kinds = ["/v1/page", "/v1/track", "/v1/identify", "/v1/track", "/v1/group"]
    assert [each.url.removeprefix(host.source.url) for each in host.sent("/v1/")] == kinds
    assert all({"anonymousid", "sentat"} <= each.headers.keys() for each in host.sent("/v1/"))
    assert host.complaints == []


def test_it_sends_in_batches(host: Host) -> None:
    host.open("rudder.html", batched="yes")
    assert [each["event"] for each in host.source.events(5)] == SENT
    assert len(host.sent("/v1/batch")) == 1
    assert host.complaints == []


def test_a_leaving_page_sends_a_beacon(host: Host) -> None:
    page = host.open("rudder.html", beacon="yes")
    page.evaluate("document.dispatchEvent(new Event('pagehide'))")
    assert [each["event"] for each in host.source.events(5)] == SENT
    assert len(host.sent("/beacon/v1/batch")) == 1
    assert host.complaints == []
