"""People: one row per human at a customer."""

from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from evergrow.customers.identity.kinds import rules
from evergrow.customers.models import Affiliation, Identifier, Person
from evergrow.customers.privacy.digests import erased_among, has_erased
from evergrow.intake.kinds.insert import insert_columns
from evergrow.intake.kinds.kind import Chunk, Field, Kind, Tally
from evergrow.intake.kinds.problems import Problem
from evergrow.intake.kinds.references import EVENTS_ACCOUNT, check_account, people_by
from evergrow.intake.kinds.upsert import change_row, create, parts
from evergrow.intake.kinds.values import choice, email, text, yes_no
from evergrow.intake.models import ImportChange
from evergrow.intake.personal import consent
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
    _refuse_erased(chunk)


def _refuse_erased(chunk: Chunk) -> None:
    """Whoever was erased does not come back with a file."""
    if not has_erased(chunk.source.workspace_id):
        return
    users, emails = chunk.column("external_id"), chunk.column("email")
    gone = erased_among(chunk.source.workspace_id, [each for each in (*users, *emails) if each])
    for index, (user, mail) in enumerate(zip(users, emails, strict=True)):
        if user in gone or mail in gone:
            chunk.reject(index, Problem(_("This person was erased here. Let the id in again under Privacy first.")))


def write(chunk: Chunk) -> Tally:
    said = consent.taken(chunk)
    users, emails = chunk.column("external_id"), chunk.column("email")
    by_user = people_by(chunk, Identifier.Kind.USER, users)
    by_email = people_by(chunk, Identifier.Kind.EMAIL, emails)
    others = _other_ids(chunk)
    by_other = {kind: people_by(chunk, kind, values) for kind, values in others.items()}
    keys = [
        by_user.get(user) or by_email.get(mail) or _known_by_other(index, others, by_other)
        for index, (user, mail) in enumerate(zip(users, emails, strict=True))
    ]
    changed = _change(chunk, {index: key[0] for index, key in enumerate(keys) if key})
    new = [index for index, key in enumerate(keys) if key is None]
    made = dict(zip(new, make_people(chunk, new), strict=True))
    people = [made[index] if key is None else key[0] for index, key in enumerate(keys)]
    touched = set(changed)
    touched |= add_identifiers(chunk, Identifier.Kind.USER, users, people, set(by_user), set(made.values()))
    touched |= add_identifiers(chunk, Identifier.Kind.EMAIL, emails, people, set(by_email), set(made.values()))
    for kind, values in others.items():
        touched |= add_identifiers(chunk, kind, values, people, set(by_other[kind]), set(made.values()))
    touched |= add_places(chunk, people, set(made.values()))
    consent.write(chunk, people, said)
    updated = len(touched - set(new))
    chunk.learner.save()
    return Tally(len(new), updated, len(chunk) - len(new) - updated)


def _other_ids(chunk: Chunk) -> dict[str, list[str | None]]:
    """The ids of other kinds that join people here, in columns named like their traits; a value for each row."""
    found: dict[str, list[str | None]] = {}
    for key, rule in rules(chunk.workspace).items():
        if key == Identifier.Kind.EMAIL or not rule.joins:
            continue
        if rule.trait in chunk.values:
            cells: Sequence[Any] = chunk.column(rule.trait)
        else:
            cells = [kept.get(rule.trait) for kept in chunk.kept]
        values = [rule.read(cell) or None for cell in cells]
        if any(values):
            found[key] = values
    return found


def _known_by_other(
    index: int, others: dict[str, list[str | None]], known: dict[str, dict[str, tuple[int, int]]]
) -> tuple[int, int] | None:
    """Who is known by a row's other ids, the strongest first. A phone says too little: colleagues share one."""
    for kind, values in others.items():
        value = values[index]
        if kind != Identifier.Kind.PHONE and value is not None and value in known[kind]:
            return known[kind][value]
    return None


def make_people(chunk: Chunk, rows: Sequence[int]) -> list[int]:
    """Create the people of these rows of a chunk; their primary keys."""
    columns: dict[str, Sequence[Any]] = {name: chunk.column(name) for name in FACTS if name in chunk.values}
    if chunk.kept:
        columns["traits"] = chunk.kept
    given = create(chunk, Person, columns, rows, "person", {"created_at": [clock.now()] * len(chunk)})
    if not given:
        return []
    made = Person.objects.filter(workspace_id=chunk.source.workspace_id, number__range=(given[0], given[-1]))
    by_number = dict(made.values_list("number", "pk"))
    return [by_number[number] for number in given]


