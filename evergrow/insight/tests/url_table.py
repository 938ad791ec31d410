"""This room's addresses and what each asks of its visitor; the gate test fails when one is missing.

``GATED`` maps a URL name to ``(ability, method, arguments besides the workspace)``; the arguments may be a
function ``(workspace) -> dict`` that makes the object to point at. ``PUBLIC`` needs no sign-in.
"""

from typing import Any

GATED: dict[str, tuple[str, str, Any]] = {
    "insight:trends": ("view", "GET", {}),
    "insight:trend_export": ("view", "GET", {"form": "csv"}),
    "insight:trend_behind": ("view", "GET", {}),
    "insight:trend_behind_export": ("view", "GET", {"form": "csv"}),
    "insight:trend_behind_keep": ("work", "POST", {}),
    "insight:behind": ("view", "GET", {"kind": "trend"}),
    "insight:behind_export": ("view", "GET", {"kind": "trend", "form": "csv"}),
    "insight:behind_keep": ("work", "POST", {"kind": "trend"}),
    "insight:funnels": ("view", "GET", {}),
    "insight:funnel_export": ("view", "GET", {"form": "csv"}),
    "insight:events": ("view", "GET", {}),
    "insight:label_event": ("manage", "POST", {}),
}
PUBLIC: set[str] = set()
