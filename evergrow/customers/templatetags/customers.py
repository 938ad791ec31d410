"""Tags of this room's own pages; pages load them with ``{% load customers %}``."""

from typing import Any

from django import template
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from evergrow.customers import registry, timeline, vocabulary
from evergrow.customers.criteria import known_traits
from evergrow.customers.models import Account, Segment, TimelineEntry
from evergrow.customers.profiles import history, values
from evergrow.customers.registry import BulkAct, Column
from evergrow.workspaces.models import AuditEntry, Workspace

register = template.Library()


@register.simple_tag(takes_context=True)
def cell(context: template.Context, column: Column, account: Account) -> SafeString:
    """One cell of a list, from the template that its column named."""
    page: Any = context.render_context
    known = page.setdefault(cell, {})  # templates are looked up once per page, not per cell
    if column.template not in known:
        known[column.template] = get_template(column.template).template  # type: ignore[attr-defined]
    value = vocabulary.said(column.value(account)) if column.template == "customers/cells/plain.html" else None
    with context.push(account=account, fact=account.facts.get(column.key), value=value):
        found: Any = known[column.template].render(context)
    return SafeString(found)


@register.filter
def said(value: str) -> str:
    """A word of the customers' own data in the reader's language, where we know it."""
    return vocabulary.said(value)


@register.simple_tag
def bulk_url(act: BulkAct, workspace: Workspace) -> str:
    """Where the button of a bulk act posts the selection."""
    return act.url(workspace)


@register.simple_tag(takes_context=True)
def panel(context: template.Context, filled: Any) -> SafeString:
    """A card of the account page, from the template that its panel named, with what its context gave."""
    part = get_template(filled.panel.template).template  # type: ignore[attr-defined]
    with context.push(**filled.context):
        found: Any = part.render(context)
    return SafeString(found)


@register.simple_tag(takes_context=True)
def event_name(context: template.Context, event: str) -> str:
    """What the workspace calls an event, in the reader's language; the names are read once a page."""
    request = context["request"]
    if not hasattr(request, "event_names"):
        request.event_names = registry.event_names(request.workspace)
    return str(request.event_names(event, get_language() or "en"))


@register.simple_tag(takes_context=True)
def trait_name(context: template.Context, segment: Segment, trait: str) -> str:
    """What a trait is called, in the reader's language."""
    info = _known_traits(context, segment).get(trait)
    return str(info.label) if info else trait


@register.simple_tag(takes_context=True)
def trait_value(context: template.Context, segment: Segment, trait: str, value: str) -> str:
    """What a trait's value is called, in the reader's language, where we know it."""
    info = _known_traits(context, segment).get(trait)
    return str(info.choices[value]) if info and value in info.choices else vocabulary.said(value)


def _known_traits(context: template.Context, segment: Segment) -> Any:
    """What is known of the traits of a kind, read once a page."""
    request = context["request"]
    if not hasattr(request, "known_traits"):
        request.known_traits = {}
    if segment.kind not in request.known_traits:
        kind: Any = segment.kind
        request.known_traits[segment.kind] = known_traits.known(segment.workspace, kind)
    return request.known_traits[segment.kind]


@register.simple_tag
def drawer() -> SafeString:
    """Attributes of a link whose page opens as a drawer; without JavaScript the page itself opens."""
    return SafeString('hx-boost="true" hx-target="#drawer" hx-swap="innerHTML show:none" hx-push-url="false"')


@register.simple_tag
def other_name(account: Account) -> str:
    """The account's name in the reader's other language, or "" where it has one name."""
    own = account.called(get_language() or "en")
    return next((name for name in (account.other_name, account.name) if name and name != own), "")


@register.simple_tag
def topic_name(topic: str) -> str:
    """What the timeline calls a topic: “Visits”."""
    return timeline.topic_name(topic)


@register.simple_tag
def entry_link(entry: TimelineEntry, account: Account) -> str:
    """The address behind a timeline entry, or "" where there is none."""
    pages = {"note": "customers:note", "visit": "customers:visit"}
    for key, name in pages.items():
        if key in entry.data and entry.kind.startswith(f"{key}."):
            kwargs = {"workspace": account.workspace.slug, "number": account.number, "pk": entry.data[key]}
            return reverse(name, kwargs=kwargs)
    return ""


@register.filter
def trait(value: Any) -> str:
    """A trait's value as it is read: truth in words, lists with commas, a number, a text."""
    return values.told(value)


@register.filter
def told_changes(entry: AuditEntry) -> list[tuple[str, str, str]]:
    """An entry of the audit trail as lines of what changed, before, after."""
    return history.lines(entry)
