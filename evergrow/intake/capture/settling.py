"""What a segment changes about who is who: rows that are joined, ids that go to somebody else, events to rewrite."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from evergrow.customers.identity.ownership import FIRST, Id, Key, Line, Ownership
from evergrow.customers.identity.store import Stored
from evergrow.customers.models import IdentityConflict
from evergrow.intake.capture.hearing import Said
from evergrow.intake.capture.who import Kind, Who

if TYPE_CHECKING:
    from evergrow.intake.capture.identity import Everyone

OWN = (Kind.USER, Kind.ANONYMOUS)
Why = IdentityConflict.Why
LAXNESS = timedelta(minutes=1)  # when somebody was seen last is written down no more exactly


class Settling:
    """Joins people and hands ids over in ``everyone``; what has to be written down besides.

    ``lines`` says from when on whose an anonymous id was that several users signed in with. ``moved`` are ids that went
    from one row to another, ``dropped`` those that nobody may have any more, ``stamps`` what is to be noted at ids,
    ``late`` those with stored events to be rewritten.
    """

    def __init__(self, everyone: "Everyone", stored: Stored, said: Said) -> None:
        self.everyone, self.stored = everyone, stored
        self.lines: dict[str, Line] = {}
        self.moved: list[tuple[Id, Who]] = []
        self.stamps: dict[Id, tuple[int | None, bool]] = {}
        self.given: set[Id] = set()
        self.dropped: set[Id] = set()
        self.late: set[Id] = set()
        self.conflicts: list[tuple[Why, Id, Who, Who]] = []
        for user in sorted(said.users):
            if everyone.find((Kind.USER, user)) is None:
                everyone.new((Kind.USER, user))
        users = {value for kind, value in everyone.by_id if kind == Kind.USER}
        given = self._given()
        self.own = Ownership(stored.facts(users=users), everyone.rules, given)
        self.before = Ownership(stored.facts(with_news=False, users=users), everyone.rules, given)
        self.held = dict(everyone.by_id)
        self._hand_out(self._keys())
        self._draw_lines()
        self._stamp()
        self._note_conflicts(said)

    def _given(self) -> dict[Id, str]:
        """The ids that colleagues and imports gave to people with a user id."""
        user_of = {who: value for (kind, value), who in self.everyone.by_id.items() if kind == Kind.USER}
        return {
            each: user_of[who]
            for each, who in self.everyone.by_id.items()
            if each[0] not in OWN and self.everyone.since.get(each) is None and who in user_of
        }

    def _keys(self) -> dict[Id, Key]:
        """By id, what it has in common with the other ids of its person."""
        ids = [*((Kind.ANONYMOUS.value, each) for each in self.stored.devices), *self.stored.claimed]
        keys = {each: self.own.key(each) for each in ids if self._is_anybodys(each)}
        self.dropped = {each for each in self.stored.claimed & self.everyone.by_id.keys() if each not in keys}
        for each in self.dropped:
            self._forget(each)
        instead: dict[Key, Key] = {}
        for each in self.everyone.given & self.stored.claimed:
            if not self.own.holder(each):
                keys[each] = ("claimed", *each)
        for who, theirs in self._contacts().items():
            holders = [holder for each in theirs if (holder := self.own.holder(each))]
            key: Key = (Kind.USER.value, min(holders)[1]) if holders else ("contact", str(who.key))
            for each in theirs:
                keys[each] = key
                instead["claimed", *each] = key
        return {each: instead.get(key, key) for each, key in keys.items()}

    def _is_anybodys(self, identifier: Id) -> bool:
        """Not so an id that everybody who claims it may not have, since they have others of its kind."""
        if identifier[0] in OWN or self.own.holder(identifier) or self.own.first_claim(identifier) is not None:
            return True
        return identifier in self.everyone.given or self.everyone.since.get(identifier, 0) is None

    def _forget(self, identifier: Id) -> None:
        who = self.everyone.by_id.pop(identifier)
        if identifier in who.ids:
            who.ids.remove(identifier)

    def _contacts(self) -> dict[Who, list[Id]]:
        """Contacts without a user id, with the ids we gave them."""
        found: dict[Who, list[Id]] = defaultdict(list)
        for each, who in self.everyone.by_id.items():
            if who.known and not who.has_user and each[0] not in OWN and self.everyone.since.get(each) is None:
                found[who].append(each)
        return found

    def _hand_out(self, keys: dict[Id, Key]) -> None:
        """Bring the ids of each key together at one person."""
        by_row: dict[Who, set[Key]] = defaultdict(set)
        groups: dict[Key, list[Id]] = defaultdict(list)
        for each, key in sorted(keys.items()):
            groups[key].append(each)
            if (who := self.everyone.find(each)) is not None:
                by_row[who].add(key)
        taken: set[Who] = set()
        for key, ids in sorted(groups.items()):
            keeper = self._keeper(key, ids, taken)
            taken.add(keeper)
            for each in ids:
                who = self.everyone.find(each)
                if who is None:
                    self.everyone.by_id[each] = keeper
                    keeper.ids.append(each)
                elif who is keeper:
                    continue
                elif not who.has_user and by_row[who] == {key}:
                    keeper = self._join(keeper, who)
                else:
                    self._move(each, who, keeper)

    def _keeper(self, key: Key, ids: Iterable[Id], taken: set[Who]) -> Who:
        """The person whom the ids of a key go to."""
        if key[0] == Kind.USER:
            found = self.everyone.find((Kind.USER, key[1]))
            if found is None:
                raise LookupError("An id belongs to a user whom nobody made.")
            return found
        rows = {who for each in ids if (who := self.everyone.find(each)) and not who.has_user and who not in taken}
        if rows:
            return min(rows, key=lambda who: (not who.known, not who.key, who.number))
        return Who(known=bool(self.everyone.given.intersection(ids)))

    def _join(self, keeper: Who, who: Who) -> Who:
        """Make one of two; a row that is there stays, and takes in a user who is new."""
        keep, give = (keeper, who) if keeper.key or not who.key else (who, keeper)
        keep.join(give)
        return keep

    def _move(self, identifier: Id, who: Who, keeper: Who) -> None:
        self.everyone.by_id[identifier] = keeper
        if identifier in who.ids:
            who.ids.remove(identifier)
            keeper.ids.append(identifier)
        else:
            self.moved.append((identifier, keeper))
            self.late.add(identifier)

    def _draw_lines(self) -> None:
        """Whose anonymous ids with several users were when, and whether stored events have to change hands."""
        for anonymous in self.stored.devices:
            device = (Kind.ANONYMOUS, anonymous)
            line, before = self._owners(self.own, anonymous), self._owners(self.before, anonymous)
            if len(line) > 1:
                self.lines[anonymous] = self.own.line(anonymous)
            if len(line) > 1 or len(before) > 1:
                self.late.discard(device)
                if line != before and self._has_later_events(device, line, before):
                    self.late.add(device)

    def _owners(self, own: Ownership, anonymous: str) -> list[tuple[int, Who]]:
        """The line as people: the first one has it from the beginning."""
        found: list[tuple[int, Who]] = []
        for at, user in own.line(anonymous):
            who = self.everyone.by_id[Kind.USER, user].root()
            if not found or found[-1][1] is not who:
                found.append((at if found else FIRST, who))
        return found

    def _has_later_events(self, device: Id, line: list[tuple[int, Who]], before: list[tuple[int, Who]]) -> bool:
        """Whether there can be stored events that the new line gives to somebody else.

        Not where the line only goes on, from a time after everything that its last owner did: this is the usual order.
        """
        held = self.held.get(device)
        if held is None or not held.key:
            return False
        if device in self.everyone.were_late or not before or line[: len(before)] != before:
            return True
        last = before[-1][1]
        seen = max((each.seen[1] for each in (last, *last.joined) if each.seen[1]), default=None)
        return seen is not None and seen > _time(line[len(before)][0]) - LAXNESS

    def _stamp(self) -> None:
        """Since when an id is whose it is, where that changed."""
        everyone = self.everyone
        for anonymous in self.stored.devices:
            first = min(self.own.facts.links.get(anonymous, {}).values(), default=None)
            self._note((Kind.ANONYMOUS, anonymous), first, anonymous in self.lines)
        for each in self.stored.claimed & everyone.by_id.keys():
            holder = self.own.holder(each)
            since = holder[0] if holder else self.own.first_claim(each)
            if since is not None and since >= FIRST:
                was_given = everyone.since.get(each, 0) is None
                self._note(each, None if was_given and not holder else since, False)
                if was_given and holder:
                    self.given.add(each)

    def _note(self, identifier: Id, since: int | None, is_shared: bool) -> None:
        everyone = self.everyone
        known = (everyone.since.get(identifier), identifier[1] in everyone.shared and identifier[0] == Kind.ANONYMOUS)
        if (since, is_shared) != known:
            self.stamps[identifier] = (since, is_shared)

    def _note_conflicts(self, said: Said) -> None:
        refused = set(self.own.refused)
        for claimant, claimed in said.claims:
            who, holder = self.everyone.find(claimant), self.everyone.find(claimed)
            if claimant[0] != Kind.USER or who is None or who is holder:
                continue
            if (claimant[1], claimed) in refused:
                self.conflicts.append((Why.LIMIT, claimed, who, holder or who))
            elif holder is not None:
                self.conflicts.append((Why.CLAIM, claimed, who, holder))
        for previous, message in said.aliases:
            who = self.everyone.find((Kind.USER, message.user) if message.user else (Kind.ANONYMOUS, message.anonymous))
            other = self.everyone.find((Kind.USER, previous))
            if who is not None and other is not None and who is not other:
                self.conflicts.append((Why.ALIAS, (Kind.USER, previous), who, other))


def _time(microseconds: int) -> datetime:
    return datetime.fromtimestamp(max(microseconds, 0) / 1_000_000, UTC)
