"""Mailboxes over IMAP: connected with clear words, every mail read once, none lost."""

import errno
from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.urls import reverse

from evergrow.customers.mail import mailboxes, polling, receiving
from evergrow.customers.models import Mail, Mailbox, MailFolder, Visit
from evergrow.customers.tests.attachments.files import PDF
from evergrow.customers.tests.mail.imap_server import Server
from evergrow.customers.tests.mail.letters import letter
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.lib import clock
from evergrow.workspaces import jobs
from evergrow.workspaces.models import Notice
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.usefixtures("frozen", "warehouse_db"), pytest.mark.once]


@pytest.fixture
def imap():
    with Server() as server:
        yield server
        server.shutdown()


@pytest.fixture(autouse=True)
def allowed(settings, empty_data):
    settings.MAIL_HOSTS = frozenset({"127.0.0.1"})


@pytest.fixture
def account(workspace):
    account = make_account(workspace, "Kite Works")
    person = make_person(account, "Daniel Moore")
    person.email = "daniel@kite.example"
    person.save()
    return account


def facts(imap, **more):
    where = {"host": "127.0.0.1", "port": imap.port, "security": "none", "user": "bob@example.com"}
    return {**where, "secret": "let-me-in", "first_day": date(2026, 3, 1), **more}


def connect(imap, member, **more):
    return mailboxes.connect(member=member, **facts(imap, **more))


def read(mailbox):
    mailbox.refresh_from_db()
    return polling.poll(mailbox)


def number(n, **heads):
    return letter(f"Mail {n}", Message_ID=f"<{n}@kite.example>", Subject=f"Mail {n}", **heads)


def titles():
    return sorted(Visit.objects.values_list("title", flat=True))


