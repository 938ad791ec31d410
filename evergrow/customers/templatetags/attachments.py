"""Tags of files; pages load them with ``{% load attachments %}``."""

from collections.abc import Iterable
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.conf import settings
from django.utils.translation import get_language

from evergrow.customers.attachments import kinds
from evergrow.customers.models import Attachment

register = template.Library()
ICONS = (
    ("image/", "photo"),
    ("audio/", "music"),
    ("video/", "movie"),
    ("text/", "file-text"),
    ("application/pdf", "file-type-pdf"),
    ("application/zip", "file-zip"),
)


@register.inclusion_tag("customers/attachments/_card.html", takes_context=True)
def files_card(context: template.Context, files: Iterable[Any], url: str = "") -> dict[str, Any]:
    """The card of a page with its files; with ``url`` the member may add and remove some."""
    request = context["request"]
    return {
        "files": list(files),
        "url": url,
        "may_remove": bool(url),
        "limit": settings.ATTACHMENT_LIMIT_MIB,
        "here": f"{request.path}#files",
        "workspace": context["workspace"],
        "csrf_token": context.get("csrf_token"),
    }


@register.filter
def file_icon(attachment: Attachment) -> str:
    media = attachment.file.media
    return next((icon for start, icon in ICONS if media.startswith(start)), "file")


@register.filter
def is_shown(attachment: Attachment) -> bool:
    """Whether a browser shows it in place."""
    return attachment.file.media in kinds.SHOWN


@register.filter
def is_picture(attachment: Attachment) -> bool:
    return is_shown(attachment) and attachment.file.media.startswith("image/")


@register.filter
def file_size(count: int) -> str:
    """Bytes as KiB or MiB, in the reader's numerals."""
    size, unit = (count / 2**20, "MiB") if count >= 2**20 else (max(count / 1024, 0.1), "KiB")
    locale = "zh_Hans" if (get_language() or "").startswith("zh") else "en"
    return f"{format_decimal(round(size, 1 if size < 10 else 0), locale=locale)} {unit}"
