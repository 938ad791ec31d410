"""Whose events are asked for, and which of them a member may see."""

from dataclasses import dataclass
from typing import Any

from evergrow.customers import access
from evergrow.customers.models import Account, Person
from evergrow.workspaces.models import AccountScope, Member


@dataclass(frozen=True, slots=True)
class Whose:
    """A person or an account in front of a member; ``numbers`` are all that mean the person in the event store."""

    member: Member
    subject: Person | Account
    numbers: tuple[int, ...]

    @property
    def is_person(self) -> bool:
        return isinstance(self.subject, Person)

    @property
    def asked(self) -> dict[str, Any]:
        """The parameters of a statement about the subject's events."""
        base: dict[str, Any] = {"workspace_id": self.subject.workspace_id}
        if isinstance(self.subject, Account):
            return {**base, "account": self.subject.number}
        return {**base, "people": list(self.numbers), **sight(self.member)}


def whose(member: Member, subject: Person | Account) -> Whose:
    """The subject with everybody who was merged into it."""
    if isinstance(subject, Account):
        return Whose(member, subject, (subject.number,))
    return Whose(member, subject, (subject.number, *subject.merged_numbers))


def sight(member: Member) -> dict[str, Any]:
    """Which accounts' events a member may see, as parameters; an event without an account belongs to its person."""
    sees_all = member.scope == AccountScope.ALL
    accounts = [] if sees_all else list(access.accounts(member).values_list("number", flat=True))
    return {"all": sees_all, "accounts": accounts}
