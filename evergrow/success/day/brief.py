"""An account in brief, for whoever is about to call: whom to talk to, when we last did, what else is open."""

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Value, When

from evergrow.customers.models import Account, Affiliation, TeamSeat
from evergrow.customers.queries.stories import Told, tell
from evergrow.success import access
from evergrow.success.models import StepKind
from evergrow.success.models.tasks import OPEN
from evergrow.workspaces.models import Member

CONTACTS, TOUCHES = 3, 3
TOUCHED = ("visit.", "note.", "call.", "meeting.", "mail.", "task.done")
FIRST = {"decides": 0, "influences": 1, "pays": 2, "uses": 3}


@dataclass(frozen=True, slots=True)
class Brief:
    """``contacts`` key people first; ``touches`` the last talks and notes in words, newest first; ``others`` counts the
    account's other open tasks."""

    account: Account
    contacts: list[Affiliation]
    touches: list[Told]
    team: list[TeamSeat]
    others: int


def brief(member: Member, account: Account) -> Brief:
    """What the member should know of an account that they see before they act."""
    order = Case(*(When(influence=key, then=Value(at)) for key, at in FIRST.items()), output_field=IntegerField())
    people = account.affiliations.filter(ended_on=None, person__merged_into=None).select_related("person")
    open_tasks = access.tasks(member).filter(account=account, state__in=OPEN).exclude(kind=StepKind.WAIT)
    seats = account.team.filter(ended_on=None).select_related("member__user").order_by("role")
    return Brief(
        account,
        list(people.order_by("-is_key", order, "pk")[:CONTACTS]),
        touches(account),
        list(seats),
        open_tasks.count(),
    )


def touches(account: Account) -> list[Told]:
    """The last talks with the account and notes about it, in words."""
    entries = account.timeline.select_related("by__user", "person").order_by("-at", "-pk")[:60]
    return tell([entry for entry in entries if entry.kind.startswith(TOUCHED)][:TOUCHES])
