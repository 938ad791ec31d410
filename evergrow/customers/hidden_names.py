"""Names of events and properties that are not offered for choice. The room that lets colleagues hide them registers."""

from collections.abc import Callable
from typing import Literal

from evergrow.workspaces.models import Workspace

Part = Literal["events", "properties"]
Hidden = Callable[[Workspace, Part], set[str]]
_sources: list[Hidden] = []


def register(source: Hidden) -> None:
    """Let a room say which names are hidden."""
    _sources.append(source)


def of(workspace: Workspace, part: Part) -> set[str]:
    """The hidden names of a workspace's events or properties."""
    return {name for source in _sources for name in source(workspace, part)}
