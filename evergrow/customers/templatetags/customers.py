"""Tags of this room's own pages; pages load them with ``{% load customers %}``."""

from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from evergrow.customers.models import Account
from evergrow.customers.registry import BulkAct, Column
from evergrow.workspaces.models import Workspace

register = template.Library()


@register.simple_tag(takes_context=True)
def cell(context: template.Context, column: Column, account: Account) -> SafeString:
    """One cell of a list, from the template that its column named."""
    part = get_template(column.template).template  # type: ignore[attr-defined]
    value = column.value(account) if column.template == "customers/cells/plain.html" else None
    with context.push(account=account, fact=account.facts.get(column.key), value=value):
        found: Any = part.render(context)
    return SafeString(found)


@register.simple_tag
def bulk_url(act: BulkAct, workspace: Workspace) -> str:
    """Where the button of a bulk act posts the selection."""
    return act.url(workspace)
