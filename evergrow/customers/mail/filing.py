"""A mail becomes an activity of each account that it belongs to; or its member drops it."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from evergrow.customers import access
from evergrow.customers.mail import matching, threads
from evergrow.customers.mail.matching import Named
from evergrow.customers.models import (
    Account,
    ActivityKind,
    Attachment,
    Direction,
    Mail,
    MailFiling,
    MailState,
    Person,
    Visit,
)
from evergrow.customers.visits import access as visits
from evergrow.customers.visits import telling, writing
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member


@transaction.atomic
def file(*, mail: Mail, accounts: Iterable[Account]) -> list[Visit]:
    """File a mail at accounts; at one where its member reads it already it is not filed twice. Its words go with the
    activities."""
    require(mail.member, "work")
    found = matching.named(mail.member, [each["address"] for each in mail.participants])
    made = [visit for account in accounts if (visit := _file(mail, account, found)) is not None]
    _end(mail, MailState.FILED)
    return made


@transaction.atomic
def drop(*, mail: Mail, by: Member | None) -> None:
    """Forget a mail: only that it was here stays, so that it does not come again."""
    require(by, "work")
    _end(mail, MailState.DROPPED)
    audit.record(mail.workspace, "mail.dropped", mail.workspace, by=by)


def _end(mail: Mail, state: MailState) -> None:
    bare = {"text": "", "quoted": "", "participants": [], "refused": [], "subject": ""}
    Mail.objects.filter(pk=mail.pk).update(state=state, ended_at=clock.now(), **bare)
    for attachment in mail.attachments.all():
        attachment.delete()
    mail.refresh_from_db()


def is_there(member: Member, account: Account, message_id: str) -> bool:
    """Whether a mail is filed at an account where the member reads it."""
    there = MailFiling.objects.filter(account=account, message_id=message_id)
    return there.exists() and there.filter(visit__in=visits.visits(member).values("pk")).exists()


def _set_apart(account: Account, message_id: str) -> None:
    """What is there and was narrowed becomes its member's own copy."""
    for row in MailFiling.objects.filter(account=account, message_id=message_id, apart=None).select_related("mail"):
        MailFiling.objects.filter(pk=row.pk).update(apart=row.mail.member_id)


def _file(mail: Mail, account: Account, found: Named) -> Visit | None:
    if is_there(mail.member, account, mail.message_id):
        return None
    try:
        with transaction.atomic():
            _set_apart(account, mail.message_id)
            return _write(mail, account, found)
    except IntegrityError:  # a colleague's copy of the same mail, a moment ago
        return None


def _write(mail: Mail, account: Account, found: Named) -> Visit:
    people = found.accounts.get(account, [])
    visit = writing.log(
        account=account,
        by=mail.member,
        kind=ActivityKind.MAIL,
        title=str(mail)[:200],
        starts_at=mail.sent_at,
        direction=mail.direction,
        person=_contact(mail, found, people),
        people=people,
        colleagues=_colleagues(mail, account, found),
        others=_others(mail, found, people),
        body=mail.text,
    )
    MailFiling.objects.create(
        mail=mail,
        account=account,
        visit=visit,
        message_id=mail.message_id,
        thread=mail.thread,
        quoted=mail.quoted,
        participants=mail.participants,
        refused=mail.refused,
    )
    for each in mail.attachments.select_related("file"):
        Attachment.objects.create(
            workspace=mail.workspace, account=account, visit=visit, file=each.file, name=each.name, added_by=mail.member
        )
    telling.forget(visit)
    threads.tell(account, mail.thread)
    return visit


def _contact(mail: Mail, found: Named, people: list[Person]) -> Person | None:
    """Who wrote to us; of a mail from us the first of those it went to."""
    wanted = ("from", "to", "cc") if mail.direction == Direction.IN else ("to", "cc", "from")
    ordered = sorted(mail.participants, key=lambda each: wanted.index(each["role"]))
    here = [found.people[each["address"]] for each in ordered if each["address"] in found.people]
    return next((person for person in here if person in people), None)


def _colleagues(mail: Mail, account: Account, found: Named) -> list[Member]:
    seeing = set(access.who_see(account).values_list("pk", flat=True))
    return [each for each in found.colleagues.values() if each.pk in seeing]


def _others(mail: Mail, found: Named, people: list[Person]) -> list[str]:
    shown = [each for each in mail.participants if each["address"] not in found.colleagues]
    apart = [each for each in shown if found.people.get(each["address"]) not in people]
    return [f"{each['name']} {each['address']}".strip()[:120] for each in apart]
