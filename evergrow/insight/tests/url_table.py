"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from typing import Any

from evergrow.insight.models import Annotation
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace


def an_annotation(workspace: Workspace) -> dict[str, Any]:
    now = clock.now()
    made = Annotation.objects.create(
        workspace=workspace, day=now.date(), text_en="Release", by_name="alice", made_at=now, changed_at=now
    )
    return {"pk": made.pk}


GATED: dict[str, tuple[str, str, Any]] = {
    "insight:trends": ("view", "GET", {}),
    "insight:trend_export": ("view", "GET", {"form": "csv"}),
    "insight:trend_behind": ("view", "GET", {}),
    "insight:trend_behind_export": ("view", "GET", {"form": "csv"}),
    "insight:trend_behind_keep": ("work", "POST", {}),
    "insight:annotate": ("work", "POST", {}),
    "insight:change_annotation": ("work", "POST", an_annotation),
    "insight:remove_annotation": ("work", "POST", an_annotation),
    "insight:events": ("view", "GET", {}),
    "insight:label_event": ("manage", "POST", {}),
}
PUBLIC: set[str] = set()
