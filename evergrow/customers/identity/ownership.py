"""Whose each id is, computed from all that was ever said. A function of the set of facts: their order does not matter.

1. An anonymous id that came together with one user is that user's, all of it.
2. One that several users signed in with is, at any moment, the one's who signed in last at or before it; before the
   first, the first one's. Users themselves are never joined.
3. An email (or other id) belongs to the user who claimed it first; a user may claim ``most`` of a kind, the first ones.
   A user id that is an email claims it before any message.
4. An anonymous id that no user came with goes with its strongest claim: to the user who holds it, or to everybody else
   without a user whose strongest claim is the same. What only such visitors claim, and nobody as the strongest, goes
   with the first of them.

Where two facts have the same time, the smaller id is the first.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from evergrow.customers.identity.kinds import Rule

Id = tuple[str, str]
Line = list[tuple[int, str]]
Key = tuple[str, ...]
FIRST = -(2**62)
USER, ANONYMOUS = "user", "anonymous"


@dataclass(slots=True)
class Facts:
    """Links as anonymous id → (user, day) → time, aliases of two anonymous ids, claims as claimant → id → time."""

    links: dict[str, dict[tuple[str, int], int]] = field(default_factory=lambda: defaultdict(dict))
    same: set[tuple[str, str]] = field(default_factory=set)
    claims: dict[Id, dict[Id, int]] = field(default_factory=lambda: defaultdict(dict))

    def link(self, anonymous: str, user: str, day: int, at: int) -> None:
        found = self.links[anonymous]
        found[user, day] = min(at, found.get((user, day), at))

    def claim(self, claimant: Id, claimed: Id, at: int) -> None:
        found = self.claims[claimant]
        found[claimed] = min(at, found.get(claimed, at))


class Ownership:
    """Answers whose an id is. Everything that bears on the ids asked for must be among the facts."""

    def __init__(self, facts: Facts, rules: Mapping[str, Rule], given: Mapping[Id, str] | None = None) -> None:
        """``given`` are ids that a colleague or an import gave to users, whatever messages claim."""
        self.facts, self.rules = facts, rules
        self._groups = _components(facts)
        self._lines: dict[str, Line] = {}
        self.said, self.refused = self._claims_of_users()
        self._holders = _holders(self.said) | {each: (FIRST - 1, user) for each, user in (given or {}).items()}
        self._visitors = self._claims_of_visitors()

    def group(self, anonymous: str) -> tuple[str, ...]:
        """The anonymous ids that are one by alias, this one among them."""
        return self._groups.get(anonymous, (anonymous,))

    def line(self, anonymous: str) -> Line:
        """From when on which user had the id; empty where nobody signed in with it."""
        first = self.group(anonymous)[0]
        found = self._lines.get(first)
        if found is None:
            found = self._lines[first] = self._line(self.group(anonymous))
        return found

    def _line(self, group: Iterable[str]) -> Line:
        signs = sorted({(at, user) for each in group for (user, _), at in self.facts.links.get(each, {}).items()})
        # Of several at one moment the smallest was the first; the others followed at once.
        return [sign for place, sign in enumerate(signs) if not place or sign[1] != signs[place - 1][1]]

    def holder(self, claimed: Id) -> tuple[int, str] | None:
        """Since when which user holds an id."""
        return self._holders.get(claimed)

    def key(self, identifier: Id) -> Key:
        """The same for all ids of a person; ids of people without a user go by what brings them together."""
        kind, value = identifier
        if kind == USER:
            return (USER, value)
        if kind != ANONYMOUS:
            if holder := self.holder(identifier):
                return (USER, holder[1])
            first = self.first_visitor(identifier)
            return ("claimed", *identifier) if first is None else self.key((ANONYMOUS, first))
        if line := self.line(value):
            return (USER, line[-1][1])
        strongest = self._strongest(self.group(value))
        return self.key(strongest) if strongest else (ANONYMOUS, self.group(value)[0])

    def first_visitor(self, claimed: Id) -> str | None:
        """The visitor an id goes with that nobody claims as the strongest; None where somebody does, or none claims."""
        visitors = self._visitors.get(claimed, [])
        if any(self._strongest(self.group(each)) == claimed for _, each in visitors):
            return None
        return min(visitors)[1] if visitors else None

    def first_claim(self, claimed: Id) -> int | None:
        """When a visitor whom nobody knows claimed an id first."""
        return min((at for at, _ in self._visitors.get(claimed, [])), default=None)

    def _claims_of_visitors(self) -> dict[Id, list[tuple[int, str]]]:
        found: dict[Id, list[tuple[int, str]]] = defaultdict(list)
        for (kind, value), claims in self.facts.claims.items():
            if kind == ANONYMOUS and not self.line(value):
                for claimed, at in claims.items():
                    if claimed[0] in self.rules:
                        found[claimed].append((at, value))
        return found

    def _strongest(self, group: Iterable[str]) -> Id | None:
        found = [
            (self.rules[claimed[0]].priority, at, claimed)
            for each in group
            for claimed, at in self.facts.claims.get((ANONYMOUS, each), {}).items()
            if claimed[0] in self.rules
        ]
        return min(found)[2] if found else None

    def _claims_of_users(self) -> tuple[dict[str, dict[Id, int]], list[tuple[str, Id]]]:
        """What each user claims, those of anonymous ids at their time included; and what is over the limits."""
        said: dict[str, dict[Id, int]] = defaultdict(dict)
        for (kind, value), claims in self.facts.claims.items():
            for claimed, at in claims.items():
                line = self.line(value) if kind == ANONYMOUS else None
                if kind == USER or line:
                    user = value if line is None else at_moment(line, at)
                    said[user][claimed] = min(at, said[user].get(claimed, at))
        refused = []
        for user, claims in said.items():
            counts: dict[str, int] = defaultdict(int)
            for _at, claimed in sorted((at, claimed) for claimed, at in claims.items()):
                counts[claimed[0]] += 1
                if claimed[0] not in self.rules or counts[claimed[0]] > self.rules[claimed[0]].most:
                    refused.append((user, claimed))
        for user, claimed in refused:
            del said[user][claimed]
        return said, refused


def at_moment(line: Line, at: int) -> str:
    """The user of a line at a moment."""
    user = line[0][1]
    for since, each in line:
        if since > at:
            break
        user = each
    return user


def _components(facts: Facts) -> dict[str, tuple[str, ...]]:
    groups: dict[str, set[str]] = {}
    for left, right in facts.same:
        joined = groups.get(left, {left}) | groups.get(right, {right})
        groups.update(dict.fromkeys(joined, joined))
    ordered = {id(group): tuple(sorted(group)) for group in groups.values()}
    return {each: ordered[id(group)] for each, group in groups.items()}


def _holders(said: Mapping[str, Mapping[Id, int]]) -> dict[Id, tuple[int, str]]:
    found: dict[Id, tuple[int, str]] = {}
    for user, claims in said.items():
        for claimed, at in claims.items():
            found[claimed] = min((at, user), found.get(claimed, (at, user)))
    return found
