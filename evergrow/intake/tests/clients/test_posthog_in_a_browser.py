"""The unmodified PostHog client for browsers, on a customer's page in Chromium."""

import pytest

from evergrow.intake.tests.clients import Host

SENDS_EVERY_MS = 3_500

pytestmark = [pytest.mark.client, pytest.mark.browser]


def test_it_asks_for_its_settings_and_flags_and_sends_what_happens(host: Host) -> None:
    page = host.open("posthog.html")
    assert not page.evaluate("window.flag")
    page.wait_for_timeout(SENDS_EVERY_MS)  # what is left to a page's end is now and then lost by the browser
    host.leave()
    found = host.source.events(7)
    assert sorted(each["event"] for each in found) == [
        "$feature_flag_called", "$group", "$identify", "$identify", "$page", "before sign-in", "login",
    ]  # fmt: skip
    (shown,) = [each for each in found if each["event"] == "$page"]
    assert shown["properties"]["page.url"].startswith(host.origin)
    assert shown["properties"]["page.title"] == "A customer's page"
    (person,) = {each["person"] for each in found if each["event"] in ("login", "$identify")}
    people = host.source.people()
    assert {each["person"] for each in people.values()} == {person}
    assert (people["u1"]["email"], people["u1"]["traits"]["first"]) == ("mei@example.com", "a")
    assert people["u1"]["traits"]["seat"] == 1
    assert host.source.accounts() == [{"number": 1, "name": "Yunke", "external_id": "c-1"}]
    assert host.sent("/flags/")
    assert host.complaints == []
