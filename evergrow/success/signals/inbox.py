"""The inbox: which signals are shown, in what order, and how many there are of each kind."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet

from evergrow.lib import clock
from evergrow.lib.digits import row_id
from evergrow.success import access
from evergrow.success.models import Signal, SignalKind, SignalState
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.queries import lists
from evergrow.success.signals import history, tally
from evergrow.success.signals.tally import Tally
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member

SHOWS = ("triage", "mine", "escalated", "working", "snoozed", "open", "closed", "archived")
PER_PAGE = 40
FIRST = PER_PAGE  # stands in a statement that is made once for the process
BY_DAY = ("triage", "snoozed")
FIELDS = ("show", "kind", "rule", "severity", "owner", "tier", "age", "q")


@dataclass(frozen=True, slots=True)
class Filter:
    """What the chips say. ``owner``: a member's id, or “nobody”; ``age``: seen first so many days ago or earlier."""

    show: str = "triage"
    kind: str = ""
    rule: str = ""
    severity: str = ""
    owner: str = ""
    tier: str = ""
    age: str = ""
    q: str = ""

    @property
    def query(self) -> str:
        """The filter as the query of an address."""
        return urlencode({name: value for name in FIELDS if (value := getattr(self, name)) and value != "triage"})

    def without(self, name: str) -> str:
        return replace(self, **{name: ""}).query

    def with_(self, **values: str) -> str:
        return replace(self, **values).query

    @property
    def is_narrowed(self) -> bool:
        return any(getattr(self, name) for name in FIELDS if name != "show")

    @property
    def is_plain(self) -> bool:
        """Whether it says no more than a tab, a kind and a severity."""
        return not any(getattr(self, name) for name in ("rule", "owner", "tier", "age", "q"))


def read(given: Mapping[str, str]) -> Filter:
    """The filter of an address; what means nothing is left out."""
    values = {name: given.get(name, "").strip()[:120] for name in FIELDS}
    values["show"] = values["show"] if values["show"] in SHOWS else "triage"
    values["kind"] = values["kind"] if values["kind"] in SignalKind.values else ""
    values["severity"] = values["severity"] if values["severity"] in ("1", "2", "3") else ""
    values["owner"] = values["owner"] if values["owner"] == "nobody" or row_id(values["owner"]) else ""
    values["age"] = values["age"] if row_id(values["age"]) and len(values["age"]) < 5 else ""
    return Filter(**values)


def shown(member: Member, show: str) -> QuerySet[Signal]:
    """The signals of a tab that the member may see."""
    return shown_on(member, show, member.workspace.today())


def shown_on(member: Member, show: str, today: date | None) -> QuerySet[Signal]:
    """The same as they stand on a day; only tabs ``BY_DAY`` ask which."""
    rows = access.signals(member)
    if show == "archived":
        return rows.exclude(archived_at=None)
    return rows.filter(_tab(member, show, today), archived_at=None)


def _tab(member: Member, show: str, today: date | None) -> Q:
    if show == "triage":
        return Q(state=SignalState.NEW) | Q(state=SignalState.SNOOZED, snoozed_until__lte=today)
    if show == "snoozed":
        return Q(state=SignalState.SNOOZED) & (Q(snoozed_until__gt=today) | Q(snoozed_until=None))
    return {
        "mine": Q(state__in=OPEN_SIGNALS, owner=member),
        "escalated": Q(state__in=OPEN_SIGNALS, escalated_to=member),
        "working": Q(state__in=tally.WORKING),
        "open": Q(state__in=OPEN_SIGNALS),
        "closed": Q(state__in=history.CLOSED),
    }[show]


def rows(member: Member, chosen: Filter) -> QuerySet[Signal]:
    """What the filter shows, in the order of work: severity, then revenue; closed ones the latest first."""
    return narrowed(shown(member, chosen.show), chosen).order_by(*_order(chosen.show))


def _order(show: str) -> tuple[Any, ...]:
    return ("-ended_at", "-pk") if show in ("closed", "archived") else lists.BY_WEIGHT


def keys(member: Member, chosen: Filter, number: int) -> list[int]:
    """The keys of a page of ``rows``, the first page being number 1."""
    if chosen.is_plain and number == 1:
        today = member.workspace.today() if chosen.show in BY_DAY else None
        severity = int(chosen.severity) if chosen.severity else None
        return _first_keys(member, prepared.Word(chosen.show), today, chosen.kind or None, severity)[:PER_PAGE]
    found = rows(member, chosen).values_list("pk", flat=True)
    return list(found[(number - 1) * PER_PAGE : number * PER_PAGE])


@prepared.rows
def _first_keys(
    member: Member, show: Any, today: date | None, kind: str | None, severity: int | None
) -> QuerySet[Signal, int]:
    found = shown_on(member, show, today)
    found = found if kind is None else found.filter(kind=kind)
    found = found if severity is None else found.filter(severity=severity)
    return found.order_by(*_order(show)).values_list("pk", flat=True)[:FIRST]


def narrowed(found: QuerySet[Signal], chosen: Filter) -> QuerySet[Signal]:
    """The rows that pass every chip."""
    if chosen.kind:
        found = found.filter(kind=chosen.kind)
    if chosen.rule:
        found = of_rule(found, chosen.rule)
    if chosen.severity:
        found = found.filter(severity=int(chosen.severity))
    if chosen.owner:
        found = found.filter(owner=None if chosen.owner == "nobody" else int(chosen.owner))
    if chosen.tier:
        found = found.filter(account__tier=chosen.tier)
    if chosen.age:
        found = found.filter(first_seen_at__lte=clock.now() - timedelta(days=int(chosen.age)))
    if chosen.q:
        named = Q(account__name__icontains=chosen.q) | Q(account__other_name__icontains=chosen.q)
        found = found.filter(named | Q(reason__icontains=chosen.q))
    return found


def counts(member: Member, chosen: Filter, known: Tally | None = None) -> tuple[dict[str, int], dict[int, int], int]:
    """How many signals of each kind, and of each severity, with the other chips in force, and of both together; one
    question, or none where the tally knows."""
    if known is not None and chosen.is_plain and chosen.show in tally.TABS:
        return tally.split(known.on(chosen.show), chosen.kind, chosen.severity)
    found = narrowed(shown(member, chosen.show), replace(chosen, kind="", severity=""))
    groups = found.order_by().values_list("kind", "severity").annotate(Count("pk"))
    return tally.split(iter(groups), chosen.kind, chosen.severity)


def tabs(member: Member) -> dict[str, int]:
    """How many signals each tab holds, but the closed and archived ones; one question."""
    return tally.read(member).tabs()


def of_rule(found: QuerySet[Signal], key: str) -> QuerySet[Signal]:
    kind = key.replace("-", "_")
    if kind in SignalKind.values and kind != SignalKind.CUSTOM:
        return found.filter(kind=kind)
    return found.filter(rule__key=key, rule__built_in="")
