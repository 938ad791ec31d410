"""Write down what a segment taught about people and accounts; everything in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from evergrow.customers.actions.merges import merge_people
from evergrow.customers.actions.numbers import next_numbers
from evergrow.customers.models import (
    Account,
    Affiliation,
    Identifier,
    IdentityConflict,
    Person,
    Reattribution,
)
from evergrow.customers.models.people import LATE_IDENTIFY
from evergrow.customers.traits import Heard, Learner, Saying
from evergrow.customers.traits.subjects import FIELDS
from evergrow.intake.capture.identity import Everyone, Firm, Who
from evergrow.lib import clock
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Workspace

BLOCK = 1_000
SEEN_STEP = timedelta(minutes=1)
SDK = "sdk"


@transaction.atomic
def save(everyone: Everyone) -> list[Person]:
    """Save people, their ids and places, and accounts; the people into whom others were merged.

    Saving the same again changes nothing. Raises IntegrityError when somebody else made the same person or account
    at the same moment; nothing is saved then, and reading the segment again finds the other one.
    """
    learner = Learner(everyone.workspace)
    _save_accounts(everyone.workspace, list(everyone.firms.values()), learner)
    people = everyone.people()
    taught = [who for who in people if _was_taught(who)]
    _save_new(everyone.workspace, [who for who in people if not who.key], learner)
    moved = everyone.settling.moved if everyone.settling else []
    gained = [who.root() for _, who in moved]
    _read_rows([*taught, *gained, *(given for who in taught for given in who.joined)])
    _save_ids(everyone, people)
    kept = [who for who in people if who.joined]
    for who in kept:
        for given in who.joined:
            merge_people(kept=row_of(who), merged=row_of(given), reason=LATE_IDENTIFY, by=None, tell_store=False)
    for who in taught:
        _update(who, learner)
    learner.tell()
    _save_moments([who for who in people if who.row is None])
    _save_places(people)
    _save_doubts(everyone)
    return [row_of(who) for who in kept]


def row_of(who: Who) -> Person:
    if who.row is None:
        raise LookupError("The row of a person is used before it was read or saved.")
    return who.row


def _was_taught(who: Who) -> bool:
    """Whether more was said of somebody whom we had than when they did something."""
    return bool(who.joined or (who.key and (who.traits or who.ids or (who.known and who.was_anonymous))))


def _read_rows(people: list[Who]) -> None:
    missing = {who.key: who for who in people if who.row is None}
    for keys in batched(missing, BLOCK):
        for person in Person.objects.filter(pk__in=keys):
            missing[person.pk].row = person


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _save_new(workspace: Workspace, people: list[Who], learner: Learner) -> None:
    if not people:
        return
    numbers = next_numbers(workspace, "person", len(people))
    now = clock.now()
    for who, number in zip(people, numbers, strict=True):
        person = Person(workspace=workspace, number=number, created_at=now, is_anonymous=not who.known)
        _learn(person, who, learner)
        who.row = person
    Person.objects.bulk_create([row_of(who) for who in people], batch_size=BLOCK)
    for who in people:
        who.key, who.number = row_of(who).pk, row_of(who).number


def _save_ids(everyone: Everyone, people: list[Who]) -> None:
    """Write down ids that are new or somebody else's now, and since when they are whose they are."""
    settling = everyone.settling
    stamps = settling.stamps if settling else {}
    fresh = []
    for who in people:
        for kind, value in who.ids:
            since, is_shared = stamps.pop((kind, value), (None, False))
            fresh.append(
                Identifier(
                    workspace=everyone.workspace,
                    person_id=who.key,
                    kind=kind,
                    value=value,
                    since=since,
                    is_shared=is_shared,
                )
            )
    Identifier.objects.bulk_create(fresh, batch_size=BLOCK)
    if settling is None:
        return
    rows = Identifier.objects.filter(workspace=everyone.workspace)
    for (kind, value), who in settling.moved:
        rows.filter(kind=kind, value=value).update(person=who.root().key)
        if kind == Identifier.Kind.EMAIL:
            _hand_over_email(everyone.workspace, value, who.root())
    for kind, value in settling.dropped:
        rows.filter(kind=kind, value=value).delete()
    for (kind, value), (since, is_shared) in stamps.items():
        rows.filter(kind=kind, value=value).update(since=since, is_shared=is_shared)
    for kind, value in settling.given:
        rows.filter(kind=kind, value=value).update(was_given=True)
    settling.stored.save()


