"""Two people, or two accounts, side by side: fields, traits, usage, and what other rooms know."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers import access, registry, vocabulary
from evergrow.customers.models import Account, Person
from evergrow.customers.profiles import personal, values
from evergrow.customers.profiles.history import field_label
from evergrow.customers.profiles.whose import whose
from evergrow.lib import clock, moments, numerals
from evergrow.workspaces.models import Member, Workspace

ACCOUNT_FIELDS = [
    "name",
    "other_name",
    "external_id",
    "domain",
    "country",
    "industry",
    "size",
    "channel",
    "signed_up_on",
    "tier",
    "status",
    "plan",
    "mrr",
    "seats",
    "customer_since",
    "renews_on",
    "cancelled_on",
    "created_at",
]
SAID = ("country", "industry", "channel")
DAYS = 90


@dataclass(frozen=True, slots=True)
class Line:
    """A fact of both; ``differs`` says whether it is told differently of them."""

    label: str
    one: str
    other: str

    @property
    def differs(self) -> bool:
        return self.one != self.other


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    label: str
    lines: list[Line]

    @property
    def different(self) -> int:
        return sum(line.differs for line in self.lines)


Subject = Person | Account
Facts = Mapping[str, Any]


def compare(member: Member, one: Subject, other: Subject) -> list[Group]:
    """All groups of facts about two subjects of one kind; empty groups are left out.

    Usage is left out while the event store is away.
    """
    kind = "person" if isinstance(one, Person) else "account"
    groups = [
        _group("facts", _("Fields"), one, other, lambda each: _fields(member, each)),
        _group("places", _("Places") if kind == "person" else _("People and work"), one, other, _around(member)),
        _group("traits", _("Traits"), one, other, lambda each: _traits(member, each)),
    ]
    try:
        label = _("Usage in %(days)d days") % {"days": DAYS}
        groups.append(_group("usage", label, one, other, lambda each: _usage(member, each)))
    except warehouse.StoreUnavailable:
        pass
    for part in registry.contrasts(kind):

        def of(each: Subject, part: registry.Contrast = part) -> Facts:
            return part.lines(member, each)

        groups.append(_group(part.key, str(part.label), one, other, of))
    return [group for group in groups if group.lines]


def _group(key: str, label: str, one: Subject, other: Subject, facts: Callable[[Subject], Facts]) -> Group:
    first, second = facts(one), facts(other)
    names = [*first, *(name for name in second if name not in first)]
    here = one.workspace
    lines = [Line(str(name), said(first.get(name), here), said(second.get(name), here)) for name in names]
    return Group(key, label, lines)


def said(value: Any, workspace: Workspace) -> str:
    """A value as it is shown, times in the workspace's zone; "" for none."""
    language, today = get_language() or "en", workspace.today()
    if isinstance(value, datetime):
        return moments.moment_text(value.astimezone(workspace.tz), today, language)
    if isinstance(value, date):
        return moments.day_text(value, today, language)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return numerals.number(value, language)
    if isinstance(value, Decimal):
        return numerals.money(value, workspace.currency, language)
    return values.told(value)


def _fields(member: Member, subject: Subject) -> Facts:
    if isinstance(subject, Account):
        found: dict[str, Any] = {}
        for name in ACCOUNT_FIELDS:
            display = getattr(subject, f"get_{name}_display", None)
            value = display() if display else getattr(subject, name)
            found[_label(subject, name)] = vocabulary.said(value) if name in SAID else value
        return found
    facts: dict[str, Any] = {_label(subject, name): text for name, text in personal.facts(member, subject).items()}
    facts[_("Anonymous")] = subject.is_anonymous
    times = {"first_seen_at": _("First seen"), "last_seen_at": _("Last seen"), "created_at": _("Known since")}
    facts |= {label: getattr(subject, name) for name, label in times.items()}
    ids = [str(each.value) for each in personal.identifiers(member, subject)]
    return facts | {_("Ids"): ", ".join(ids)}


def _label(subject: Subject, name: str) -> str:
    if name == "created_at":
        return _("Known since")
    return field_label("account" if isinstance(subject, Account) else "person", name)


def _traits(member: Member, subject: Subject) -> Facts:
    return personal.traits(member, subject) if isinstance(subject, Person) else dict(sorted(subject.traits.items()))


def _around(member: Member) -> Callable[[Subject], Facts]:
    def facts(subject: Subject) -> Facts:
        if isinstance(subject, Person):
            seen = subject.affiliations.filter(access.visible(member, "account__")).select_related("account")
            return {
                pgettext("of a person", "Accounts"): ", ".join(str(row.account) for row in seen.filter(ended_on=None)),
                _("Left"): ", ".join(str(row.account) for row in seen.exclude(ended_on=None)),
                _("Visits"): subject.visits.filter(access.visible(member, "account__")).count(),
                _("Tickets"): subject.tickets.filter(access.visible(member, "account__")).count(),
            }
        team = subject.team.filter(ended_on=None).select_related("member__user")
        return {
            _("People"): subject.affiliations.filter(ended_on=None, person__merged_into=None).count(),
            _("Team"): ", ".join(sorted(str(seat.member) for seat in team)),
            _("Open tickets"): subject.tickets.filter(closed_at=None).count(),
            _("Visits"): subject.visits.count(),
        }

    return facts


def _usage(member: Member, subject: Subject) -> Facts:
    of, today = whose(member, subject), subject.workspace.today()
    first = today - timedelta(days=DAYS - 1)
    if of.is_person:
        asked = warehouse.statement("customers", "person_activity")
        rows = warehouse.rows(asked, **of.asked, first_day=first, since=clock.now() - timedelta(days=DAYS + 1))
    else:
        asked = warehouse.statement("customers", "account_activity")
        rows = warehouse.rows(asked, **of.asked, first_day=first)
    called, language = registry.event_names(subject.workspace), get_language() or "en"
    counts: dict[str, int] = {}
    for _day, event, events in rows:
        counts[event] = counts.get(event, 0) + int(events)
    base = {_("Events"): sum(counts.values()), _("Active days"): len({day for day, _event, _events in rows})}
    return base | {called(event, language): events for event, events in sorted(counts.items())}
