"""What stages hear of: segments whose members moved, where criteria of a lifecycle stand on them."""

from evergrow.customers.models import Lifecycle, LifecycleVersion
from evergrow.customers.segments.moves import Moves
from evergrow.customers.stages.editing import JOB
from evergrow.workspaces import jobs


def follow_segment(moves: Moves) -> None:
    """Have stages evaluated soon, once for all segments that move meanwhile."""
    workspace = moves.segment.workspace
    asked = Lifecycle.objects.filter(workspace=workspace, retired_at=None)
    for version in LifecycleVersion.objects.filter(lifecycle__in=asked, state="published"):
        if _names(version.definition, moves.segment.key):
            jobs.enqueue(JOB, workspace, dedupe_key="segments moved")
            return


def _names(given: object, key: str) -> bool:
    """Whether criteria somewhere in a definition name a segment."""
    if isinstance(given, dict):
        return str(given.get("segment", "")) == key or any(_names(part, key) for part in given.values())
    return isinstance(given, list) and any(_names(part, key) for part in given)
