"""Where everybody stands now: the open stay of each subject with its days and what they say."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from evergrow.customers.models import Lifecycle, StagedKind, StageStay
from evergrow.customers.stages import days as counting
from evergrow.customers.stages.definition import PAUSED, TERMINAL, Definition
from evergrow.lib import clock
from evergrow.lib.batches import batched
from evergrow.workspaces import prepared

FEW = 16
SUBJECTS = {
    StagedKind.ACCOUNT: {"account__merged_into": None},
    StagedKind.PERSON: {"person__merged_into": None},
    StagedKind.PRODUCT: {"product__retired_at": None},
}


@dataclass(frozen=True, slots=True)
class Standing:
    """``subject`` is a primary key, ``days`` those in the stage without pauses, ``status`` one of ``days.STATUSES``."""

    subject: int
    stay: StageStay
    days: int
    status: str


def open_stays(lifecycle: Lifecycle) -> Any:
    """The open stays of subjects that are there: not merged into others, not retired."""
    return _open(lifecycle, StagedKind(lifecycle.kind))


def _open(lifecycle: Lifecycle, kind: StagedKind) -> QuerySet[StageStay]:
    return StageStay.objects.filter(lifecycle=lifecycle, left_at=None, **SUBJECTS[kind])


@prepared.rows
def _open_stays_of(lifecycle: Lifecycle, kind: StagedKind, subjects: Sequence[int]) -> QuerySet[StageStay]:
    return _open(lifecycle, kind).filter(**{f"{kind.value}__in": subjects})


def standings(
    lifecycle: Lifecycle, definition: Definition, subjects: Iterable[int] | None = None
) -> dict[int, Standing]:
    """Where subjects stand, by primary key: everybody, or these."""
    key, now, zone = f"{lifecycle.kind}_id", clock.now(), lifecycle.workspace.tz
    if subjects is None:
        open_ones = list(open_stays(lifecycle))
    else:
        open_ones = [
            stay
            for part in batched(subjects, 500)
            for stay in _open_stays_of(lifecycle, StagedKind(lifecycle.kind), part)
        ]
    paused = _with_pauses(lifecycle, [getattr(stay, key) for stay in open_ones])
    found = {}
    for stay in open_ones:
        subject: int = getattr(stay, key)
        stays = paused.get(subject) or [stay]
        days = counting.days_here(stays, now, zone)
        status = counting.status(definition.stage(stay.stage), stay.kind, days)
        found[subject] = Standing(subject, stay, days, status)
    return found


def _rested(lifecycle: Lifecycle, kind: StagedKind) -> QuerySet[StageStay, int]:
    rows = StageStay.objects.filter(lifecycle=lifecycle, kind=PAUSED).exclude(left_at=None)
    return rows.values_list(f"{kind.value}_id", flat=True).distinct()


@prepared.rows
def _rested_of(lifecycle: Lifecycle, kind: StagedKind, subjects: Sequence[int]) -> QuerySet[StageStay, int]:
    return _rested(lifecycle, kind).filter(**{f"{kind.value}__in": subjects})


def _with_pauses(lifecycle: Lifecycle, subjects: list[int]) -> dict[int, list[StageStay]]:
    """All stays, in order, of those who ever paused: only theirs have days in several parts."""
    key = lifecycle.kind
    rows = StageStay.objects.filter(lifecycle=lifecycle)
    if len(subjects) <= FEW:
        wanted = set(_rested_of(lifecycle, StagedKind(key), subjects)) if subjects else set()
    else:
        wanted = set(_rested(lifecycle, StagedKind(key))) & set(subjects)
    found: dict[int, list[StageStay]] = defaultdict(list)
    for part in batched(sorted(wanted), 500):
        for stay in sorted(rows.filter(**{f"{key}__in": part}), key=lambda each: (each.entered_at, each.pk)):
            found[getattr(stay, f"{key}_id")].append(stay)
    return found


def resting_from(lifecycle: Lifecycle, subjects: Iterable[int]) -> dict[int, str]:
    """The stage that each of these left for a pause, by subject."""
    key = lifecycle.kind
    found: dict[int, str] = {}
    for part in batched(subjects, 500):
        rows = StageStay.objects.filter(lifecycle=lifecycle, is_skipped=False, **{f"{key}__in": part})
        rows = rows.exclude(kind__in=[PAUSED, TERMINAL])
        # Sorted here: asked for the order, SQLite goes through all stays of the lifecycle for it.
        for _, _, subject, stage in sorted(rows.values_list("entered_at", "pk", f"{key}_id", "stage")):
            found[subject] = stage
    return found
