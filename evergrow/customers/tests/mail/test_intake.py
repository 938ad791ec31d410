"""Mails over a real SMTP door: whose they are, where they go, what is left out, who reads them."""

import smtplib
import socket

import pytest
from django.urls import reverse

from conftest import make_member
from evergrow.customers.mail import access, addresses, door, filing, reading, receiving
from evergrow.customers.mail.receiving import Outcome
from evergrow.customers.models import Attachment, Mail, MailFiling, MailSource, TimelineEntry, Visit
from evergrow.customers.search import finding
from evergrow.customers.tests.attachments.files import PDF, PROGRAMME
from evergrow.customers.tests.mail.letters import letter
from evergrow.customers.tests.stage import make_account, make_person
from evergrow.customers.visits import writing
from evergrow.customers.visits.access import entries

pytestmark = [pytest.mark.usefixtures("frozen", "warehouse_db")]


@pytest.fixture(autouse=True)
def folder(settings, empty_data):
    settings.MAIL_DOMAIN = "in.example.com"


@pytest.fixture
def account(workspace):
    account = make_account(workspace, "Kite Works", domain="kite.example")
    person = make_person(account, "Daniel Moore")
    person.email = "daniel@kite.example"
    person.save()
    return account


def take(raw, member, source=MailSource.COPY, **more):
    return receiving.take(raw=raw, member=member, source=source, **more)


