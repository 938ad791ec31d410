"""Visit records as other rooms and the API write them; ``customers/visits`` holds the rest."""

from datetime import date
from typing import Any

from evergrow.customers.models import Account, Person, Visit
from evergrow.customers.visits import fields, writing
from evergrow.customers.visits.errors import ContactElsewhere, NothingSaid, VisitNotYet
from evergrow.workspaces.models import Member

WORDS = fields.WORDS

__all__ = ["WORDS", "ContactElsewhere", "NothingSaid", "VisitNotYet", "edit_visit", "log_visit"]


def log_visit(
    *,
    account: Account,
    by: Member,
    happened_on: date,
    person: Person | None = None,
    sentiment: int = Visit.Sentiment.NEUTRAL,
    **facts: Any,
) -> Visit:
    """Record what took place. Raises ContactElsewhere, VisitNotYet, NothingSaid, or ValidationError."""
    return writing.log(account=account, by=by, happened_on=happened_on, person=person, sentiment=sentiment, **facts)


def edit_visit(*, visit: Visit, by: Member, **facts: Any) -> Visit:
    """Change a record; what it said before is kept. Raises what ``log_visit`` raises."""
    return writing.edit(visit=visit, by=by, **facts)
