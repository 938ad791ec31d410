"""The card “Traits” of the pages of accounts and people."""

from django.utils.translation import gettext_lazy

from evergrow.customers import registry
from evergrow.customers.models import Account, Person
from evergrow.customers.registry import Panel, PersonPanel
from evergrow.customers.traits import card
from evergrow.workspaces.access import GatedRequest


def traits_card(request: GatedRequest, subject: Account | Person) -> dict[str, object]:
    """The traits of an account or a person."""
    return card.context(request, subject)


TEMPLATE, LABEL = "customers/traits/_card.html", gettext_lazy("Traits")
registry.add(
    Panel("traits", TEMPLATE, traits_card, "rail", label=LABEL, position=75),
    PersonPanel("traits", TEMPLATE, traits_card, "rail", label=LABEL, position=50),
)
