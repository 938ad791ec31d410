"""The lines of the connect page for our own script, put into a page as they are shown."""

import pytest
from playwright.sync_api import Browser

from evergrow.intake.sources import clients
from evergrow.intake.tests.clients.site import opened, until
from evergrow.intake.tests.clients.source import Source

pytestmark = [pytest.mark.client, pytest.mark.browser]


def test_the_script_as_shown_sends_what_it_says(source: Source, browser: Browser, monkeypatch) -> None:
    shown = next(each for each in clients.offered() if each.key == "script").filled(source.url, source.key)
    with opened(source, browser) as site:
        html = f"<!doctype html><title>A shop</title>{shown.install}<script>{shown.code}</script>"
        monkeypatch.setattr(site, "html", lambda: html)
        monkeypatch.setattr(site, "policy", lambda: "")
        page = site.tab()
        page.goto(f"{site.origin}/")
        until(page, lambda: site.bodies)
        page.goto("about:blank")
        found = source.events(4)
        assert site.complaints == []
    assert sorted(each["event"] for each in found) == ["$group", "$identify", "$page", "login"]
    login = next(each for each in found if each["event"] == "login")
    assert login["properties"]["plan"] == "pro"
    assert source.people()["user-1"]["name"] == "韩梅梅"
    assert source.accounts()[0]["external_id"] == "account-1"
