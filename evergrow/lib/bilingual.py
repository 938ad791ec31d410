"""Names kept in both languages as ``{"zh": …, "en": …}``."""

from collections.abc import Mapping

Name = Mapping[str, str]


def pick(name: Name | str | None, language: str) -> str:
    """The part of ``name`` for a language code such as ``zh-hans`` or ``en``; the other one where it is missing."""
    if not name:
        return ""
    if isinstance(name, str):
        return name
    first, second = ("zh", "en") if language.startswith("zh") else ("en", "zh")
    return name.get(first) or name.get(second) or ""


def both(name: str, other: str) -> Name:
    """What has a name and perhaps another one, as a name in both languages: the one in Latin letters is the English."""
    chinese, latin = sorted([name, other or name], key=str.isascii)
    return {"zh": chinese, "en": latin}
