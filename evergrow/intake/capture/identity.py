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
from datetime import datetime

from evergrow.customers.models import Account, Affiliation, Identifier, Person
from evergrow.customers.traits import Heard
from evergrow.intake.capture.messages import Message
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Workspace

Kind = Identifier.Kind
Id = tuple[str, str]
Found = tuple["Who | None", "Firm | None"]
ASK = 2_000
PLAIN = frozenset(("track", "page", "screen"))


@dataclass(slots=True, eq=False)
class Who:
    """A person while a segment is read; ``key`` and ``number`` are 0 until one that is new is saved.

    Most people of a segment only did something; their whole ``row`` is read where more was said of them.
    """

    key: int = 0
    number: int = 0
    row: Person | None = None
    was_anonymous: bool = False
    has_email: bool = False
    seen: tuple[datetime | None, datetime | None] = (None, None)  # first and last, as far as it was written down
    known: bool = False  # identified: has a user id, or is a contact
    has_user: bool = False
    ids: list[Id] = field(default_factory=list)
    accounts: list["Firm"] = field(default_factory=list)
    joined: list["Who"] = field(default_factory=list)  # rows that were merged into this one here
    into: "Who | None" = None
    traits: Heard = field(default_factory=Heard)
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
    key: int = 0
    number: int = 0
    traits: Heard = field(default_factory=Heard)
    first: int = 0


class Everyone:
    """The people and accounts that a workspace's segment speaks of."""

    def __init__(self, workspace: Workspace, messages: Sequence[Message]) -> None:
        self.workspace = workspace
        self.by_id: dict[Id, Who] = {}
        self.firms: dict[str, Firm] = {}
        self.moved: list[tuple[Id, Who]] = []
        self._plain: dict[tuple[str, str, str], Found] = {}
        ids, groups = _ids(messages)
        self._load_people(ids)
        if "" in groups:
            self._load_places()
        self._load_accounts(groups - {""})

    def see(self, message: Message) -> Found | None:
        """Whose message it is and for which account, learning from it. None for an alias that must not be followed.

        A message without ids is about an account or a thing alone, and nobody's.
        """
        if message.type not in PLAIN:
            self._plain.clear()
            found = self._learn(message)
        else:
            # As long as nothing is learnt, the same ids mean the same.
            ids = (message.user, message.anonymous, message.group)
            found = self._plain.get(ids)
            if found is None:
                found = self._learn(message)
                if found is not None:
                    self._plain[ids] = found
        if found is not None and found[0] is not None:
            who, at = found[0], message.at
            if who.first is None or who.last is None:
                who.first = who.last = at
            elif at < who.first:
                who.first = at
            elif at > who.last:
                who.last = at
        return found

    def _learn(self, message: Message) -> Found | None:
        firm = self._firm(message) if message.group else None
        if not message.user and not message.anonymous:
            if firm is not None and message.type == "group":
                firm.traits.hear(message.traits, message.at)
            return None, firm
        who = self._who(message)
        if message.type == "alias" and not self._alias(who, message.previous):
            return None
        if message.type == "group" and firm is not None:
            firm.traits.hear(message.traits, message.at)
            if firm not in who.accounts:
                who.accounts.append(firm)
        elif message.type == "identify":
            who.traits.hear(message.traits, message.at)
            who = self._meet_email(who, message.traits.get("email"))
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
        address = email.strip().lower() if isinstance(email, str) else ""
        if "@" not in address or len(address) > 250:  # looked at last: some letters are two when they are small
            return who
        holder = self._find(Kind.EMAIL, address)
        if holder is None:
            self._name(who, (Kind.EMAIL, address))
        elif holder is not who and not holder.has_user and not who.has_email:
            # A contact that was there first stays, and the ids that came now become its own.
            keep, give = (who, holder) if who.key else (holder, who)
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
        self._plain.clear()
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
        self._plain.clear()
        given.into = kept
        kept.ids += given.ids
        kept.known, kept.has_user = kept.known or given.known, kept.has_user or given.has_user
        kept.traits.join(given.traits)
        kept.accounts += [firm for firm in given.accounts if firm not in kept.accounts]
        kept.joined += given.joined + ([given] if given.key else [])
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
            for part in batched(values, ASK):
                rows = Identifier.objects.filter(workspace=self.workspace, kind=kind, value__in=part)
                for value, key, number, is_anonymous, email, first, last in rows.values_list(*PERSON):
                    who = people.get(key)
                    if who is None:
                        who = people[key] = Who(key, number, None, is_anonymous, bool(email), (first, last))
                        who.known = not is_anonymous
                    who.has_user = who.has_user or kind == Kind.USER
                    self.by_id[kind, value] = who
        for keys in batched([key for key, who in people.items() if not who.has_user], ASK):
            users = Identifier.objects.filter(person__in=keys, kind=Kind.USER)
            for key in users.values_list("person_id", flat=True):
                people[key].has_user = True

    def _load_places(self) -> None:
        """The accounts that people belong to, for messages that name none."""
        people = {who.key: who for who in self.by_id.values()}
        for keys in batched(people, ASK):
            places = Affiliation.objects.filter(person__in=keys, ended_on=None).order_by("pk")
            for person, external_id, key, number in places.values_list(*PLACE):
                firm = self.firms.setdefault(external_id, Firm(external_id, key, number))
                people[person].accounts.append(firm)

    def _load_accounts(self, groups: set[str]) -> None:
        for part in batched(groups - self.firms.keys(), ASK):
            accounts = Account.objects.filter(workspace=self.workspace, external_id__in=part)
            for external_id, key, number in accounts.values_list("external_id", "pk", "number"):
                self.firms[external_id] = Firm(external_id, key, number)


PERSON = (
    "value", "person_id", "person__number", "person__is_anonymous", "person__email", "person__first_seen_at",
    "person__last_seen_at",
)  # fmt: skip
PLACE = ("person_id", "account__external_id", "account_id", "account__number")


def _ids(messages: Iterable[Message]) -> tuple[dict[str, set[str]], set[str]]:
    """The ids that messages speak of, by kind, and the accounts that they name."""
    found: dict[str, set[str]] = {Kind.USER: set(), Kind.ANONYMOUS: set(), Kind.EMAIL: set()}
    said = {(message.user, message.anonymous, message.group) for message in messages}
    users, emails = found[Kind.USER], found[Kind.EMAIL]
    users.update(user for user, _, _ in said)
    found[Kind.ANONYMOUS].update(anonymous for _, anonymous, _ in said)
    emails.update(user.lower() for user in users if "@" in user)
    for message in messages:
        if message.previous:
            users.add(message.previous)
            found[Kind.ANONYMOUS].add(message.previous)
        if message.traits:
            email = message.traits.get("email")
            if isinstance(email, str):
                emails.add(email.strip().lower())
    return {kind: values - {""} for kind, values in found.items()}, {group for _, _, group in said}
