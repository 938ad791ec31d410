"""Read the facts that bear on some ids, add to them, and write down what is new.

To know whose an id is, one needs what it was linked with and claimed, who else claims the same, and what those claim.
``load`` follows these threads until there is nothing more to follow.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from evergrow.customers.identity.ownership import ANONYMOUS, USER, Facts, Id
from evergrow.customers.models import IdentityFact
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Workspace

ASK = 1_000
What = IdentityFact.What
Row = tuple[str, str, str, int]


def as_text(identifier: Id) -> str:
    return ":".join(identifier)


def as_id(text: str) -> Id:
    kind, _, value = text.partition(":")
    return kind, value


@dataclass(slots=True)
class News:
    """What messages said about ids, the earliest of each."""

    rows: dict[Row, int] = field(default_factory=dict)

    def link(self, anonymous: str, user: str, day: int, at: int) -> None:
        self._add((What.LINK, anonymous, user, day), at)

    def same(self, one: str, other: str, at: int) -> None:
        if one != other:
            self._add((What.SAME, min(one, other), max(one, other), 0), at)

    def claim(self, claimant: Id, claimed: Id, at: int) -> None:
        self._add((What.CLAIM, as_text(claimant), as_text(claimed), 0), at)

    def _add(self, row: Row, at: int) -> None:
        self.rows[row] = min(at, self.rows.get(row, at))


class Stored:
    """The facts that bear on some ids: as they stand in the store, and with the news."""

    def __init__(self, workspace: Workspace, news: News, devices: Iterable[str], claimed: Iterable[Id] = ()) -> None:
        self.workspace, self.news = workspace, news
        self.rows: dict[Row, int] = {}
        self.refused: set[tuple[str, str, str]] = set()
        self.devices, self.users, self.claimed = set(devices), set[str](), set(claimed)
        self._done: tuple[set[str], set[str], set[Id]] = (set(), set(), set())
        self._note(news.rows)
        self._follow()

    def ask_also(self, claimed: Iterable[Id]) -> None:
        """Read what bears on these ids, too."""
        self.claimed |= set(claimed)
        self._follow()

    def facts(self, *, with_news: bool = True, users: set[str] | None = None) -> Facts:
        """All facts but the refused ones; only links with these ``users`` where given."""
        facts = Facts()
        both = (*self.rows.items(), *self.news.rows.items()) if with_news else self.rows.items()
        for (what, left, right, day), at in both:
            if (what, left, right) in self.refused:
                continue
            if what == What.LINK:
                if users is None or right in users:
                    facts.link(left, right, day, at)
            elif what == What.SAME:
                facts.same.add((left, right))
            else:
                claimant = as_id(left)
                if users is None or claimant[0] != USER or claimant[1] in users:
                    facts.claim(claimant, as_id(right), at)
        return facts

    def save(self) -> None:
        """Write down the news that were not there, or not so early."""
        fresh, earlier = [], []
        for row, at in self.news.rows.items():
            before = self.rows.get(row)
            what, left, right, day = row
            if before is None:
                is_refused = (what, left, right) in self.refused
                fresh.append(
                    IdentityFact(
                        workspace=self.workspace,
                        what=what,
                        left=left,
                        right=right,
                        day=day,
                        at=at,
                        is_refused=is_refused,
                    )
                )
            elif at < before:
                earlier.append((row, at))
        IdentityFact.objects.bulk_create(fresh, batch_size=ASK)
        for (what, left, right, day), at in earlier:
            rows = IdentityFact.objects.filter(workspace=self.workspace, what=what, left=left, right=right, day=day)
            rows.filter(at__gt=at).update(at=at)

    def _note(self, rows: Iterable[Row]) -> None:
        """Whom else these facts make us ask about."""
        for what, left, right, _day in rows:
            if what == What.LINK:
                self.devices.add(left)
            elif what == What.SAME:
                self.devices.update((left, right))
            else:
                kind, value = as_id(left)
                (self.users if kind == USER else self.devices).add(value)
                self.claimed.add(as_id(right))

    def _follow(self) -> None:
        done = self._done
        while True:
            devices, users, claimed = self.devices - done[0], self.users - done[1], self.claimed - done[2]
            if not (devices or users or claimed):
                return
            self._done = done = (done[0] | devices, done[1] | users, done[2] | claimed)
            self._read(Q(what__in=(What.LINK, What.SAME)), "left", devices)
            self._note(self._read(Q(what=What.SAME), "right", devices))
            self._read(Q(what=What.LINK), "right", users)
            theirs = self._linked_with(users) | devices
            claimants = [as_text((ANONYMOUS, each)) for each in theirs] + [as_text((USER, each)) for each in users]
            self._note(self._read(Q(what=What.CLAIM), "left", claimants))
            self._note(self._read(Q(what=What.CLAIM), "right", map(as_text, claimed)))
            self._note_owners()

    def _linked_with(self, users: set[str]) -> set[str]:
        """The anonymous ids that users came with."""
        return (
            {left for what, left, right, _ in self._all() if what == What.LINK and right in users} if users else set()
        )

    def _note_owners(self) -> None:
        """Of an anonymous id that claims something, the users and aliases: they may be who claims."""
        claiming = {
            as_id(left)[1] for what, left, _, _ in self._all() if what == What.CLAIM and as_id(left)[0] == ANONYMOUS
        }
        for what, left, right, _ in self._all():
            if what == What.SAME:
                self.devices.update((left, right))
                if left in claiming or right in claiming:
                    claiming |= {left, right}
        for what, left, right, _ in self._all():
            if what == What.LINK and left in claiming:
                self.users.add(right)

    def _all(self) -> list[Row]:
        return [*self.rows, *self.news.rows]

    def _read(self, which: Q, side: str, values: Iterable[str]) -> list[Row]:
        found: list[Row] = []
        for part in batched(values, ASK):
            rows = IdentityFact.objects.filter(which, workspace=self.workspace, **{f"{side}__in": part})
            for what, left, right, day, at, is_refused in rows.values_list(*FIELDS):
                row = (what, left, right, day)
                self.rows[row] = at
                if is_refused:
                    self.refused.add(row[:3])
                found.append(row)
        return found


FIELDS = ("what", "left", "right", "day", "at", "is_refused")


def refuse(workspace: Workspace, ids: Iterable[Id], others: Iterable[Id]) -> int:
    """Let nothing said so far, or said again, join these ids with those others; how many facts that were."""
    theirs, rest, count = set(ids), set(others), 0
    for one, two in ((theirs, rest), (rest, theirs)):
        values = {kind: [value for each, value in two if each == kind] for kind in (USER, ANONYMOUS)}
        rows = IdentityFact.objects.filter(workspace=workspace)
        for kind, value in one:
            mine = rows.filter(what=What.LINK, left=value, right__in=values[USER]) if kind == ANONYMOUS else None
            if mine is not None:
                count += mine.update(is_refused=True)
                count += rows.filter(what=What.SAME, left=value, right__in=values[ANONYMOUS]).update(is_refused=True)
            claimants = [as_text(each) for each in two if each[0] in (USER, ANONYMOUS)]
            claims: Any = rows.filter(what=What.CLAIM, right=as_text((kind, value)), left__in=claimants)
            count += claims.update(is_refused=True)
    return count
