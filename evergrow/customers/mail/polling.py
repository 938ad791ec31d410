"""Reading a connected mailbox: every mail once, none lost.

1. A folder's mails have UIDs that only grow while its UIDVALIDITY stays; ``next_uid`` is written in the transaction
   that takes the mail in. A process that dies in between reads that mail again and nothing else.
2. Another UIDVALIDITY means that all UIDs are new: the folder is read from its first day again, and what is known by
   its Message-ID is not taken in twice.
3. Nothing is changed in the mailbox: folders are opened for reading, mails fetched without marking them as seen.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from time import monotonic

from django.conf import settings
from django.db import DatabaseError, DataError, transaction
from django.db.models import F
from django.urls import reverse
from imapclient import IMAPClient

from evergrow.customers.mail import imap, receiving
from evergrow.customers.mail.receiving import Outcome
from evergrow.customers.models import Mailbox, MailFolder, MailSource
from evergrow.lib import clock
from evergrow.workspaces import notices
from evergrow.workspaces.access import may

log = logging.getLogger(__name__)
STOPPED = "customers.mailbox_stopped"
GAP = timedelta(minutes=4)
MOST, LONGEST = 200, 60.0
BEGINNING = 256 * 1024
PATIENCE = {"login": 3, "sealed": 1}
Told = Callable[[int], None]


def poll(mailbox: Mailbox, on_progress: Told | None = None) -> int:
    """Take in what is new in a mailbox; how many mails were looked at. Trouble with the server is written down.

    Trouble of our own store is raised; the next reading begins at the same mail.
    """
    if mailbox.stopped_at is not None or mailbox.paused_at is not None or not may(mailbox.member, "work"):
        return 0
    run = _Run(mailbox, on_progress)
    try:
        with imap.opened(mailbox) as client:
            for folder in mailbox.folders.order_by("pk"):
                run.read(client, folder)
    except imap.Trouble as trouble:
        _fail(mailbox, trouble)
        return run.seen
    gap = timedelta() if run.is_full else GAP
    well = {"trouble": "", "said": "", "failures": 0, "checked_at": clock.now(), "next_at": clock.now() + gap}
    Mailbox.objects.filter(pk=mailbox.pk).update(**well)
    return run.seen


class _Run:
    """One reading, bounded in mails and seconds; ``is_full``: there is more."""

    def __init__(self, mailbox: Mailbox, on_progress: Told | None) -> None:
        self.mailbox, self.on_progress = mailbox, on_progress
        self.seen, self.is_full = 0, False
        self._ends = monotonic() + LONGEST

    def read(self, client: IMAPClient, folder: MailFolder) -> None:
        about = client.select_folder(folder.name, readonly=True)
        validity = int(about[b"UIDVALIDITY"])
        if folder.uid_validity != validity:
            MailFolder.objects.filter(pk=folder.pk).update(uid_validity=validity, next_uid=1)
            folder.uid_validity, folder.next_uid = validity, 1
        wanted = client.search(["UID", f"{folder.next_uid}:*", "SINCE", self.mailbox.first_day])
        for uid in sorted(uid for uid in wanted if uid >= folder.next_uid):
            if self.seen >= MOST or monotonic() > self._ends:
                self.is_full = True
                return
            self._take(client, folder, uid)
        _advance(folder, int(about.get(b"UIDNEXT", 0)))

    def _take(self, client: IMAPClient, folder: MailFolder, uid: int) -> None:
        raw, is_cut = _fetched(client, uid)
        with transaction.atomic():
            outcome = _received(self.mailbox, raw, is_cut) if raw else Outcome.KNOWN  # gone meanwhile
            _advance(folder, uid + 1)
            counts = {"taken": int(outcome in (Outcome.FILED, Outcome.WAITS))}
            counts["left_out"] = int(outcome == Outcome.LEFT_OUT)
            Mailbox.objects.filter(pk=self.mailbox.pk).update(**{name: F(name) + n for name, n in counts.items()})
        self.seen += 1
        if self.on_progress:
            self.on_progress(self.seen)


def _advance(folder: MailFolder, next_uid: int) -> None:
    """Never back, and only while the UIDs mean the same."""
    mine = MailFolder.objects.filter(pk=folder.pk, uid_validity=folder.uid_validity, next_uid__lt=next_uid)
    mine.update(next_uid=next_uid)


def _fetched(client: IMAPClient, uid: int) -> tuple[bytes, bool]:
    """A mail's bytes; of one that is too large only the beginning, and True."""
    size = client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE", 0)
    is_cut = size > settings.MAIL_LIMIT_MIB << 20
    part = f"BODY.PEEK[]<0.{BEGINNING}>" if is_cut else "BODY.PEEK[]"
    found = client.fetch([uid], [part]).get(uid, {})
    body = next((value for name, value in found.items() if name.startswith(b"BODY[")), b"")
    return bytes(body or b""), is_cut


def _received(mailbox: Mailbox, raw: bytes, is_cut: bool) -> Outcome:
    member, keeps = mailbox.member, mailbox.keeps_unmatched
    try:
        with transaction.atomic():
            return receiving.take(
                raw=raw, member=member, source=MailSource.MAILBOX, keeps_unmatched=keeps, is_cut=is_cut
            )
    except Exception as error:
        if isinstance(error, (DatabaseError, receiving.NotKept)) and not isinstance(error, DataError):
            raise  # the trouble is ours, and it is read again
        log.exception("A mail could not be read; its member is told.")
        return receiving.note_unreadable(raw=raw, member=member, source=MailSource.MAILBOX)


def _fail(mailbox: Mailbox, trouble: imap.Trouble) -> None:
    """Wait longer each time; leave it alone after some, and tell its member once."""
    failures = mailbox.failures + 1
    wait = timedelta(minutes=min(2**failures, 60))
    facts = {"trouble": trouble.code, "said": trouble.said, "failures": failures, "checked_at": clock.now()}
    rows = Mailbox.objects.filter(pk=mailbox.pk)
    rows.update(**facts, next_at=clock.now() + wait)
    if failures < PATIENCE.get(trouble.code, 30):
        return
    with transaction.atomic():
        if rows.filter(stopped_at=None).update(stopped_at=clock.now()):
            url = reverse("customers:mail_sources", args=[mailbox.member.workspace.slug])
            key = f"mailbox:{mailbox.pk}:{clock.now():%Y%m%d%H%M}"
            notices.tell(mailbox.member, STOPPED, url=url, data={"mailbox": str(mailbox)}, dedupe_key=key)
