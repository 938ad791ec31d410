"""Reading fields of a file: each gives the value or raises BadObject with what is expected there."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from evergrow.workspaces.configuration.registry import BadObject, Path


def mapping(given: Any, path: Path, known: Iterable[str]) -> dict[str, Any]:
    """An object with no other fields than ``known``."""
    if not isinstance(given, Mapping):
        raise BadObject(path, _("Fields with a name and a value are expected here."))
    known = list(known)
    for name in given:
        if name not in known:
            sentence = _("“%(name)s” is not known here. Known are: %(known)s.")
            raise BadObject((*path, str(name)), sentence % {"name": str(name)[:60], "known": ", ".join(known)})
    return dict(given)


def text(given: Any, path: Path, *, most: int, is_needed: bool = False) -> str:
    """A text of at most ``most`` characters; nothing is an empty one."""
    if given is None:
        given = ""
    if not isinstance(given, str) or len(given) > most:
        raise BadObject(path, _("A text of at most %(most)s characters is expected.") % {"most": most})
    if is_needed and not given.strip():
        raise BadObject(path, _("A text is needed here."))
    return given.strip()


def words(given: Any, path: Path, *, most: int, is_needed: bool = False) -> dict[str, str]:
    """A text in both languages, ``{"en", "zh"}``; a bare text stands for both. One language is enough."""
    if isinstance(given, str):
        given = {"en": given, "zh": given}
    parts = mapping({} if given is None else given, path, ("en", "zh"))
    found = {code: text(parts.get(code), (*path, code), most=most) for code in ("en", "zh")}
    if is_needed and not any(found.values()):
        raise BadObject(path, _("A name in English (en), Chinese (zh) or both is needed."))
    return found


def choice(given: Any, path: Path, known: Iterable[str], default: str | None = None) -> str:
    """One of ``known``; ``default`` where nothing is said."""
    known = list(known)
    if given is None and default is not None:
        return default
    if given not in known:
        shown = "—" if given is None else f"“{given}”"
        sentence = _("%(given)s is none of: %(known)s.")
        raise BadObject(path, sentence % {"given": shown, "known": ", ".join(known)})
    return str(given)


def truth(given: Any, path: Path, default: bool) -> bool:
    """``true`` or ``false``."""
    if given is None:
        return default
    if not isinstance(given, bool):
        raise BadObject(path, _("Write true or false."))
    return given


def number(given: Any, path: Path, *, least: int, most: int, default: int | None = None) -> int:
    """A whole number from ``least`` to ``most``."""
    if given is None and default is not None:
        return default
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        sentence = _("A whole number from %(least)s to %(most)s is expected.")
        raise BadObject(path, sentence % {"least": least, "most": most})
    return given


def listed(given: Any, path: Path, *, most: int) -> list[Any]:
    """A list of at most ``most`` things; nothing is an empty one."""
    if given is None:
        return []
    if not isinstance(given, list) or len(given) > most:
        raise BadObject(path, _("A list of at most %(most)s is expected.") % {"most": most})
    return given


def keys(given: Any, path: Path, *, most: int) -> list[str]:
    """A list of keys."""
    found = listed(given, path, most=most)
    for place, each in enumerate(found, 1):
        if not isinstance(each, str):
            raise BadObject((*path, place), _("The key of something is expected, a text."))
    return found