def _hand_over_email(workspace: Workspace, address: str, who: Who) -> None:
    Person.objects.filter(workspace=workspace, email=address).exclude(pk=who.key).update(email="")
    if row_of(who).email == "" and len(address) <= 254:
        row_of(who).email = address
        row_of(who).save(update_fields=["email"])


def _save_doubts(everyone: Everyone) -> None:
    """Write down what a colleague has to decide, and which stored events are to be rewritten."""
    settling = everyone.settling
    if settling is None:
        return
    IdentityConflict.objects.bulk_create(
        [
            IdentityConflict(
                workspace=everyone.workspace,
                why=why,
                kind=kind,
                value=value,
                person_id=who.root().key,
                other_id=other.root().key,
            )
            for why, (kind, value), who, other in settling.conflicts
            if who.root() is not other.root() or why == IdentityConflict.Why.LIMIT
        ],
        batch_size=BLOCK,
        ignore_conflicts=True,
    )
    for kind, value in settling.late:
        Identifier.objects.filter(workspace=everyone.workspace, kind=kind, value=value).update(was_late=True)
    Reattribution.objects.bulk_create(
        [Reattribution(workspace=everyone.workspace, kind=kind, value=value) for kind, value in sorted(settling.late)],
        ignore_conflicts=True,
    )


def _save_moments(people: list[Who]) -> None:
    """Write down when people were seen first and last, where that changed; a person takes one line, not a model."""
    convert = connection.ops.adapt_datetimefield_value
    changed = []
    for who in people:
        moments = _seen(who, *who.seen)
        if moments != who.seen:
            changed.append((*map(convert, moments), who.key))
    if changed:
        with connection.cursor() as cursor:
            cursor.executemany(SET_MOMENTS, changed)


SET_MOMENTS = "update customers_person set first_seen_at = %s, last_seen_at = %s where id = %s"


def _seen(who: Who, first: datetime | None, last: datetime | None) -> tuple[datetime | None, datetime | None]:
    """When somebody was seen first and last, after this segment. A minute is exact enough, and spares most writes."""
    if who.first is None or who.last is None:
        return first, last
    earliest, latest = _moment(who.first), _moment(who.last)
    if first is None or earliest < first:
        first = earliest
    if last is None or latest - last >= SEEN_STEP:
        last = latest
    return first, last


def _update(who: Who, learner: Learner) -> None:
    person = row_of(who)
    before = {name: getattr(person, name) for name in LEARNT}
    if who.known:
        person.is_anonymous = False
    _learn(person, who, learner)
    changed = [name for name in LEARNT if getattr(person, name) != before[name]]
    if changed:
        person.save(update_fields=changed)


LEARNT = ("name", "email", "phone", "title", "traits", "origins", "is_anonymous", "first_seen_at", "last_seen_at")


def _learn(person: Person, who: Who, learner: Learner) -> None:
    """Put what a segment said about a person into its row; a null trait is forgotten."""
    emails = [value for kind, value in who.ids if kind == Identifier.Kind.EMAIL]
    for at, said in who.traits.by_moment().items():
        learn_traits(learner, person, said, _moment(at), emails)
    if emails and not person.email and len(emails[-1]) <= 254:
        person.email = emails[-1]
    person.first_seen_at, person.last_seen_at = _seen(who, person.first_seen_at, person.last_seen_at)


