"""Tags of the pages of activities; pages load them with ``{% load visits %}``."""

from django import template

from evergrow.customers.models import Point, Visit
from evergrow.customers.visits import mentions, registry
from evergrow.workspaces.models import Workspace

register = template.Library()
NAMES = ("body", "agenda", "scene", "experience", "need", "evaluation", "next_step", "competitor")


@register.simple_tag
def said_of(visit: Visit) -> list[tuple[str, str, str]]:
    """What a record says, as (name, label, words)."""
    return [
        (name, str(Visit._meta.get_field(name).verbose_name), text)  # type: ignore[union-attr]
        for name in NAMES
        if (text := getattr(visit, name))
    ]


@register.simple_tag
def followed_url(point: Point) -> str:
    """Where what came of a point is found."""
    return registry.url_of(point)


@register.simple_tag
def mentioning(text: str, workspace: Workspace) -> str:
    """A text with the colleagues it names set off."""
    return mentions.marked(text, workspace)
