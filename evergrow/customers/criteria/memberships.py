"""Where criteria learn who is in a segment. The package that keeps segments registers itself here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Segment:
    """What criteria need to know of a segment. ``kind`` is person or account, ``name`` in the reader's language."""

    id: int
    key: str
    name: str
    kind: str


class Memberships(Protocol):
    def find(self, workspace: Workspace, ref: int | str) -> Segment | None:
        """The segment with this number or key, or None."""

    def every(self, workspace: Workspace, kind: str) -> Sequence[Segment]:
        """The segments to choose from."""

    def members(self, workspace: Workspace, segment: int, until: datetime | None) -> tuple[str, Mapping[str, Any]]:
        """SQL of a bitmap of members (those who entered by ``until`` and stayed, if given), and its bound values.

        Value names begin with ``segment_`` and differ between segments.
        """

    def of(self, workspace: Workspace, kind: str, number: int) -> Mapping[int, datetime]:
        """The segments that a subject is in, with the moment it entered."""


_source: list[Memberships] = []


def register(source: Memberships) -> None:
    """Say who keeps segments."""
    _source[:] = [source]


def find(workspace: Workspace, ref: int | str) -> Segment | None:
    return _source[0].find(workspace, ref) if _source else None


def every(workspace: Workspace, kind: str) -> Sequence[Segment]:
    return _source[0].every(workspace, kind) if _source else ()


def members(workspace: Workspace, segment: int, until: datetime | None) -> tuple[str, Mapping[str, Any]]:
    if not _source:
        raise LookupError("Nobody keeps segments here.")
    return _source[0].members(workspace, segment, until)


def of(workspace: Workspace, kind: str, number: int) -> Mapping[int, datetime]:
    return _source[0].of(workspace, kind, number) if _source else {}
