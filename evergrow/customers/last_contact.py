"""When an account was contacted last: the one definition for the list, the account's page, signals and the public pool.

A contact is a visit, call, meeting or message that took place, a note that a colleague wrote, and what rooms above
register: calls, meetings and messages that a colleague finished as tasks.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.fields import DateField
from django.db.models.functions import Coalesce, Greatest, NullIf, TruncDate
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from evergrow.customers.models import Account, Note, Visit
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Workspace

AT_ONCE = 500
LONG_AGO = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that are contacts, each with an ``account``. ``at`` names the field that says when: a day, or a moment where
    ``is_moment``. ``called`` says what a row is: “Call”.
    """

    rows: Callable[[Workspace], QuerySet[Any]]
    at: str
    is_moment: bool
    called: Callable[[Any], str | Promise]


@dataclass(frozen=True, slots=True)
class Contact:
    """The last contact of an account: its day in the workspace's zone, and what it was."""

    day: date
    called: str


_sources: list[Source] = []


def register(source: Source) -> Source:
    """Count these rows as contacts as well."""
    _sources.append(source)
    return source


def days(workspace: Workspace, accounts: Collection[int]) -> dict[int, date]:
    """The day on which each of these accounts was contacted last, by its id; those that never were are left out."""
    found: dict[int, date] = {}
    for part in batched(list(accounts), AT_ONCE):
        for source in _sources:
            rows = source.rows(workspace).filter(account__in=part).order_by()
            for account, at in rows.values_list("account").annotate(last=Max(source.at)):
                on = _day(workspace, at)
                found[account] = max(on, found.get(account, on))
    return found


def of(account: Account) -> Contact | None:
    """The last contact of one account, None where there never was one."""
    found: list[Contact] = []
    for source in _sources:
        row = source.rows(account.workspace).filter(account=account).order_by(f"-{source.at}", "-pk").first()
        if row is not None:
            found.append(Contact(_day(account.workspace, getattr(row, source.at)), str(source.called(row))))
    return max(found, key=lambda contact: contact.day, default=None)


def day(workspace: Workspace) -> NullIf:
    """The day of the last contact as an expression over accounts, null where there never was one."""
    floor = Value(LONG_AGO, output_field=DateField())
    each = [Coalesce(_subquery(workspace, source), floor, output_field=DateField()) for source in _sources]
    return NullIf(Greatest(floor, *each), floor)


def since(workspace: Workspace, first: date | None) -> Q:
    """Accounts that were contacted on a day or later; without one, ever."""
    found = Q()
    for source in _sources:
        rows = source.rows(workspace).filter(account=OuterRef("pk"))
        if first is not None:
            rows = rows.filter(**{f"{source.at}__gte": _begin(workspace, first) if source.is_moment else first})
        found |= Q(Exists(rows))
    return found


def _subquery(workspace: Workspace, source: Source) -> Any:
    rows = source.rows(workspace).filter(account=OuterRef("pk")).order_by().values("account")
    last_of = Subquery(rows.annotate(last_contact_at=Max(source.at)).values("last_contact_at"))
    return TruncDate(last_of, tzinfo=workspace.tz) if source.is_moment else last_of


def _begin(workspace: Workspace, day: date) -> datetime:
    return datetime.combine(day, time(), workspace.tz).astimezone(UTC)


def _day(workspace: Workspace, at: date | datetime) -> date:
    return at.astimezone(workspace.tz).date() if isinstance(at, datetime) else at


def _visits(workspace: Workspace) -> QuerySet[Visit]:
    return Visit.objects.filter(happened_on__lte=workspace.today())


register(Source(_visits, "happened_on", is_moment=False, called=lambda visit: visit.get_kind_display()))
register(
    Source(
        lambda _: Note.objects.all(), "created_at", is_moment=True, called=lambda _: pgettext_lazy("contact", "Note")
    )
)
