"""Other rules tried on the contacts of the last 30 days, beside those in force: what each would have held back."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evergrow.success.contact import policy, queries, replay, words
from evergrow.success.contact.policy import Policy
from evergrow.success.contact.replay import Asked, Held
from evergrow.success.models.contact import Contact
from evergrow.workspaces.models import Member

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A contact that the tried rules would have held back."""

    contact: Contact
    held: Held

    @property
    def says(self) -> str:
        return words.reason(self.held.reason)


@dataclass(frozen=True, slots=True)
class Trial:
    """Contacts ``asked`` for; ``now`` and ``then`` count those held back by reason: in force, and tried."""

    days: int
    asked: int
    now: Counter[str]
    then: Counter[str]
    sample: Sequence[Line]

    @property
    def held_now(self) -> int:
        return self.now["all"]

    @property
    def held_then(self) -> int:
        return self.then["all"]

    @property
    def reasons(self) -> list[tuple[str, int, int]]:
        """Each reason in words, with how many the rules in force and the tried ones hold back for it."""
        keys = sorted({*self.now, *self.then} - {"all"}, key=lambda key: (-self.then[key], key))
        return [(words.reason(key), self.now[key], self.then[key]) for key in keys]


def trial(member: Member, data: Mapping[str, Any]) -> Trial:
    """Try rules on the contacts that the member may see; all contacts take part. Raises PolicyUnreadable."""
    workspace = member.workspace
    tried, asked = policy.read(workspace, data), replay.asked_in(workspace)
    seen = _seen(member, asked)
    held = _held(tried, asked, seen)
    chosen = _first_of_each(held)
    rows = {row.pk: row for row in queries.asked_of(workspace, [each.asked.pk for each in chosen])}
    return Trial(
        replay.DAYS,
        len(seen),
        _counted(_held(policy.current(workspace), asked, seen)),
        _counted(held),
        [Line(rows[each.asked.pk], each) for each in chosen if each.asked.pk in rows],
    )


def _seen(member: Member, asked: Sequence[Asked]) -> set[int]:
    """Those that the member may see; asked for by their time, since there may be more than a statement can name."""
    if not asked:
        return set()
    rows = queries.contacts(member).filter(asked_at__gte=asked[0].at)
    return {each.pk for each in asked} & set(rows.values_list("pk", flat=True))


def _held(rules: Policy, asked: Sequence[Asked], seen: set[int]) -> list[Held]:
    return [each for each in replay.replay(rules, asked) if each.asked.pk in seen]


def _counted(held: Sequence[Held]) -> Counter[str]:
    """How many different contacts, in all and for each reason."""
    pairs = {(each.asked.pk, str(each.reason)) for each in held}
    counts = Counter(reason for _pk, reason in pairs)
    counts["all"] = len({pk for pk, _reason in pairs})
    return counts


def _first_of_each(held: Sequence[Held]) -> list[Held]:
    """The newest contacts, each with what held it back last."""
    last = {each.asked.pk: each for each in held}
    return sorted(last.values(), key=lambda each: each.asked.at, reverse=True)[:SHOWN]
