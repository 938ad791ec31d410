"""Visit records."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers import timeline
from evergrow.customers.models import Account, Person, Visit
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member

WORDS = ("product", "version", "experience", "next_step", "need", "evaluation", "competitor")
TOLD = ("experience", "evaluation", "need", "next_step", "competitor", "product")


class ContactElsewhere(ValidationError):
    """The contact is not a person of this account."""


class VisitNotYet(ValidationError):
    """The visit lies in the future."""


class NothingSaid(ValidationError):
    """The visit record has no words at all."""


@transaction.atomic
def log_visit(
    *,
    account: Account,
    by: Member,
    happened_on: date,
    person: Person | None = None,
    sentiment: int = Visit.Sentiment.NEUTRAL,
    **words: str,
) -> Visit:
    """Record a visit with its ``WORDS``. Raises ContactElsewhere, VisitNotYet, NothingSaid, or ValidationError."""
    require(by, "work")
    _check(account, happened_on, person, words)
    visit = Visit(account=account, author=by, happened_on=happened_on, person=person, sentiment=sentiment, **words)
    visit.clean_fields()
    visit.save()
    audit.record(account.workspace, "visit.logged", account, by=by, data={"visit": visit.pk})
    timeline.add(account, "visit.logged", _told(visit), by=by, person=person)
    return visit


@transaction.atomic
def edit_visit(*, visit: Visit, by: Member, **facts: Any) -> Visit:
    """Change a record; the audit trail keeps what it said before. Raises what ``log_visit`` raises."""
    require(by, "work")
    before = {name: str(getattr(visit, name)) for name in facts if getattr(visit, name) != facts[name]}
    for name, value in facts.items():
        setattr(visit, name, value)
    _check(visit.account, visit.happened_on, visit.person, {name: getattr(visit, name) for name in WORDS})
    visit.clean_fields()
    visit.save()
    if before:
        audit.record(
            visit.account.workspace, "visit.edited", visit.account, by=by, data={"visit": visit.pk, "before": before}
        )
        visit.account.timeline.filter(kind="visit.logged", data__visit=visit.pk).update(
            data=_told(visit), person=visit.person
        )
    return visit


def _check(account: Account, happened_on: date, person: Person | None, words: dict[str, str]) -> None:
    unknown = set(words) - set(WORDS)
    if unknown:
        raise TypeError(f"A visit record has no {', '.join(sorted(unknown))}.")
    if person is not None and not account.affiliations.filter(person=person).exists():
        sentence = _("%(person)s is not at %(account)s. Choose a contact of this account, or add the person first.")
        raise ContactElsewhere({"person": sentence % {"person": person, "account": account}})
    if happened_on > account.workspace.today():
        raise VisitNotYet({"happened_on": _("The day lies ahead. Record a visit after it took place.")})
    if not any(words.get(name, "").strip() for name in TOLD):
        raise NothingSaid(_("Nothing was written down. Fill in at least one field, for example the experience in use."))


def _told(visit: Visit) -> dict[str, Any]:
    told = next((text for name in TOLD if (text := getattr(visit, name).strip())), "")
    return {
        "visit": visit.pk,
        "on": visit.happened_on.isoformat(),
        "person": str(visit.person) if visit.person else "",
        "words": told[:280],
        "sentiment": visit.sentiment,
        "recorded": clock.now().isoformat(),
    }
