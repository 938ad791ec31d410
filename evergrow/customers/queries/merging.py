"""What a merge of two people would do, what a merge did, and what taking it back would do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from evergrow import warehouse
from evergrow.customers import access
from evergrow.customers.actions.merges import FACTS, MOVED, why_not_undo
from evergrow.customers.models import Affiliation, Identifier, IdentityConflict, Person, PersonMerge
from evergrow.customers.privacy.masking import TRAIT, Mask
from evergrow.lib.digits import small
from evergrow.workspaces.models import Member

MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Fact:
    """A field or trait of two people or accounts, and the value that the one who stays will have.

    ``is_taken``: the value comes from the one who is merged; ``is_lost``: a value of theirs gives way to another.
    """

    name: str
    kept: Any
    merged: Any
    result: Any
    is_taken: bool
    is_lost: bool

    @classmethod
    def of(cls, name: str, kept: Any, merged: Any, result: Any) -> "Fact":
        """A fact of these values."""
        return cls(name, kept, merged, result, bool(result == merged != kept), bool(merged) and result != merged)


@dataclass(frozen=True, slots=True)
class Preview:
    """What moves from ``merged`` to ``kept``; ``events`` is None while the event store cannot be asked."""

    kept: Person
    merged: Person
    ids: Sequence[Identifier]
    accounts: Sequence[Affiliation]
    shared_accounts: Sequence[Affiliation]
    events: int | None
    kept_events: int | None
    tickets: int
    visits: int
    entries: int
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Undoing:
    """What goes back when a merge is undone, or why it cannot be."""

    merge: PersonMerge
    blocker: str | None
    ids: Sequence[Identifier]
    accounts: Sequence[Affiliation]
    events: int | None
    facts: Sequence[Fact]


def preview(kept: Person, merged: Person, mask: Mask) -> Preview:
    """What merging two people would do, as a member may see it; nothing is changed."""
    places = list(merged.affiliations.select_related("account").order_by("pk"))
    held = set(kept.affiliations.values_list("account_id", flat=True))
    counted = events_of([kept, merged])
    return Preview(
        kept,
        merged,
        _ids(merged.identifiers.order_by("kind", "value"), merged, mask),
        [place for place in places if place.account_id not in held],
        [place for place in places if place.account_id in held],
        counted[merged.pk] if counted else None,
        counted[kept.pk] if counted else None,
        _count("tickets", merged),
        _count("visits", merged),
        _count("timeline", merged),
        _facts(kept, merged, mask),
    )


def _ids(found: Iterable[Identifier], person: Person, mask: Mask) -> list[Identifier]:
    """Ids as a member may see them; not to be saved."""
    shown = list(found)
    for each in shown:
        each.value = mask.masked(person, "ids", each.value)
    return shown


def _count(name: str, person: Person) -> int:
    return MOVED[name]._default_manager.filter(person=person).count()


def undoing(merge: PersonMerge, mask: Mask) -> Undoing:
    """What taking a merge back would do, as a member may see it; nothing is changed."""
    before = merge.traits_before
    counted = events_of([merge.merged]) if merge.undone_at is None else None
    now = merge.kept
    names = [*FACTS, *sorted({*before.get("traits", {}), *now.traits})]
    facts = [(name, *(_value(each, name) for each in (now, before))) for name in names]
    changed = [(name, current, was) for name, current, was in facts if current != was]
    return Undoing(
        merge,
        why_not_undo(merge),
        _ids(Identifier.objects.filter(pk__in=merge.identifiers, person=now).order_by("kind", "value"), now, mask),
        list(Affiliation.objects.filter(pk__in=before.get("affiliations", ())).select_related("account")),
        counted[merge.merged.pk] if counted else None,
        [_seen(name, mask, (now, current), (now, was), (now, was)) for name, current, was in changed],
    )


def events_of(people: Iterable[Person]) -> dict[int, int] | None:
    """How many events each person has, by primary key, those of merged rows included; None: the store is away."""
    owner: dict[int, int] = {}
    workspace = None
    for person in people:
        workspace = person.workspace_id
        same = Person.objects.filter(Q(pk=person.pk) | Q(merged_into=person))
        owner |= dict.fromkeys(same.values_list("number", flat=True), person.pk)
    try:
        rows = warehouse.rows(
            warehouse.statement("customers", "people_events"), workspace_id=workspace, people=sorted(owner)
        )
    except warehouse.StoreUnavailable:
        return None
    found = dict.fromkeys(owner.values(), 0)
    for number, events, _first, _last in rows:
        found[owner[number]] += events
    return found


def candidates(member: Member, person: Person, text: str) -> list[Person]:
    """People who may be the same: found by name, email or one of their ids, as far as the member sees those; without a
    text those in open conflict.
    """
    people = access.people(member).exclude(pk=person.pk)
    if not text:
        doubts = IdentityConflict.objects.filter(state=IdentityConflict.State.OPEN)
        others = [
            *doubts.filter(person=person).values_list("other", flat=True),
            *doubts.filter(other=person).values_list("person", flat=True),
        ]
        return list(people.filter(pk__in=others).order_by("number")[:MOST_FOUND])
    mask = Mask(member)
    named = mask.named(text)
    if not mask.hides("ids"):
        named |= Q(identifiers__value=text)
    if number := small(text.lstrip("#")):
        named |= Q(number=number)
    return list(people.filter(named).order_by("number").distinct()[:MOST_FOUND])


def merges(member: Member, *, person: Person | None = None, by_hand: bool | None = None) -> QuerySet[PersonMerge]:
    """The log of merges that the member may see, the newest first."""
    found = PersonMerge.objects.filter(workspace_id=member.workspace_id, kept__in=_reachable(member))
    if person is not None:
        found = found.filter(Q(kept=person) | Q(merged=person) | Q(kept__merged_into=person))
    if by_hand is not None:
        found = found.filter(by__isnull=not by_hand)
    return found.select_related("kept", "merged", "by__user", "undone_by__user").order_by("-at", "-pk")


def _reachable(member: Member) -> QuerySet[Person]:
    """Those whom the member may see, and who were merged into them."""
    seen = access.people(member).values("pk")
    return Person.objects.filter(Q(pk__in=seen) | Q(merged_into__in=seen))


def conflicts(member: Member, state: str) -> QuerySet[IdentityConflict]:
    """The conflicts between people whom the member may see, the newest first."""
    seen = _reachable(member)
    found = IdentityConflict.objects.filter(workspace_id=member.workspace_id, state=state)
    found = found.filter(person__in=seen, other__in=seen)
    return found.select_related("person", "other", "person__merged_into", "other__merged_into").order_by("-at", "-pk")


def _facts(kept: Person, merged: Person, mask: Mask) -> list[Fact]:
    found = []
    for name in FACTS:
        ours, theirs = getattr(kept, name), getattr(merged, name)
        if ours or theirs:
            found.append(_seen(name, mask, (kept, ours), (merged, theirs), (kept, ours) if ours else (merged, theirs)))
    for name in sorted({**merged.traits, **kept.traits}):
        ours, theirs = (kept, kept.traits.get(name)), (merged, merged.traits.get(name))
        found.append(_seen(name, mask, ours, theirs, ours if name in kept.traits else theirs))
    return found


def _seen(name: str, mask: Mask, *values: tuple[Person, Any]) -> Fact:
    """A fact as a member may see it; ``values``: kept, merged and result, each with the person whose it is."""
    field = name if name in FACTS else f"{TRAIT}{name}"
    kept, merged, result = (mask.masked(person, field, value) for person, value in values)
    whole = Fact.of(_name(name), *(value for _person, value in values))
    return replace(whole, kept=kept, merged=merged, result=result)


def _name(name: str) -> str:
    return {"name": _("Name"), "email": _("Email"), "phone": _("Phone"), "title": _("Job title")}.get(name, name)


def _value(row: Person | dict[str, Any], name: str) -> Any:
    facts = row if isinstance(row, dict) else {each: getattr(row, each) for each in (*FACTS, "traits")}
    return facts.get(name, "") if name in FACTS else facts.get("traits", {}).get(name, "")
