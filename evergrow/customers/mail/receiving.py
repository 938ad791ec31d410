"""What becomes of a mail that came, once in a transaction: at its accounts, waiting to be sorted, or left out.

A mail that one of the accounts has already, by whoever's copy, is not filed there twice (``Message-ID``), unless it was
narrowed to others: then it is filed for its member too. What no
person wrote (RFC 3834) and what goes round in a loop is left out and only counted.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from evergrow.customers.attachments import keeping
from evergrow.customers.attachments.errors import NoRoom
from evergrow.customers.mail import addresses, decoding, filing, matching, reading
from evergrow.customers.mail.reading import Letter, Party
from evergrow.customers.models import Direction, Mail, MailSource, MailState
from evergrow.lib import bilingual, clock
from evergrow.workspaces.models import Member


class Outcome(StrEnum):
    FILED = "filed"
    WAITS = "waits"
    KNOWN = "known"
    LEFT_OUT = "left out"


class NotKept(Exception):
    """Our own disk is in the way, not the mail: it has to come again."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a mail came: whose it is, through which door, and what is kept of those without a contact."""

    member: Member
    source: MailSource
    keeps_unmatched: bool = True
    is_cut: bool = False


def take(
    *,
    raw: bytes,
    member: Member,
    source: MailSource,
    returns_to: str = "x",
    keeps_unmatched: bool = True,
    is_cut: bool = False,
) -> Outcome:
    """Take a mail in for a member. ``returns_to`` is the sender of its envelope, empty for what wants no answer.

    With ``keeps_unmatched`` false, what names nobody of an account is left out, and so is what only colleagues or a
    mailing list sent each other. ``is_cut``: only the beginning was fetched, since the mail is too large.
    Raises NotKept.
    """
    letter = reading.read(raw)
    if is_cut:
        letter = replace(letter, files=[])
    if letter.automatic or not returns_to.strip("<> "):
        return Outcome.LEFT_OUT
    parties = [each for each in letter.parties if not addresses.is_secret(each.address)]
    try:
        with transaction.atomic():
            return _take(letter, parties, Way(member, source, keeps_unmatched, is_cut))
    except IntegrityError:  # the same mail at the same moment, through another door
        if Mail.objects.filter(member=member, message_id=letter.message_id).exists():
            return Outcome.KNOWN
        raise


def _take(letter: Letter, parties: list[Party], way: Way) -> Outcome:
    member = way.member
    if Mail.objects.filter(member=member, message_id=letter.message_id).exists():
        return Outcome.KNOWN
    found = matching.named(member, [each.address for each in parties])
    wanted = [account for account in found.accounts if not filing.is_there(member, account, letter.message_id)]
    if found.accounts and not wanted:
        return Outcome.KNOWN
    if not found.accounts and way.source == MailSource.MAILBOX:
        is_inside = all(each.address in found.colleagues for each in parties)
        if letter.is_list or is_inside or not way.keeps_unmatched:
            return Outcome.LEFT_OUT
    mail = _row(letter, parties, member, way.source, matching.direction(member, parties, found))
    mail.refused = [*(_cut_words() if way.is_cut else []), *_attach(mail, letter.files)]
    mail.save(update_fields=["refused"])
    if not wanted:
        return Outcome.WAITS
    filing.file(mail=mail, accounts=wanted)
    return Outcome.FILED


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


def _attach(mail: Mail, files: Iterable[tuple[str, bytes]]) -> list[bilingual.Name]:
    """Keep what is attached; the names of what is not, with the reason. Raises NotKept."""
    place = keeping.Place(mail.workspace, None, mail.attachments.all, {"mail": mail}, mail.workspace, is_told=False)
    refused: list[bilingual.Name] = []
    for name, content in files:
        try:
            keeping.add(place, name=name, pieces=[content], by=mail.member)
        except (OSError, NoRoom) as error:
            raise NotKept(name) from error
        except ValidationError as error:
            refused += _in_both(error)
    return refused[:50]


def _in_both(error: ValidationError) -> list[bilingual.Name]:
    """What an error says, in both languages: who will read it is not known yet."""
    said = {}
    for code, language in (("zh", "zh-hans"), ("en", "en")):
        with translation.override(language):
            said[code] = [str(message) for message in error.messages]
    return [{"zh": chinese, "en": english} for chinese, english in zip(said["zh"], said["en"], strict=True)]


def _cut_words() -> list[bilingual.Name]:
    words = gettext_lazy("The mail is larger than %(limit)s MiB. Only its beginning was read, and none of its files.")
    return _in_both(ValidationError(words, params={"limit": settings.MAIL_LIMIT_MIB}))


def note_unreadable(*, raw: bytes, member: Member, source: MailSource) -> Outcome:
    """A mail that we stumble over is not lost: its member sees that there is one, with what its head says."""
    key = f"sha256:{hashlib.sha256(raw).hexdigest()}"
    facts = {
        "workspace": member.workspace,
        "source": source,
        "thread": key,
        "state": MailState.UNMATCHED,
        "direction": Direction.IN,
        "subject": _("A mail that could not be read"),
        "text": decoding.text(raw[:2000]),
        "sent_at": clock.now(),
    }
    _kept, is_new = Mail.objects.get_or_create(member=member, message_id=key, defaults=facts)
    return Outcome.WAITS if is_new else Outcome.KNOWN
