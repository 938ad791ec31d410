"""“Possible duplicate” on the pages of people and accounts."""

from typing import Any

from django.utils.translation import gettext_lazy

from evergrow.customers import registry
from evergrow.customers.duplicates import queries
from evergrow.customers.models import Account, Person
from evergrow.customers.profiles.addresses import compare_address, merge_address
from evergrow.customers.registry import Panel, PersonAct, PersonPanel
from evergrow.workspaces.access import GatedRequest, may


def card(request: GatedRequest, subject: Person | Account) -> dict[str, Any] | None:
    found = queries.about(request.member, subject)
    if not found:
        return None
    pairs = [(each, each.other if each.kept.number == subject.number else each.kept) for each in found]
    return {
        "pairs": pairs,
        "is_person": isinstance(subject, Person),
        "subject": subject,
        "may_work": may(request.member, "work"),
    }


registry.add(
    PersonPanel("duplicates", "customers/duplicates/card.html", card, "rail", position=10),
    Panel("duplicates", "customers/duplicates/card.html", card, "rail", position=35),
    PersonAct("compare", gettext_lazy("Compare with…"), "columns", compare_address, "view", position=50),
    PersonAct("merge", gettext_lazy("Merge…"), "arrows-join", merge_address, "work", position=60),
)