def learn_traits(
    learner: Learner, person: Person, taught: Mapping[str, Any], at: datetime, emails: Sequence[str] = ()
) -> None:
    """Let a person learn traits, and its fields what has one. The email only where it is the person's own id."""
    values = {name: value for name, value in taught.items() if name not in FIELDS["person"]}
    for name in ("phone", "title"):
        if _text(taught.get(name), 1):
            values[name] = taught[name]
    if name := _text(_full_name(taught), 200):
        values["name"] = name
    email = _text(taught.get("email"), 254).lower()
    if email and (email in emails or email == person.email):
        values["email"] = email
    learner.hear(Saying(person, values, SDK, at))


def _full_name(traits: Mapping[str, object]) -> object:
    if traits.get("name"):
        return traits["name"]
    parts = [traits.get("firstName") or traits.get("first_name"), traits.get("lastName") or traits.get("last_name")]
    return " ".join(part for part in parts if isinstance(part, str))


def _text(value: object, length: int) -> str:
    return value.strip()[:length] if isinstance(value, str) else ""


def _save_accounts(workspace: Workspace, firms: list[Firm], learner: Learner) -> None:
    new = [firm for firm in firms if not firm.key]
    taught = {firm.key: firm for firm in firms if firm.key and firm.traits}
    if new:
        numbers = next_numbers(workspace, "account", len(new))
        rows = [_new_account(workspace, firm, number, learner) for firm, number in zip(new, numbers, strict=True)]
        Account.objects.bulk_create(rows, batch_size=BLOCK)
        for firm, row in zip(new, rows, strict=True):
            firm.key, firm.number = row.pk, row.number
    for keys in batched(taught, BLOCK):
        for account in Account.everyone.filter(pk__in=keys):
            _update_account(account, taught[account.pk].traits, learner)


def _new_account(workspace: Workspace, firm: Firm, number: int, learner: Learner) -> Account:
    now = clock.now()
    account = Account(
        workspace=workspace,
        number=number,
        external_id=firm.external_id,
        name=firm.external_id,
        created_at=now,
        updated_at=now,
        signed_up_on=_moment(firm.first).astimezone(workspace.tz).date(),
    )
    _learn_account(account, firm.traits, learner)
    return account


def _update_account(account: Account, traits: Heard, learner: Learner) -> None:
    before = {name: getattr(account, name) for name in ACCOUNT_LEARNT}
    _learn_account(account, traits, learner)
    changed = [name for name in ACCOUNT_LEARNT if getattr(account, name) != before[name]]
    if changed:
        account.updated_at = clock.now()
        account.save(update_fields=[*changed, "updated_at"])


ACCOUNT_LEARNT = ("name", "domain", "country", "industry", "size", "traits", "origins")


def _learn_account(account: Account, traits: Heard, learner: Learner) -> None:
    for at, said in traits.by_moment().items():
        values = {name: value for name, value in said.items() if name not in FIELDS["account"]}
        learner.hear(Saying(account, values | _account_fields(said), SDK, _moment(at)))


def _account_fields(traits: Mapping[str, Any]) -> dict[str, str]:
    """What traits say of an account's fields."""
    address = traits.get("address")
    country = address.get("country") if isinstance(address, dict) else traits.get("country")
    size = traits.get("employees")
    found = {
        "name": _text(traits.get("name"), 200),
        "domain": _text(traits.get("domain") or traits.get("website"), 200),
        "country": _text(country, 80),
        "industry": _text(traits.get("industry"), 80),
        "size": _text(str(size) if isinstance(size, int) else size, 40),
    }
    return {name: value for name, value in found.items() if value}


def _save_places(people: list[Who]) -> None:
    wanted = {(who.key, firm.key) for who in people for firm in who.accounts}
    if not wanted:
        return
    known: set[tuple[int, int]] = set()
    for keys in batched(sorted({person for person, _ in wanted}), BLOCK):
        known |= set(Affiliation.objects.filter(person__in=keys).values_list("person_id", "account_id"))
    Affiliation.objects.bulk_create(
        [Affiliation(person_id=person, account_id=account) for person, account in sorted(wanted - known)],
        batch_size=BLOCK,
    )
