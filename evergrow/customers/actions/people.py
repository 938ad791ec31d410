"""People on the customer's side and their places at accounts."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers import timeline
from evergrow.customers.actions.numbers import next_number
from evergrow.customers.actions.traits import put_traits
from evergrow.customers.actions.values import change_values, first_values
from evergrow.customers.models import Account, Affiliation, Identifier, Person
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

EDITABLE = ("name", "email", "phone", "title")


class NamelessPerson(ValidationError):
    """Neither a name nor an email says who it is."""


class EmailTaken(ValidationError):
    """Another person of the workspace has this email."""


@transaction.atomic
def add_person(*, workspace: Workspace, by: Member | None, **facts: str) -> Person:
    """Make a person from ``EDITABLE`` facts. Raises NamelessPerson, EmailTaken, or ValidationError per field."""
    require(by, "work")
    person = Person(workspace=workspace, created_at=clock.now())
    _write(person, facts)
    person.number = next_number(workspace, "person")
    first_values(person, {name: getattr(person, name) for name in facts}, by)
    _remember_email(person)
    audit.record(workspace, "person.added", person, by=by)
    return person


@transaction.atomic
def edit_person(
    *, person: Person, by: Member | None, traits: dict[str, Any] | None = None, **facts: str
) -> dict[str, list[Any]]:
    """Change ``EDITABLE`` facts and traits (``None`` removes one) of a person.

    Gives ``{field: [before, after]}`` of what really changed, which the audit trail and the stories of the person's
    accounts keep. Raises what ``add_person`` raises, and BadTrait.
    """
    require(by, "work")
    before = {name: getattr(person, name) for name in facts}
    if any(before[name] != facts[name] for name in facts):
        _write(person, facts)
    changes: dict[str, list[Any]] = {
        name: [was, getattr(person, name)] for name, was in before.items() if was != getattr(person, name)
    }
    of_traits = put_traits(person, traits or {})
    if not changes and not of_traits:
        return {}
    change_values(person, {name: was for name, (was, _) in changes.items()}, by, of_traits)
    _remember_email(person)
    changes |= of_traits
    audit.record(person.workspace, "person.edited", person, by=by, data=changes)
    for place in person.affiliations.filter(ended_on=None).select_related("account"):
        data = {"name": str(person), "changes": changes}
        timeline.add(place.account, "person.edited", data, by=by, person=person)
    return changes


@transaction.atomic
def affiliate(
    *,
    account: Account,
    person: Person,
    by: Member | None,
    influence: str = Affiliation.Influence.USES,
    is_key: bool = False,
    title: str = "",
    started_on: date | None = None,
    ended_on: date | None = None,
) -> Affiliation:
    """Give a person a place at an account, or change it; ``ended_on`` says when they left.

    Who starts again after they left gets a second place; the first one stays as it was.
    """
    require(by, "work")
    if person.workspace_id != account.workspace_id:
        raise ValueError("A person and an account of different workspaces cannot be brought together.")
    if started_on and ended_on and ended_on < started_on:
        raise ValidationError({"ended_on": _("The last day lies before the first one. Change one of them.")})
    place = place_of(account, person)
    was_there = place is not None and place.ended_on is None
    comes_back = place is not None and place.ended_on and started_on and started_on > place.ended_on
    place = Affiliation(account=account, person=person) if place is None or comes_back else place
    place.influence, place.is_key, place.title = influence, is_key, title.strip()
    place.started_on, place.ended_on = started_on, ended_on
    place.clean_fields()
    place.save()
    audit.record(account.workspace, "person.placed", account, by=by, data={"person": person.number, **_facts(place)})
    if ended_on is not None and was_there:
        timeline.add(account, "person.left", {"name": str(person)}, by=by, person=person)
    elif ended_on is None and not was_there:
        timeline.add(account, "person.joined", {"name": str(person), "title": person.title}, by=by, person=person)
    return place


def place_of(account: Account, person: Person) -> Affiliation | None:
    """The place that a person has at an account, else the last one they had."""
    found = Affiliation.objects.filter(account=account, person=person)
    return found.filter(ended_on=None).first() or found.order_by("-ended_on", "-pk").first()


def _write(person: Person, facts: dict[str, str]) -> None:
    unknown = set(facts) - set(EDITABLE)
    if unknown:
        raise TypeError(f"These facts of a person cannot be set: {', '.join(sorted(unknown))}.")
    for name, value in facts.items():
        setattr(person, name, value.strip())
    person.email = person.email.lower()
    if not person.name and not person.email:
        raise NamelessPerson({"name": _("Give a name or an email, so that colleagues know who it is.")})
    person.clean_fields(exclude=[f.name for f in Person._meta.fields if f.name not in EDITABLE])
    holder = _holder(person)
    if holder is not None and holder.pk != person.pk:
        sentence = _("%(email)s belongs to %(name)s. Open that person, or give another address.")
        raise EmailTaken({"email": sentence % {"email": person.email, "name": holder}})


def _holder(person: Person) -> Person | None:
    if not person.email:
        return None
    known = Identifier.objects.filter(
        workspace_id=person.workspace_id, kind=Identifier.Kind.EMAIL, value=person.email
    ).select_related("person")
    found = known.first()
    return found.person if found else None


def _remember_email(person: Person) -> None:
    if person.email:
        Identifier.objects.get_or_create(
            workspace_id=person.workspace_id,
            kind=Identifier.Kind.EMAIL,
            value=person.email,
            defaults={"person": person},
        )


def _facts(place: Affiliation) -> dict[str, Any]:
    return {
        "influence": place.influence,
        "title": place.title,
        "started_on": place.started_on.isoformat() if place.started_on else None,
        "is_key": place.is_key,
        "ended_on": place.ended_on.isoformat() if place.ended_on else None,
    }
