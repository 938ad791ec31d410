"""The one way in for values of traits: captured, imported, typed.

1. ``hear`` takes what somebody said of a person or an account at a moment, and keeps of each trait the value that
   counts (``precedence``). The same sayings in any order, or again, leave the same values and the same origins.
2. ``save`` writes the rows that changed, and after the transaction the history.

``learn`` does both for one subject, ``learn_many`` for many rows at once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction

from evergrow.customers.models import Account, Person, Precedence, TraitDefinition
from evergrow.customers.traits import history
from evergrow.customers.traits.precedence import Policy, Said, text_of
from evergrow.customers.traits.subjects import FIELDS, Kind, Subject, cleaned, current, kind_of, put
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

PART = 500
NEWEST = Policy()


@dataclass(frozen=True, slots=True)
class Saying:
    """What one source said of one subject at a moment. ``None`` forgets a trait. ``by`` says who, in words."""

    row: Subject
    values: Mapping[str, Any]
    source: str
    at: datetime
    by: str = ""


@dataclass(slots=True)
class Learner:
    """Takes sayings about the subjects of a workspace and remembers which rows changed, and what to write down."""

    workspace: Workspace
    policies: dict[Kind, dict[str, Policy]] = field(default_factory=dict)
    lines: list[history.Line] = field(default_factory=list)
    spoken: history.Counts = field(default_factory=dict)
    changed: dict[tuple[Kind, int], tuple[Subject, set[str]]] = field(default_factory=dict)

    def hear(self, said: Saying) -> set[str]:
        """Take a saying into its row (not saved); the names of the traits whose value is another one now.

        What a field cannot hold (a list for a name, an email without an @) is left out.
        """
        kind, at = kind_of(said.row), round(said.at.timestamp() * 1000)
        moved: set[str] = set()
        for key, raw in said.values.items():
            try:
                value = cleaned(kind, key, raw)
            except ValueError:
                continue
            if value is None and kind == "account" and key == "name":
                continue  # an account is always called something
            if self._take(kind, said, key, Said(value, said.source, at)):
                moved.add(key)
        return moved

    def _take(self, kind: Kind, said: Saying, key: str, new: Said) -> bool:
        policy = self._policy(kind, key)
        before = current(said.row, key)
        is_other = text_of(new.value) != text_of(before.value)
        if is_other or new.source != before.source:
            self._note(kind, said, key, before, new)
        if new.rank(policy) <= before.rank(policy):
            return False
        put(said.row, key, new)
        names = {"origins", key if key in FIELDS[kind] else "traits"} if is_other else {"origins"}
        self.changed.setdefault((kind, id(said.row)), (said.row, set()))[1].update(names)
        return is_other

    def _note(self, kind: Kind, said: Saying, key: str, before: Said, new: Said) -> None:
        """Write down a value and the one it meets. A first value that is not typed needs none: the row tells it."""
        times, last = self.spoken.get((kind, key, new.source), (0, 0))
        self.spoken[kind, key, new.source] = (times + 1, max(last, new.at))
        if before.value is None and not before.source and not said.by:
            return
        if before.source:
            self.lines.append(replace(history.line(self.workspace, kind, said.row.number, key, before), is_again=True))
        self.lines.append(history.line(self.workspace, kind, said.row.number, key, new, said.by))

    def _policy(self, kind: Kind, key: str) -> Policy:
        if kind not in self.policies:
            self.policies[kind] = policies(self.workspace, kind)
        return self.policies[kind].get(key, NEWEST)

    def save(self) -> int:
        """Write the rows that changed; how many. The history follows once the transaction is through."""
        for model in (Person, Account):
            rows = [(row, names) for row, names in self.changed.values() if isinstance(row, model)]
            self._save_rows(model, rows)
        done = len(self.changed)
        self.tell()
        self.changed = {}
        return done

    def tell(self) -> None:
        """Have the history written once the transaction is through, for callers that save the rows themselves."""
        history.write_on_commit(self.workspace, self.lines, self.spoken)
        self.lines, self.spoken = [], {}

    @staticmethod
    def _save_rows(model: type[Person] | type[Account], rows: list[tuple[Any, set[str]]]) -> None:
        names = set().union(*(names for _, names in rows))
        if not names:
            return
        if model is Account:
            now = clock.now()
            for row, _ in rows:
                row.updated_at = now
            names.add("updated_at")
        model._base_manager.bulk_update([row for row, _ in rows], sorted(names), batch_size=PART)


def policies(workspace: Workspace, kind: Kind) -> dict[str, Policy]:
    """The policies of traits that have one of their own."""
    rows = TraitDefinition.objects.filter(workspace=workspace, kind=kind)
    own = rows.exclude(precedence=Precedence.NEWEST, order=[])
    return {
        key: Policy.of(precedence, order) for key, precedence, order in own.values_list("key", "precedence", "order")
    }


@transaction.atomic
def learn(row: Subject, values: Mapping[str, Any], source: str, at: datetime, by: str = "") -> bool:
    """Take what a source said of a subject at a moment, and save it; whether a value changed.

    The row is read again under a lock, so that two writers at once lose nothing.
    """
    model = type(row)
    names = ["traits", "origins", *FIELDS[kind_of(row)]]
    fresh = model._base_manager.select_for_update().get(pk=row.pk)
    for name in names:
        setattr(row, name, getattr(fresh, name))
    learner = Learner(row.workspace)
    moved = learner.hear(Saying(row, values, source, at, by))
    learner.save()
    return bool(moved)


def learn_many(workspace: Workspace, sayings: Iterable[Saying]) -> int:
    """Take many sayings and save their rows in a few statements; how many rows changed.

    To be called in a transaction that read the rows.
    """
    learner = Learner(workspace)
    for said in sayings:
        learner.hear(said)
    return learner.save()


def join(kept: Subject, merged: Subject) -> set[str]:
    """Bring the traits of a merged subject into the one that is kept (not saved); the fields that changed.

    Of each trait the value counts that would count had all been said of one subject; where nothing tells them apart,
    the kept one's.
    """
    kind = kind_of(kept)
    own = policies(kept.workspace, kind)
    names = [*FIELDS[kind], *merged.traits, *merged.origins]
    for key in dict.fromkeys(names):
        theirs, ours = current(merged, key), current(kept, key)
        policy = own.get(key, NEWEST)
        has_more = theirs.value is not None and ours.value is None and not ours.source
        if has_more or (theirs.source and theirs.rank(policy) > ours.rank(policy)):
            if theirs.value is None and key == "name" and kind == "account":
                continue
            put(kept, key, theirs)
    return {"traits", "origins", *FIELDS[kind]}
