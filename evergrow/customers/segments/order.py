"""Segments that stand on other segments: which come first, and circles, which are refused."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow.customers.models import Segment, SegmentVersion
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.models import Workspace

Graph = Mapping[int, Iterable[int]]


class Circle(Refused):
    """A segment would stand on itself; ``path`` says over which others."""

    field = "criteria"

    def __init__(self, path: Sequence[Segment]) -> None:
        language = get_language() or "en"
        told = " → ".join(segment.called(language) for segment in path)
        super().__init__(_("A segment cannot stand on itself: %(path)s. Take one of these steps out.") % {"path": told})
        self.path = list(path)


def graph(workspace: Workspace) -> dict[int, list[int]]:
    """Which segments each published segment looks at, by row key."""
    rows = SegmentVersion.objects.filter(segment__workspace=workspace, state=SegmentVersion.State.PUBLISHED)
    return {row.segment_id: [int(key) for key in row.needed["segments"]] for row in rows.only("segment_id", "needs")}


def check(segment: Segment, stands_on: Iterable[int]) -> None:
    """Refuse criteria of ``segment`` that lead back to it. Raises Circle with the way round."""
    known = {**graph(segment.workspace), segment.pk: list(stands_on)}
    path = way_round(known, segment.pk)
    if path:
        by_key = Segment.objects.in_bulk(path)
        raise Circle([by_key[key] for key in path])


def way_round(known: Graph, start: int) -> list[int]:
    """A way from ``start`` back to it, both ends included; empty where there is none."""
    seen: set[int] = set()
    waiting = [[start]]
    while waiting:
        path = waiting.pop()
        for following in known.get(path[-1], ()):
            if following == start:
                return [*path, start]
            if following not in seen:
                seen.add(following)
                waiting.append([*path, following])
    return []


def sorted_by_need(segments: Iterable[Segment], known: Graph) -> list[Segment]:
    """The segments in an order in which each comes after those it stands on."""
    by_key = {segment.pk: segment for segment in segments}
    done: dict[int, None] = {}

    def place(key: int, above: frozenset[int]) -> None:
        if key in done or key in above:
            return
        for lower in sorted(known.get(key, ())):
            place(lower, above | {key})
        done[key] = None

    for key in sorted(by_key):
        place(key, frozenset())
    return [by_key[key] for key in done if key in by_key]


def users(segment: Segment) -> list[Segment]:
    """The segments whose published or drafted criteria look at this one."""
    rows = SegmentVersion.objects.filter(segment__workspace_id=segment.workspace_id, segment__retired_at=None)
    rows = rows.exclude(state=SegmentVersion.State.REPLACED).select_related("segment")
    found = {row.segment_id: row.segment for row in rows if segment.pk in map(int, row.needed["segments"])}
    return sorted(found.values(), key=lambda each: each.name.lower())
