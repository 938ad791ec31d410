"""Who takes part in an activity, on both sides, and in which role."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers import access
from evergrow.customers.models import Person, Visit, VisitGuest
from evergrow.customers.visits.errors import ContactElsewhere, NotAColleague
from evergrow.workspaces.models import Member


def put(
    visit: Visit,
    *,
    people: Sequence[Person] | None = None,
    colleagues: Sequence[Member] | None = None,
    others: Iterable[str] | None = None,
) -> None:
    """Let exactly these take part; None leaves a side as it is, roles of those who stay are kept.

    Raises ContactElsewhere, NotAColleague.
    """
    if colleagues is not None:
        for member in colleagues:
            check_colleague(visit, member)
        visit.guests.filter(member__isnull=False).exclude(member__in=colleagues).delete()
        here = set(visit.guests.filter(member__isnull=False).values_list("member", flat=True))
        VisitGuest.objects.bulk_create(VisitGuest(visit=visit, member=m) for m in colleagues if m.pk not in here)
    if people is not None:
        for person in people:
            check_person(visit, person)
        visit.guests.filter(person__isnull=False).exclude(person__in=people).delete()
        here = set(visit.guests.filter(person__isnull=False).values_list("person", flat=True))
        VisitGuest.objects.bulk_create(VisitGuest(visit=visit, person=p) for p in people if p.pk not in here)
    if others is not None:
        names = list(dict.fromkeys(name.strip()[:120] for name in others if name.strip()))
        visit.guests.filter(member=None, person=None).exclude(name__in=names).delete()
        there = set(visit.guests.exclude(name="").values_list("name", flat=True))
        VisitGuest.objects.bulk_create(VisitGuest(visit=visit, name=name) for name in names if name not in there)


@transaction.atomic
def give_role(*, guest: VisitGuest, role: str) -> VisitGuest:
    """Say in which role somebody takes part: who decides, who presents, who writes the record."""
    guest.role = role.strip()[:120]
    guest.save(update_fields=["role"])
    return guest


def check_colleague(visit: Visit, member: Member) -> None:
    """Raise NotAColleague where the member may not see the account."""
    if member.left_at is None and access.accounts(member).filter(pk=visit.account_id).exists():
        return
    sentence = _("%(name)s may not see this account. Choose a colleague who does.") % {"name": member}
    raise NotAColleague({"colleagues": sentence})


def check_person(visit: Visit, person: Person) -> None:
    """Raise ContactElsewhere where the person is not at the account."""
    if not visit.account.affiliations.filter(person=person).exists():
        sentence = _("%(person)s is not at %(account)s. Choose a contact of this account, or add the person first.")
        raise ContactElsewhere({"people": sentence % {"person": person, "account": visit.account}})
