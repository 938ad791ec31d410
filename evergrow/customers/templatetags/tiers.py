"""Tags of tiers: names of a scheme, the way of a move, and kept evidence in the reader's words."""

from typing import Any

from django import forms, template

from evergrow import warehouse
from evergrow.customers.criteria import posted
from evergrow.customers.models import Account, TierChange
from evergrow.customers.tiers import evidence
from evergrow.customers.tiers.scheme import Scheme
from evergrow.workspaces.models import Workspace

register = template.Library()


@register.simple_tag
def tier_name(key: str, scheme: Scheme) -> str:
    """What a tier is called."""
    return scheme.name(key)


@register.simple_tag
def tier_arrow(before: str, after: str, scheme: Scheme) -> str:
    return "↑" if scheme.is_up(before, after) else "↓"


@register.simple_tag
def evidence_of(change: TierChange, workspace: Workspace) -> Any:
    """The conditions behind a move, as they stood then."""
    return evidence.said(workspace, change.evidence)


@register.simple_tag
def evidence_now(account: Account, scheme: Scheme) -> Any:
    """The conditions as they stand now; nothing while the event store is away."""
    try:
        return evidence.now(account.workspace, scheme, account)
    except warehouse.StoreUnavailable:
        return []


@register.simple_tag
def criteria_given(form: forms.Form, given: Any) -> Any:
    """What was posted, right or wrong, or the criteria as they are."""
    return posted.raw(form.data) if form.is_bound else given
