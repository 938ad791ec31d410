"""The unmodified Segment client for browsers, on a customer's page in Chromium."""

import pytest

from evergrow.intake.tests.clients import Host

pytestmark = [pytest.mark.client, pytest.mark.browser]


def test_it_asks_for_its_settings_and_sends_in_batches(host: Host) -> None:
    host.open("segment.html")
    host.leave()
    found = host.source.events(5)
    assert [each["event"] for each in found] == ["$page", "before sign-in", "$identify", "login", "$group"]
    assert len({each["person"] for each in found}) == 1
    assert host.source.people()["u1"]["email"] == "mei@example.com"
    assert host.complaints == []
    assert [each.method for each in host.sent("/v1/projects/")] == ["GET"]
