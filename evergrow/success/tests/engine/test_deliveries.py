"""Mails and webhooks of steps, against a real mail server and a real receiver."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from conftest import NOON
from evergrow.customers.models import Account, Affiliation, Person, TimelineEntry
from evergrow.lib import clock
from evergrow.success.actions import runs, tasks
from evergrow.success.engine.problems import sentence
from evergrow.success.engine.sending import claims, mails, signing
from evergrow.success.engine.sending.answers import Answer
from evergrow.success.engine.sending.passing import BACK_OFF, next_attempt
from evergrow.success.engine.sweep import sweep
from evergrow.success.models import Delivery, Playbook, Run, Task
from evergrow.success.tests.engine.receivers import Mailbox, Receiver
from evergrow.workspaces.models import Member, Workspace

pytestmark = pytest.mark.usefixtures("frozen")
Make = Callable[..., Playbook]
WORDS = {
    "channel": "mail",
    "contacts": ["decides", "key"],
    "subject": {"en": "Your renewal, {{ account.name }}", "zh": "{{ account.name }} 续约"},
    "body": {"en": "Dear {{ person.name }},\nwith {{ account.seats }} seats.", "zh": "{{ person.name }}，您好"},
}


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as box:
        yield box


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as found:
        yield found


@pytest.fixture(autouse=True)
def reached(settings: Any, mailbox: Mailbox, receiver: Receiver) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.MAIL_IS_SET_UP = "127.0.0.1", mailbox.port, True
    settings.DEFAULT_FROM_EMAIL = "Evergrow <work@evergrow.example>"
    settings.WEBHOOK_HOSTS = frozenset({"127.0.0.1"})
    mailbox.mails.clear()
    mailbox.answer = lambda address: ""
    receiver.requests.clear()
    receiver.status, receiver.said = 200, b"thank you"


@pytest.fixture
def firm(account: Account, workspace: Workspace) -> Account:
    Account.objects.filter(pk=account.pk).update(seats=40)
    Workspace.objects.filter(pk=workspace.pk).update(language="en")
    account.workspace.language = "en"
    for number, (name, influence) in enumerate([("Uma", "uses"), ("Dan", "decides")], start=1):
        facts = {"name": name, "email": f"{name.lower()}@brookbridge.example"}
        person = Person.objects.create(workspace=workspace, number=number, **facts)
        Affiliation.objects.create(account=account, person=person, influence=influence)
    return Account.objects.get(pk=account.pk)


def start(account: Account, by: Member, make: Make, **step: Any) -> Run:
    facts = {"key": "m", "offset": 0, **step}
    return runs.start_run(account=account, playbook=make("out", facts, {"key": "z", "after": ["m"]}), by=by)


def first(run: Run) -> Task:
    return run.tasks.get(position=1)


def test_a_mail_goes_to_the_contact_by_role_with_a_message_id_that_stays(
    firm: Account, alice: Member, workspace: Workspace, make_playbook: Make, mailbox: Mailbox
) -> None:
    run = start(firm, alice, make_playbook, kind="message", details=WORDS)
    assert (first(run).state, first(run).deliveries.get().state) == ("in_progress", "queued")
    sweep(workspace)
    (mail,) = mailbox.mails
    assert (mail["To"], mail["Subject"]) == ("dan@brookbridge.example", "Your renewal, Brookbridge 1")
    assert mail["Reply-To"] == alice.user.email
    assert "with 40 seats." in str(mail.get_payload())
    delivery = first(run).deliveries.get()
    assert mail["Message-ID"] == mails.message_id(delivery)
    assert (delivery.state, delivery.status, first(run).state) == ("sent", 250, "done")
    assert run.tasks.get(position=2).state == "ready"
    assert TimelineEntry.objects.get(kind="task.mailed").person == delivery.person
    sweep(workspace)
    assert len(mailbox.mails) == 1


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("{{ account.nickname }}", "account.nickname is undefined"),
        ("{{ person.title }}", "person.title is undefined"),
        ("{{ account.name", "cannot be read"),
        ("{% if account %} {% endif %}", "no words"),
    ],
)
def test_a_template_that_asks_for_what_is_not_known_sends_nothing_and_says_so(
    body: str, told: str, firm: Account, alice: Member, workspace: Workspace, make_playbook: Make, mailbox: Mailbox
) -> None:
    words = {**WORDS, "body": {"en": body}}
    run = start(firm, alice, make_playbook, kind="message", details=words)
    sweep(workspace)
    assert (first(run).state, mailbox.mails) == ("ready", [])
    assert told in sentence(first(run).problem)
    tasks.finish_task(task=first(run), by=alice, evidence="Wrote myself")
    assert run.tasks.get(position=2).state == "ready"


def test_without_a_contact_or_a_mail_server_a_person_goes_on(
    account: Account, alice: Member, make_playbook: Make, settings: Any
) -> None:
    run = start(account, alice, make_playbook, kind="message", details=WORDS)
    assert first(run).problem == {"code": "no_contact"}
    settings.MAIL_IS_SET_UP = False
    tasks.retry_step(task=first(run), by=alice)
    assert first(run).problem == {"code": "no_mail_server"}


def test_a_mail_waits_for_its_day_and_the_hours_of_work(
    firm: Account, alice: Member, workspace: Workspace, make_playbook: Make, mailbox: Mailbox
) -> None:
    run = start(firm, alice, make_playbook, kind="message", details=WORDS, offset=2, due_from="start")
    for moment, count in [(NOON + timedelta(hours=44), 0), (NOON + timedelta(hours=45), 1)]:
        with clock.frozen(moment):
            sweep(workspace)
            assert len(mailbox.mails) == count, "Friday at 9:00 in Shanghai"
    assert first(run).state == "done"


def test_a_paused_run_sends_nothing_and_a_cancelled_one_never(
    firm: Account, alice: Member, workspace: Workspace, make_playbook: Make, mailbox: Mailbox
) -> None:
    run = start(firm, alice, make_playbook, kind="message", details=WORDS)
    runs.pause_run(run=run, by=alice)
    sweep(workspace)
    assert mailbox.mails == []
    runs.cancel_run(run=run, by=alice, reason="Wrong account")
    assert first(run).deliveries.get().state == "cancelled"


def test_an_address_that_is_refused_fails_at_once_and_can_be_tried_again(
    firm: Account, alice: Member, workspace: Workspace, make_playbook: Make, mailbox: Mailbox
) -> None:
    mailbox.answer = lambda address: "550 No such user"
    run = start(firm, alice, make_playbook, kind="message", details=WORDS)
    sweep(workspace)
    assert first(run).deliveries.get().state == "failed"
    assert "550 No such user" in sentence(first(run).problem)
    mailbox.answer = lambda address: "451 Later" if not mailbox.mails else ""
    tasks.retry_step(task=first(run), by=alice)
    sweep(workspace)
    assert (first(run).deliveries.get().state, first(run).problem) == ("queued", {}), "451 is worth another attempt"
    mailbox.answer = lambda address: ""
    with clock.frozen(NOON + timedelta(seconds=6)):
        sweep(workspace)
    assert (first(run).state, len(mailbox.mails)) == ("done", 1)


def test_what_a_sender_left_behind_is_sent_again_only_if_it_cannot_have_arrived(
    firm: Account, alice: Member, workspace: Workspace, make_playbook: Make, mailbox: Mailbox
) -> None:
    run = start(firm, alice, make_playbook, kind="message", details=WORDS)
    (left,) = claims.claim(workspace, 10)
    assert claims.claim(workspace, 10) == [], "nobody else gets it"
    with clock.frozen(NOON + timedelta(minutes=3)):
        claims.release_lost(workspace)
        assert not claims.is_mine(left)
        (again,) = claims.claim(workspace, 10)
        assert claims.is_mine(again)
    with clock.frozen(NOON + timedelta(minutes=6)):
        sweep(workspace)
        claims.sent(again, Answer("sent"))
    assert (mailbox.mails, Delivery.objects.get().state) == ([], "unknown")
    assert sentence(first(run).problem).startswith("It is not known whether it arrived")
    tasks.finish_task(task=first(run), by=alice, evidence="It arrived")
    assert run.tasks.get(position=2).state == "ready"


def test_a_webhook_is_signed_and_its_answer_is_kept(
    firm: Account, alice: Member, workspace: Workspace, make_playbook: Make, receiver: Receiver
) -> None:
    run = start(firm, alice, make_playbook, kind="webhook", details={"url": receiver.url})
    sweep(workspace)
    ((headers, body),) = receiver.requests
    secret, stamp = signing.secret(workspace, receiver.url), int(headers["webhook-timestamp"])
    assert (
        headers["webhook-signature"] == signing.headers(secret, headers["webhook-id"], stamp, body)["webhook-signature"]
    )
    told = json.loads(body)
    assert (told["type"], told["data"]["account"]["number"], told["data"]["step"]) == ("playbook.step", 1, "m")
    delivery = first(run).deliveries.get()
    assert (delivery.state, delivery.status, delivery.response) == ("sent", 200, "thank you")
    assert first(run).state == "done"


def test_a_webhook_is_tried_for_three_days_with_the_same_id(
    firm: Account, alice: Member, workspace: Workspace, make_playbook: Make, receiver: Receiver
) -> None:
    receiver.status, receiver.said = 503, b"busy"
    run = start(firm, alice, make_playbook, kind="webhook", details={"url": receiver.url})
    moment = NOON
    for gap in [timedelta(0), *BACK_OFF]:
        moment += gap
        with clock.frozen(moment):
            sweep(workspace)
    assert next_attempt(len(BACK_OFF), moment) is None
    assert timedelta(hours=70) < moment - NOON <= timedelta(days=3)
    assert len({headers["webhook-id"] for headers, _ in receiver.requests}) == 1
    assert len(receiver.requests) == 10
    assert (first(run).deliveries.get().state, first(run).problem["code"]) == ("failed", "failed")


def test_a_receiver_that_is_gone_is_not_asked_again(
    firm: Account, alice: Member, workspace: Workspace, make_playbook: Make, receiver: Receiver
) -> None:
    receiver.status = 410
    run = start(firm, alice, make_playbook, kind="webhook", details={"url": receiver.url})
    sweep(workspace)
    assert (first(run).deliveries.get().state, len(receiver.requests)) == ("failed", 1)
