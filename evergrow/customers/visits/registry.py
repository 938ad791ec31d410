"""Where rooms above say what can be made of a point, for example a task of a next step."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from evergrow.customers.models import Point
from evergrow.workspaces.models import Member, Workspace

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Made:
    """What a room made of a point: its key there, and what it is called."""

    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class PointAct:
    """A button beside a point. ``make(point, by)`` does it in the caller's transaction; ``url(workspace, pk)`` leads
    to what was made."""

    key: str
    label: Words
    icon: str
    make: Callable[[Point, Member], Made]
    url: Callable[[Workspace, int], str]


_acts: dict[str, PointAct] = {}


def add(act: PointAct) -> None:
    """Register an act under its key; the same key again replaces it."""
    _acts[act.key] = act


def act(key: str) -> PointAct | None:
    return _acts.get(key)


def acts() -> list[PointAct]:
    return list(_acts.values())


def url_of(point: Point) -> str:
    """Where what came of a point is found, or "" where nothing did."""
    made = _acts.get(point.followed.get("kind", ""))
    return made.url(point.workspace, point.followed["id"]) if made else ""
