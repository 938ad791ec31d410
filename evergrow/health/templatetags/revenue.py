"""Filters of the money pages; pages load them with ``{% load revenue %}``."""

from django import template
from django.utils.translation import get_language

from evergrow.lib import numerals

register = template.Library()


@register.filter
def cents(value: float | None) -> str:
    """An amount given in cents, in whole units of the currency: ``−1,205``."""
    return numerals.number(None if value is None else value / 100, get_language() or "en", 0)
