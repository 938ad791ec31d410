"""Finds anew who is in segments: everybody now against everybody then, moves in between, kept so that a crash and a
second refresh at the same time do no harm (``claims``)."""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from django.db import transaction

from evergrow import warehouse
from evergrow.customers import criteria
from evergrow.customers.criteria import mirror
from evergrow.customers.models import Pace, Segment, SegmentVersion
from evergrow.customers.segments import arrivals, canon, claims, lists, membership, moves, order
from evergrow.customers.segments.canon import Canon, Numbers
from evergrow.customers.segments.membership import Written
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

log = logging.getLogger(__name__)
AT_ONCE, MEMBERS_AT_ONCE = 60, 4_000_000
# Beyond so many members, several segments in one answer would cost more memory than asking each saves time
NUMBERS_TOGETHER = 2_000_000
# How long criteria that could not be asked are left alone by the schedule
REST = timedelta(minutes=30)
LIST_NEEDS: dict[str, Any] = {"events": [], "traits": [], "segments": [], "places": False}


@dataclass(slots=True)
class Done:
    """What a refresh of several segments came to."""

    refreshed: list[Segment] = field(default_factory=list)
    busy: list[Segment] = field(default_factory=list)
    failed: list[Segment] = field(default_factory=list)
    entered: int = 0
    left: int = 0


def refresh(workspace: Workspace, segments: Iterable[Segment]) -> Done:
    """Find these segments anew, and after them those that follow arrivals and stand on one that changed.

    A segment whose criteria cannot be asked keeps its members and says why (``problem``).
    Raises ``warehouse.StoreUnavailable``.
    """
    return _Refresh(workspace).run(segments)


def refresh_due(workspace: Workspace) -> Done:
    """Refresh the segments whose time has come, or that something touched which arrived."""
    work = _Refresh(workspace)
    return work.run(work.due())


