"""Showing people as a member may see them; pages load this with ``{% load privacy %}``."""

from typing import Any

from django import template
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from evergrow.customers.bulk import subjects
from evergrow.customers.models import Account, Person, PrivacyRequest
from evergrow.customers.privacy import consent
from evergrow.customers.privacy.masking import Shown, mask_for
from evergrow.workspaces import prepared
from evergrow.workspaces.access import may

register = template.Library()


@register.simple_tag(takes_context=True)
def personal(context: template.Context, person: Person | None, field: str = "") -> Any:
    """A field of a person (``"email"``), or what they are called; masked where the member may not see it."""
    if person is None:
        return ""
    mask = mask_for(context["request"])
    return mask.value(person, field) if field else mask.called(person)


@register.simple_tag(takes_context=True)
def shown(context: template.Context, person: Person) -> Shown:
    """``{% shown person as seen %}``: everything of a person as the member may see it."""
    return mask_for(context["request"]).shown(person)


@register.simple_tag(takes_context=True)
def hides(context: template.Context, field: str, person: Person | None = None) -> bool:
    """Whether the member does not see a field in clear."""
    return mask_for(context["request"]).hides(field, person)


@register.simple_tag(takes_context=True)
def masked(context: template.Context, person: Person | None, field: str, value: Any) -> Any:
    """A value that belongs to a field of a person, masked where the member may not see it."""
    return mask_for(context["request"]).masked(person, field, value)


@register.simple_tag(takes_context=True)
def row_name(context: template.Context, row: Any) -> SafeString:
    """An account, a person or another row of bulk changes by name, with the way to its page."""
    slug = context["request"].workspace.slug
    if isinstance(row, Account):
        url, name = reverse("customers:account", args=[slug, row.number]), row.called(get_language() or "en")
    elif not isinstance(row, Person):
        url, name = subjects.url_of(row, slug), str(row)
    else:
        url, name = reverse("customers:person", args=[slug, row.number]), mask_for(context["request"]).called(row)
    return format_html('<a href="{}">{}</a>', url, name)


HISTORY_SHOWN = 30


@prepared.rows
def _requests(person: Person) -> QuerySet[PrivacyRequest]:
    return PrivacyRequest.objects.filter(person=person).order_by("due_on")


@register.inclusion_tag("customers/privacy/_card.html", takes_context=True)
def privacy_card(context: template.Context, person: Person) -> dict[str, Any]:
    """The card of a person's page: what they agreed to, their open requests, and how to see what is masked."""
    request = context["request"]
    mask = mask_for(request)
    records = consent.history(person)
    return {
        "request": request,
        "workspace": request.workspace,
        "person": person,
        "consents": consent.consents(person, records),
        "consent_history": records[:HISTORY_SHOWN],
        "open_requests": [row for row in _requests(person) if row.is_open],
        "is_masked": bool(mask.hidden) and person.pk not in mask.opened,
        "may_work": may(request.member, "work"),
        "administers": may(request.member, "administer"),
    }
