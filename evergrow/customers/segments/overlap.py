"""How several segments overlap: for every combination, who is in exactly these and in none of the others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evergrow.customers.models import Segment
from evergrow.customers.segments import canon, membership
from evergrow.customers.segments.canon import Numbers
from evergrow.workspaces.models import Workspace

MOST = 8


@dataclass(frozen=True, slots=True)
class Part:
    """Who is in exactly these segments. ``code`` has the bit ``1 << i`` for the i-th segment."""

    code: int
    count: int

    def holds(self, place: int) -> bool:
        return bool(self.code >> place & 1)


@dataclass(frozen=True, slots=True)
class Overlap:
    """``parts`` are exclusive, the largest first; ``total`` are in any of the segments; ``in_all`` in every one."""

    segments: Sequence[Segment]
    sizes: Sequence[int]
    parts: Sequence[Part]
    total: int

    @property
    def in_all(self) -> int:
        whole = (1 << len(self.segments)) - 1
        return next((part.count for part in self.parts if part.code == whole), 0)


def overlap(workspace: Workspace, segments: Sequence[Segment], only: Numbers | None = None) -> Overlap:
    """The overlap of up to eight segments of one kind, each subject counted once; ``only`` leaves all others out."""
    numbers, codes = _coded(workspace, segments, only)
    found, counts = np.unique(codes, return_counts=True)
    parts = [Part(int(code), int(count)) for code, count in zip(found, counts, strict=True)]
    parts.sort(key=lambda part: (-part.count, part.code.bit_count(), part.code))
    sizes = [sum(part.count for part in parts if part.holds(place)) for place in range(len(segments))]
    return Overlap(segments, sizes, parts, len(numbers))


def behind(workspace: Workspace, segments: Sequence[Segment], code: int) -> Numbers:
    """Who is in exactly the segments of a code, sorted."""
    numbers, codes = _coded(workspace, segments, None)
    found: Numbers = numbers[codes == code]
    return found


def _coded(workspace: Workspace, segments: Sequence[Segment], only: Numbers | None) -> tuple[Numbers, Numbers]:
    """Everybody who is in any of the segments, and in which as bits."""
    merges = canon.read(workspace.pk, segments[0].kind)
    sets = [merges.of(membership.stored(segment)) for segment in segments]
    if only is not None:
        sets = [np.intersect1d(each, only, assume_unique=True) for each in sets]
    numbers = np.unique(np.concatenate(sets))
    codes = np.zeros(len(numbers), np.uint32)
    for place, each in enumerate(sets):
        codes[np.searchsorted(numbers, each)] |= np.uint32(1 << place)
    return numbers, codes
