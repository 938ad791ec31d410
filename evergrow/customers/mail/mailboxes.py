"""Members connect their mailboxes, change them, let them be read again, take them away."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from evergrow.customers.mail import imap
from evergrow.customers.models import Mailbox, MailFolder
from evergrow.lib import clock
from evergrow.workspaces import audit, jobs
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member

WHERE = ("host", "port", "security", "user")
MOST = 5
POLL = "customers.poll_mailbox"


def mailboxes(member: Member) -> QuerySet[Mailbox]:
    """The member's own, which nobody else sees."""
    return Mailbox.objects.filter(member=member).prefetch_related("folders").order_by("pk")


def mailbox_or_404(member: Member, pk: int) -> Mailbox:
    mailbox = mailboxes(member).filter(pk=pk).first()
    if mailbox is None:
        raise Http404
    mailbox.member = member
    return mailbox


def connect(*, member: Member, first_day: date, secret: str, keeps_unmatched: bool = True, **where: Any) -> Mailbox:
    """Connect a mailbox once it lets itself be read. Raises ValidationError, with what is in the way as a sentence."""
    require(member, "work")
    facts = {"first_day": first_day, "secret": secret, "keeps_unmatched": keeps_unmatched}
    mailbox = Mailbox(member=member, **facts, **_clean(where))
    same = Mailbox.objects.filter(member=member, host=mailbox.host, user=mailbox.user)
    if same.exists():
        raise ValidationError({"user": _("You connected this mailbox already. Change it below.")})
    if mailboxes(member).count() >= MOST:
        raise ValidationError(_("You have %(count)d mailboxes. Take one away first.") % {"count": MOST})
    names = _tried(mailbox)
    with transaction.atomic():
        mailbox.save()
        _set_folders(mailbox, names)
        _say(mailbox, "mail.mailbox_connected")
    return mailbox


def change(*, mailbox: Mailbox, secret: str = "", **facts: Any) -> Mailbox:
    """Change a mailbox; without ``secret`` the one it has stays. Raises ValidationError."""
    require(mailbox.member, "work")
    was = (mailbox.host, mailbox.user), mailbox.first_day
    for name, value in _clean(facts).items():
        setattr(mailbox, name, value)
    if secret:
        mailbox.secret = secret
    names = _tried(mailbox)
    for name, value in _afresh().items():
        setattr(mailbox, name, value)
    with transaction.atomic():
        mailbox.save(update_fields=[*facts, "sealed_secret", *_afresh()])  # what a reading counts meanwhile stays
        if (mailbox.host, mailbox.user) != was[0]:  # the UIDs of another mailbox say nothing here
            mailbox.folders.all().delete()
        elif mailbox.first_day < was[1]:
            mailbox.folders.update(uid_validity=None, next_uid=1)  # not moved on by a reading that goes on meanwhile
        _set_folders(mailbox, names)
        _say(mailbox, "mail.mailbox_changed")
    return mailbox


def attempt(*, member: Member, secret: str, **where: Any) -> list[str]:
    """The folders that would be read of a mailbox; nothing is kept. Raises ValidationError with what is in the way."""
    require(member, "work")
    return _tried(Mailbox(member=member, **{"secret": secret, **_clean(where)}))


def attempt_again(*, mailbox: Mailbox) -> list[str]:
    """The same of one that is connected, with the password that is kept."""
    require(mailbox.member, "work")
    return _tried(mailbox)


def read_soon(*, mailbox: Mailbox) -> None:
    """Have it read by a job, in a moment."""
    jobs.enqueue(POLL, mailbox.member.workspace, args={"mailbox": mailbox.pk}, dedupe_key=f"mailbox {mailbox.pk}")


@transaction.atomic
def pause(*, mailbox: Mailbox) -> None:
    """Read it no more until it goes on."""
    require(mailbox.member, "work")
    if Mailbox.objects.filter(pk=mailbox.pk, paused_at=None).update(paused_at=clock.now()):
        _say(mailbox, "mail.mailbox_paused")


def resume(*, mailbox: Mailbox) -> None:
    """Go on where it was, paused or stopped by trouble, once it lets itself be read. Raises ValidationError."""
    require(mailbox.member, "work")
    _tried(mailbox)
    with transaction.atomic():
        rows = Mailbox.objects.filter(pk=mailbox.pk).exclude(paused_at=None, stopped_at=None)
        if rows.update(paused_at=None, **_afresh()):
            _say(mailbox, "mail.mailbox_resumed")
            read_soon(mailbox=mailbox)


def _afresh() -> dict[str, Any]:
    """Without trouble, and due now."""
    return {"trouble": "", "said": "", "failures": 0, "stopped_at": None, "next_at": clock.now()}


@transaction.atomic
def remove(*, mailbox: Mailbox) -> None:
    """Read it no more and forget its password. Activities that came of it stay."""
    require(mailbox.member, "work")
    _say(mailbox, "mail.mailbox_removed")
    mailbox.delete()


def _clean(where: dict[str, Any]) -> dict[str, Any]:
    found = dict(where)
    for name in ("host", "user"):
        if name in found:
            found[name] = found[name].strip()
    return found


def _tried(mailbox: Mailbox) -> list[str]:
    try:
        return imap.folders(mailbox)
    except imap.Trouble as trouble:
        places = {"unknown_host": "host", "private": "host", "no_connection": "port", "open": "security"}
        raise ValidationError({places.get(trouble.code, "secret"): str(trouble)}) from trouble


def _set_folders(mailbox: Mailbox, names: list[str]) -> None:
    mailbox.folders.exclude(name__in=names).delete()
    there = set(mailbox.folders.values_list("name", flat=True))
    MailFolder.objects.bulk_create(MailFolder(mailbox=mailbox, name=name) for name in names if name not in there)


def _say(mailbox: Mailbox, verb: str) -> None:
    workspace = mailbox.member.workspace
    audit.record(workspace, verb, workspace, by=mailbox.member, data={"host": mailbox.host})
