"""The list of the inbox as the page shows it: words made once for each signal, from the few columns that they need."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from evergrow.customers.models import Person
from evergrow.lib import bilingual, moments, numerals
from evergrow.success.models import Severity, Signal, SignalKind, SignalState
from evergrow.success.models.signals import OPEN_SIGNALS, SIGNAL_ICONS
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member

FACTS = ("pk", "kind", "severity", "reason", "state", "due_on", "snoozed_until", "occurrences", "escalation")
FURTHER = ("reopened", "end_reason", "person_id", "account__name", "account__other_name", "account__mrr")
OWNER = ("owner__user__name", "owner__user__email")


class Line(NamedTuple):
    """A signal of the list in the reader's words. ``person`` is shown through the mask of the member."""

    pk: int
    url: str
    tick: str
    severity: int
    level: str
    about: str
    when: str
    is_late: bool
    icon: str
    title: str
    times: int
    money: str
    owner: str
    person: Person | None
    marks: str
    is_escalated: bool


def lines(member: Member, keys: Sequence[int], address: Callable[[int], str]) -> list[Line]:
    """The lines of these signals, which the member may see, in this order; ``address`` gives that of a key."""
    if not keys:
        return []
    rows = {row[0]: row for row in _found(member, keys)}
    return list(_made(member, [rows[key] for key in keys if key in rows], address))


@prepared.rows
def _found(member: Member, keys: Any) -> QuerySet[Signal, tuple[Any, ...]]:
    rows = Signal.objects.filter(pk__in=keys, workspace_id=member.workspace_id)
    return rows.values_list(*FACTS, *FURTHER, *OWNER)


def _made(member: Member, rows: Sequence[tuple[Any, ...]], address: Callable[[int], str]) -> Iterator[Line]:
    today, language, currency = member.workspace.today(), get_language() or "en", member.workspace.currency
    people = Person.objects.in_bulk({row[11] for row in rows if row[11]}) if any(row[11] for row in rows) else {}
    others = _others([row[0] for row in rows if row[12] is None])
    levels, tick = {level.value: str(level.label) for level in Severity}, _("Tick %(name)s")
    again = " · " + pgettext("signal", "again")
    for row in rows:
        pk, kind, severity, reason, state, due_on, back_on, times, escalation, *further = row
        reopened, end_reason, person, name, other, mrr, owner, email = further
        about = bilingual.pick(bilingual.both(name, other), language) if name is not None else others.get(pk, "")
        yield Line(
            pk,
            address(pk),
            tick % {"name": about},
            severity,
            levels[severity],
            about,
            _when(state, due_on, back_on, today, language),
            due_on is not None and due_on < today and state in OPEN_SIGNALS,
            SIGNAL_ICONS[SignalKind(kind)],
            bilingual.pick(reason, language),
            times,
            "" if mrr is None else numerals.short_money(mrr, currency, language),
            owner or email or _("nobody"),
            people.get(person),
            (f" · “{end_reason}”" if end_reason else "") + (again if reopened else ""),
            escalation > 0,
        )


def _when(state: str, due_on: date | None, back_on: date | None, today: date, language: str) -> str:
    """When it is due or comes back; what became of it once it is closed."""
    if state not in OPEN_SIGNALS:
        return str(SignalState(state).label)
    if state == SignalState.SNOOZED:
        return moments.day_text(back_on, today, language) if back_on else _("on a condition")
    return moments.due(due_on, today, language)


def _others(keys: Sequence[int]) -> Mapping[int, str]:
    """What signals are about that are about no account: a source, a product, a risk."""
    if not keys:
        return {}
    rows = Signal.objects.filter(pk__in=keys).select_related("source", "product", "risk")
    return {row.pk: row.about for row in rows}