class _Refresh:
    """One pass over the segments of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        mirror.refresh(workspace)
        self.arrived = arrivals.read(workspace.pk)
        self.active = list(Segment.objects.filter(workspace=workspace, retired_at=None))
        published = SegmentVersion.objects.filter(segment__in=self.active, state=SegmentVersion.State.PUBLISHED)
        self.versions = {version.segment_id: version for version in published}
        self.done = Done()
        self.waiting: list[Segment] = []
        self.found: list[tuple[Written, Segment, float]] = []
        self.merges: dict[str, Canon] = {}

    def due(self) -> list[Segment]:
        today, now = self.workspace.today(), clock.now()
        return [segment for segment in self.active if self._is_due(segment, today, now)]

    def _is_due(self, segment: Segment, today: date, now: datetime) -> bool:
        version = self.versions.get(segment.pk)
        if version is None and not segment.is_list:
            return False
        if segment.problem and segment.failed_at and now - segment.failed_at < REST:
            return False
        if segment.as_of is None or segment.computed_version != _number(version) or segment.pending_at:
            return True
        if segment.computed_on != today:
            return True
        if segment.pace and not segment.is_list:
            return (now - segment.as_of).total_seconds() >= segment.pace * 60
        needed = version.needed if version else LIST_NEEDS
        if needed.get("hours") and (now - segment.as_of).total_seconds() >= Pace.QUARTER * 60:
            return True
        return self.arrived.touch(segment, needed)

    def run(self, segments: Iterable[Segment]) -> Done:
        known = {key: version.needed["segments"] for key, version in self.versions.items()}
        wanted = {segment.pk for segment in segments}
        for segment in order.sorted_by_need(self.active, known):
            stands_on = {int(key) for key in known.get(segment.pk, ())}
            if stands_on & self._unwritten():
                self._find_waiting()
                self._keep()
            if segment.pk in wanted or (stands_on & self._changed() and segment.pace == Pace.ARRIVALS):
                self.waiting.append(segment)
            if len(self.waiting) >= AT_ONCE or sum(each.size for each in self.waiting) > MEMBERS_AT_ONCE:
                self._find_waiting()
        self._find_waiting()
        self._keep()
        return self.done

    def _unwritten(self) -> set[int]:
        return {each.pk for each in self.waiting} | {part.segment.pk for part, _, _ in self.found}

    def _changed(self) -> set[int]:
        return {segment.pk for segment in self.done.refreshed if getattr(segment, "has_moved", False)}

    def _find_waiting(self) -> None:
        """Find the waiting segments anew and lay them beside others until they are written."""
        taken = [(each, at) for each in self.waiting if (at := self._taken(each)) is not None]
        self.waiting = []
        try:
            before = membership.stored_of(self.workspace.pk, [segment for segment, _ in taken])
            together = self._together([segment for segment, _ in taken])
            while taken:
                segment, at = taken[0]
                self._find(segment, at, before[segment.pk], together.get(segment.pk))
                taken.pop(0)
        except BaseException:
            for segment, at in taken:
                claims.let_go(segment, at)
            raise

    def _together(self, segments: list[Segment]) -> dict[int, tuple[Numbers, float]]:
        """Who meets the criteria of several segments, asked together, with the seconds a segment; where that
        fails, or too many people would come at once, each is asked alone."""
        asked = [each for each in segments if each.pk in self.versions]
        if len(asked) < 2 or sum(each.size for each in asked) > NUMBERS_TOGETHER:
            return {}
        begun = time.perf_counter()
        try:
            parsed = [_parsed(self.workspace, each, self.versions[each.pk]) for each in asked]
            found = criteria.find_many(self.workspace, parsed)
        except (criteria.CriteriaError, criteria.CostError, warehouse.BadQuery):
            return {}
        seconds = (time.perf_counter() - begun) / len(asked)
        return {each.pk: (numbers, seconds) for each, numbers in zip(asked, found, strict=True)}

    def _taken(self, segment: Segment) -> datetime | None:
        if segment.pk not in self.versions and not segment.is_list:
            return None
        at = claims.take(segment, self._settle)
        if at is None:
            self.done.busy.append(segment)
        return at

    def _find(self, segment: Segment, at: datetime, before: Numbers, known: tuple[Numbers, float] | None) -> None:
        version, begun = self.versions.get(segment.pk), time.perf_counter()
        seconds = 0.0
        try:
            if known is not None:
                now, seconds = known
            else:
                now = lists.read(segment) if version is None else _meeting(self.workspace, segment, version)
        except (criteria.CriteriaError, criteria.CostError, warehouse.BadQuery) as error:
            log.warning("The segment %s of %s cannot be found: %s", segment.key, self.workspace.slug, error)
            claims.let_go(segment, at, str(error)[:2000])
            self.done.failed.append(segment)
            return
        found = self._compared(segment, at, _number(version), now, before)
        self.found.append((found, segment, seconds + time.perf_counter() - begun))
        if sum(len(part.members) for part, _, _ in self.found) > MEMBERS_AT_ONCE:
            self._keep()

    def _compared(self, segment: Segment, at: datetime, number: int, now: Numbers, before: Numbers) -> Written:
        """Everybody now against everybody then; who was merged since is the same."""
        if segment.kind not in self.merges:
            self.merges[segment.kind] = canon.read(self.workspace.pk, segment.kind)
        merges = self.merges[segment.kind]
        now, then = merges.of(now), merges.of(before)
        entered = np.setdiff1d(now, then, assume_unique=True)
        left = np.setdiff1d(then, now, assume_unique=True)
        cause = moves.LISTED if segment.is_list else moves.REFRESH
        if segment.as_of is None:
            cause = moves.FIRST
        elif segment.computed_version != number:
            cause = moves.EDITED
        return Written(segment, at, number, now, entered, left, cause)

    def _keep(self) -> None:
        """Write what was found: moves, members, rows; then tell who listens."""
        found = [each for each in self.found if claims.still_mine(each[1], each[0].at)]
        self.found = []
        if not found:
            return
        parts = [part for part, _, _ in found]
        today = self.workspace.today()
        membership.write_moves(parts)
        membership.write_members(parts, [today] * len(parts))
        self._settle(parts, {segment.pk: seconds for _, segment, seconds in found})

    def _settle(self, parts: list[Written], took: Mapping[int, float] = {}) -> None:
        """Bring the rows up to date with what the event store holds, and tell of it."""
        with transaction.atomic():
            for part in parts:
                self._write_row(part, took.get(part.segment.pk, 0.0))
            moves.tell(parts)
        self.done.entered += sum(len(part.entered) for part in parts)
        self.done.left += sum(len(part.left) for part in parts)

    def _write_row(self, part: Written, seconds: float) -> None:
        segment = part.segment
        facts: dict[str, Any] = {
            "size": len(part.members),
            "as_of": part.at,
            "computed_version": part.version,
            "computed_on": self.workspace.today(),
            "seen_at": self.arrived.now,
            "took_ms": round(seconds * 1000),
            "problem": "",
            "failed_at": None,
            "pending_at": None,
            "claimed_until": None,
        }
        Segment.objects.filter(pk=segment.pk).update(**facts)
        for name, value in facts.items():
            setattr(segment, name, value)
        vars(segment)["has_moved"] = bool(len(part.entered) or len(part.left))
        self.done.refreshed.append(segment)


def _number(version: SegmentVersion | None) -> int:
    return version.number if version else 0


def _meeting(workspace: Workspace, segment: Segment, version: SegmentVersion) -> Numbers:
    """Who meets the criteria now."""
    return criteria.find(workspace, _parsed(workspace, segment, version))


def _parsed(workspace: Workspace, segment: Segment, version: SegmentVersion) -> criteria.Criteria:
    kind: Any = segment.kind
    return criteria.parse(version.criteria, kind, workspace)
