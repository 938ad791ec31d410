"""The unmodified 神策 client for browsers, on a customer's page in Chromium."""

import pytest

from evergrow.intake.tests.clients import Host

pytestmark = [pytest.mark.client, pytest.mark.browser]


@pytest.mark.parametrize("way", ["image", "ajax", "beacon"])
def test_it_sends_in_each_of_its_ways(host: Host, way: str) -> None:
    host.open("sensors.html", send=way)
    found = host.source.events(7)
    assert sorted(each["event"] for each in found) == [*["$identify"] * 4, "$page", "Login", "Seen"]
    assert len({each["person"] for each in found if each["event"] in ("$page", "Login")}) == 1
    people = host.source.people()
    assert (people["u1"]["name"], people["u1"]["traits"]["visits"]) == ("Mei", 2)
    assert host.source.accounts() == [{"number": 1, "name": "c-1", "external_id": "c-1"}]
    assert host.source.rejects() == []
    assert host.complaints == []
