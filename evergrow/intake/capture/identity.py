"""Whose event it is. People and accounts of a segment are found or made in the relational store, in a few queries.

Who is who follows from all that was ever said, not from the order in which it came (``customers.identity.ownership``
has the rules). So a segment is read in two steps: first what its messages say about ids (``hearing``), which is settled
where it is new (``settling``); then, message by message, whose each is. Where a message comes late and changes whose
earlier events are, these are rewritten afterwards (``reattribution``); in the usual order none has to be.

The account is the message's ``groupId``, else the only account the person belongs to.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import connection

from evergrow.customers.identity import kinds
from evergrow.customers.identity.ownership import at_moment
from evergrow.customers.identity.store import News, Stored
from evergrow.customers.models import Account, Affiliation, Identifier
from evergrow.intake.capture.hearing import Said, hear, moment
from evergrow.intake.capture.messages import Message
from evergrow.intake.capture.settling import Settling
from evergrow.intake.capture.who import Firm, Id, Kind, Who
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Workspace

if TYPE_CHECKING:
    from django.db.models import QuerySet

__all__ = ["Everyone", "Firm", "Who"]

Found = tuple[Who | None, Firm | None]
OWN = frozenset((Kind.USER, Kind.ANONYMOUS))
ASK = 2_000
PLAIN = frozenset(("track", "page", "screen"))


class Everyone:
    """The people and accounts that a workspace's segment speaks of."""

    def __init__(self, workspace: Workspace, messages: Sequence[Message]) -> None:
        self.workspace = workspace
        self.rules = kinds.rules(workspace)
        self.by_id: dict[Id, Who] = {}
        self.since: dict[Id, int | None] = {}
        self.given: set[Id] = set()
        self.shared: set[str] = set()
        self.were_late: set[Id] = set()
        self.firms: dict[str, Firm] = {}
        self.has_dates = False  # where people are depends on the day
        self.settling: Settling | None = None
        self._plain: dict[tuple[str, str, str], Found] = {}
        said = hear(messages, self.rules)
        named = said.users.union(previous for previous, _ in said.aliases)
        self.load([(Kind.USER, user) for user in named] + [(Kind.ANONYMOUS, each) for each in said.anonymous])
        self._settle(said)
        if "" in said.groups:
            self._load_places()
        self._load_accounts(said.groups - {""})

    def see(self, message: Message) -> Found:
        """Whose message it is and for which account, learning from it.

        A message without ids is about an account or a thing alone, and nobody's.
        """
        if message.type not in PLAIN:
            self._plain.clear()
            found = self._learn(message)
        else:
            # As long as nothing is learnt, the same ids mean the same; but for those that change hands.
            ids = (message.user, message.anonymous, message.group)
            known = self._plain.get(ids)
            if known is None:
                known = self._learn(message)
                if not self._changes(message, known[0]):
                    self._plain[ids] = known
            found = known
        if found[0] is not None:
            who, at = found[0], message.at
            if who.first is None or who.last is None:
                who.first = who.last = at
            elif at < who.first:
                who.first = at
            elif at > who.last:
                who.last = at
        return found

    def _changes(self, message: Message, who: Who | None) -> bool:
        """Whether the same ids may mean somebody else, or another account, at another time."""
        if self.has_dates and who is not None and not message.group and who.is_dated:
            return True
        return not message.user and self.settling is not None and message.anonymous in self.settling.lines

    def _learn(self, message: Message) -> Found:
        firm = self._firm(message) if message.group else None
        if not message.user and not message.anonymous:
            if firm is not None and message.type == "group":
                firm.traits.hear(message.traits, message.at)
            return None, firm
        who = self._who(message)
        if message.type == "group" and firm is not None:
            firm.traits.hear(message.traits, message.at)
            if firm not in who.accounts:
                who.accounts.append(firm)
        elif message.type == "identify":
            who.traits.hear(message.traits, message.at)
        if firm is None:
            firm = self._only_firm(who, message)
        return who, firm

    def _only_firm(self, who: Who, message: Message) -> Firm | None:
        """The only account where somebody was when they did it."""
        if not (self.has_dates and who.is_dated):
            return who.accounts[0] if len(who.accounts) == 1 else None
        moment = datetime.fromtimestamp(message.at / 1000, UTC)
        return who.firm_on(moment.astimezone(self.workspace.tz).date())

    def _who(self, message: Message) -> Who:
        if message.user:
            return self.find((Kind.USER, message.user)) or self.new((Kind.USER, message.user))
        if self.settling is not None and (line := self.settling.lines.get(message.anonymous)):
            user = at_moment(line, moment(message))
            return self.by_id[Kind.USER, user].root()
        anonymous = (Kind.ANONYMOUS, message.anonymous)
        return self.find(anonymous) or self.new(anonymous)

    def people(self) -> list[Who]:
        """Everyone that is left after joining, each once, in order of appearance."""
        return list(dict.fromkeys(who.root() for who in self.by_id.values()))

    def find(self, identifier: Id) -> Who | None:
        found = self.by_id.get(identifier)
        return found.root() if found else None

    def new(self, identifier: Id) -> Who:
        """Somebody of whom only this id is known."""
        self._plain.clear()
        who = Who(known=identifier[0] == Kind.USER, has_user=identifier[0] == Kind.USER)
        who.ids.append(identifier)
        self.by_id[identifier] = who
        return who

    def _settle(self, said: Said) -> None:
        """Bring what is new about ids together with what was known."""
        news = self._news(said)
        changing = [each for each in said.anonymous if each in self.shared]
        if not news.rows and not changing:
            return
        stored = Stored(self.workspace, news, changing)
        self.load(
            [
                *((Kind.ANONYMOUS, each) for each in stored.devices),
                *((Kind.USER, each) for each in stored.users),
                *((Kind.USER, user) for what, _, user, _ in (*stored.rows, *news.rows) if what == "link"),
                *stored.claimed,
            ]
        )
        self._load_contacts(stored)
        self.settling = Settling(self, stored, said)

    def _news(self, said: Said) -> News:
        """What the segment says that does not go without saying."""
        news = News()
        for (anonymous, user), at in said.pairs.items():
            device = (Kind.ANONYMOUS, anonymous)
            who, since = self.by_id.get(device), self.since.get(device)
            is_plain = who is not None and who is self.by_id.get((Kind.USER, user)) and anonymous not in self.shared
            if not is_plain or since is None or at < since:
                news.link(anonymous, user, 0, at)
        for (anonymous, user, day), at in said.signs.items():
            news.link(anonymous, user, day, at)
        for previous, message in said.aliases:
            if not message.user:
                news.same(previous, message.anonymous, moment(message))
        for (claimant, claimed), at in said.claims.items():
            if claimed[0] != Kind.EMAIL or claimant != (Kind.USER, claimed[1]) or claimant not in self.by_id:
                news.claim(claimant, claimed, at)
        return news

    def _firm(self, message: Message) -> Firm:
        found = self.firms.get(message.group)
        if found is None:
            found = self.firms[message.group] = Firm(message.group, first=message.at)
        return found

    def load(self, ids: Iterable[Id]) -> None:
        """Read whose these ids are, those that were not read yet."""
        wanted: dict[str, set[str]] = {}
        for kind, value in ids:
            if (kind, value) not in self.by_id:
                wanted.setdefault(kind, set()).add(value)
        people = {who.key: who for who in self.by_id.values()}
        fresh: dict[int, Who] = {}
        for kind, values in wanted.items():
            for part in batched(values, ASK):
                rows = Identifier.objects.filter(workspace=self.workspace, kind=kind, value__in=part)
                for value, since, given, shared, late, key, number, is_anonymous, first, last in as_kept(
                    rows.values_list(*PERSON)
                ):
                    who = people.get(key)
                    if who is None:
                        who = Who(key, number, None, bool(is_anonymous), (as_moment(first), as_moment(last)))
                        people[key] = fresh[key] = who
                        who.known = not is_anonymous
                    who.has_user = who.has_user or kind == Kind.USER
                    self.by_id[kind, value] = who
                    self.since[kind, value] = since
                    if given or shared or late:
                        self._mark((kind, value), given, shared, late)
        for keys in batched([key for key, who in fresh.items() if not who.has_user], ASK):
            users = Identifier.objects.filter(person__in=keys, kind=Kind.USER)
            for key, value in users.values_list("person_id", "value"):
                people[key].has_user = True
                self.by_id[Kind.USER, value] = people[key]

    def _mark(self, identifier: Id, was_given: bool, is_shared: bool, was_late: bool) -> None:
        if was_given:
            self.given.add(identifier)
        if is_shared:
            self.shared.add(identifier[1])
        if was_late:
            self.were_late.add(identifier)

    def _load_contacts(self, stored: Stored) -> None:
        """The other ids of contacts whom somebody may turn out to be."""
        contacts = {who.key: who for who in self.by_id.values() if who.known and not who.has_user}
        for keys in batched(contacts, ASK):
            rows = Identifier.objects.filter(person__in=keys).exclude(kind__in=(Kind.USER, Kind.ANONYMOUS))
            for key, kind, value, since in rows.values_list("person_id", "kind", "value", "since"):
                if (kind, value) not in self.by_id:
                    self.by_id[kind, value], self.since[kind, value] = contacts[key], since
        stored.ask_also(each for each, who in self.by_id.items() if who.key in contacts and each[0] not in OWN)
        self.load(
            [
                *((Kind.ANONYMOUS, each) for each in stored.devices),
                *((Kind.USER, user) for what, _, user, _ in stored.rows if what == "link"),
                *((Kind.USER, each) for each in stored.users),
            ]
        )

    def _load_places(self) -> None:
        """The accounts that people belong to, for messages that name none."""
        people = {who.key: who for who in self.by_id.values() if who.key}
        for keys in batched(people, ASK):
            places = Affiliation.objects.filter(person__in=keys).order_by("pk")
            for person, external_id, key, number, since, until in places.values_list(*PLACE):
                firm = self.firms.setdefault(external_id, Firm(external_id, key, number))
                who = people[person].root()
                who.places.append((firm, since, until))
                self.has_dates = self.has_dates or since is not None or until is not None
                if firm not in who.accounts and until is None:
                    who.accounts.append(firm)

    def _load_accounts(self, groups: set[str]) -> None:
        known = {firm.key: firm for firm in self.firms.values()}  # ids of merged accounts mean the same one
        for part in batched(groups - self.firms.keys(), ASK):
            for external_id, (key, number) in Account.everyone.known(self.workspace.pk, part).items():
                firm = known.setdefault(key, Firm(external_id, key, number))
                self.firms[external_id] = firm


def as_kept(rows: "QuerySet[Any, Any]") -> list[tuple[Any, ...]]:
    """The rows as the database gives them: making Python's moments of SQLite's texts is most of the work otherwise."""
    sql, given = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


def as_moment(kept: datetime | None) -> datetime | None:
    """A moment as a database keeps it: SQLite in UTC, without saying so."""
    return kept.replace(tzinfo=UTC) if kept is not None and kept.tzinfo is None else kept


PERSON = (
    "value", "since", "was_given", "is_shared", "was_late", "person_id", "person__number", "person__is_anonymous",
    "person__first_seen_at", "person__last_seen_at",
)  # fmt: skip
PLACE = ("person_id", "account__external_id", "account_id", "account__number", "started_on", "ended_on")
