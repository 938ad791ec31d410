"""The rows of a list behind a mark with what is known of each subject, as a member may see them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from evergrow.customers import access
from evergrow.customers.models import Account, Affiliation, Person
from evergrow.customers.privacy.masking import Mask
from evergrow.insight.behind import Behind, Row
from evergrow.lib import moments
from evergrow.lib.sheets import Cell
from evergrow.workspaces.models import Member

SHEET_CHUNK = 2000


@dataclass(frozen=True, slots=True)
class Entry:
    """A row with what is known of it; ``account`` or ``person`` is None where it is gone or not for this member."""

    row: Row
    account: Account | None = None
    person: Person | None = None
    note: str = ""

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def name(self) -> str:
        """What the reader calls it; a session by its person."""
        if self.account and not self.row.session:
            return self.account_name
        return str(self.person or f"#{self.number}")

    @property
    def account_name(self) -> str:
        return self.account.called(get_language() or "en") if self.account else ""

    @property
    def length(self) -> str:
        """How long a session took."""
        if self.row.session is None:
            return ""
        return moments.duration(self.row.session.seconds, get_language() or "en") if self.row.session.seconds else ""

    @property
    def at(self) -> list[str]:
        """The accounts a person is at, by name; two at most."""
        if self.person is None:
            return []
        language = get_language() or "en"
        return [each.account.called(language) for each in self.person.affiliations.all()[:2]]


class Sized(list[Entry]):
    """One page's entries, which a paginator sees as the whole list: the store has paged already."""

    def __init__(self, entries: list[Entry], total: int) -> None:
        super().__init__(entries)
        self.total = total

    def count(self) -> int:  # type: ignore[override]
        return self.total

    def __getitem__(self, place: Any) -> Any:
        return list(self) if isinstance(place, slice) else super().__getitem__(place)


def entries(member: Member, found: Behind, note: Callable[[Row, str], str] | None = None) -> Iterator[Entry]:
    """The rows in their order; ``note`` says more of a row in a language."""
    numbers = [row.number for row in found.rows]
    accounts: Mapping[int, Account] = {}
    people: Mapping[int, Person] = {}
    if found.is_sessions:
        numbers = list(dict.fromkeys(numbers))
        of = {row.session.account for row in found.rows if row.session}
        accounts = {each.number: each for each in access.accounts(member).filter(number__in=of)}
    if found.subject != "account":
        places = Affiliation.objects.filter(access.visible(member, "account__")).select_related("account")
        seen = access.people(member).filter(number__in=numbers).prefetch_related(Prefetch("affiliations", places))
        people = {each.number: each for each in seen}
    else:
        accounts = {each.number: each for each in access.accounts(member).filter(number__in=numbers)}
    language = get_language() or "en"
    for row in found.rows:
        said = note(row, language) if note else ""
        of_account = row.session.account if row.session else row.number
        yield Entry(row, accounts.get(of_account), people.get(row.number), said)


def sheet(member: Member, found: Behind) -> tuple[list[str], Iterator[list[Cell]]]:
    """The head and the rows of the exported list."""
    number = pgettext("trend", "Number")
    if found.is_sessions:
        return [number, *_session_heads(), *found.more_heads], _session_rows(member, found)
    times, last = pgettext("trend measure", "Times"), _("Last day")
    known = [_("Name"), _("Email")]
    if not found.is_people:
        status, plan = pgettext("of an account", "Status"), pgettext("of an account", "Plan")
        known = [_("Name"), _("Id in your systems"), status, plan, _("MRR")]
    has_times = not found.rows or any(row.times is not None for row in found.rows)
    has_day = not found.rows or any(row.last_day is not None for row in found.rows)
    heads = [number, *known, *([times] if has_times else []), *([last] if has_day else []), *found.more_heads]
    return heads, _rows(member, found, has_times=has_times, has_day=has_day)


def _session_heads() -> list[str]:
    return [
        _("Name"),
        _("Email"),
        pgettext("of a session", "Began at"),
        _("Length in seconds"),
        pgettext("of a session", "Events"),
        pgettext("of a session", "Account"),
        pgettext("of a session", "First page"),
        pgettext("of a session", "Last page"),
    ]


def _session_rows(member: Member, found: Behind) -> Iterator[list[Cell]]:
    facts = _person_facts(member)
    for start in range(0, len(found.rows), SHEET_CHUNK):
        for entry in entries(member, replace(found, rows=found.rows[start : start + SHEET_CHUNK])):
            known = entry.row.session
            told: list[Cell] = [None] * 6
            if known is not None:
                pages: list[Cell] = [known.first_page or None, known.last_page or None]
                told = [known.begins, known.seconds, known.events, entry.account_name or None, *pages]
            yield [entry.number, *facts(entry), *told, *entry.row.more]


def _rows(member: Member, found: Behind, *, has_times: bool, has_day: bool) -> Iterator[list[Cell]]:
    facts = _person_facts(member) if found.is_people else _account_facts
    for start in range(0, len(found.rows), SHEET_CHUNK):
        for entry in entries(member, replace(found, rows=found.rows[start : start + SHEET_CHUNK])):
            row = entry.row
            times: list[Cell] = [row.times] if has_times else []
            day: list[Cell] = [row.last_day] if has_day else []
            yield [row.number, *facts(entry), *times, *day, *row.more]


def _account_facts(entry: Entry) -> list[Cell]:
    known = entry.account
    if known is None:
        return [None] * 5
    return [known.name, known.external_id, known.get_status_display(), known.plan, known.mrr]


def _person_facts(member: Member) -> Callable[[Entry], list[Cell]]:
    mask = Mask(member)

    def facts(entry: Entry) -> list[Cell]:
        known = entry.person
        return [mask.value(known, "name"), mask.value(known, "email")] if known else [None, None]

    return facts
