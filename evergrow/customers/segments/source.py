"""What criteria learn of segments, registered with ``criteria.memberships``."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import get_language

from evergrow.customers.criteria import memberships
from evergrow.customers.models import Segment
from evergrow.customers.segments import canon, membership, moves
from evergrow.workspaces.models import Workspace

ENTERED_SINCE = (
    "(select groupBitmapState(subject) from segment_moves where workspace_id = {{workspace_id:UInt32}}"
    " and segment = {0} and at > {{{1}:DateTime64(3)}} and entered = 1)"
)


class Source:
    """The segments of the relational store and their members in the event store."""

    def find(self, workspace: Workspace, ref: int | str) -> memberships.Segment | None:
        """A segment by its row key or its key; also one that is retired, whose members no longer change."""
        is_row = isinstance(ref, int) or (ref.isascii() and ref.isdigit())
        which: dict[str, Any] = {"pk": int(ref)} if is_row else {"key": ref}
        found = Segment.objects.filter(workspace=workspace, **which).first()
        if found is None:
            return None
        return memberships.Segment(found.pk, found.key, found.called(get_language() or "en"), found.kind)

    def every(self, workspace: Workspace, kind: str) -> list[memberships.Segment]:
        """The segments in use, by name."""
        language = get_language() or "en"
        rows = Segment.objects.filter(workspace=workspace, kind=kind, retired_at=None)
        found = [memberships.Segment(row.pk, row.key, row.called(language), row.kind) for row in rows]
        return sorted(found, key=lambda each: each.name.lower())

    def members(self, workspace: Workspace, segment: int, until: datetime | None) -> tuple[str, Mapping[str, Any]]:
        """The members as a bitmap expression, or those of them who did not come in after ``until``."""
        own = f"segment_{segment}_workspace"
        now = membership.members_sql(segment).replace("{workspace_id:", f"{{{own}:")
        params: dict[str, Any] = {own: workspace.pk}
        if until is None:
            return now, params
        fresh = ENTERED_SINCE.format(segment, f"segment_{segment}_until").replace("{workspace_id:", f"{{{own}:")
        return f"bitmapAndnot({now}, {fresh})", {**params, f"segment_{segment}_until": until}

    def of(self, workspace: Workspace, kind: str, number: int) -> Mapping[int, datetime]:
        """The segments that hold a subject now, with the moment it came in."""
        keys = list(Segment.objects.filter(workspace=workspace, kind=kind).values_list("pk", flat=True))
        return moves.inside(workspace.pk, keys, canon.read(workspace.pk, kind).behind(number))
