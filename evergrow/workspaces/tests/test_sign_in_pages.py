"""Signing in: with a password, with a one-time link, with an invitation."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from conftest import NOON
from evergrow.lib import clock
from evergrow.workspaces import actions, jobs
from evergrow.workspaces.models import Job, Member, SignInLink, User

PASSWORD = "correct horse battery"
GOOD = "purple lantern seventeen"
IN_ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def fresh_counters():
    cache.clear()


@pytest.fixture
def visitor() -> Client:
    return Client(headers=IN_ENGLISH)


@pytest.fixture
def mail_works(settings):
    settings.MAIL_IS_SET_UP = True


def is_in(client: Client) -> bool:
    return client.get("/workspaces/").status_code == 200


def test_a_member_signs_in_with_a_password_and_lands_in_the_workspace(bob, visitor):
    response = visitor.post("/auth/login/", {"login": "Bob@Example.com", "password": PASSWORD})
    assert response.status_code == 302
    assert visitor.get(response.url).url == "/w/acme/"


@pytest.mark.parametrize("login", ["bob@example.com", "nobody@example.com"])
def test_a_wrong_password_and_an_unknown_address_look_alike(bob, visitor, login):
    response = visitor.post("/auth/login/", {"login": login, "password": "not the password"})
    assert response.status_code == 200
    assert not is_in(visitor)
    told = re.findall(r'<div class="alert alert-danger" role="alert">(.*?)</div>', response.content.decode())
    assert told == ["The email address and/or password you specified are not correct."]


def test_guessing_passwords_is_slowed_down(bob, visitor):
    for _ in range(8):
        visitor.post("/auth/login/", {"login": "bob@example.com", "password": "guess"})
    right = visitor.post("/auth/login/", {"login": "bob@example.com", "password": PASSWORD})
    assert right.status_code == 200
    assert "Too many" in right.content.decode()
    assert not is_in(visitor)


def test_signing_out_takes_a_button(bob, sign_in):
    client = sign_in(bob)
    assert client.get("/auth/logout/").status_code == 200
    assert is_in(client)
    client.post("/auth/logout/")
    assert not is_in(client)


def test_somebody_switched_off_cannot_sign_in(bob, visitor):
    User.objects.filter(pk=bob.user_id).update(is_active=False)
    visitor.post("/auth/login/", {"login": "bob@example.com", "password": PASSWORD})
    assert not is_in(visitor)


def test_nobody_signs_up_and_allauths_other_doors_are_shut(db, client):
    for door in ("signup", "email", "password/set", "password/change", "password/reset", "confirm-email", "login/code"):
        assert client.get(f"/auth/{door}/").status_code == 404, door
        assert client.post(f"/auth/{door}/", {"email": "new@example.com", "password1": GOOD}).status_code == 404
    assert not User.objects.exists()


def test_next_leads_nowhere_else(bob, visitor):
    url = "/auth/login/?next=https://evil.example/"
    response = visitor.post(url, {"login": "bob@example.com", "password": PASSWORD, "next": "https://evil.example/"})
    assert response.url == "/"


def test_following_a_link_uses_nothing_up_and_pressing_the_button_signs_in(bob, visitor, frozen):
    token = actions.make_sign_in_link(user=bob.user)
    scanner = Client(headers=IN_ENGLISH)
    for _ in range(3):
        page = scanner.get(f"/auth/link/{token}/").content.decode()
    assert "Sign in as Bob" in page
    assert not is_in(scanner)
    assert visitor.post(f"/auth/link/{token}/").status_code == 302
    assert is_in(visitor)
    again = Client().post(f"/auth/link/{token}/")
    assert (again.status_code, is_in(Client())) == (410, False)


def test_a_link_that_is_too_old_says_so(bob, visitor, frozen):
    token = actions.make_sign_in_link(user=bob.user)
    with clock.frozen(NOON + timedelta(minutes=16)):
        assert visitor.get(f"/auth/link/{token}/").status_code == 410
        assert visitor.post(f"/auth/link/{token}/").status_code == 410


def test_the_answer_is_the_same_for_a_strangers_address(bob, visitor, mail_works):
    pages = [
        re.sub(r"\S+@example.com", "…", visitor.post("/auth/link/", {"email": email}).content.decode())
        for email in ("bob@example.com", "nobody@example.com")
    ]
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"')
    assert token.sub("", pages[0]) == token.sub("", pages[1])
    assert [job.args["user"] for job in Job.objects.filter(kind="workspaces.mail_sign_in_link")] == [bob.user_id]


def test_no_token_waits_in_the_queue_and_the_job_mails_one(bob, visitor, mail_works, mailoutbox, frozen):
    visitor.post("/auth/link/", {"email": "BOB@example.com"})
    assert not SignInLink.objects.exists()
    job = Job.objects.get(kind="workspaces.mail_sign_in_link")
    jobs.run(job_claimed(job))
    token = re.search(r"/auth/link/(\S+)/", mailoutbox[0].body).group(1)
    assert visitor.post(f"/auth/link/{token}/").status_code == 302


def job_claimed(job: Job) -> Job:
    Job.objects.exclude(pk=job.pk).delete()
    claimed = jobs.claim()
    assert claimed is not None
    return claimed


def test_links_for_one_address_are_few_and_silently_so(bob, visitor, mail_works):
    for _ in range(7):
        assert visitor.post("/auth/link/", {"email": "bob@example.com"}).status_code == 200
        Job.objects.all().update(state="done")
    assert Job.objects.filter(kind="workspaces.mail_sign_in_link").count() == 5


def test_asking_for_links_without_end_is_stopped(db, visitor, mail_works):
    answers = [visitor.post("/auth/link/", {"email": f"a{n}@example.com"}).status_code for n in range(21)]
    assert (answers[19], answers[20]) == (200, 429)


def test_without_mail_the_page_names_the_command(bob, visitor):
    page = visitor.get("/auth/link/").content.decode()
    assert "evergrow member link" in page
    assert visitor.post("/auth/link/", {"email": "bob@example.com"}).status_code == 200
    assert not Job.objects.filter(kind="workspaces.mail_sign_in_link").exists()


def test_after_a_link_the_old_password_is_not_asked(bob, visitor, frozen):
    visitor.post(f"/auth/link/{actions.make_sign_in_link(user=bob.user)}/")
    assert visitor.post("/w/acme/profile/password/", {"password": GOOD}).status_code == 302
    assert is_in(visitor), "this browser stays signed in"
    bob.user.refresh_from_db()
    assert bob.user.check_password(GOOD)
    assert visitor.post("/w/acme/profile/password/", {"password": "another lantern"}).status_code == 422


def test_a_newcomer_accepts_an_invitation(workspace, alice, visitor, frozen):
    _, token = actions.invite(workspace=workspace, email="erin@example.com", role="manager", by=alice)
    page = visitor.get(f"/auth/invitation/{token}/").content.decode()
    assert "Join Acme" in page
    assert "Alice invites erin@example.com" in page
    weak = visitor.post(f"/auth/invitation/{token}/", {"name": "Erin", "password": "1234567890"})
    assert "entirely numeric" in weak.content.decode()
    assert visitor.post(f"/auth/invitation/{token}/", {"name": "Erin", "password": GOOD}).status_code == 302
    assert Member.objects.get(user__email="erin@example.com").role == "manager"
    assert is_in(visitor)
    assert Client().get(f"/auth/invitation/{token}/").status_code == 410


def test_a_refused_password_is_told_in_chinese_too(workspace, alice, frozen):
    _, token = actions.invite(workspace=workspace, email="erin@example.com", by=alice)
    reader = Client(headers={"accept-language": "zh-hans"})
    for password in ("q7#f", "1234567890", "password123", "erin@example.com"):
        page = reader.post(f"/auth/invitation/{token}/", {"name": "Erin", "password": password}).content.decode()
        told = re.findall(r'<div class="invalid-feedback d-block" role="alert">(.*?)</div>', page)
        assert told, password
        assert not re.search("[a-zA-Z]{3}", " ".join(told)), told


def test_a_user_of_another_workspace_signs_in_first(workspace, alice, mallory, sign_in, visitor, frozen):
    _, token = actions.invite(workspace=workspace, email="mallory@example.com", by=alice)
    page = visitor.get(f"/auth/invitation/{token}/").content.decode()
    assert f"/auth/login/?next=/auth/invitation/{token}/" in page
    visitor.post(f"/auth/invitation/{token}/", {"name": "Eve", "password": GOOD})
    assert not is_in(visitor)
    assert sign_in(mallory).post(f"/auth/invitation/{token}/").status_code == 302
    assert Member.objects.filter(workspace=workspace, user=mallory.user).exists()


def test_somebody_else_cannot_use_the_invitation(workspace, alice, bob, mallory, sign_in, frozen):
    _, token = actions.invite(workspace=workspace, email="erin@example.com", by=alice)
    client = sign_in(mallory)
    assert "You are signed in as mallory@example.com" in client.get(f"/auth/invitation/{token}/").content.decode()
    assert client.post(f"/auth/invitation/{token}/").status_code == 409
    assert not Member.objects.filter(workspace=workspace, user=mallory.user).exists()
