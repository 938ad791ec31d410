"""Headers, cookies, CSRF, and pages without inline script or style."""

import re

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from conftest import make_member
from evergrow.workspaces import actions

pytestmark = pytest.mark.once
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>|<style|\sstyle=|\son\w+=|javascript:", re.I)
PAGES = [
    "/auth/login/",
    "/auth/logout/",
    "/auth/inactive/",
    "/auth/link/",
    "/workspaces/",
    "/api/v1/docs",
    "/w/acme/settings/",
    "/w/acme/settings/members/",
    "/w/acme/settings/keys/",
    "/w/acme/settings/audit/",
    "/w/acme/profile/",
    "/w/acme/nothing-here/",
]


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_guarded_and_holds_nothing_inline(path, language, alice, sign_in):
    client = Client() if path == "/auth/login/" else sign_in(alice)
    client.cookies["evergrow_language"] = language
    response = client.get(path)
    page = response.content.decode()
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert not INLINE.findall(page)
    assert ('<html lang="zh-Hans"' in page) == (language == "zh-hans")


def test_links_with_tokens_are_guarded_too(alice, workspace, frozen):
    _, invitation = actions.invite(workspace=workspace, email="erin@example.com", by=alice)
    link = actions.make_sign_in_link(user=alice.user)
    for name, token in (("invitation", invitation), ("sign_in_link", link)):
        response = Client().get(reverse(name, kwargs={"token": token}))
        assert response.status_code == 200
        assert "no-store" in response.headers["Cache-Control"]
        assert not INLINE.findall(response.content.decode())


def test_cookies_are_kept_from_scripts_and_other_sites(bob):
    client = Client()
    client.get("/auth/login/")
    client.post("/auth/login/", {"login": "bob@example.com", "password": "correct horse battery"})
    for name in ("evergrow_session", "csrftoken"):
        cookie = client.cookies[name]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax"), name


def test_cookies_are_secure_where_the_public_address_is(bob, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    client.post("/auth/login/", {"login": "bob@example.com", "password": "correct horse battery"})
    assert client.cookies["evergrow_session"]["secure"] is True


@pytest.mark.parametrize(
    "path", ["/auth/login/", "/auth/logout/", "/auth/link/", "/auth/link/token/", "/auth/invitation/token/"]
)
def test_a_form_from_elsewhere_is_refused(path, bob):
    client = Client(enforce_csrf_checks=True)
    client.force_login(bob.user)
    assert client.post(path, {"login": "bob@example.com", "password": "x"}).status_code == 403


def test_forms_below_a_workspace_refuse_it_as_well(workspace, alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice.user)
    colleague = make_member(workspace, "Colleague")
    for path in (
        "settings/changes/",
        "settings/keys/",
        f"settings/members/{colleague.pk}/removal/",
        "profile/leaving/",
    ):
        assert client.post(f"/w/acme/{path}").status_code == 403, path


def test_signing_in_changes_the_session_id(bob):
    client = Client()
    client.session["before"] = 1
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["evergrow_session"] = session.session_key
    client.post("/auth/login/", {"login": "bob@example.com", "password": "correct horse battery"})
    assert client.cookies["evergrow_session"].value != session.session_key
