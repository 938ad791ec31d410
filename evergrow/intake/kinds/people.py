"""People: one row per human at a customer."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Affiliation, Identifier, Person
from evergrow.intake.kinds.kind import Chunk, Field, Kind, Tally
from evergrow.intake.kinds.problems import Problem
from evergrow.intake.kinds.references import EVENTS_ACCOUNT, check_account, people_by
from evergrow.intake.kinds.upsert import change_row, insert, parts
from evergrow.intake.kinds.values import choice, email, text, yes_no
from evergrow.intake.models import ImportChange
from evergrow.lib import clock

INFLUENCES = {
    Affiliation.Influence.DECIDES.value: (
        "decision maker",
        "decider",
        "champion",
        "sponsor",
        "决策",
        "决策者",
        "决策人",
    ),
    Affiliation.Influence.INFLUENCES.value: ("influencer", "advisor", "影响", "影响者", "推荐人"),
    Affiliation.Influence.PAYS.value: ("buyer", "billing", "payer", "finance", "付款", "付款人", "采购"),
    Affiliation.Influence.USES.value: ("user", "end user", "member", "使用", "使用者", "用户"),
}
FACTS = ("name", "email", "phone", "title")


def check(chunk: Chunk) -> None:
    """Find the accounts; a person needs an id or an email to be known by."""
    check_account(chunk)
    for index, (user, mail) in enumerate(zip(chunk.column("external_id"), chunk.column("email"), strict=True)):
        if not user and not mail:
            chunk.reject(
                index, Problem(_("Neither an id nor an email. Fill one of them so that the person can be found again."))
            )


def write(chunk: Chunk) -> Tally:
    users, emails = chunk.column("external_id"), chunk.column("email")
    by_user = people_by(chunk, Identifier.Kind.USER, users)
    by_email = people_by(chunk, Identifier.Kind.EMAIL, emails)
    keys = [by_user.get(user) or by_email.get(mail) for user, mail in zip(users, emails, strict=True)]
    known = _people(pk for pk, _number in filter(None, keys))
    people, new, changed = [], [], {}
    for index, key in enumerate(keys):
        facts = {name: chunk.column(name)[index] for name in FACTS if chunk.column(name)[index] is not None}
        if chunk.kept and chunk.kept[index]:
            facts["traits"] = chunk.kept[index]
        if key is None:
            person = Person(workspace=chunk.workspace, import_id=chunk.source.pk, created_at=clock.now(), **facts)
            new.append(person)
        else:
            person = known[key[0]]
            if change := change_row(chunk, person, facts):
                changed[index] = change
        people.append(person)
    fresh = {id(person) for person in new}
    insert(chunk, new, "person")
    _save(changed, people)
    touched = set(changed)
    touched |= add_identifiers(chunk, Identifier.Kind.USER, users, people, by_user, fresh)
    touched |= add_identifiers(chunk, Identifier.Kind.EMAIL, emails, people, by_email, fresh)
    touched |= add_places(chunk, people, fresh)
    updated = sum(1 for index in touched if id(people[index]) not in fresh)
    return Tally(len(new), updated, len(chunk) - len(new) - updated)


def _people(keys: Iterable[int]) -> dict[int, Person]:
    wanted = sorted(set(keys))
    return {person.pk: person for part in parts(wanted) for person in Person.objects.filter(pk__in=part)}


def _save(changed: dict[int, ImportChange], people: Sequence[Person]) -> None:
    if changed:
        names = sorted({name for change in changed.values() for name in change.after})
        Person.objects.bulk_update([people[index] for index in changed], names, batch_size=500)
        ImportChange.objects.bulk_create(changed.values(), batch_size=500)


def add_identifiers(
    chunk: Chunk,
    kind: str,
    values: Sequence[str | None],
    people: Sequence[Person],
    known: dict[str, Any],
    fresh: set[int],
) -> set[int]:
    """Note the ids that were not known; the first row keeps an id that several share. Gives the rows that got one."""
    taken, made, rows = set(known), [], []
    for index, value in enumerate(values):
        if value is None or value in taken:
            continue
        taken.add(value)
        made.append(Identifier(workspace=chunk.workspace, person=people[index], kind=kind, value=value))
        rows.append(index)
    Identifier.objects.bulk_create(made)
    _note_created(chunk, [row for row, index in zip(made, rows, strict=True) if id(people[index]) not in fresh])
    return set(rows)


def add_places(chunk: Chunk, people: Sequence[Person], fresh: set[int]) -> set[int]:
    """Give people their places at the accounts their rows name. Gives the rows that changed something."""
    accounts = chunk.column("account_id")
    known = _places([person.pk for person in people if id(person) not in fresh])
    made, changed, rows = {}, {}, set()
    for index, (account, person) in enumerate(zip(accounts, people, strict=True)):
        if account is None:
            continue
        facts = {n: chunk.column(n)[index] for n in ("influence", "is_key") if chunk.column(n)[index] is not None}
        place = known.get((account, person.pk))
        if place is None and (account, person.pk) not in made:
            made[account, person.pk] = Affiliation(account_id=account, person=person, **facts)
            rows.add(index)
        elif place is not None and (change := change_row(chunk, place, facts)):
            changed[place] = change
            rows.add(index)
    Affiliation.objects.bulk_create(made.values())
    _note_created(chunk, [place for place in made.values() if id(place.person) not in fresh])
    if changed:
        Affiliation.objects.bulk_update(changed, ["influence", "is_key"], batch_size=500)
        ImportChange.objects.bulk_create(changed.values())
    return rows


def _places(people: Sequence[int]) -> dict[tuple[int, int], Affiliation]:
    return {
        (place.account_id, place.person_id): place
        for part in parts(people)
        for place in Affiliation.objects.filter(person_id__in=part)
    }


def _note_created(chunk: Chunk, rows: Sequence[Identifier | Affiliation]) -> None:
    """What was added to people who were there before is taken back one by one."""
    ImportChange.objects.bulk_create(
        ImportChange(source=chunk.source, model=row._meta.label_lower, object_id=row.pk, before=None) for row in rows
    )


KIND = Kind(
    key="people",
    label=_("People"),
    about=_("One row per human at a customer: users and contacts, each at their account."),
    icon="users",
    fields=(
        Field(
            "external_id",
            _("user id"),
            text(255),
            hint=_("The id their events carry."),
        ),
        Field(
            "email",
            _("email"),
            email,
            looks_like="email",
        ),
        Field(
            "name",
            _("name"),
            text(200),
        ),
        Field(
            "phone",
            _("phone"),
            text(40),
        ),
        Field("title", _("job title"), text(120)),
        EVENTS_ACCOUNT,
        Field(
            "influence",
            _("influence"),
            choice(INFLUENCES),
            shown=dict(Affiliation.Influence.choices),
        ),
        Field(
            "is_key",
            _("key person"),
            yes_no,
        ),
    ),
    check=check,
    write=write,
    id_fields=("external_id", "email"),
    one_of=("external_id", "email"),
    keeps=_("as a trait of the person"),
    example=(
        ("user_id", "name", "email", "job_title", "account_id", "influence", "key_contact"),
        ("U-9", "林薇", "lin.wei@bluepeak.example", "运营总监", "C-1001", "决策者", "是"),
        ("U-10", "Daniel Reed", "daniel.reed@bluepeak.example", "Store Manager", "C-1001", "user", "no"),
        ("U-11", "周明", "zhou.ming@dawnlight.example", "教务主任", "C-1002", "影响者", "否"),
    ),
)
