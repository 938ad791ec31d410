"""Criteria as they mean the same in another workspace: segments by their keys, words in one order."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from evergrow.customers import criteria as rules
from evergrow.customers.models import Segment
from evergrow.workspaces.configuration import BadObject, in_order
from evergrow.workspaces.models import Workspace

Path = tuple[str | int, ...]


def portable(data: Any, kind: str, workspace: Workspace) -> Any:
    """Criteria for a file; those that can no longer be read as they are."""
    try:
        return with_keys(rules.as_data(rules.parse(data, kind, workspace)), workspace.pk)
    except rules.CriteriaError:
        return with_keys(data, workspace.pk)


def read(data: Any, kind: str, workspace: Workspace, path: Path) -> Any:
    """Criteria from a file, as ``portable`` writes them. Raises BadObject at the part that is wrong."""
    try:
        return with_keys(rules.as_data(rules.parse(data, kind, workspace)), workspace.pk)
    except rules.CriteriaError as error:
        raise BadObject((*path, *places(error.part)), error.message) from error


def places(part: str) -> Path:
    """``all.1.within`` as a path whose places count from 1."""
    return tuple(int(name) + 1 if name.isdigit() else name for name in part.split(".") if name)


def out(definition: Any, patterns: Sequence[Path], kind: str, workspace: Workspace) -> Any:
    """A definition for a file: its criteria, found by ``patterns`` such as ("tiers", "*", "criteria"), portable."""
    for pattern in patterns:
        definition = each(definition, pattern, lambda data, _path: portable(data, kind, workspace))
    return in_order(definition)


def take_in(definition: Any, patterns: Sequence[Path], kind: str, workspace: Workspace) -> Any:
    """A definition from a file, in the form of ``out``. Raises BadObject at criteria that are wrong."""
    for pattern in patterns:
        definition = each(definition, pattern, lambda data, path: read(data, kind, workspace, path))
    return in_order(definition)


def each(data: Any, pattern: Path, change: Callable[[Any, Path], Any], path: Path = ()) -> Any:
    """Data with what lies at ``pattern`` changed; ``change`` gets it with its path, places counting from 1."""
    if not pattern:
        return change(data, path) if data else data
    head, rest = pattern[0], pattern[1:]
    if head == "*" and isinstance(data, list):
        return [each(part, rest, change, (*path, place)) for place, part in enumerate(data, 1)]
    if isinstance(data, Mapping) and head in data:
        return {**data, head: each(data[head], rest, change, (*path, head))}
    return data


def with_keys(part: Any, workspace_id: int) -> Any:
    """Criteria whose segments are named by their keys instead of their numbers."""
    if isinstance(part, list):
        return [with_keys(one, workspace_id) for one in part]
    if not isinstance(part, dict):
        return part
    found = {name: with_keys(value, workspace_id) for name, value in part.items()}
    if isinstance(part.get("segment"), int):
        key = Segment.objects.filter(workspace_id=workspace_id, pk=part["segment"]).values_list("key", flat=True)
        found["segment"] = key.first() or part["segment"]
    return found
