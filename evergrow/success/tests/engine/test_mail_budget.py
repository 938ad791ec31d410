"""Mails of steps ask the contact budget: none goes out against it, and no place is lost however a sender ends."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from conftest import NOON
from evergrow.customers.models import Account, Affiliation, Person
from evergrow.lib import clock
from evergrow.success.actions import runs, tasks
from evergrow.success.contact import policy
from evergrow.success.engine.problems import sentence
from evergrow.success.engine.sending import claims, leave
from evergrow.success.engine.sending.mails import Post
from evergrow.success.engine.sweep import sweep
from evergrow.success.models import Contact, ContactSlot, Delivery, Playbook, Run, Task
from evergrow.success.queries.course import course
from evergrow.success.tests.engine.receivers import Mailbox
from evergrow.success.tests.engine.test_deliveries import WORDS
from evergrow.workspaces.models import Member, Workspace

pytestmark = pytest.mark.usefixtures("frozen")
Make = Callable[..., Playbook]
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with Mailbox() as box:
        yield box


@pytest.fixture(autouse=True)
def reached(settings: Any, mailbox: Mailbox) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.MAIL_IS_SET_UP = "127.0.0.1", mailbox.port, True
    settings.DEFAULT_FROM_EMAIL = "Evergrow <work@evergrow.example>"
    mailbox.mails.clear()
    mailbox.answer = lambda address: ""


@pytest.fixture
def book(make_playbook: Make) -> Playbook:
    return make_playbook("out", {"key": "m", "offset": 0, "kind": "message", "details": WORDS})


@pytest.fixture
def firms(make_account: Callable[..., Account], workspace: Workspace) -> list[Account]:
    """Two accounts with one contact, who decides at both."""
    dan = Person.objects.create(workspace=workspace, number=1, name="Dan", email="dan@brookbridge.example")
    found = [make_account(n, seats=40) for n in (1, 2)]
    for firm in found:
        Affiliation.objects.create(account=firm, person=dan, influence="decides")
    return found


def start(account: Account, book: Playbook, by: Member) -> Task:
    return runs.start_run(account=account, playbook=book, by=by).tasks.get()


def contact() -> str:
    """The state of the only contact, and how many places are taken."""
    return f"{Contact.objects.get().state} {ContactSlot.objects.count()}"


def test_a_mail_waits_for_the_quiet_hours_to_end_and_its_page_says_so(
    firms: list[Account], book: Playbook, alice: Member, workspace: Workspace, mailbox: Mailbox
) -> None:
    policy.save(workspace=workspace, data={"quiet": [{"days": [2], "from": "11:00", "to": "14:00"}]}, by=None)
    task = start(firms[0], book, alice)
    sweep(workspace)
    (shown,) = course(task).deliveries
    assert (shown.state, shown.attempts, shown.next_at, shown.error) == (
        "queued",
        0,
        NOON + timedelta(hours=2),
        "quiet hours",
    )
    assert (mailbox.mails, contact()) == ([], "waiting 0")
    with clock.frozen(NOON + timedelta(hours=2)):
        sweep(workspace)
    assert (len(mailbox.mails), contact()) == (1, "sent 3")


def test_the_same_mail_to_one_person_at_two_accounts_goes_once_and_the_other_step_says_why(
    firms: list[Account], book: Playbook, alice: Member, workspace: Workspace, mailbox: Mailbox
) -> None:
    _first, second = (start(firm, book, alice) for firm in firms)
    sweep(workspace)
    second.refresh_from_db()
    assert (len(mailbox.mails), second.state) == (1, "in_progress")
    assert sentence(second.problem).endswith("the same was sent to this address already.")
    assert [each.error for each in course(second).deliveries] == ["the same was sent to this address already"]
    assert sorted(Contact.objects.values_list("state", flat=True)) == ["refused", "sent"]
    with clock.frozen(NOON + timedelta(hours=25)):
        tasks.retry_step(task=second, by=alice)
        sweep(workspace)
    second.refresh_from_db()
    assert (len(mailbox.mails), second.state) == (2, "done"), "a colleague had it asked anew"


def test_what_is_refused_or_not_wanted_gives_its_place_back_and_what_is_put_off_keeps_it(
    firms: list[Account], book: Playbook, alice: Member, workspace: Workspace, mailbox: Mailbox
) -> None:
    mailbox.answer = lambda address: "451 Later"
    task = start(firms[0], book, alice)
    sweep(workspace)
    assert contact() == "reserved 3"
    mailbox.answer = lambda address: "550 No such user"
    with clock.frozen(NOON + MINUTE):
        sweep(workspace)
        assert (task.deliveries.get().state, contact()) == ("failed", "released 0")
        mailbox.answer = lambda address: "451 Later"
        tasks.retry_step(task=task, by=alice)
        sweep(workspace)
        assert contact() == "reserved 3"
        runs.cancel_run(run=Run.objects.get(), by=alice, reason="Wrong account")
        sweep(workspace)
    assert (contact(), mailbox.mails) == ("released 0", [])


@pytest.mark.parametrize("dies", ["asked", "handed", "sent"])
def test_a_sender_that_dies_anywhere_leaves_no_place_behind_and_no_mail_twice(
    dies: str,
    firms: list[Account],
    book: Playbook,
    alice: Member,
    workspace: Workspace,
    mailbox: Mailbox,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = start(firms[0], book, alice)

    def die(*_: Any, **__: Any) -> None:
        raise SystemExit

    places: dict[str, tuple[Any, str]] = {
        "asked": (Post, "send"),
        "handed": (claims, "sent"),
        "sent": (leave, "settle_one"),
    }
    with monkeypatch.context() as patched:
        patched.setattr(*places[dies], die)
        with pytest.raises(SystemExit):
            sweep(workspace)
    assert contact() == "reserved 3"
    with clock.frozen(NOON + 5 * MINUTE):
        sweep(workspace)
        if dies == "handed":
            assert (Delivery.objects.get().state, contact()) == ("unknown", "reserved 3"), "nobody knows yet"
            tasks.finish_task(task=task, by=alice, evidence="It arrived")
            sweep(workspace)
    task.refresh_from_db()
    assert (len(mailbox.mails), task.state, contact()) == (1, "done", "sent 3")
