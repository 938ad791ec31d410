"""A person's contact budget, as a card of their page."""

from typing import Any

from evergrow.customers import registry
from evergrow.customers.models import Person
from evergrow.customers.registry import PersonPanel
from evergrow.success.contact import holders, queries, words
from evergrow.workspaces.access import GatedRequest

SHOWN = 5


def budget(request: GatedRequest, person: Person) -> dict[str, Any]:
    """What of each limit is left, quiet hours, and the last contacts of accounts that the reader sees."""
    holder = holders.of(request.workspace, person=person)
    found, recent = queries.standing(request.workspace, holder), queries.recent(request.member, holder, SHOWN)
    return {
        "standing": found,
        "left": [(words.channel(each.limit.channel), words.limit(each.limit), each) for each in found.left],
        "recent": recent,
        "tasks": words.tasks_of(request.member, recent),
    }


registry.add(PersonPanel("contact_budget", "success/panels/contact_budget.html", budget, "rail", position=40))
