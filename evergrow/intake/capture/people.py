"""Write down what a segment taught about people and accounts; everything in one transaction."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction

from evergrow.customers.actions.merges import merge_people
from evergrow.customers.actions.numbers import next_numbers
from evergrow.customers.models import Account, Affiliation, Identifier, Person
from evergrow.intake.capture.identity import Everyone, Firm, Who
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

BLOCK = 1_000
SEEN_STEP = timedelta(minutes=1)
LATE_IDENTIFY = "identified later"


@transaction.atomic
def save(everyone: Everyone) -> list[Person]:
    """Save people, their ids and places, and accounts; the people into whom others were merged.

    Saving the same again changes nothing. Raises IntegrityError when somebody else made the same person or account
    at the same moment; nothing is saved then, and reading the segment again finds the other one.
    """
    _save_accounts(everyone.workspace, everyone.firms.values())
    people = everyone.people()
    _save_new(everyone.workspace, [who for who in people if who.row is None])
    _save_ids(everyone, people)
    kept = [who for who in people if who.joined]
    for who in kept:
        for given in who.joined:
            merge_people(kept=row_of(who), merged=row_of(given), reason=LATE_IDENTIFY, by=None, tell_store=False)
    for who in people:
        _update(who)
    _save_places(people)
    return [row_of(who) for who in kept]


def row_of(who: Who) -> Person:
    if who.row is None:
        raise LookupError("A person is used before it was saved.")
    return who.row


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _save_new(workspace: Workspace, people: list[Who]) -> None:
    if not people:
        return
    numbers = next_numbers(workspace, "person", len(people))
    now = clock.now()
    for who, number in zip(people, numbers, strict=True):
        person = Person(workspace=workspace, number=number, created_at=now, is_anonymous=not who.known)
        _learn(person, who)
        who.row = person
    Person.objects.bulk_create([row_of(who) for who in people], batch_size=BLOCK)


def _save_ids(everyone: Everyone, people: list[Who]) -> None:
    fresh = [
        Identifier(workspace=everyone.workspace, person=row_of(who), kind=kind, value=value)
        for who in people
        for kind, value in who.ids
    ]
    Identifier.objects.bulk_create(fresh, batch_size=BLOCK)
    for (kind, value), who in everyone.moved:
        row = Identifier.objects.filter(workspace=everyone.workspace, kind=kind, value=value)
        row.update(person=row_of(who.root()))


def _update(who: Who) -> None:
    person = row_of(who)
    before = {name: getattr(person, name) for name in LEARNT}
    if who.known:
        person.is_anonymous = False
    _learn(person, who)
    changed = [name for name in LEARNT if getattr(person, name) != before[name]]
    if changed:
        person.save(update_fields=changed)


LEARNT = ("name", "email", "phone", "title", "traits", "is_anonymous", "first_seen_at", "last_seen_at")


def _learn(person: Person, who: Who) -> None:
    """Put what a segment said about a person into its row; a null trait is forgotten."""
    if who.traits:
        learn_traits(person, who.traits)
    emails = [value for kind, value in who.ids if kind == Identifier.Kind.EMAIL]
    if emails and not person.email and len(emails[-1]) <= 254:
        person.email = emails[-1]
    if who.first is not None and who.last is not None:
        first, last = _moment(who.first), _moment(who.last)
        if person.first_seen_at is None or first < person.first_seen_at:
            person.first_seen_at = first
        # A minute is exact enough for “last seen”, and spares most of the writes.
        if person.last_seen_at is None or last - person.last_seen_at >= SEEN_STEP:
            person.last_seen_at = last


def learn_traits(person: Person, taught: dict[str, Any]) -> None:
    """Put traits into a person's row, and into its fields what has one."""
    traits = {**person.traits, **taught}
    person.traits = {name: value for name, value in traits.items() if value is not None}
    person.name = _text(_full_name(taught), 200) or person.name
    person.phone = _text(taught.get("phone"), 40) or person.phone
    person.title = _text(taught.get("title"), 120) or person.title


def _full_name(traits: dict[str, object]) -> object:
    if traits.get("name"):
        return traits["name"]
    parts = [traits.get("firstName") or traits.get("first_name"), traits.get("lastName") or traits.get("last_name")]
    return " ".join(part for part in parts if isinstance(part, str))


def _text(value: object, length: int) -> str:
    return value.strip()[:length] if isinstance(value, str) else ""


def _save_accounts(workspace: Workspace, firms: Iterable[Firm]) -> None:
    new = [firm for firm in firms if firm.row is None]
    if new:
        numbers = next_numbers(workspace, "account", len(new))
        now = clock.now()
        for firm, number in zip(new, numbers, strict=True):
            firm.row = Account(
                workspace=workspace,
                number=number,
                external_id=firm.external_id,
                name=firm.external_id,
                created_at=now,
                updated_at=now,
                signed_up_on=_moment(firm.first).astimezone(workspace.tz).date(),
            )
            _learn_account(firm.row, firm.traits)
        Account.objects.bulk_create([firm.row for firm in new if firm.row], batch_size=BLOCK)
    for firm in firms:
        if firm.row is not None and firm.traits and firm not in new:
            before = {name: getattr(firm.row, name) for name in ACCOUNT_LEARNT}
            _learn_account(firm.row, firm.traits)
            changed = [name for name in ACCOUNT_LEARNT if getattr(firm.row, name) != before[name]]
            if changed:
                firm.row.updated_at = clock.now()
                firm.row.save(update_fields=[*changed, "updated_at"])


ACCOUNT_LEARNT = ("name", "domain", "country", "industry", "size", "traits")


def _learn_account(account: Account, traits: dict[str, Any]) -> None:
    account.traits = {name: value for name, value in {**account.traits, **traits}.items() if value is not None}
    address = traits.get("address")
    country = address.get("country") if isinstance(address, dict) else traits.get("country")
    size = traits.get("employees")
    account.name = _text(traits.get("name"), 200) or account.name
    account.domain = _text(traits.get("domain") or traits.get("website"), 200) or account.domain
    account.country = _text(country, 80) or account.country
    account.industry = _text(traits.get("industry"), 80) or account.industry
    account.size = _text(str(size) if isinstance(size, int) else size, 40) or account.size


def _save_places(people: list[Who]) -> None:
    wanted = {(who.row.pk, firm.row.pk) for who in people if who.row for firm in who.accounts if firm.row}
    if not wanted:
        return
    known: set[tuple[int, int]] = set()
    keys = sorted({person for person, _ in wanted})
    for start in range(0, len(keys), BLOCK):
        part = keys[start : start + BLOCK]
        known |= set(Affiliation.objects.filter(person__in=part).values_list("person_id", "account_id"))
    Affiliation.objects.bulk_create(
        [Affiliation(person_id=person, account_id=account) for person, account in sorted(wanted - known)],
        batch_size=BLOCK,
    )
