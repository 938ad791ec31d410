"""Who went where in a period: moves between stages, and where everybody stood at its beginning and at its end."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from evergrow.customers.models import Lifecycle, StageStay
from evergrow.customers.stages import seen
from evergrow.lib import clock
from evergrow.workspaces.models import Member

OUT = ""  # outside the lifecycle


@dataclass(frozen=True, slots=True)
class Step:
    """One subject's move: ``before`` and ``after`` are keys of stages, "" for outside. ``stay`` is the one entered."""

    subject: int
    before: str
    after: str
    at: datetime
    stay: StageStay


@dataclass(frozen=True, slots=True)
class Period:
    """Days from ``first`` to ``last``, both counted, of the workspace's zone."""

    first: date
    last: date
    since: datetime
    until: datetime


def period(lifecycle: Lifecycle, days: int) -> Period:
    """The last so many days, today included."""
    return between(lifecycle, lifecycle.workspace.today() - timedelta(days=days - 1), lifecycle.workspace.today())


def between(lifecycle: Lifecycle, first: date, last: date) -> Period:
    zone = lifecycle.workspace.tz
    since = datetime.combine(first, time(), zone)
    return Period(first, last, since, datetime.combine(last + timedelta(days=1), time(), zone))


def steps(member: Member, lifecycle: Lifecycle, of: Period) -> list[Step]:
    """Every move of the period, the latest first, of subjects that the member may see; passing over is no move."""
    found = [step for stays in _by_subject(member, lifecycle, of).values() for step in _steps(lifecycle, stays)]
    return sorted((s for s in found if of.since <= s.at < of.until), key=lambda s: (s.at, s.stay.pk), reverse=True)


def counts(found: list[Step]) -> dict[tuple[str, str], int]:
    """How many moves there were from one stage to another."""
    return dict(Counter((step.before, step.after) for step in found))


def stood(member: Member, lifecycle: Lifecycle, of: Period) -> dict[tuple[str, str], list[int]]:
    """Subjects by where they stood at the beginning of the period and where at its end, or now."""
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    rows = StageStay.objects.filter(seen.visible(member, lifecycle), lifecycle=lifecycle, is_skipped=False)
    last = min(of.until, clock.now() + timedelta(microseconds=1))
    then, now = _at(lifecycle, rows, of.since), _at(lifecycle, rows, last)
    for subject in then.keys() | now.keys():
        found[then.get(subject, OUT), now.get(subject, OUT)].append(subject)
    return dict(found)


def _at(lifecycle: Lifecycle, rows: "object", moment: datetime) -> Mapping[int, str]:
    """The stage of each subject just before a moment."""
    there = rows.filter(Q(left_at=None) | Q(left_at__gte=moment), entered_at__lt=moment)  # type: ignore[attr-defined]
    return dict(there.order_by("entered_at", "pk").values_list(f"{lifecycle.kind}_id", "stage"))


def _by_subject(member: Member, lifecycle: Lifecycle, of: Period) -> dict[int, list[StageStay]]:
    """All stays of those who moved in the period, in the order of time."""
    key = lifecycle.kind
    rows = StageStay.objects.filter(lifecycle=lifecycle, is_skipped=False)
    in_time = Q(entered_at__gte=of.since, entered_at__lt=of.until) | Q(left_at__gte=of.since, left_at__lt=of.until)
    moved = rows.filter(in_time, seen.visible(member, lifecycle)).values(key)
    found: dict[int, list[StageStay]] = defaultdict(list)
    for stay in rows.filter(**{f"{key}__in": moved}).select_related("by__user").order_by("entered_at", "pk"):
        found[getattr(stay, f"{key}_id")].append(stay)
    return found


def _steps(lifecycle: Lifecycle, stays: list[StageStay]) -> Iterator[Step]:
    before: StageStay | None = None
    for stay in stays:
        subject = getattr(stay, f"{lifecycle.kind}_id")
        if before and before.left_at and before.left_at < stay.entered_at:
            yield Step(subject, before.stage, OUT, before.left_at, before)
            before = None
        yield Step(subject, before.stage if before else OUT, stay.stage, stay.entered_at, stay)
        before = stay
    if before and before.left_at:
        yield Step(getattr(before, f"{lifecycle.kind}_id"), before.stage, OUT, before.left_at, before)
