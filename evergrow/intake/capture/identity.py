"""Whose event it is. People and accounts of a segment are found or made in the relational store, in a few queries.

1. A ``userId`` names an identified person, an ``anonymousId`` one who may become known later.
2. A message with both ids joins them: the anonymous person so far *becomes* the identified one (late identify).
3. Two identified people are never joined by a message. On a shared device the anonymous id moves to whoever used it
   last; what happened before stays with the person before.
4. An email in the traits, or a userId that is one, finds a contact we already had (an import, a colleague's entry).
5. The account is the message's ``groupId``, else the only account the person belongs to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from evergrow.customers.models import Account, Affiliation, Identifier, Person
from evergrow.intake.capture.messages import Message
from evergrow.workspaces.models import Workspace

Kind = Identifier.Kind
Id = tuple[str, str]
ASK = 2_000
T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Who:
    """A person while a segment is read; ``row`` is None until one that is new is saved."""

    row: Person | None = None
    known: bool = False  # identified: has a user id, or is a contact
    has_user: bool = False
    ids: list[Id] = field(default_factory=list)
    accounts: list["Firm"] = field(default_factory=list)
    joined: list["Who"] = field(default_factory=list)  # rows that were merged into this one here
    into: "Who | None" = None
    traits: dict[str, object] = field(default_factory=dict)
    first: int | None = None
    last: int | None = None

    def root(self) -> "Who":
        who = self
        while who.into is not None:
            who = who.into
        return who


@dataclass(slots=True, eq=False)
class Firm:
    """An account while a segment is read."""

    external_id: str
    row: Account | None = None
    traits: dict[str, object] = field(default_factory=dict)
    first: int = 0


class Everyone:
    """The people and accounts that a workspace's segment speaks of."""

    def __init__(self, workspace: Workspace, messages: Sequence[Message]) -> None:
        self.workspace = workspace
        self.by_id: dict[Id, Who] = {}
        self.firms: dict[str, Firm] = {}
        self.moved: list[tuple[Id, Who]] = []
        self._load_people(_ids(messages))
        self._load_accounts({message.group for message in messages if message.group})

    def see(self, message: Message) -> tuple[Who | None, Firm | None] | None:
        """Whose message it is and for which account, learning from it. None for an alias that must not be followed.

        A message without ids is about an account or a thing alone, and nobody's.
        """
        firm = self._firm(message) if message.group else None
        if not message.user and not message.anonymous:
            if firm is not None and message.type == "group":
                firm.traits.update(message.traits)
            return None, firm
        who = self._who(message)
        if message.type == "alias" and not self._alias(who, message.previous):
            return None
        if message.type == "group" and firm is not None:
            firm.traits.update(message.traits)
            if firm not in who.accounts:
                who.accounts.append(firm)
        elif message.type == "identify":
            who.traits.update(message.traits)
            who = self._meet_email(who, message.traits.get("email"))
        who.first = message.at if who.first is None else min(who.first, message.at)
        who.last = message.at if who.last is None else max(who.last, message.at)
        if firm is None and len(who.accounts) == 1:
            firm = who.accounts[0]
        return who, firm

    def people(self) -> list[Who]:
        """Everyone that is left after joining, each once, in order of appearance."""
        return list(dict.fromkeys(who.root() for who in self.by_id.values()))

    def _who(self, message: Message) -> Who:
        anonymous = self._find(Kind.ANONYMOUS, message.anonymous)
        if not message.user:
            return anonymous or self._new((Kind.ANONYMOUS, message.anonymous))
        user = self._find(Kind.USER, message.user) or self._contact(message.user)
        if user is None and anonymous is not None and not anonymous.known:
            user = anonymous
            self._name(user, (Kind.USER, message.user))
        user = user or self._new((Kind.USER, message.user))
        user.known = user.has_user = True
        if message.anonymous and anonymous is not user:
            if anonymous is not None and not anonymous.known:
                self._join(anonymous, user)
            else:
                self._name(user, (Kind.ANONYMOUS, message.anonymous))
        return user

    def _alias(self, who: Who, previous: str) -> bool:
        """Join the person that ``previous`` named; False where that one is identified and another."""
        for kind in (Kind.ANONYMOUS, Kind.USER):
            other = self._find(kind, previous)
            if other is not None and other is not who:
                if other.known:
                    return False
                self._join(other, who)
                return True
            if other is who:
                return True
        self._name(who, (Kind.ANONYMOUS, previous))
        return True

    def _contact(self, user: str) -> Who | None:
        """A contact without a user id yet, whose email is used as one."""
        found = self._find(Kind.EMAIL, user.lower()) if "@" in user else None
        if found is None or found.has_user:
            return None
        self._name(found, (Kind.USER, user))
        return found

    def _meet_email(self, who: Who, email: object) -> Who:
        """Give the person this email, or find that a contact with it is the same person."""
        if not isinstance(email, str) or "@" not in email or len(email) > 250:
            return who
        address = email.strip().lower()
        holder = self._find(Kind.EMAIL, address)
        if holder is None:
            self._name(who, (Kind.EMAIL, address))
        elif holder is not who and not holder.has_user and (who.row is None or not who.row.email):
            # A contact that was there first stays, and the ids that came now become its own.
            keep, give = (holder, who) if who.row is None else (who, holder)
            self._join(give, keep)
            return keep
        return who

    def _find(self, kind: str, value: str) -> Who | None:
        found = self.by_id.get((kind, value)) if value else None
        return found.root() if found else None

    def _new(self, identifier: Id) -> Who:
        who = Who(known=identifier[0] == Kind.USER, has_user=identifier[0] == Kind.USER)
        self._name(who, identifier)
        return who

    def _name(self, who: Who, identifier: Id) -> None:
        """From now on this id means this person."""
        before = self.by_id.get(identifier)
        self.by_id[identifier] = who
        if before is None:
            who.ids.append(identifier)
        elif identifier in before.root().ids:
            before.root().ids.remove(identifier)
            who.ids.append(identifier)
        else:  # it was written down before, and may have moved here already
            self.moved.append((identifier, who))

    def _join(self, given: Who, kept: Who) -> None:
        given.into = kept
        kept.ids += given.ids
        kept.known, kept.has_user = kept.known or given.known, kept.has_user or given.has_user
        kept.traits = {**given.traits, **kept.traits}
        kept.accounts += [firm for firm in given.accounts if firm not in kept.accounts]
        kept.joined += given.joined + ([given] if given.row is not None else [])
        moments = [moment for moment in (given.first, kept.first) if moment is not None]
        kept.first = min(moments, default=None)
        kept.last = max((moment for moment in (given.last, kept.last) if moment is not None), default=None)

    def _firm(self, message: Message) -> Firm:
        found = self.firms.get(message.group)
        if found is None:
            found = self.firms[message.group] = Firm(message.group, first=message.at)
        return found

    def _load_people(self, ids: dict[str, set[str]]) -> None:
        people: dict[int, Who] = {}
        for kind, values in ids.items():
            for part in _parts(values):
                rows = Identifier.objects.filter(workspace=self.workspace, kind=kind, value__in=part)
                for identifier in rows.select_related("person"):
                    row = identifier.person
                    who = people.setdefault(row.pk, Who(row, known=not row.is_anonymous))
                    self.by_id[kind, identifier.value] = who
        for keys in _parts(people):
            users = Identifier.objects.filter(person__in=keys, kind=Kind.USER)
            for key in users.values_list("person_id", flat=True):
                people[key].has_user = True
            places = Affiliation.objects.filter(person__in=keys, ended_on=None).select_related("account")
            for place in places.order_by("pk"):
                account = place.account
                firm = self.firms.setdefault(account.external_id, Firm(account.external_id, account))
                people[place.person_id].accounts.append(firm)

    def _load_accounts(self, groups: set[str]) -> None:
        for part in _parts(groups - self.firms.keys()):
            for account in Account.objects.filter(workspace=self.workspace, external_id__in=part):
                self.firms[account.external_id] = Firm(account.external_id, account)


def _ids(messages: Iterable[Message]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {Kind.USER: set(), Kind.ANONYMOUS: set(), Kind.EMAIL: set()}
    for message in messages:
        found[Kind.USER].add(message.user)
        found[Kind.ANONYMOUS].add(message.anonymous)
        if message.previous:
            found[Kind.USER].add(message.previous)
            found[Kind.ANONYMOUS].add(message.previous)
        if "@" in message.user:
            found[Kind.EMAIL].add(message.user.lower())
        email = message.traits.get("email")
        if isinstance(email, str):
            found[Kind.EMAIL].add(email.strip().lower())
    return {kind: values - {""} for kind, values in found.items()}


def _parts(values: Iterable[T]) -> Iterable[list[T]]:
    every = list(values)
    return (every[start : start + ASK] for start in range(0, len(every), ASK))
