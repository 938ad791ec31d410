"""In which order traits are computed: what a trait needs comes before it. Circles are refused."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from evergrow.customers.traits.computed.definition import DefinitionError

Key = tuple[str, str]  # kind, key


class Circle(DefinitionError):
    """A trait would be computed from itself, by way of others."""

    def __init__(self, path: Iterable[Key]) -> None:
        keys = " → ".join(key for _, key in path)
        super().__init__("formula", _("A trait cannot be computed from itself: %(path)s.") % {"path": keys})


def in_order(needs: Mapping[Key, Iterable[Key]]) -> list[Key]:
    """The traits so that each comes after those it needs; others than these are left out. Raises Circle."""
    done: dict[Key, None] = {}
    for key in needs:
        _visit(key, needs, done, [])
    return list(done)


def _visit(key: Key, needs: Mapping[Key, Iterable[Key]], done: dict[Key, None], path: list[Key]) -> None:
    if key in path:
        raise Circle([*path[path.index(key) :], key])
    if key in done or key not in needs:
        return
    for other in sorted(needs[key]):
        _visit(other, needs, done, [*path, key])
    done[key] = None
