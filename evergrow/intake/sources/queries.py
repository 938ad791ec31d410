"""Which sources there are, whether they send, and what the door refused them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Max, QuerySet, Sum
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow import warehouse
from evergrow.intake.capture.limits import Limits, in_force
from evergrow.intake.models import Reject, RejectState, SourceSettings, SourceTally
from evergrow.intake.models.sources import TAKEN
from evergrow.intake.rejects.advice import DOOR, advice
from evergrow.lib import clock
from evergrow.workspaces.models import AccountScope, Key, KeyKind, Member

LOOK_BACK = timedelta(days=7)
QUIET_AFTER = timedelta(days=1)
REFUSALS_OF = timedelta(days=1)
LONG_AGO = datetime(1970, 1, 2, tzinfo=UTC)
SHOWN = 5

STATES: dict[str, tuple[Promise, str]] = {
    "waiting": (_("waiting for the first event"), "circle-dashed"),
    "connected": (_("connected"), "circle-check"),
    "quiet": (pgettext_lazy("source", "quiet"), "clock"),
    "refused": (_("only refused messages"), "alert-triangle"),
    "paused": (pgettext_lazy("source", "paused"), "player-pause"),
    "revoked": (pgettext_lazy("source", "revoked"), "lock"),
}
REFUSALS: dict[str, Promise] = {
    "source_paused": _("The source is paused."),
    "origin_not_allowed": _("A page that is not among the allowed ones sent with this key."),
    "too_many_events": _("More events a second came than this source may send."),
    "quota_used_up": _("The events of a day are used up."),
    "body_too_large": _("A request was larger than this source may send."),
}


@dataclass(frozen=True, slots=True)
class Intake:
    """How much came in within the last hour, from which sources, and the newest moment of the last seven days."""

    last_hour: int
    sources: list[str]
    last_at: datetime | None


def intake(member: Member) -> Intake:
    """Captured events of the workspace, imports left out."""
    now = clock.now()
    found = warehouse.rows(
        warehouse.statement("intake", "intake"),
        workspace_id=member.workspace_id,
        since=now - LOOK_BACK,
        hour=now - timedelta(hours=1),
    )
    count, sources, last = found[0]
    return Intake(count, sorted(sources), last)


class Arrived(NamedTuple):
    """An event that came from a source. ``distinct_id`` is empty where the reader may not know who it was."""

    received_at: datetime
    event: str
    distinct_id: str
    client: str


@dataclass(slots=True)
class Source:
    """A write key as a source of events. Counts are of captured events; ``client`` is what sent the newest one."""

    key: Key
    own: SourceSettings | None = None
    last_hour: int = 0
    last_week: int = 0
    last_at: datetime | None = None
    event: str = ""
    client: str = ""
    refused: int = 0
    newest: list[Arrived] = field(default_factory=list)

    @property
    def limits(self) -> Limits:
        """The limits in force."""
        return in_force(self.own)

    @property
    def message_kib(self) -> int:
        return self.limits.message // 1024

    @property
    def request_kib(self) -> int:
        return self.limits.request // 1024

    @property
    def state(self) -> str:
        """One of STATES."""
        if self.key.revoked_at:
            return "revoked"
        if self.own and self.own.paused_at:
            return "paused"
        if self.last_at is not None:
            return "connected" if clock.now() - self.last_at < QUIET_AFTER else "quiet"
        if self.key.last_used_at is None:
            return "waiting"
        return "refused" if self.refused else "quiet"

    @property
    def state_words(self) -> Promise:
        return STATES[self.state][0]

    @property
    def state_icon(self) -> str:
        return STATES[self.state][1]


def keys(member: Member) -> QuerySet[Key]:
    """The workspace's write keys, working ones first."""
    found = Key.objects.filter(workspace_id=member.workspace_id, kind=KeyKind.WRITE)
    return found.select_related("source_settings__paused_by__user").order_by("revoked_at", "name", "pk")


def key_or_404(member: Member, pk: int) -> Key:
    """A source of the member's workspace, or 404."""
    found = keys(member).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def sources(member: Member) -> list[Source]:
    """All sources with what they sent lately; working ones first. Raises StoreUnavailable."""
    now = clock.now()
    rows = warehouse.rows(
        warehouse.statement("intake", "source_activity"),
        workspace_id=member.workspace_id,
        since=now - LOOK_BACK,
        hour=now - timedelta(hours=1),
    )
    activity = {row[0]: row for row in rows}
    found = plain_sources(member)
    for source in found:
        row = activity.get(source.key.name)
        if row is not None and row[3] >= source.key.created_at - timedelta(seconds=1) and not source.key.revoked_at:
            _name, source.last_hour, source.last_week, source.last_at, source.event, library, version = row
            source.client = f"{library} {version}".strip()
    return found


def plain_sources(member: Member) -> list[Source]:
    """All sources without what the event store knows."""
    refused: dict[int, int] = {}
    if member.scope == AccountScope.ALL:
        open_ones = Reject.objects.filter(workspace_id=member.workspace_id, state=RejectState.OPEN)
        refused = dict(open_ones.exclude(key=None).values_list("key_id").annotate(n=Count("pk")))
    found = [Source(key, getattr(key, "source_settings", None), refused=refused.get(key.pk, 0)) for key in keys(member)]
    return sorted(found, key=lambda each: each.key.revoked_at is not None)


def one_source(member: Member, key: Key) -> Source:
    """A source with the newest events that came from it. Raises StoreUnavailable."""
    source = Source(key, getattr(key, "source_settings", None))
    if member.scope == AccountScope.ALL:
        source.refused = Reject.objects.filter(key=key, state=RejectState.OPEN).count()
    if key.last_used_at is None:
        return source
    rows = _newest(key, clock.now() - LOOK_BACK) or _newest(key, LONG_AGO)
    sees_all = member.scope == AccountScope.ALL
    source.newest = [
        Arrived(received, event, distinct if sees_all else "", f"{library} {version}".strip())
        for received, event, distinct, library, version, _account in rows
    ]
    if source.newest:
        source.last_at, source.event, _who, source.client = source.newest[0]
    return source


def _newest(key: Key, since: datetime) -> list[tuple[datetime, str, str, str, str, int]]:
    return warehouse.rows(
        warehouse.statement("intake", "source_newest"),
        workspace_id=key.workspace_id,
        source=key.name,
        since=since,
        made=key.created_at - timedelta(seconds=1),
        shown=SHOWN,
    )


class Hint(NamedTuple):
    """Why something that came from a source does not count, and what to do. ``code`` is empty for the door's."""

    reason: str
    advice: str
    times: int
    last_at: datetime
    code: str = ""


def hints(member: Member, key: Key) -> list[Hint]:
    """What was refused of a source lately: by the door within a day, and open refusals. Newest first."""
    day = (clock.now() - REFUSALS_OF).date()
    counted = SourceTally.objects.filter(key=key, day__gte=day).exclude(what=TAKEN)
    summed = counted.values_list("what").annotate(n=Sum("count"), last=Max("last_at"))
    found = [Hint(str(REFUSALS.get(what, what)), str(DOOR.get(what, "")), n, last) for what, n, last in summed]
    if member.scope == AccountScope.ALL:
        kept = Reject.objects.filter(key=key, state=RejectState.OPEN)
        for code, n, last in kept.values_list("code").annotate(n=Count("pk"), last=Max("received_at")):
            found.append(Hint(Reject(code=code).reason, advice(code), n, last, code))
    return sorted(found, key=lambda hint: hint.last_at, reverse=True)[:SHOWN]
