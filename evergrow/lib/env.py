"""Typed readers of environment variables. A bad value stops the start with a sentence that says how to mend it."""

import os
from pathlib import Path
from urllib.parse import urlsplit


class BadSetting(ValueError):
    """An environment variable holds something that cannot be used."""


def text(name: str, default: str = "") -> str:
    """The variable's text without surrounding blanks, or ``default`` where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    """A yes/no variable: 1, true, yes, on or 0, false, no, off."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadSetting(f"{name}={value!r} is neither yes nor no. Set it to 1 or 0.")


def number(name: str, default: int, *, low: int | None = None, high: int | None = None) -> int:
    """A whole number, kept within ``low`` and ``high`` (both inclusive)."""
    value = text(name)
    if not value:
        return default
    try:
        found = int(value)
    except ValueError:
        raise BadSetting(f"{name}={value!r} is not a whole number.") from None
    if (low is not None and found < low) or (high is not None and found > high):
        raise BadSetting(f"{name}={found} is out of range: it must lie between {low} and {high}.")
    return found


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """A comma-separated list without empty parts."""
    return [part.strip() for part in text(name).split(",") if part.strip()] or list(default)


def path(name: str, default: Path) -> Path:
    """An absolute path; ``~`` is the home folder, a relative path starts at the current folder."""
    return Path(text(name) or default).expanduser().absolute()


def url(name: str, schemes: tuple[str, ...], default: str = "") -> str:
    """A URL whose scheme is one of ``schemes``, or ``default``."""
    value = text(name)
    if not value:
        return default
    parts = urlsplit(value)
    if parts.scheme not in schemes or not parts.hostname:
        raise BadSetting(f"{name} must look like {schemes[0]}://host/…; its scheme is {parts.scheme!r}.")
    return value
