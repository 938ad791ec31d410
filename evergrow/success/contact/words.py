"""Contact rules in words, in the active language."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from evergrow.lib import moments
from evergrow.lib.digits import row_id
from evergrow.success import access
from evergrow.success.contact.limits import Limit
from evergrow.success.models import Task
from evergrow.success.models.contact import Contact, ContactChannel, ContactReason
from evergrow.workspaces.models import Member

MAIL = "mail:"
MONDAY = date(2024, 1, 1)


def channel(key: str) -> str:
    """A channel, or all of them together."""
    return str(ContactChannel(key).label) if key else _("All channels together")


def limit(each: Limit) -> str:
    """At most how many within how long."""
    facts = {"most": each.most, "days": each.days}
    if each.is_calendar and each.days == 1:
        return ngettext("at most %(most)s a day", "at most %(most)s a day", each.most) % facts
    if each.is_calendar:
        return (
            ngettext(
                "at most %(most)s in %(days)s calendar day", "at most %(most)s in %(days)s calendar days", each.days
            )
            % facts
        )
    return ngettext("at most %(most)s in %(days)s day", "at most %(most)s in %(days)s days", each.days) % facts


def reason(key: str) -> str:
    return str(ContactReason(key).label)


def weekdays() -> list[tuple[int, str]]:
    """Monday to Sunday, short."""
    language = get_language() or "en"
    return [(day, moments.weekday(MONDAY + timedelta(days=day), language)) for day in range(7)]


def tasks_of(member: Member, contacts: Iterable[Contact]) -> dict[str, Task]:
    """The steps whose mails some contacts were, by the contact's subject, as far as the member may see them."""
    pks = {row_id(each.subject.removeprefix(MAIL)) for each in contacts if each.subject.startswith(MAIL)}
    if not pks:
        return {}
    return {
        f"{MAIL}{task.pk}": task for task in access.tasks(member).filter(pk__in=pks).select_related("run__playbook")
    }
