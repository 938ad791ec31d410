"""The kinds of notice: how each is called and told. Rooms register theirs from their ``AppConfig.ready``."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from evergrow.workspaces.notices.models import Notice

Words = str | Promise
JOINED = "member.joined"
STOPPED = "robot.stopped"


@dataclass(frozen=True, slots=True)
class Kind:
    """``sentence`` tells a notice in the reader's language; ``label`` names the kind where members choose channels.

    What is urgent is sent at once, whatever the member's quiet hours and digest.
    """

    key: str
    icon: str
    sentence: Callable[[Notice], str]
    is_urgent: bool = False
    label: Words = ""

    def __str__(self) -> str:
        return str(self.label) or self.key


_kinds: dict[str, Kind] = {}


def register(
    kind: str, icon: str, sentence: Callable[[Notice], str], *, is_urgent: bool = False, label: Words = ""
) -> None:
    """Name a kind (``"task.assigned"``), its Tabler icon, and the function that tells a notice of it in words."""
    _kinds[kind] = Kind(kind, icon, sentence, is_urgent, label)


def every() -> list[Kind]:
    """All kinds, in the order of their registration."""
    return list(_kinds.values())


def get(kind: str) -> Kind:
    """The kind of a stored notice; a plain one where its room no longer exists."""
    return _kinds.get(kind) or Kind(kind, "bell", lambda notice: str(notice.data.get("text", notice.kind)))


def is_known(kind: str) -> bool:
    return kind in _kinds


def sentence(notice: Notice) -> str:
    """What a notice says, in the reader's language."""
    return get(notice.kind).sentence(notice)