def _change(chunk: Chunk, known: dict[int, int]) -> dict[int, ImportChange]:
    """Write what differs at the people who are there already; the changes by row."""
    people = {p.pk: p for part in parts(sorted(set(known.values()))) for p in Person.objects.filter(pk__in=part)}
    changed = {}
    for index, key in known.items():
        facts = {name: chunk.column(name)[index] for name in FACTS if chunk.column(name)[index] is not None}
        if chunk.kept and chunk.kept[index]:
            facts["traits"] = chunk.kept[index]
        if change := change_row(chunk, people[key], facts):
            changed[index] = change
    if changed:
        names = sorted({name for change in changed.values() for name in change.after})
        Person.objects.bulk_update([people[known[index]] for index in changed], names, batch_size=500)
        ImportChange.objects.bulk_create(changed.values(), batch_size=500)
    return changed


def add_identifiers(
    chunk: Chunk, kind: str, values: Sequence[str | None], people: Sequence[int], known: set[str], fresh: set[int]
) -> set[int]:
    """Note the ids that were not known; the first row keeps an id that several share. Gives the rows that got one.

    ``people`` holds the primary key of each row's person, ``fresh`` those that this chunk made.
    """
    taken, rows = set(known), []
    for index, value in enumerate(values):
        if value is not None and value not in taken:
            taken.add(value)
            rows.append(index)
    columns = {
        "workspace_id": chunk.source.workspace_id,
        "kind": str(kind),
        "value": [values[index] for index in rows],
        "person_id": [people[index] for index in rows],
    }
    insert_columns(Identifier, columns, len(rows))
    added = [values[index] for index in rows if people[index] not in fresh]
    if added:
        made = Identifier.objects.filter(workspace_id=chunk.source.workspace_id, kind=kind)
        _note_created(
            chunk, Identifier, [k for p in parts(added) for k in made.filter(value__in=p).values_list("pk", flat=True)]
        )
    return set(rows)


def add_places(chunk: Chunk, people: Sequence[int], fresh: set[int]) -> set[int]:
    """Give people their places at the accounts their rows name. Gives the rows that changed something."""
    accounts = chunk.column("account_id")
    known = _places([person for person in people if person not in fresh])
    made: dict[tuple[int, int], int] = {}
    changed, rows = {}, set()
    for index, pair in enumerate(zip(accounts, people, strict=True)):
        if pair[0] is None:
            continue
        place = known.get(pair)
        if place is None and pair not in made:
            made[pair] = index
            rows.add(index)
        elif place is not None:
            facts = {n: chunk.column(n)[index] for n in ("influence", "is_key") if chunk.column(n)[index] is not None}
            if change := change_row(chunk, place, facts):
                changed[place] = change
                rows.add(index)
    _make_places(chunk, made, fresh)
    if changed:
        Affiliation.objects.bulk_update(changed, ["influence", "is_key"], batch_size=500)
        ImportChange.objects.bulk_create(changed.values())
    return rows


def _make_places(chunk: Chunk, made: dict[tuple[int, int], int], fresh: set[int]) -> None:
    columns: dict[str, Any] = {
        "account_id": [account for account, _person in made],
        "person_id": [person for _account, person in made],
    }
    for name in ("influence", "is_key"):
        columns[name] = [chunk.column(name)[index] for index in made.values()]
    insert_columns(Affiliation, columns, len(made))
    added = _places([person for _account, person in made if person not in fresh])
    _note_created(chunk, Affiliation, [place.pk for pair, place in added.items() if pair in made])


def _places(people: Sequence[int]) -> dict[tuple[int | None, int], Affiliation]:
    return {
        (place.account_id, place.person_id): place
        for part in parts(people)
        for place in Affiliation.objects.filter(person_id__in=part).order_by(models.F("ended_on").asc(nulls_last=True))
    }


def _note_created(chunk: Chunk, model: type[Identifier | Affiliation], keys: Sequence[int]) -> None:
    """What was added to people who were there before is taken back one by one."""
    ImportChange.objects.bulk_create(
        ImportChange(source=chunk.source, model=model._meta.label_lower, object_id=key, before=None) for key in keys
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
