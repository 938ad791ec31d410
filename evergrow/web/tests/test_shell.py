"""The frame: language, theme, navigation, errors, and a page that a strict policy lets through."""

import re
from urllib.parse import unquote

import pytest
from django.test import Client, RequestFactory
from django.utils import translation

from evergrow.warehouse import StoreUnavailable
from evergrow.web import navigation
from evergrow.workspaces.models import User


@pytest.fixture
def kit(workspace, alice, sign_in, frozen):
    return sign_in(alice).get(f"/w/{workspace.slug}/kit/")


def test_a_page_holds_no_inline_script_or_style(kit) -> None:
    html = kit.content.decode()
    assert " style=" not in html
    assert "<style" not in html
    assert not re.search(r"\son\w+=", html)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", html))


def test_the_server_renders_the_theme_that_the_cookie_or_the_user_chose(workspace, alice, sign_in) -> None:
    client, url = sign_in(alice), f"/w/{workspace.slug}/kit/"
    assert b'data-bs-theme="light"' in client.get(url).content
    User.objects.filter(pk=alice.user.pk).update(theme="dark")
    assert b'data-bs-theme="dark"' in client.get(url).content
    client.cookies["evergrow_theme"] = "light"
    assert b'data-bs-theme="light"' in client.get(url).content


def test_the_theme_is_kept_with_the_user_and_in_a_cookie(alice, sign_in) -> None:
    client = sign_in(alice)
    answer = client.post("/theme/", {"theme": "dark", "next": "/w/acme/kit/"})
    assert answer.url == "/w/acme/kit/"
    assert client.cookies["evergrow_theme"].value == "dark"
    alice.user.refresh_from_db()
    assert alice.user.theme == "dark"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_the_theme_switch_leads_nowhere_else(alice, sign_in, target) -> None:
    assert sign_in(alice).post("/theme/", {"theme": "dark", "next": target}).url == "/"


def test_an_unknown_theme_is_refused(alice, sign_in) -> None:
    assert sign_in(alice).post("/theme/", {"theme": "sepia"}).status_code == 400


def test_the_language_goes_to_the_user_and_holds_for_the_next_browser(workspace, alice, sign_in) -> None:
    client, url = sign_in(alice), f"/w/{workspace.slug}/kit/"
    assert b'<html lang="en"' in client.get(url).content
    client.post("/i18n/setlang/", {"language": "zh-hans", "next": url})
    assert b'<html lang="zh-Hans"' in client.get(url).content
    another = Client(headers={"accept-language": "en"})
    another.force_login(alice.user)
    assert b'<html lang="zh-Hans"' in another.get(url).content


def test_a_cookie_of_this_browser_wins_over_the_users_language(workspace, alice, sign_in) -> None:
    client = sign_in(alice)
    User.objects.filter(pk=alice.user.pk).update(language="zh-hans")
    client.cookies["evergrow_language"] = "en"
    assert b'<html lang="en"' in client.get(f"/w/{workspace.slug}/kit/").content


@pytest.mark.parametrize(
    ("language", "said"), [("en", "There is nothing here for you"), ("zh-hans", "这里没有你能看的内容")]
)
def test_errors_speak_both_languages(db, language, said) -> None:
    answer = Client(headers={"accept-language": language}).get("/nowhere/")
    assert answer.status_code == 404
    assert said in answer.content.decode()


def test_a_page_without_its_token_is_explained(db) -> None:
    answer = Client(enforce_csrf_checks=True, headers={"accept-language": "en"}).post("/theme/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "This form is too old" in answer.content.decode()


def test_members_see_only_the_pages_they_may_open(alice, carol) -> None:
    def names(member):
        return {item.name for section in navigation.sections(member, "/") for item in section.items}

    assert "workspaces:audit" in names(alice)
    assert "workspaces:audit" not in names(carol)


def test_the_deepest_page_on_the_path_is_the_current_one(workspace, alice) -> None:
    shown = navigation.sections(alice, f"/w/{workspace.slug}/settings/members/3/")
    current = [item.name for section in shown for item in section.items if item.is_current]
    assert current == ["workspaces:members"]


def test_a_broken_page_is_told_without_asking_the_broken_store(client, monkeypatch) -> None:
    from evergrow.web import errors

    request = RequestFactory().get("/w/acme/")
    with translation.override("zh-hans"):
        answer = errors.server_error(request)
    assert answer.status_code == 500
    assert "Evergrow 出错了" in answer.content.decode()


def test_a_store_that_does_not_answer_asks_to_come_back(workspace, alice, sign_in, monkeypatch) -> None:
    def down(*_args: object) -> None:
        raise StoreUnavailable("busy")

    monkeypatch.setattr("evergrow.web.home.view.scope.of", down)
    answer = sign_in(alice).get(f"/w/{workspace.slug}/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "30"
    assert "The event store does not answer" in unquote(answer["X-Sentence"])


def test_home_is_current_only_at_home(workspace, alice) -> None:
    def current(path):
        return [i.name for s in navigation.sections(alice, path) for i in s.items if i.is_current]

    assert current(f"/w/{workspace.slug}/") == ["web:home"]
    assert current(f"/w/{workspace.slug}/search/") == []
