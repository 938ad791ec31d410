"""How capture does: per source and altogether."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from django.conf import settings

from evergrow import warehouse
from evergrow.intake.capture.service import service
from evergrow.intake.capture.spool import Spool
from evergrow.intake.pipeline import quiet
from evergrow.intake.pipeline.tally import LAGS
from evergrow.lib import clock
from evergrow.workspaces.models import Key, KeyKind, Workspace

DAY, WEEK, HOUR = timedelta(days=1), timedelta(days=7), timedelta(hours=1)
MEMORY = timedelta(days=90)
FRESH = timedelta(minutes=5)
FAILING_SHARE, FAILING_LEAST = 0.05, 20
OLD_SECONDS = 30

State = Literal["failing", "quiet", "waiting", "new", "paused", "ok"]
ORDER: list[State] = ["failing", "quiet", "new", "ok", "paused", "waiting"]


@dataclass(frozen=True, slots=True)
class Flow:
    """Counts of a stretch of time; ``lags`` counts events by the upper bound of their way into the store, in ms."""

    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    refused: int = 0
    lag_sum: int = 0
    lag_max: int = 0
    lags: Mapping[int, int] = field(default_factory=dict)

    @property
    def bad(self) -> int:
        return self.rejected + self.refused

    @property
    def stored(self) -> int:
        return self.accepted + self.duplicates

    @property
    def bad_share(self) -> float:
        return self.bad / (self.bad + self.stored) if self.bad else 0.0

    @property
    def lag(self) -> float | None:
        """Seconds from received to stored, on average; None where nothing came."""
        return self.lag_sum / self.stored / 1000 if self.stored else None

    @property
    def p95(self) -> float | None:
        """Seconds under which 95 % of the events were stored; None where nothing came."""
        return quantile(self.lags, 0.95)

    @property
    def is_failing(self) -> bool:
        return self.bad >= FAILING_LEAST and self.bad_share >= FAILING_SHARE


@dataclass(frozen=True, slots=True)
class Source:
    """A write key and what came from it in the last 24 hours; ``hours`` are accepted events, the last one running."""

    key: Key
    state: State
    last_at: datetime | None
    day: Flow
    hour: Flow
    flagged: int
    bytes: int
    hours: list[int]
    reasons: list[tuple[str, int]]
    refusals: list[tuple[str, int]]
    clients: list[tuple[str, int]]
    silence: quiet.Silence | None


@dataclass(frozen=True, slots=True)
class SpoolState:
    """What waits on disk: bytes, whole segments, seconds since the oldest was sealed; and what could not be drained."""

    bytes: int
    segments: int
    oldest: float | None
    stuck: int
    damaged: int
    trouble: str
    stuck_folder: str
    damaged_folder: str

    @property
    def is_behind(self) -> bool:
        return bool(self.trouble) or (self.oldest is not None and self.oldest > OLD_SECONDS)


def quantile(lags: Mapping[int, int], share: float) -> float | None:
    """The duration in seconds under which this share of events stayed, from counts by upper bounds in ms."""
    total = sum(lags.values())
    if not total:
        return None
    wanted, seen, low = share * total, 0, 0
    for bound in LAGS.tolist():
        count = lags.get(bound, 0)
        if count and seen + count >= wanted:
            high = bound if bound < LAGS[-1] else low
            return float(low + (high - low) * (wanted - seen) / count) / 1000
        seen, low = seen + count, bound
    return None


def sources(workspace: Workspace) -> list[Source]:
    """The sources of a workspace, those that need a look first. Revoked ones only while they still show up."""
    now = clock.now()
    found = _rows("pipeline_sources", workspace, day=_quarter(now - DAY), week=_quarter(now - WEEK), since=now - MEMORY)
    hours, last_hour = _hours(workspace, now), flows(workspace, HOUR)
    rhythms = quiet.rhythms(workspace)
    silences = quiet.silent(workspace, rhythms)
    made = []
    for key in (
        Key.objects.filter(workspace=workspace, kind=KeyKind.WRITE)
        .select_related("source_settings")
        .order_by("name", "pk")
    ):
        row = found.get(key.pk)
        source = _source(key, row, hours.get(key.pk, []), last_hour.get(key.pk, Flow()), silences.get(key.pk))
        if key.revoked_at is None or source.day.stored or source.day.bad:
            made.append(source)
    return sorted(made, key=lambda each: (ORDER.index(each.state), -each.day.accepted))


def _source(key: Key, row: Any, hours: list[int], hour: Flow, silence: quiet.Silence | None) -> Source:
    if row is None:
        return Source(key, "waiting", None, Flow(), hour, 0, 0, hours, [], [], [], None)
    newest, first, taken, again, marked, unfit, turned_away, size, delays, reasons, refusals, clients = row
    day = Flow(taken, again, unfit, turned_away, 0, 0, delays)
    has_sent = newest.year > 1970
    state: State = "ok"
    if is_paused(key):
        state = "paused"
    elif hour.is_failing or (not day.stored and day.bad):
        state = "failing"
    elif silence is not None and key.revoked_at is None:
        state = "quiet"
    elif not has_sent:
        state = "waiting"
    elif first > clock.now() - DAY:
        state = "new"
    return Source(
        key=key,
        state=state,
        last_at=newest if has_sent else None,
        day=day,
        hour=hour,
        flagged=marked,
        bytes=size,
        hours=hours,
        reasons=Counter(reasons).most_common(),
        refusals=Counter(refusals).most_common(),
        clients=Counter(clients).most_common(5),
        silence=silence,
    )


def is_paused(key: Key) -> bool:
    """Whether a colleague paused the source, so that nothing of it is taken."""
    settings_of_key = getattr(key, "source_settings", None)
    return settings_of_key is not None and settings_of_key.paused_at is not None


def flows(workspace: Workspace, back: timedelta) -> dict[int, Flow]:
    """Per source: the counts of the minutes that lie back so far."""
    rows = _rows("pipeline_minutes", workspace, since=clock.now() - back)
    return {key: Flow(*row) for key, row in rows.items()}


def together(flows: Mapping[int, Flow]) -> Flow:
    """The flows of all sources as one."""
    lags: Counter[int] = Counter()
    for each in flows.values():
        lags.update(each.lags)
    rows = flows.values()
    return Flow(
        sum(each.accepted for each in rows),
        sum(each.duplicates for each in rows),
        sum(each.rejected for each in rows),
        sum(each.refused for each in rows),
        sum(each.lag_sum for each in rows),
        max((each.lag_max for each in rows), default=0),
        lags,
    )


def spool_state() -> SpoolState:
    """What waits on disk, of all workspaces of this installation."""
    spool = Spool(settings.DATA / "spool") if service._spool is None else service.spool
    waiting = spool.waiting()
    return SpoolState(
        bytes=waiting.bytes,
        segments=waiting.segments,
        oldest=waiting.oldest,
        stuck=len(spool.set_aside()),
        damaged=len(spool.damaged()),
        trouble=service.drain.trouble if service.drain else "",
        stuck_folder=str(spool.folder / "stuck"),
        damaged_folder=str(spool.folder / "damaged"),
    )


def _hours(workspace: Workspace, now: datetime) -> dict[int, list[int]]:
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)
    rows = warehouse.rows(
        warehouse.statement("intake", "pipeline_hours"),
        workspace_id=workspace.pk,
        since=first,
        zone="UTC",
        key=0,
    )
    found: dict[int, list[int]] = {}
    for key, begins, taken, _again, _bad in rows:
        place = int((_aware(begins) - first) / HOUR)
        if 0 <= place < 24:
            found.setdefault(key, [0] * 24)[place] = taken
    return found


def _aware(moment: datetime | int) -> datetime:
    return datetime.fromtimestamp(moment, UTC) if isinstance(moment, int) else moment.astimezone(UTC)


def _quarter(moment: datetime) -> datetime:
    """The first whole quarter of an hour after a moment."""
    return moment - timedelta(minutes=moment.minute % 15 - 15, seconds=moment.second, microseconds=moment.microsecond)


def _rows(name: str, workspace: Workspace, **params: Any) -> dict[int, tuple[Any, ...]]:
    found = warehouse.rows(warehouse.statement("intake", name), workspace_id=workspace.pk, **params)
    return {row[0]: row[1:] for row in found}
