"""Asking a template's member what they may."""

from django import template

from evergrow.workspaces import access
from evergrow.workspaces.models import Member

register = template.Library()


@register.filter
def may(member: Member | None, ability: access.Ability) -> bool:
    """``{% if member|may:"administer" %}``"""
    return access.may(member, ability)
