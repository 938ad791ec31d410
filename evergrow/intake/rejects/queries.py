"""Refused messages as a reader asks for them: filters, groups and order, all held in the address."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Left
from django.http import Http404

from evergrow.intake.models import Reject, RejectState
from evergrow.workspaces.models import AccountScope, Member, Workspace

ALL = "all"
GROUPS = 50
BEGINNING = 200
SORTS = {
    "received": "received_at",
    "reason": "code",
    "event": "event",
    "source": "source",
}
NEWEST = "-received"


@dataclass(frozen=True, slots=True)
class Filter:
    """Which refusals somebody wants to see. ``since`` and ``until`` are inclusive days of the workspace.

    ``event`` may be ``-`` for messages without a name. ``state`` is one of RejectState or ``all``.
    """

    source: str = ""
    code: str = ""
    event: str = ""
    q: str = ""
    since: str = ""
    until: str = ""
    state: str = RejectState.OPEN.value

    def apply(self, rows: QuerySet[Reject], workspace: Workspace) -> QuerySet[Reject]:
        """The rows that fit."""
        # All states are named, because the indexes begin with the state.
        wanted = Q(state__in=RejectState.values if self.state == ALL else [self.state])
        if self.source:
            wanted &= Q(source=self.source)
        if self.code:
            wanted &= Q(code=self.code)
        if self.event:
            wanted &= Q(event="" if self.event == "-" else self.event)
        if self.q:
            wanted &= Q(raw__icontains=self.q) | Q(detail__icontains=self.q)
        if self.since:
            wanted &= Q(received_at__gte=_midnight(workspace, date.fromisoformat(self.since)))
        if self.until:
            wanted &= Q(received_at__lt=_midnight(workspace, date.fromisoformat(self.until) + timedelta(days=1)))
        return rows.filter(wanted)

    def query(self, **changes: str) -> str:
        """The address's query, with some fields changed; what equals the default is left out."""
        changed = replace(self, **changes)
        plain = asdict(Filter())
        return urlencode({name: value for name, value in asdict(changed).items() if value != plain[name]})

    @property
    def is_plain(self) -> bool:
        return self == Filter()


def read(given: Mapping[str, Any]) -> Filter:
    """The filter that an address asks for; what cannot be read is left out. ``from`` and ``to`` are days."""
    state = str(given.get("state", RejectState.OPEN))
    return Filter(
        source=_text(given.get("source"), 80),
        code=_text(given.get("code"), 40),
        event=_text(given.get("event"), 200),
        q=_text(given.get("q"), 200),
        since=_day(given.get("from") or given.get("since")),
        until=_day(given.get("to") or given.get("until")),
        state=state if state in RejectState.values or state == ALL else RejectState.OPEN,
    )


def _text(value: Any, most: int) -> str:
    return str(value or "").replace("\x00", "").strip()[:most]


def _day(value: Any) -> str:
    try:
        day = date.fromisoformat(str(value or ""))
    except ValueError:
        return ""
    return day.isoformat() if date(1970, 1, 1) <= day <= date(2999, 12, 31) else ""


def _midnight(workspace: Workspace, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=workspace.tz)


def rejects(member: Member) -> QuerySet[Reject]:
    """The refusals of the member's workspace. They may be about anybody: 404 for who does not see every account."""
    if member.scope != AccountScope.ALL:
        raise Http404
    return Reject.objects.filter(workspace_id=member.workspace_id)


def reject_or_404(member: Member, pk: int) -> Reject:
    """A refusal of the member's workspace, or 404."""
    people = ("replayed_by__user", "discarded_by__user", "previous", "key", "workspace")
    found = rejects(member).select_related(*people).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def listed(member: Member, wanted: Filter, sort: str = NEWEST) -> QuerySet[Reject]:
    """The rows of a list, with the beginning of each message instead of the whole (``beginning``)."""
    rows = wanted.apply(rejects(member), member.workspace)
    key = SORTS.get(sort.removeprefix("-"), "received_at")
    way = "-" if sort.startswith("-") else ""
    order = [f"{way}{key}"] + (["-received_at"] if key != "received_at" else [])
    return rows.defer("raw", "mended").annotate(beginning=Left("raw", BEGINNING)).order_by(*order, "-pk")


class Group(NamedTuple):
    """Refusals of one reason, event and source."""

    code: str
    event: str
    source: str
    times: int
    last_at: datetime

    @property
    def reason(self) -> str:
        return Reject(code=self.code).reason


def groups(member: Member, wanted: Filter) -> tuple[list[Group], int]:
    """The most frequent reasons × events × sources, and how many messages fit altogether."""
    rows = wanted.apply(rejects(member), member.workspace)
    found = rows.order_by().values_list("code", "event", "source").annotate(n=Count("pk"), last=Max("received_at"))
    every = [Group(*row) for row in found.order_by("-n", "code", "event", "source")]
    return every[:GROUPS], sum(group.times for group in every)


class Choices(NamedTuple):
    """What can be chosen in the filters."""

    sources: list[str]
    codes: list[tuple[str, str]]


def choices(member: Member) -> Choices:
    """Sources and reasons of refusals that are kept."""
    kept = Filter(state=ALL).apply(rejects(member), member.workspace).order_by()
    codes = sorted(kept.values_list("code", flat=True).distinct())
    names = sorted(name for name in kept.values_list("source", flat=True).distinct() if name)
    return Choices(names, [(code, Reject(code=code).reason) for code in codes])
