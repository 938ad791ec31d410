"""Filters of the pages of plans; pages load them with ``{% load plans %}``."""

from datetime import date

from django import template

from evergrow.success.plans import words
from evergrow.success.plans.models import Plan

register = template.Library()


@register.filter
def said(plan: Plan, value: float | None) -> str:
    """A value of the plan with its unit: ``85%``, ``12 customers``."""
    return words.say(plan, value)


@register.filter
def gap(plan: Plan, value: float | None) -> str:
    """A difference between two values of the plan, with its sign."""
    return words.say_gap(plan, value)


@register.filter
def iso_day(text: str) -> date:
    """The day that a stored text means."""
    return date.fromisoformat(text)
