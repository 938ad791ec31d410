"""What differs between two objects, field by field, and how that is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext as _

from evergrow.workspaces.configuration.registry import Path

How = Literal["added", "removed", "changed", "order"]
LONGEST = 160


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs. In a list of things with keys the path names the thing by its key."""

    path: Path
    how: How
    before: Any = None
    after: Any = None

    @property
    def place(self) -> str:
        return " › ".join(str(part) for part in self.path)


def differences(before: Any, after: Any, path: Path = ()) -> list[Difference]:
    """The fields of ``after`` that are not as in ``before``, in the order of ``after``."""
    if before == after:
        return []
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return _of_objects(before, after, path)
    if _is_keyed(before) and _is_keyed(after):
        return _of_lists(before, after, path)
    return [Difference(path, "changed", before, after)]


def tell(each: Difference) -> str:
    """A difference as a line: ``steps › call › due › days: 2 → 3``."""
    place = each.place
    if each.how == "added":
        return _("%(place)s: added %(after)s") % {"place": place, "after": _short(each.after)}
    if each.how == "removed":
        return _("%(place)s: removed (was %(before)s)") % {"place": place, "before": _short(each.before)}
    if each.how == "order":
        return _("%(place)s: in another order: %(after)s") % {"place": place, "after": ", ".join(each.after)}
    words = {"place": place, "before": _short(each.before), "after": _short(each.after)}
    return _("%(place)s: %(before)s → %(after)s") % words


def _of_objects(before: Mapping[str, Any], after: Mapping[str, Any], path: Path) -> list[Difference]:
    found = []
    for key in [*after, *(key for key in before if key not in after)]:
        here = (*path, key)
        if key not in before:
            found.append(Difference(here, "added", None, after[key]))
        elif key not in after:
            found.append(Difference(here, "removed", before[key], None))
        else:
            found += differences(before[key], after[key], here)
    return found


def _is_keyed(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(e, Mapping) and "key" in e for e in value)


def _of_lists(before: list[Any], after: list[Any], path: Path) -> list[Difference]:
    old, new = {each["key"]: each for each in before}, {each["key"]: each for each in after}
    found = _of_objects(old, new, path)
    order, order_before = [key for key in new if key in old], [key for key in old if key in new]
    return [*found, Difference(path, "order", order_before, order)] if order != order_before else found


def _short(value: Any) -> str:
    """A value in a line; of a thing with a name, its name."""
    if isinstance(value, Mapping):
        name = value.get("name")
        shown = name.get("en") or name.get("zh") if isinstance(name, Mapping) else name
        if isinstance(shown, str) and shown:
            return f"“{shown}”"
        return _cut("{" + ", ".join(f"{key}: {_short(each)}" for key, each in value.items()) + "}")
    if isinstance(value, list):
        return _cut("[" + ", ".join(_short(each) for each in value) + "]")
    if isinstance(value, str):
        return f"“{_cut(value)}”"
    return (
        {None: "—", True: "true", False: "false"}.get(value, str(value))
        if value is None or value is True or value is False
        else str(value)
    )


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"
