"""The unmodified Segment client for browsers, on a customer's page in Chromium."""

import pytest

from evergrow.intake.tests.clients import Host

pytestmark = [pytest.mark.client, pytest.mark.browser]
SENT = ["$page", "before sign-in", "$identify", "login", "$group", "$screen", "$alias"]


def test_it_asks_for_its_settings_and_sends_in_batches(host: Host) -> None:
    host.open("segment.html")
    host.leave()
    found = host.source.events(7)
    assert [each["event"] for each in found] == SENT
    assert len({each["person"] for each in found}) == 1
    assert host.source.people()["u1"]["email"] == "mei@example.com"
    assert host.complaints == []
    assert [each.method for each in host.sent("/v1/projects/")] == ["GET"]


def test_it_sends_one_by_one(host: Host) -> None:
    host.open("segment.html", singly="yes")
    found = host.source.events(7)
    assert sorted(each["event"] for each in found) == sorted(SENT)
    assert host.source.people()["u1"]["email"] == "mei@example.com"
    sent = [each for each in host.sent("/v1/") if each.method == "POST"]
    assert [each.url.removeprefix(f"{host.source.url}/v1/") for each in sent] == list("ptitgsa")
    assert {each.headers["content-type"] for each in sent} == {"text/plain"}
    assert host.complaints == []


def test_a_wrong_key_is_told_to_the_page_and_nothing_is_sent(host: Host) -> None:
    with host.page.expect_response("**/settings") as answer:
        host.page.goto(f"{host.origin}/segment.html?key=egw_wrong&url={host.source.url}")
    assert answer.value.status == 404
    assert answer.value.json()["code"] == "invalid_write_key"
    assert [each.method for each in host.sent("/v1/")] == ["GET"]
    assert host.source.events(0) == []
