"""Filters and tags that every template may use without loading them."""

from django import template
from django.utils.translation import get_language

from evergrow.lib import bilingual as names

register = template.Library()


@register.filter
def bilingual(name: names.Name | str | None) -> str:
    """The part of a two-language name for the reader."""
    return names.pick(name, get_language() or "en")
