"""Suggestions that a member may see: both of the two have to be visible to them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from evergrow.customers import access
from evergrow.customers.models import Account, Duplicate, Person
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member

Kind = Duplicate.Kind


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A pair with both rows, the one to keep first: who was known earlier and better."""

    duplicate: Duplicate
    kept: Any
    other: Any

    @property
    def rows(self) -> list[Any]:
        return [self.kept, self.other]

    @property
    def reasons(self) -> list[tuple[str, float]]:
        """In words, the surest first."""
        return [(str(Duplicate.Reason(reason).label), sure) for reason, sure in self.duplicate.reasons]


def seen(member: Member, kind: str) -> QuerySet[Duplicate]:
    """The suggestions of a kind about people or accounts that are both visible and still stand alone."""
    rows: QuerySet[Any] = access.people(member) if kind == Kind.PERSON else access.accounts(member)
    found = Duplicate.objects.filter(workspace_id=member.workspace_id, kind=kind)
    for side in ("first", "second"):
        found = found.filter(Exists(rows.filter(number=OuterRef(side))))
    return found


def about(member: Member, subject: Person | Account) -> list[Suggestion]:
    """The open suggestions about one person or account."""
    kind = Kind.PERSON if isinstance(subject, Person) else Kind.ACCOUNT
    if not _named(member, kind, subject.number):  # most have none, and whether a member sees both is dearer to ask
        return []
    rows = seen(member, kind).filter(_is_about(subject.number), state=Duplicate.State.OPEN)
    return told(member, kind, list(rows.order_by("-score", "pk")[:5]))


def _is_about(number: int) -> Q:
    return Q(first=number) | Q(second=number)


@prepared.rows
def _named(member: Member, kind: Duplicate.Kind, number: int) -> QuerySet[Duplicate, int]:
    rows = Duplicate.objects.filter(_is_about(number), workspace_id=member.workspace_id, kind=kind)
    return rows.filter(state=Duplicate.State.OPEN).values_list("pk", flat=True)[:1]


def told(member: Member, kind: str, rows: list[Duplicate]) -> list[Suggestion]:
    """Suggestions with their two rows."""
    numbers = {number for row in rows for number in (row.first, row.second)}
    found: QuerySet[Any] = access.people(member) if kind == Kind.PERSON else access.accounts(member)
    held = {each.number: each for each in found.filter(number__in=numbers)}
    suggestions = []
    for row in rows:
        if row.first in held and row.second in held:
            kept, other = sorted((held[row.first], held[row.second]), key=_rank)
            suggestions.append(Suggestion(row, kept, other))
    return suggestions


def _rank(row: Any) -> tuple[Any, ...]:
    """Known before anonymous, paying before not, then whoever says more, then the earlier one."""
    if isinstance(row, Person):
        return row.is_anonymous, -sum(bool(part) for part in (row.name, row.email, row.phone, row.title)), row.number
    return row.status != "active", -row.mrr, row.number
