"""The inbox: which signals are shown, in what order, and how many there are of each kind."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet

from evergrow.lib import clock
from evergrow.lib.digits import row_id
from evergrow.success import access
from evergrow.success.models import Signal, SignalKind, SignalState
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.queries import lists
from evergrow.success.signals import history
from evergrow.workspaces.models import Member

SHOWS = ("triage", "mine", "escalated", "working", "snoozed", "open", "closed", "archived")
FACTS = ("account__health_state", "source", "product", "risk", "person", "rule", "owner__user")
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
    rows, today = access.signals(member), member.workspace.today()
    if show == "archived":
        return rows.exclude(archived_at=None)
    rows, closed = rows.filter(archived_at=None), Q(state__in=history.CLOSED)
    return rows.filter(
        {
            "triage": Q(state=SignalState.NEW) | Q(state=SignalState.SNOOZED, snoozed_until__lte=today),
            "mine": Q(state__in=OPEN_SIGNALS, owner=member),
            "escalated": Q(state__in=OPEN_SIGNALS, escalated_to=member),
            "working": Q(state__in=[SignalState.ACKNOWLEDGED, SignalState.IN_PROGRESS]),
            "snoozed": Q(state=SignalState.SNOOZED) & (Q(snoozed_until__gt=today) | Q(snoozed_until=None)),
            "open": Q(state__in=OPEN_SIGNALS),
            "closed": closed,
        }[show]
    )


def rows(member: Member, chosen: Filter) -> QuerySet[Signal]:
    """What the filter shows, in the order of work: severity, then revenue; closed ones the latest first."""
    found = narrowed(shown(member, chosen.show), chosen)
    if chosen.show in ("closed", "archived"):
        return found.order_by("-ended_at", "-pk")
    return found.order_by(*lists.BY_WEIGHT)


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


def counts(member: Member, chosen: Filter) -> tuple[dict[str, int], dict[int, int]]:
    """How many signals of each kind, and of each severity, with the other chips in force; one question."""
    found = narrowed(shown(member, chosen.show), replace(chosen, kind="", severity=""))
    kinds, levels = Counter[str](), Counter[int]()
    for kind, severity, n in found.order_by().values_list("kind", "severity").annotate(Count("pk")):
        if not chosen.severity or severity == int(chosen.severity):
            kinds[kind] += n
        if not chosen.kind or kind == chosen.kind:
            levels[severity] += n
    return dict(kinds), dict(levels)


def tabs(member: Member) -> dict[str, int]:
    """How many signals each tab holds, but the closed and archived ones; one question."""
    today = member.workspace.today()
    open_ones = access.signals(member).filter(state__in=OPEN_SIGNALS, archived_at=None).order_by()
    new, later = Q(state=SignalState.NEW), Q(state=SignalState.SNOOZED)
    due = Q(snoozed_until__lte=today)
    return open_ones.aggregate(
        triage=Count("pk", filter=new | (later & due)),
        mine=Count("pk", filter=Q(owner=member)),
        escalated=Count("pk", filter=Q(escalated_to=member)),
        working=Count("pk", filter=Q(state__in=[SignalState.ACKNOWLEDGED, SignalState.IN_PROGRESS])),
        snoozed=Count("pk", filter=later & (Q(snoozed_until__gt=today) | Q(snoozed_until=None))),
        open=Count("pk"),
    )


def of_rule(found: QuerySet[Signal], key: str) -> QuerySet[Signal]:
    kind = key.replace("-", "_")
    if kind in SignalKind.values and kind != SignalKind.CUSTOM:
        return found.filter(kind=kind)
    return found.filter(rule__key=key, rule__built_in="")
