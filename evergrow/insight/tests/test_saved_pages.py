"""Saved questions on pages: saved with one button, opened again under their name, found, archived and taken back."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from evergrow.insight.saved import actions
from evergrow.insight.saved.models import SavedQuestion, Sharing
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events
from evergrow.workspaces.models import AccountScope, Member, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SignIn = Callable[[Member], Client]
LOGINS = {"kind": "trend", "event": "login", "range": {"last": 3, "unit": "week"}}


@pytest.fixture
def stage(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    """Three accounts logged in two weeks ago, two last week."""
    days = {16: [1, 2], 9: [1, 2, 3]}
    world = World(
        [
            Happened("login", datetime(2026, 3, day, 2, tzinfo=UTC), person=account, account=account)
            for day, accounts in days.items()
            for account in accounts
        ]
    )
    store_accounts(workspace, {}, [1, 2, 3])
    store_events(workspace, world.events, world)
    return workspace


def url(name: str, **more: Any) -> str:
    return reverse(f"insight:{name}", kwargs={"workspace": "acme", **more})


def save(by: Member, **facts: Any) -> SavedQuestion:
    facts = {"name_en": "Logins", "sharing": Sharing.VIEW, **facts}
    return actions.save(workspace=by.workspace, form=facts.pop("form", LOGINS), by=by, **facts)


def test_a_page_is_saved_and_opened_again_under_its_name(stage: Workspace, bob: Member, sign_in: SignIn) -> None:
    client = sign_in(bob)
    page = client.get(url("trends"), {"event": "login", "range": "3w"}).content.decode()
    assert "Save question" in page
    posted = {"form": json.dumps(LOGINS), "name_en": "Logins", "folder": "Monday", "sharing": "view"}
    opened = client.post(url("question_new"), posted, follow=True)
    page = opened.content.decode()
    assert opened.redirect_chain[-1][0].startswith(url("trends"))
    assert "Saved as “Logins”." in page
    assert "Changed since saved" not in page
    assert f'href="{url("question_details", number=1)}"' in page
    assert '<input type="hidden" name="saved" value="1" form="question-form">' in page
    assert "As of 12:00:00" in page


def test_a_change_is_said_and_saved_over_it(stage: Workspace, bob: Member, sign_in: SignIn) -> None:
    client, saved = sign_in(bob), save(bob)
    page = client.get(url("trends"), {"event": "login", "range": "4w", "saved": "1"}).content.decode()
    assert "Changed since saved" in page
    assert "Save as" in page
    form = json.dumps(LOGINS | {"range": {"last": 4, "unit": "week"}})
    assert client.post(url("question_save", number=1), {"form": form, "base": "1"}).status_code == 302
    saved.refresh_from_db()
    assert (saved.version, saved.form["range"]["last"]) == (2, 4)
    page = client.get(url("trends"), {"event": "login", "range": "4w", "saved": "1"}).content.decode()
    assert "Changed since saved" not in page
    again = client.post(url("question_save", number=1), {"form": json.dumps(LOGINS), "base": "1"}, follow=True)
    assert "Bob saved version 2" in again.content.decode()


def test_who_may_only_see_it_saves_as_another(stage: Workspace, alice: Member, bob: Member, sign_in: SignIn) -> None:
    save(alice)
    client = sign_in(bob)
    page = client.get(url("trends"), {"event": "login", "range": "4w", "saved": "1"}).content.decode()
    assert "Changed since saved" in page
    assert url("question_save", number=1) not in page
    assert "Save as" in page
    assert client.post(url("question_save", number=1), {"form": json.dumps(LOGINS | {"event": "a"})}).status_code == 403


def test_an_answer_brought_by_htmx_swaps_the_bar_and_keeps_its_number(
    stage: Workspace, bob: Member, sign_in: SignIn
) -> None:
    save(bob)
    query = {"event": "login", "range": "4w", "saved": "1"}
    response = sign_in(bob).get(url("trends"), query, headers={"HX-Request": "true"})
    assert 'id="saved-bar" class="saved-bar" hx-swap-oob="true"' in response.content.decode()
    assert "saved=1" in response["HX-Push-Url"]


@pytest.mark.parametrize("number", ["9", "x", "1"])
def test_a_number_that_is_not_for_the_reader_changes_nothing(
    stage: Workspace, alice: Member, carol: Member, sign_in: SignIn, number: str
) -> None:
    save(alice, sharing=Sharing.PRIVATE, name_en="Secret plan")
    response = sign_in(carol).get(url("trends"), {"event": "login", "saved": number})
    assert response.status_code == 200
    assert "Secret plan" not in response.content.decode()
    assert "Save question" not in response.content.decode()


@pytest.mark.parametrize("form", ["", "{", "[]", "7", '{"kind": "horoscope"}', '{"kind": "trend", "colour": 1}'])
def test_what_is_no_question_is_refused_with_a_sentence(
    stage: Workspace, bob: Member, sign_in: SignIn, form: str
) -> None:
    response = sign_in(bob).post(url("question_new"), {"form": form, "name_en": "X", "sharing": "view"}, follow=True)
    assert response.status_code == 200
    assert "toast-error" in response.content.decode()
    assert not SavedQuestion.objects.exists()


def test_the_list_says_each_answer_late(stage: Workspace, bob: Member, carol: Member, sign_in: SignIn) -> None:
    save(bob, description_en="For Mondays", folder="Monday")
    save(bob, sharing=Sharing.PRIVATE, name_en="Mine alone")
    client = sign_in(carol)
    page = client.get(url("questions")).content.decode()
    assert "Logins" in page
    assert "For Mondays" in page
    assert "Mine alone" not in page
    assert f'hx-get="{url("question_reading", number=1)}"' in page
    reading = client.get(url("question_reading", number=1)).content.decode()
    assert "<b>2 accounts, 33.3% fewer than</b> the week before (3)." in reading
    assert "as of 12:00" in reading
    assert client.get(url("question_reading", number=2)).status_code == 404


def test_the_list_is_complete_in_chinese(stage: Workspace, carol: Member, bob: Member, sign_in: SignIn) -> None:
    save(bob, name_zh="登录情况", folder="周一")
    carol.user.language = "zh-hans"
    carol.user.save()
    client = sign_in(carol)
    client.cookies["evergrow_language"] = "zh-hans"
    page = client.get(url("questions")).content.decode()
    assert "登录情况" in page
    assert "Logins" not in page
    assert "较前一周少 33.3%" in client.get(url("question_reading", number=1)).content.decode()


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({}, ["Exports", "Logins"]),
        ({"q": "report export"}, ["Exports"]),
        ({"folder": "Monday"}, ["Logins"]),
        ({"kind": "horoscope"}, []),
        ({"tab": "mine"}, ["Logins"]),
        ({"tab": "starred"}, ["Exports"]),
        ({"tab": "archived"}, ["Old"]),
        ({"tab": "?", "owner": "x"}, []),
    ],
)
def test_the_list_is_searched_and_filtered(
    stage: Workspace, alice: Member, bob: Member, sign_in: SignIn, query: dict[str, str], shown: list[str]
) -> None:
    save(bob, folder="Monday")
    exports = save(alice, name_en="Exports", description_en="Every report")
    actions.star(question=exports, by=bob)
    actions.archive(question=save(bob, name_en="Old"), by=bob)
    page = sign_in(bob).get(url("questions"), query).content.decode()
    assert [name for name in ("Exports", "Logins", "Old") if f">{name}</a>" in page] == shown


def test_pinned_ones_come_first_then_starred_ones(
    stage: Workspace, alice: Member, bob: Member, sign_in: SignIn
) -> None:
    for name in ("A", "B", "C"):
        save(alice, name_en=f"Question {name}")
    client, manager = sign_in(bob), sign_in(alice)
    assert client.post(url("question_star", number=2), {"on": "1"}).status_code == 302
    assert client.post(url("question_pin", number=3), {"on": "1"}).status_code == 403
    assert manager.post(url("question_pin", number=3), {"on": "1"}).status_code == 302
    page = client.get(url("questions")).content.decode()
    places = [page.index(f">Question {name}</a>") for name in ("C", "B", "A")]
    assert places == sorted(places)


def test_archiving_offers_to_take_it_back(stage: Workspace, bob: Member, carol: Member, sign_in: SignIn) -> None:
    save(bob)
    assert sign_in(carol).post(url("question_archive", number=1)).status_code == 403
    client = sign_in(bob)
    page = client.post(url("question_archive", number=1), follow=True).content.decode()
    assert "“Logins” is archived." in page
    assert "Undo" in page
    client.post(url("question_bring_back", number=1))
    assert not SavedQuestion.objects.get().is_archived


def test_one_whose_part_is_gone_says_which_and_shows_its_history(
    stage: Workspace, bob: Member, sign_in: SignIn
) -> None:
    saved = save(bob, form=LOGINS | {"filters": [{"on": "account.plan", "is": "is", "values": ["Pro"]}]})
    saved.form["filters"][0]["on"] = "account.gone"
    saved.save()
    response = sign_in(bob).get(url("question", number=1))
    page = response.content.decode()
    assert response.status_code == 422
    assert "its part “filters.0.on” is wrong" in page
    assert "account.gone is Pro" in page
    assert "filters.0.on" in sign_in(bob).get(url("question_reading", number=1)).content.decode()
    assert sign_in(bob).get(url("question_details", number=1)).status_code == 200


def test_details_are_changed_and_a_version_is_restored(stage: Workspace, bob: Member, sign_in: SignIn) -> None:
    save(bob)
    client = sign_in(bob)
    client.post(url("question_describe", number=1), {"name_zh": "登录", "name_en": "Log-ins", "sharing": "edit"})
    page = client.get(url("question_details", number=1)).content.decode()
    assert "English name" in page
    assert '<span class="saved-was">Logins</span> → Log-ins' in page
    client.post(url("question_restore", number=1, version=1))
    saved = SavedQuestion.objects.get()
    assert (saved.version, saved.name_en, saved.sharing) == (3, "Logins", "edit")
    assert "Version 1 was brought back." in client.get(url("question_details", number=1)).content.decode()
    refused = client.post(url("question_describe", number=1), {"owner": "999"}, follow=True)
    assert "The owner is no colleague here." in refused.content.decode()


def test_each_reader_sees_their_own_accounts_in_a_shared_question(
    stage: Workspace, alice: Member, bob: Member, sign_in: SignIn
) -> None:
    save(alice)
    bob.scope = AccountScope.OWN
    bob.save()
    stage.accounts.get(number=1).team.create(role="csm", member=bob, started_on="2026-01-01")
    assert "<b>1 account, as many as</b>" in sign_in(bob).get(url("question_reading", number=1)).content.decode()
    assert "<b>2 accounts" in sign_in(alice).get(url("question_reading", number=1)).content.decode()


def test_refreshing_leads_back_and_nowhere_else(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    client = sign_in(carol)
    here = f"{url('trends')}?event=login"
    assert client.post(url("refresh"), {"next": here})["Location"] == here
    assert client.post(url("refresh"), {"next": "https://evil.example/"})["Location"] == url("questions")


def test_the_palette_finds_what_the_reader_may_see(
    stage: Workspace, alice: Member, carol: Member, sign_in: SignIn
) -> None:
    save(alice, name_zh="每周登录")
    save(alice, name_en="Logins of the board", sharing=Sharing.PRIVATE)
    search = reverse("web:search", kwargs={"workspace": "acme"})
    page = sign_in(carol).get(search, {"q": "每周"}).content.decode()
    assert url("question", number=1) in page
    page = sign_in(carol).get(search, {"q": "logins"}).content.decode()
    assert "of the board" not in page
