"""The card “Traits” of the account page."""

from django.utils.translation import gettext_lazy

from evergrow.customers import registry
from evergrow.customers.models import Account
from evergrow.customers.registry import Panel
from evergrow.customers.traits import card
from evergrow.workspaces.access import GatedRequest


def account_card(request: GatedRequest, account: Account) -> dict[str, object]:
    """The traits of an account."""
    return card.context(request, account)


registry.add(
    Panel("traits", "customers/traits/_card.html", account_card, "rail", label=gettext_lazy("Traits"), position=75)
)