def test_every_mail_is_read_once_and_none_is_lost_whatever_breaks(account, bob, imap, monkeypatch, settings):
    mailbox = connect(imap, bob)
    assert [folder.name for folder in mailbox.folders.order_by("pk")] == ["INBOX", "Sent"]
    inbox, sent = imap.folders["INBOX"], imap.folders["Sent"]
    for n in (1, 2, 3):
        inbox.put(number(n))
    sent.put(number(4, From="bob@example.com", To="daniel@kite.example"))
    imap.dies_after = 2  # the connection breaks off within the third mail
    assert read(mailbox) == 2
    mailbox.refresh_from_db()
    assert (mailbox.trouble, mailbox.failures, mailbox.next_at > clock.now()) == ("no_connection", 1, True)
    imap.dies_after = 1_000
    with monkeypatch.context() as patch:  # a crash between taking the third in and the commit
        patch.setattr(polling, "_advance", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            read(mailbox)
    assert titles() == ["Mail 1", "Mail 2"]
    assert read(mailbox) == 2
    assert titles() == ["Mail 1", "Mail 2", "Mail 3", "Mail 4"]
    assert Visit.objects.get(title="Mail 4").direction == "out"
    assert read(mailbox) == 0
    inbox.validity, inbox.mails = 8, {}  # moved to another server: all UIDs are new
    for n in (3, 5):
        inbox.put(number(n))
    assert read(mailbox) == 2
    assert titles()[-2:] == ["Mail 4", "Mail 5"]
    assert set(MailFolder.objects.values_list("uid_validity", "next_uid")) == {(8, 3), (7, 2)}
    settings.MAIL_LIMIT_MIB = 1
    inbox.put(number(6, Cc="x" * 100 + "@y.z") + b"\n" + b"x" * (2 << 20))
    inbox.put(number(7))
    with monkeypatch.context() as patch:  # one that we stumble over
        patch.setattr(receiving.reading, "read", lambda raw: real(raw) if b"Mail 7" not in raw else 1 / 0)
        assert read(mailbox) == 2
    assert "Only its beginning was read" in Visit.objects.get(title="Mail 6").mail_filing.refused[0]["en"]
    assert Mail.objects.get(state="unmatched").subject == "A mail that could not be read"
    assert not any(word in " ".join(imap.asked) for word in ("STORE", "SELECT", "EXPUNGE", "RFC822)"))


real = receiving.reading.read


def test_a_full_disk_takes_no_mail_without_its_files(account, bob, imap, monkeypatch):
    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    mailbox = connect(imap, bob)
    imap.folders["INBOX"].put(number(1, files={"offer.pdf": PDF}))
    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(receiving.NotKept):
            read(mailbox)
    assert titles() == []
    assert read(mailbox) == 1
    assert Visit.objects.get().attachments.get().name == "offer.pdf"


def test_a_server_that_sends_more_than_a_mail_may_have_is_cut_off(account, bob, imap, monkeypatch, settings):
    mailbox = connect(imap, bob)
    settings.MAIL_LIMIT_MIB = 1
    imap.folders["INBOX"].put(number(1) + b"\n" + b"x" * (3 << 20))
    monkeypatch.setattr(
        polling, "_fetched", lambda client, uid: client.fetch([uid], ["BODY.PEEK[]"])
    )  # its size is lied about
    read(mailbox)
    found = Mailbox.objects.get()
    assert (found.trouble, "more than a mail may have" in found.said) == ("answer", True)
    assert titles() == []


def test_an_earlier_first_day_has_all_read_again_whatever_is_being_read(account, bob, imap):
    mailbox = connect(imap, bob)
    imap.folders["INBOX"].put(number(1))
    assert read(mailbox) == 1
    folder = mailbox.folders.get(name="INBOX")
    mailboxes.change(mailbox=mailbox, first_day=date(2026, 2, 1))
    polling._advance(folder, 9)  # a reading that began before
    assert read(mailbox) == 1
    assert titles() == ["Mail 1"]


def test_what_is_in_the_way_is_told_by_name_and_nothing_is_kept(bob, imap, settings, sign_in):
    client, page = sign_in(bob), reverse("customers:connect_mailbox", args=["acme"])
    said = {
        "refuses user name and password": {"secret": "wrong"},
        "does not answer at this port": {"port": 1},
        "No server has this name": {"host": "no-such-host.invalid", "security": "tls"},
        "lies in a private network": {"host": "localhost", "security": "tls"},
        "Without encryption": {"host": "mail.example.com"},
    }
    for words, wrong in said.items():
        answer = client.post(page, {**facts(imap), "first_day": "2026-03-01", **wrong})
        assert (answer.status_code, words in answer.content.decode()) == (422, True), words
    assert not Mailbox.objects.exists()
    answer = client.post(page, {**facts(imap), "first_day": "2026-03-01"}, follow=True)
    assert "Connected." in answer.content.decode()
    assert "let-me-in" not in answer.content.decode()
    assert Mailbox.objects.get().keeps_unmatched is False  # the box was not ticked
    with pytest.raises(ValidationError, match="already"):
        connect(imap, bob)


def test_a_mailbox_is_its_members_alone_and_stops_with_a_word_when_the_password_is_wrong(
    account, bob, alice, imap, sign_in
):
    mailbox = connect(imap, bob)
    page = reverse("customers:mailbox", args=["acme", mailbox.pk])
    assert sign_in(alice).get(page).status_code == 404
    assert (
        "bob@example.com" not in sign_in(alice).get(reverse("customers:mail_sources", args=["acme"])).content.decode()
    )
    imap.password = "changed"
    for _try in range(3):
        read(mailbox)
    mailbox.refresh_from_db()
    assert mailbox.stopped_at is not None
    assert Notice.objects.filter(member=bob, kind=polling.STOPPED).count() == 1
    assert read(mailbox) == 0
    client = sign_in(bob)
    assert "refuses user name" in client.get(reverse("customers:mail_sources", args=["acme"])).content.decode()
    sent = {**facts(imap), "first_day": "2026-03-01", "keeps_unmatched": "on"}
    assert client.post(page, {**sent, "secret": ""}).status_code == 422  # the known password is still wrong
    assert client.post(page, {**sent, "secret": "changed"}).status_code == 302
    imap.folders["INBOX"].put(number(1))
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        jobs.enqueue("customers.look_for_mails", mailbox.member.workspace)
        while jobs.run_next():
            pass
    assert titles() == ["Mail 1"]
    client.post(reverse("customers:remove_mailbox", args=["acme", mailbox.pk]))
    assert not Mailbox.objects.exists()
    assert titles() == ["Mail 1"]


def test_a_password_is_kept_sealed_and_asked_for_anew_when_the_key_of_the_server_changed(bob, imap, settings, sign_in):
    mailbox = connect(imap, bob)
    Mailbox.objects.filter(pk=mailbox.pk).update(sealed_secret="let-me-in")  # as versions before kept it
    import_module("evergrow.customers.migrations.0022_sealed_passwords").seal(apps, None)
    kept = Mailbox.objects.values().get()
    assert "let-me-in" not in str(kept)
    assert read(mailbox) == 0
    assert (mailbox.trouble, mailbox.secret) == ("", "let-me-in")
    settings.SECRET_KEY = "another key of this server"
    client, page = sign_in(bob), reverse("customers:mailbox", args=["acme", mailbox.pk])
    read(mailbox)
    mailbox.refresh_from_db()
    assert (mailbox.trouble, mailbox.stopped_at is None) == ("sealed", False)
    assert Notice.objects.filter(member=bob, kind=polling.STOPPED).count() == 1
    assert "the secret key of this server changed" in client.get(page).content.decode()
    sent = {**facts(imap), "first_day": "2026-03-01"}
    assert client.post(page, {**sent, "secret": ""}).status_code == 422
    assert client.post(page, {**sent, "secret": "let-me-in"}).status_code == 302
    read(mailbox)
    assert (Mailbox.objects.get().trouble, Mailbox.objects.get().stopped_at) == ("", None)


def test_a_program_connects_tests_pauses_and_removes_the_mailboxes_of_its_owner(account, bob, alice, imap):
    api, path, json = caller(bob), "/api/v1/mailboxes", {"content_type": "application/json"}
    where = {"host": "127.0.0.1", "port": imap.port, "security": "none", "user": "bob@example.com"}
    wish = {**where, "password": "let-me-in", "first_day": "2026-03-01"}
    assert api.post(f"{path}/trial", {**where, "password": "let-me-in"}, **json).json() == {
        "folders": ["INBOX", "Sent"]
    }
    refused = api.post(path, {**wish, "password": "wrong"}, **json)
    assert (refused.status_code, "refuses user name" in refused.json()["detail"]) == (422, True)
    assert "b'" not in refused.json()["detail"], "the server's words, not how Python writes bytes"
    assert not Mailbox.objects.exists()
    made = api.post(path, wish, **json)
    assert (made.status_code, "let-me-in" in made.content.decode()) == (201, False)
    one = f"{path}/{made.json()['id']}"
    assert [row["user"] for row in api.get(path).json()] == ["bob@example.com"]
    assert caller(alice).get(path).json() == []
    assert caller(alice).delete(one).status_code == 404
    assert api.put(f"{one}/pause").json()["paused_at"] is not None
    imap.folders["INBOX"].put(number(1))
    assert read(Mailbox.objects.get()) == 0
    assert api.post(f"{one}/trial").json() == {"folders": ["INBOX", "Sent"]}
    imap.password = "changed"
    assert api.delete(f"{one}/pause").status_code == 422
    assert Mailbox.objects.get().paused_at is not None
    assert api.patch(one, {"password": "changed", "keeps_unmatched": False}, **json).status_code == 200
    assert api.delete(f"{one}/pause").json()["paused_at"] is None
    assert read(Mailbox.objects.get()) == 1
    assert api.delete(one).status_code == 204
    assert not Mailbox.objects.exists()


def test_a_change_keeps_what_a_reading_counts_meanwhile(account, bob, imap):
    mailbox = connect(imap, bob)
    edited = Mailbox.objects.get()
    imap.folders["INBOX"].put(number(1))
    assert read(mailbox) == 1
    mailboxes.change(mailbox=edited, keeps_unmatched=False)
    found = Mailbox.objects.get()
    assert (found.taken, found.keeps_unmatched, found.checked_at is not None) == (1, False, True)
