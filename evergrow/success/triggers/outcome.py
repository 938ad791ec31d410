"""What became of accounts for which a trigger fired, against those that were held out of it.

Everybody who was to get the playbook counts as such, started or not (intention to treat), from the first firing that
was held out on: before it there was nobody to compare with. Of an account only its first firing in that time counts.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import fmean, median, variance

from django.db.models import Min, Q, QuerySet

from evergrow import warehouse
from evergrow.customers.portrait.statistics import Estimate, Moments, mean_difference, share_difference
from evergrow.success.models.triggers import Firing, FiringReason, FiringState, Trigger
from evergrow.success.triggers import reading
from evergrow.workspaces.models import Member

HORIZONS = (30, 60, 90)
FEWEST = 10
WAITED = [
    FiringReason.CAPACITY,
    FiringReason.LEFT,
    FiringReason.LATE,
    FiringReason.NO_ANCHOR,
    FiringReason.UNPUBLISHED,
    FiringReason.STOPPED,
]
GOT = Q(state__in=[FiringState.STARTED, FiringState.WAITING]) | Q(state=FiringState.SUPPRESSED, reason__in=WAITED)


@dataclass(frozen=True, slots=True)
class Effect:
    """One measure in both groups. ``gap`` with ``low`` and ``high`` is fired less held out, None with too few."""

    key: str
    fired: float | None
    held_out: float | None
    fired_count: int
    held_out_count: int
    gap: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_real(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)

    @property
    def missing(self) -> int:
        """How many more accounts the smaller group needs before a difference is told."""
        return max(0, FEWEST - min(self.fired_count, self.held_out_count))


@dataclass(frozen=True, slots=True)
class Outcome:
    """``days`` after each firing. ``fired`` and ``held_out`` are accounts whose time is over, ``early`` ones wait.

    ``started`` of those that fired had the playbook started. ``since`` is None while nobody was held out.
    """

    days: int
    since: datetime | None
    fired: int = 0
    started: int = 0
    held_out: int = 0
    early: int = 0
    effects: Sequence[Effect] = ()


@dataclass(frozen=True, slots=True)
class _Case:
    number: int
    at: datetime
    is_held_out: bool
    is_started: bool
    score: float | None
    paid: bool
    cancelled_on: date | None


def outcome(member: Member, trigger: Trigger, days: int = HORIZONS[0]) -> Outcome:
    """What the member may see of it, so many days after each firing. Raises StoreUnavailable."""
    rows = reading.firings(member).filter(trigger=trigger)
    since = rows.filter(state=FiringState.HELD_OUT).order_by("at").values_list("at", flat=True).first()
    if since is None:
        return Outcome(days, None)
    every = list(_cases(rows.filter(GOT | Q(state=FiringState.HELD_OUT), at__gte=since)))
    today, tz = trigger.workspace.today(), trigger.workspace.tz
    ends = {each.number: each.at.astimezone(tz).date() + timedelta(days=days) for each in every}
    over = [each for each in every if ends[each.number] <= today]
    ours = [each for each in over if not each.is_held_out]
    theirs = [each for each in over if each.is_held_out]
    after = _scores(trigger.workspace_id, {each.number: ends[each.number] for each in over})
    return Outcome(
        days,
        since,
        len(ours),
        sum(each.is_started for each in ours),
        len(theirs),
        len(every) - len(over),
        [
            _by_means("score", _moved(ours, after), _moved(theirs, after)),
            _by_shares("kept", _kept(ours, ends), _kept(theirs, ends)),
        ],
    )


def _cases(rows: QuerySet[Firing]) -> Iterator[_Case]:
    """The first firing of each account."""
    fields = ("account__number", "at", "state", "score_then", "mrr_then", "account__cancelled_on")
    firsts = rows.order_by().values("account").annotate(first=Min("pk")).values("first")
    found = Firing.objects.filter(pk__in=firsts).order_by("pk").values_list(*fields)
    for number, at, state, score, mrr, cancelled_on in found:
        is_started = state == FiringState.STARTED
        yield _Case(number, at, state == FiringState.HELD_OUT, is_started, score, bool(mrr), cancelled_on)


def _scores(workspace_id: int, wanted: Mapping[int, date]) -> dict[int, float]:
    """The score of each account on its day, where it had one that week."""
    if not wanted:
        return {}
    rows = warehouse.rows(
        warehouse.statement("success", "scores_then"),
        workspace_id=workspace_id,
        accounts=list(wanted),
        days=list(wanted.values()),
        since=min(wanted.values()) - timedelta(days=7),
        until=max(wanted.values()),
    )
    return {number: float(score) for number, _day, score in rows if score is not None and not math.isnan(score)}


def _moved(cases: Sequence[_Case], after: Mapping[int, float]) -> list[float]:
    return [after[each.number] - each.score for each in cases if each.score is not None and each.number in after]


def _kept(cases: Sequence[_Case], ends: Mapping[int, date]) -> tuple[int, int]:
    """Of those that paid at the time: how many had not cancelled by the end, of how many."""
    paid = [each for each in cases if each.paid]
    return sum(each.cancelled_on is None or each.cancelled_on > ends[each.number] for each in paid), len(paid)


def _by_means(key: str, ours: Sequence[float], theirs: Sequence[float]) -> Effect:
    plain = Effect(key, fmean(ours) if ours else None, fmean(theirs) if theirs else None, len(ours), len(theirs))
    return plain if plain.missing else _with_gap(plain, mean_difference(_moments(ours), _moments(theirs)))


def _moments(values: Sequence[float]) -> Moments:
    return Moments(len(values), fmean(values), variance(values), median(values))


def _by_shares(key: str, ours: tuple[int, int], theirs: tuple[int, int]) -> Effect:
    fired, held_out = (hits / n if n else None for hits, n in (ours, theirs))
    plain = Effect(key, fired, held_out, ours[1], theirs[1])
    return plain if plain.missing else _with_gap(plain, share_difference(*ours, *theirs))


def _with_gap(plain: Effect, found: Estimate) -> Effect:
    return replace(plain, gap=found.value, low=found.low, high=found.high)
