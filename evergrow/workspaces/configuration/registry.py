"""Which kinds of things a workspace has configured; each room registers its own, from ``AppConfig.ready``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from django.utils.functional import Promise

from evergrow.workspaces.models import Member, Workspace

Data = dict[str, Any]
Path = tuple[str | int, ...]
Which = Literal["counts", "newest", "published"]
Row = TypeVar("Row")
ORDERS: dict[str, tuple[str, ...]] = {
    "counts": ("published", "draft"),
    "newest": ("draft", "published"),
    "published": ("published",),
}


class BadObject(ValueError):
    """Something that cannot be taken over. ``path`` leads to the part; places in lists count from 1."""

    def __init__(self, path: Path, sentence: str) -> None:
        super().__init__(path, sentence)
        self.path, self.sentence = path, sentence

    def __str__(self) -> str:
        place = ".".join(str(part) for part in self.path)
        return f"{place}: {self.sentence}" if place else self.sentence


def _nothing(workspace: Workspace, name: str, data: Data, by: Member | None) -> None:
    """Kinds whose objects nothing refers to need no preparation."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of configured thing. Its objects lie in ``folder``, a file each, named by a key that people can read.

    ``export(workspace, which)`` gives their data by name: what ``counts`` (published, else the draft), the ``newest``
    (the draft, else published), or only what is ``published``.
    ``read(workspace, name, data)`` gives data in the form of an export, or raises BadObject at the part that is wrong.
    ``prepare`` makes a missing object that others may refer to, ``write`` takes data over (as a draft where there are
    drafts), ``publish`` lets the draft count. All raise BadObject and run inside a transaction. Kinds of a lower
    ``order`` come first.
    """

    folder: str
    label: str | Promise
    order: int
    export: Callable[[Workspace, Which], dict[str, Data]]
    read: Callable[[Workspace, str, Data], Data]
    write: Callable[[Workspace, str, Data, Member | None], None]
    publish: Callable[[Workspace, str, Member | None], None] | None = None
    prepare: Callable[[Workspace, str, Data, Member | None], None] = field(default=_nothing)


def pick(by_state: Mapping[str, Row], which: Which) -> Row | None:
    """Of versions by state (``draft``, ``published``) the one that is meant; None where there is none."""
    return next((by_state[state] for state in ORDERS[which] if state in by_state), None)


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; the same folder again replaces it."""
    _KINDS[kind.folder] = kind


def kinds() -> list[Kind]:
    """All kinds, those first that others may refer to."""
    return sorted(_KINDS.values(), key=lambda kind: (kind.order, kind.folder))


def kind_of(folder: str) -> Kind:
    """The kind whose files lie in a folder. Raises KeyError."""
    return _KINDS[folder]
