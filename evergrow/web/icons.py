"""Tabler's outline icons, put into the page as inline SVG."""

import re
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe


class UnknownIcon(LookupError):
    """There is no Tabler icon of that name."""


@cache
def shapes(name: str) -> str:
    """The paths of an icon. Raises UnknownIcon where the name is not one of Tabler's outline icons."""
    file = Path(settings.TABLER_ICONS) / "outline" / f"{name}.svg"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not file.is_file():
        raise UnknownIcon(f"Tabler has no outline icon “{name}”. Choose a name from {file.parent}, without “.svg”.")
    inside = file.read_text().split(">", 1)[1].rsplit("</svg>", 1)[0]
    return re.sub(r"\s*\n\s*", "", re.sub(r'<path stroke="none"[^>]*/>', "", inside))


@lru_cache(maxsize=2048)
def svg(name: str, *, size: int = 16, label: str = "", extra: str = "") -> SafeString:
    """The icon as SVG, ``size`` pixels wide. With a ``label`` it speaks for itself, without one readers skip it."""
    classes = escape(f"icon {extra}".strip())
    told = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return mark_safe(  # noqa: S308 (paths come from the package, the rest is escaped)
        f'<svg class="{classes}" width="{size}" height="{size}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
        f'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" {told}>{shapes(name)}</svg>'
    )
