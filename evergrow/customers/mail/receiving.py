"""What becomes of a mail that came, once in a transaction: at its accounts, waiting to be sorted, or left out.

A mail that one of the accounts has already, by whoever's copy, is not filed there twice (``Message-ID``). What no
person wrote (RFC 3834) and what goes round in a loop is left out and only counted.
"""

from collections.abc import Iterable
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from evergrow.customers.attachments import keeping
from evergrow.customers.mail import addresses, filing, matching, reading
from evergrow.customers.mail.reading import Letter, Party
from evergrow.customers.models import Mail, MailFiling, MailSource, MailState
from evergrow.lib import clock
from evergrow.workspaces.models import Member


class Outcome(StrEnum):
    FILED = "filed"
    WAITS = "waits"
    KNOWN = "known"
    LEFT_OUT = "left out"


def take(
    *, raw: bytes, member: Member, source: MailSource, returns_to: str = "x", keeps_unmatched: bool = True
) -> Outcome:
    """Take a mail in for a member. ``returns_to`` is the sender of its envelope, empty for what wants no answer.

    With ``keeps_unmatched`` false, what names nobody of an account is left out, and so is what only colleagues or a
    mailing list sent each other.
    """
    letter = reading.read(raw)
    if letter.automatic or not returns_to.strip("<> "):
        return Outcome.LEFT_OUT
    parties = [each for each in letter.parties if not addresses.is_secret(each.address)]
    try:
        with transaction.atomic():
            return _take(letter, parties, member, source, keeps_unmatched)
    except IntegrityError:  # the same mail at the same moment, through another door
        if Mail.objects.filter(member=member, message_id=letter.message_id).exists():
            return Outcome.KNOWN
        raise


def _take(letter: Letter, parties: list[Party], member: Member, source: MailSource, keeps_unmatched: bool) -> Outcome:
    if Mail.objects.filter(member=member, message_id=letter.message_id).exists():
        return Outcome.KNOWN
    found = matching.named(member, [each.address for each in parties])
    wanted = [account for account in found.accounts if not _has(account.pk, letter.message_id)]
    if found.accounts and not wanted:
        return Outcome.KNOWN
    if not found.accounts and source == MailSource.MAILBOX:
        is_inside = all(each.address in found.colleagues for each in parties)
        if letter.is_list or is_inside or not keeps_unmatched:
            return Outcome.LEFT_OUT
    mail = _row(letter, parties, member, source, matching.direction(member, parties, found))
    mail.refused = _attach(mail, letter.files)
    mail.save(update_fields=["refused"])
    if not wanted:
        return Outcome.WAITS
    filing.file(mail=mail, accounts=wanted)
    return Outcome.FILED


def _has(account: int, message_id: str) -> bool:
    return MailFiling.objects.filter(account_id=account, message_id=message_id).exists()


def _row(letter: Letter, parties: list[Party], member: Member, source: MailSource, direction: str) -> Mail:
    return Mail.objects.create(
        workspace=member.workspace,
        member=member,
        source=source,
        message_id=letter.message_id,
        thread=_thread(letter, member),
        references=letter.references,
        state=MailState.UNMATCHED,
        direction=direction,
        subject=letter.subject,
        participants=[{"role": each.role, "name": each.name, "address": each.address} for each in parties],
        text=letter.text,
        quoted=letter.quoted,
        sent_at=letter.sent_at,
        received_at=clock.now(),
    )


def _thread(letter: Letter, member: Member) -> str:
    """The conversation of the nearest mail before it that is known here, else the first that it names."""
    known = Mail.objects.filter(workspace_id=member.workspace_id, message_id__in=letter.references)
    threads = dict(known.values_list("message_id", "thread"))
    return next((threads[each] for each in reversed(letter.references) if each in threads), letter.thread)


def _attach(mail: Mail, files: Iterable[tuple[str, bytes]]) -> list[str]:
    """Keep what is attached; the names of what is not, with the reason."""
    place = keeping.Place(mail.workspace, None, mail.attachments.all, {"mail": mail}, mail.workspace, is_told=False)
    refused = []
    for name, content in files:
        try:
            keeping.add(place, name=name, pieces=[content], by=mail.member)
        except ValidationError as error:
            refused += [*error.messages]
    return refused[:50]
