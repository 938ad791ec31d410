"""The letters, through a real SMTP server."""

import email
import email.policy
import socket
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core.cache import cache

from conftest import make_member
from evergrow.workspaces import jobs, tasks
from evergrow.workspaces.models import Job


class Box:
    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


@pytest.fixture
def box(settings):
    cache.clear()
    box = Box()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.MAIL_IS_SET_UP = True
    settings.PUBLIC_URL = "https://grow.example"
    yield box
    server.stop()


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [
        ("en", "Join 长青 Acme on Evergrow", "Alice invites you to work on “长青 Acme”"),
        ("zh-hans", "邀请你加入 Evergrow 上的“长青 Acme”", "Alice 邀请你加入 Evergrow 上的工作区“长青 Acme”"),
    ],
)
def test_an_invitation_arrives_in_the_workspaces_language(box, workspace, alice, sign_in, language, subject, words):
    workspace.language, workspace.name = language, "长青 Acme"
    workspace.save()
    wish = {"email": "erin@example.com", "role": "operator", "scope": "all", "team": ""}
    page = sign_in(alice).post("/w/acme/settings/members/invitations/", wish).content.decode()
    (letter,) = box.letters
    assert (letter["Subject"].strip(), letter["To"]) == (subject, "erin@example.com")
    body = letter.get_content()
    assert words in body
    link = next(line for line in body.splitlines() if line.startswith("https://grow.example/auth/invitation/"))
    assert link.strip() in page
    assert "A mail with this link went to" in page


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [("en", "Your sign-in link for Evergrow", "Hello Bob,"), ("zh-hans", "你的 Evergrow 登录链接", "Bob，你好：")],
)
def test_a_one_time_link_arrives_in_its_readers_language(box, bob, client, language, subject, words):
    bob.user.language = language
    bob.user.save()
    client.post("/auth/link/", {"email": "bob@example.com"})
    job = Job.objects.get(kind=tasks.MAIL_SIGN_IN_LINK)
    jobs.run(claimed(job))
    (letter,) = box.letters
    assert (letter["Subject"], letter["To"]) == (subject, "bob@example.com")
    body = letter.get_content()
    assert words in body
    link = next(line for line in body.splitlines() if line.startswith("https://grow.example/auth/link/"))
    assert client.post(link.strip().removeprefix("https://grow.example")).status_code == 302
    job.refresh_from_db()
    assert job.state == "done"


def test_a_server_that_is_down_is_told_and_the_link_is_still_there(settings, workspace, alice, sign_in, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.MAIL_IS_SET_UP = "127.0.0.1", 9, True
    wish = {"email": "erin@example.com", "role": "operator", "scope": "all", "team": ""}
    page = sign_in(alice).post("/w/acme/settings/members/invitations/", wish).content.decode()
    assert "The mail server did not take the mail" in page
    assert "/auth/invitation/" in page
    assert "could not be mailed" in caplog.text


def test_a_name_cannot_smuggle_a_header(box, workspace, alice, sign_in):
    workspace.name, workspace.language = "Acme\nBcc: everyone@example.com", "en"
    workspace.save()
    wish = {"email": "erin@example.com", "role": "operator", "scope": "all", "team": ""}
    sign_in(make_member(workspace, "Dave", "admin")).post("/w/acme/settings/members/invitations/", wish)
    (letter,) = box.letters
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Join Acme Bcc: everyone@example.com on Evergrow"


def claimed(job: Job) -> Job:
    Job.objects.exclude(pk=job.pk).delete()
    found = jobs.claim()
    assert found is not None
    return found
