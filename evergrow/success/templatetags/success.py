"""Filters of this room's own pages; pages load them with ``{% load success %}``."""

from datetime import date
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import get_language

from evergrow.customers import criteria
from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.success.manager import addresses

register = template.Library()
NEAR_DAYS = 90


@register.filter
def is_near(day: date | None) -> bool:
    """Whether a day lies within the next 90 days."""
    return day is not None and 0 <= (day - timezone.localtime(clock.now()).date()).days <= NEAR_DAYS


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """The value under a key that the template holds in a variable."""
    return mapping.get(key)


@register.simple_tag(takes_context=True)
def account_criteria(context: template.Context, data: Any) -> str:
    """Criteria of accounts as a sentence; a word of warning where they cannot be read any more."""
    workspace = context["request"].workspace
    try:
        return criteria.sentence(criteria.parse(data, "account", workspace), workspace)
    except criteria.CriteriaError as error:
        return str(error)


@register.filter
def named(account: Account) -> str:
    """The account's name in the reader's language."""
    return account.called(get_language() or "en")


@register.filter
def less(chosen: Any, name: str) -> str:
    """The query of an inbox's filter without one of its chips."""
    return str(chosen.without(name))


@register.filter
def more(chosen: Any, name: str) -> tuple[Any, str]:
    """A filter and the name of a chip to add; ``call`` gives it the value."""
    return chosen, name


@register.filter
def call(pair: tuple[Any, str], value: Any) -> str:
    """The query of a filter with a chip added."""
    chosen, name = pair
    return str(chosen.with_(**{name: str(value)}))


@register.filter
def verbose(row: Any, name: str) -> str:
    """What a field of a row is called."""
    label = str(row._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


@register.simple_tag(takes_context=True)
def behind(context: template.Context, rows: str, show: str, **more: Any) -> str:
    """The address of the list (``tasks`` or ``runs``) behind a figure of the page's ask."""
    return addresses.behind(context["ask"], rows, show, **more)