@pytest.fixture
def smtp(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.MAIL_PORT = probe.getsockname()[1]
    settings.MAIL_LIMIT_MIB = 1
    opened = door.Door()
    opened.start()
    yield lambda: smtplib.SMTP("127.0.0.1", settings.MAIL_PORT, timeout=10)
    opened.stop()


@pytest.mark.django_db(transaction=True)
def test_a_copy_over_smtp_becomes_an_activity_and_everything_else_is_turned_away(account, bob, smtp, monkeypatch):
    addresses.renew(member=bob)
    old = addresses.shown(bob)
    addresses.renew(member=bob)
    mine = addresses.shown(bob)
    assert mine != old
    with smtp() as client:
        client.ehlo()
        assert client.esmtp_features["size"] == str(1 << 20)
        for wrong in (old, "bob@in.example.com", mine.replace("in.example", "other")):
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
                client.sendmail("daniel@kite.example", [wrong], letter())
            assert refused.value.recipients[wrong][0] == 550
        assert client.sendmail("bob@example.com", [mine.upper()], letter(files={"offer.pdf": PDF})) == {}
        assert client.sendmail("bob@example.com", [mine], letter(files={"offer.pdf": PDF})) == {}  # once more
        with pytest.raises(smtplib.SMTPSenderRefused):
            client.sendmail("x@y.z", [mine], letter("x" * (2 << 20)))
    with smtp() as client, monkeypatch.context() as patch:
        patch.setattr(receiving, "take", lambda **_: 1 / 0)
        with pytest.raises(smtplib.SMTPDataError) as later:
            client.sendmail("bob@example.com", [mine], letter(Message_ID="<two@kite.example>"))
        assert later.value.smtp_code == 451  # not kept, so it comes again
    with smtp() as client:
        client.sendmail("", [mine], letter(Message_ID="<bounce@x>"))
    visit = Visit.objects.get()
    assert (visit.kind, visit.title, visit.body, visit.direction) == (
        "mail",
        "Slow export",
        "The export is slow.",
        "in",
    )
    assert (visit.person.name, visit.author, visit.starts_at.isoformat()) == (
        "Daniel Moore",
        bob,
        "2026-03-24T02:00:00+00:00",
    )
    assert sorted(str(guest) for guest in visit.guests.all()) == ["Bob", "Daniel Moore"]
    assert [each.name for each in visit.attachments.all()] == ["offer.pdf"]
    assert bob.mail_addresses.get(retired_at=None).left_out == 1


def test_answers_stand_together_as_one_line_and_are_found(account, bob, alice, carol, sign_in):
    assert take(letter(), bob) == Outcome.FILED
    reply = letter(
        "We look into it.\n\nOn Tue, Mar 24, 2026 at 10:00 AM Daniel <d@k> wrote:\n> The export is slow.",
        Message_ID="<re@example.com>", From="Bob <bob@example.com>", To="Daniel <daniel@kite.example>, x@else.example",
        References="<one@kite.example>", Subject="Re: Slow export", Date="Tue, 24 Mar 2026 11:00:00 +0800",
    )  # fmt: skip
    assert take(reply, alice) == Outcome.FILED
    assert take(letter("Thanks", Message_ID="<3@k>", In_Reply_To="<re@example.com>"), bob) == Outcome.FILED
    line = TimelineEntry.objects.get()
    assert (line.kind, line.data["count"], line.data["subject"]) == ("visit.mails", 3, "Slow export")
    answer = Visit.objects.get(title="Re: Slow export")
    assert (answer.direction, answer.body, answer.mail_filing.quoted.splitlines()[-1]) == (
        "out",
        "We look into it.",
        "> The export is slow.",
    )
    assert "x@else.example" in [guest.name for guest in answer.guests.all()]
    page = sign_in(carol).get(reverse("customers:visit", args=["acme", account.number, answer.pk])).content.decode()
    assert page.count('<article class="letter') == 3
    assert "Thanks" in page
    assert [hit.title for hit in finding.hits(carol, list(finding.found(carol, "look into")), "look into")]
    writing.edit(visit=answer, by=alice, visibility="me")
    assert entries(bob, account.timeline.all()).get().data["count"] == 2
    assert sorted(each.data["count"] for each in entries(alice, account.timeline.all())) == [1, 2]
    hidden = sign_in(bob).get(reverse("customers:visit", args=["acme", account.number, Visit.objects.first().pk]))
    assert "We look into it." not in hidden.content.decode()


def test_one_mail_is_filed_once_at_each_account_it_names_whoever_has_it(workspace, account, bob, alice):
    other = make_account(workspace, "Blue")
    person = make_person(other, "Erin")
    person.identifiers.create(workspace=workspace, kind="email", value="erin@blue.example")
    raw = letter(Cc="Erin <erin@blue.example>", files={"a.pdf": PDF, "b.exe": PROGRAMME, "c.png": PROGRAMME})
    assert take(raw, bob) == Outcome.FILED
    assert take(raw, bob) == Outcome.KNOWN
    assert take(raw, alice, MailSource.MAILBOX) == Outcome.KNOWN
    assert {visit.account.name for visit in Visit.objects.all()} == {"Kite Works", "Blue"}
    files = Attachment.objects.all()
    assert (files.count(), len({each.file_id for each in files})) == (2, 1)
    why, other = MailFiling.objects.first().refused
    assert why["en"].startswith("“b.exe” is of a kind that is not kept.")
    assert why["zh"].startswith("不保存“b.exe”这类文件")
    assert other["en"].startswith("“c.png” is not what its ending says")
    waits = Mail.objects.get(member=bob)
    assert (waits.state, waits.text, waits.participants) == ("filed", "", [])  # its words are with the activities alone


def test_a_mail_that_was_narrowed_is_filed_for_a_colleague_who_has_it_too(account, bob, alice, carol, sign_in):
    assert take(letter(), bob) == Outcome.FILED
    mine = Visit.objects.get()
    writing.edit(visit=mine, by=bob, visibility="me", body="The export is slow. (They may leave.)")
    assert entries(carol, account.timeline.all()).count() == 0
    assert take(letter(), alice, MailSource.MAILBOX) == Outcome.FILED
    assert take(letter(), carol) == Outcome.KNOWN, "she reads alice's"
    theirs = Visit.objects.exclude(pk=mine.pk).get()
    assert (theirs.author, theirs.visibility, theirs.body) == (alice, "account", "The export is slow.")
    page = reverse("customers:visit", args=["acme", account.number, theirs.pk])
    shown = sign_in(carol).get(page).content.decode()
    assert shown.count('<article class="letter') == 1
    assert "They may leave" not in shown
    assert sign_in(carol).get(page.replace(str(theirs.pk), str(mine.pk))).status_code == 404
    for visit in (mine, theirs):
        told = sign_in(bob).get(reverse("customers:visit", args=["acme", account.number, visit.pk])).content.decode()
        assert told.count('<article class="letter') == 1, "once, on either page"
    assert entries(carol, account.timeline.all()).get().data["count"] == 1


def test_a_mail_to_very_many_is_filed_too(account, bob):
    everybody = ", ".join(f"p{n}@else.example" for n in range(1_500)).encode()
    assert take(letter().replace(b"Bob <bob@example.com>", everybody), bob) == Outcome.FILED
    assert len(MailFiling.objects.get().participants) == reading.MOST_PARTIES


def test_automatic_mails_are_left_out_and_a_mailbox_gives_nothing_private(account, bob, alice):
    assert take(letter(Auto_Submitted="auto-replied"), bob) == Outcome.LEFT_OUT
    assert take(letter(), bob, returns_to="<>") == Outcome.LEFT_OUT
    stranger = {"From": "shop@news.example", "Message_ID": "<s@x>"}
    assert take(letter(**stranger, List_Id="<news>"), bob, MailSource.MAILBOX) == Outcome.LEFT_OUT
    inside = letter(From="Alice <alice@example.com>", Message_ID="<i@x>")
    assert take(inside, bob, MailSource.MAILBOX) == Outcome.LEFT_OUT
    assert take(letter(**stranger), bob, MailSource.MAILBOX, keeps_unmatched=False) == Outcome.LEFT_OUT
    assert not Mail.objects.exists()
    assert take(letter(**stranger), bob, MailSource.MAILBOX) == Outcome.WAITS


def test_what_names_nobody_waits_for_its_member_alone(account, bob, alice, mallory, sign_in):
    unknown = {"From": "Wu <wu@kite.example>", "Message_ID": "<u@x>", "Subject": "报价"}
    assert take(letter("请报价。", files={"list.pdf": PDF}, **unknown), bob) == Outcome.WAITS
    assert take(letter(From="z@z.example", Message_ID="<z@x>"), bob) == Outcome.WAITS
    mail = access.waiting(bob).get(message_id="u@x")
    file = mail.attachments.get()
    page = sign_in(bob).get(reverse("customers:mail", args=["acme"])).content.decode()
    assert f'value="#{account.number}"' in page  # offered because of the domain
    assert "请报价。" in page
    assert "请报价。" not in sign_in(alice).get(reverse("customers:mail", args=["acme"])).content.decode()
    where = reverse("customers:file_mail", args=["acme", mail.pk])
    chosen = {"account": f"#{account.number} Kite Works"}
    assert sign_in(alice).post(where, chosen).status_code == 404
    assert sign_in(alice).get(reverse("customers:file", args=["acme", file.pk])).status_code == 404
    client = sign_in(bob)
    assert client.get(reverse("customers:file", args=["acme", file.pk])).status_code == 200
    assert "Choose an account" in client.post(where, {"account": "nobody"}, follow=True).content.decode()
    assert "Filed at Kite Works" in client.post(where, chosen, follow=True).content.decode()
    assert Visit.objects.get().attachments.get().file.path.read_bytes() == PDF
    left = access.waiting(bob).get()
    client.post(reverse("customers:drop_mail", args=["acme", left.pk]))
    left.refresh_from_db()
    assert (left.state, left.text, left.participants) == ("dropped", "", [])
    assert take(letter(From="z@z.example", Message_ID="<z@x>"), bob) == Outcome.KNOWN


def test_nobody_files_beyond_the_accounts_they_see_and_the_secret_address_shows_nowhere(account, bob):
    own = make_member(account.workspace, "Olga", scope="own")
    addresses.renew(member=own)
    secret = addresses.shown(own)
    assert take(letter(To=f"bob@example.com, {secret}"), own) == Outcome.WAITS
    waits = access.waiting(own).get()
    assert secret not in str(waits.participants)
    assert (
        filing.file(mail=waits, accounts=[account])[0].guests.filter(name__contains=secret.split("@")[0]).count() == 0
    )
