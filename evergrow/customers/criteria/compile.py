"""Criteria → SQL: every condition is a bitmap of subject numbers, and groups join bitmaps.

1. A condition becomes a ``Found``: a bitmap, or the complement of one. “Did not” is the complement of “did”, so that
   everyone is only read where a complement is left at the end.
2. A group joins its parts: and, or, and not.
3. At the end everyone of the kind (who has the trait ``created_at`` in the mirror) is put beside it, unless the bitmap
   can only hold such subjects already.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce
from typing import Any

from evergrow.customers.criteria import comparison, memberships, places
from evergrow.customers.criteria.bound import Bound, Statement
from evergrow.customers.criteria.compile_events import EventSql
from evergrow.customers.criteria.tree import (
    All,
    AnyOf,
    AtAccount,
    Criteria,
    Did,
    First,
    InSegment,
    Kind,
    Node,
    Not,
    People,
    Stopped,
    Trait,
)
from evergrow.customers.criteria.windows import Now, entered_before
from evergrow.workspaces.models import Workspace

EVERYONE_TRAIT = "created_at"


@dataclass(frozen=True, slots=True)
class Found:
    """SQL of a bitmap. ``is_complement``: everyone but those. ``is_known``: it holds existing subjects only."""

    sql: str
    is_complement: bool = False
    is_known: bool = False


def sql(criteria: Criteria, at: datetime | None = None) -> Statement:
    """A statement that selects ``subject``, in order, as of a moment (default: now)."""
    found = bitmap(criteria, at)
    return Statement(f"SELECT arrayJoin(arraySort(bitmapToArray({found.text}))) AS subject", found.params)


def bitmap(criteria: Criteria, at: datetime | None = None) -> Statement:
    """An expression: the bitmap of the subjects that meet the criteria, to be used inside another statement."""
    compiler = Compiler(criteria.workspace, Now.of(criteria.workspace, at))
    text = compiler.whole(criteria.root, criteria.kind)
    return Statement(text, compiler.bound.params)


def together(many: Sequence[Criteria], at: datetime | None = None) -> Statement:
    """One row whose columns ``c0``, ``c1``, … are the numbers of each; parts that they share are computed once."""
    now = Now.of(many[0].workspace, at)
    compiler = Compiler(many[0].workspace, now, shared={})
    columns = [
        f"arraySort(bitmapToArray({compiler.whole(each.root, each.kind)})) AS c{place}"
        for place, each in enumerate(many)
    ]
    return Statement(f"{compiler.scans()}SELECT {', '.join(columns)}", compiler.bound.params)


@dataclass(slots=True)
class Compiler:
    """Puts one statement together.

    With ``shared`` all conditions on a trait are answered by one pass over its values, which ``scans`` writes: by the
    values' own condition, the conditions on them.
    """

    workspace: Workspace
    now: Now
    bound: Bound = field(default_factory=Bound)
    shared: dict[str, list[str]] | None = None

    def __post_init__(self) -> None:
        self.bound.params["workspace"] = self.workspace.pk

    def whole(self, node: Node, kind: Kind) -> str:
        """The bitmap of a tree, of existing subjects only."""
        found = self.node(node, kind)
        if found.is_complement:
            return f"bitmapAndnot({self.everyone(kind)}, {found.sql})"
        return found.sql if found.is_known else f"bitmapAnd({self.everyone(kind)}, {found.sql})"

    def node(self, node: Node, kind: Kind) -> Found:
        match node:
            case All(parts):
                return self._all([self.node(part, kind) for part in parts], kind)
            case AnyOf(parts):
                return self._any([self.node(part, kind) for part in parts])
            case Not(part):
                return _opposite(self.node(part, kind))
            case Trait():
                return self._trait(node, kind)
            case InSegment():
                return self._segment(node)
            case People():
                return self._people(node)
            case AtAccount():
                return self._at_account(node)
            case _:
                return self._event(node, kind)

    def everyone(self, kind: Kind) -> str:
        return self._traits(kind, EVERYONE_TRAIT, "1")

    def _all(self, parts: Sequence[Found], kind: Kind) -> Found:
        """Those that hold, without any of those that must not."""
        if not parts:
            return Found(self.everyone(kind), is_known=True)
        held = [part for part in parts if not part.is_complement]
        barred = [part.sql for part in parts if part.is_complement]
        if not held:
            return Found(_join("bitmapOr", barred), is_complement=True)
        both = _join("bitmapAnd", [part.sql for part in held])
        if barred:
            both = f"bitmapAndnot({both}, {_join('bitmapOr', barred)})"
        return Found(both, is_known=any(part.is_known for part in held))

    def _any(self, parts: Sequence[Found]) -> Found:
        """Not all of the complements, less those that another part lets in."""
        held = [part.sql for part in parts if not part.is_complement]
        barred = [part.sql for part in parts if part.is_complement]
        if not barred:
            return Found(_join("bitmapOr", held), is_known=all(part.is_known for part in parts))
        out = _join("bitmapAnd", barred)
        return Found(f"bitmapAndnot({out}, {_join('bitmapOr', held)})" if held else out, is_complement=True)

    def _trait(self, node: Trait, kind: Kind) -> Found:
        test = node.test
        meets = comparison.sql(comparison.positive(test), comparison.TRAIT, self.bound, self.now)
        found = self._traits(kind, node.trait, meets)
        if not comparison.is_negative(test):
            if not comparison.keeps_unset(test):
                return Found(found, is_known=True)
            return Found(f"bitmapAndnot({self._traits(kind, node.trait, '1')}, {found})", is_complement=True)
        if comparison.keeps_unset(test):
            return Found(found, is_complement=True)
        return Found(f"bitmapAndnot({self._traits(kind, node.trait, '1')}, {found})", is_known=True)

    def _traits(self, kind: Kind, trait: str, meets: str) -> str:
        name = self.bound.add("trait", "String", trait)
        where = f"workspace_id = {{workspace:UInt32}} AND kind = '{kind}' AND trait = {name}"
        if self.shared is not None:
            return _share(self.shared, where, meets)
        meets = "" if meets == "1" else f" AND {meets}"
        return f"(SELECT groupBitmapState(subject) FROM traits FINAL WHERE {where}{meets})"  # noqa: S608

    def scans(self) -> str:
        """What stands before a statement whose conditions on traits are shared."""
        scans = []
        for place, (where, conditions) in enumerate((self.shared or {}).items()):
            found = ", ".join(f"groupBitmapStateIf(subject, ifNull({meets}, 0))" for meets in conditions)
            scans.append(f"(SELECT tuple({found}) FROM traits FINAL WHERE {where}) AS scan_{place}")  # noqa: S608
        return f"WITH {', '.join(scans)} " if scans else ""

    def _event(self, node: Any, kind: Kind) -> Found:
        events = EventSql(kind, self.bound, self.now)
        match node:
            case Did():
                found, is_complement = events.did(node)
                return Found(found, is_complement)
            case First():
                return Found(events.first(node))
            case Stopped():
                return Found(events.stopped(node))
            case _:
                return Found(events.sequence(node))

    def _segment(self, node: InSegment) -> Found:
        until = entered_before(node.since, self.now) if node.since else None
        text, params = memberships.members(self.workspace, node.segment, until)
        self._take(params)
        return Found(text, is_complement=not node.is_in)

    def _people(self, node: People) -> Found:
        who = self.whole(node.who, "person")
        role = self._role(node.role)
        if node.how == "all":
            having = "HAVING countIf(NOT meets) = 0"
        else:
            least = self.bound.add("count", "UInt32", node.count if node.how == "at_least" else 1)
            having = f"HAVING countIf(meets) >= {least}"
        source = places.sql(self.bound, self.now, role)
        found = (
            "(SELECT groupBitmapState(account) FROM (SELECT account FROM ("  # noqa: S608
            f"SELECT account, person, person IN (SELECT arrayJoin(bitmapToArray({who}))) AS meets FROM {source}"
            f" GROUP BY account, person) GROUP BY account {having}))"
        )
        return Found(found, is_complement=node.how == "none")

    def _at_account(self, node: AtAccount) -> Found:
        which = self.whole(node.which, "account")
        source = places.sql(self.bound, self.now, self._role(node.role))
        return Found(
            f"(SELECT groupBitmapState(person) FROM {source}"  # noqa: S608
            f" WHERE account IN (SELECT arrayJoin(bitmapToArray({which}))))"
        )

    def _role(self, role: str) -> str:
        return self.bound.add("role", "String", role) if role else ""

    def _take(self, params: Mapping[str, Any]) -> None:
        for name, value in params.items():
            if self.bound.params.setdefault(name, value) != value:
                raise ValueError(f"Two segments bind the name {name} differently.")


def _share(shared: dict[str, list[str]], where: str, meets: str) -> str:
    """The part of a scalar, which ``Compiler.scans`` writes, that answers a condition on these values."""
    conditions = shared.setdefault(where, [])
    if meets not in conditions:
        conditions.append(meets)
    return f"scan_{list(shared).index(where)}.{conditions.index(meets) + 1}"


def _opposite(found: Found) -> Found:
    return replace(found, is_complement=not found.is_complement)


def _join(function: str, parts: Sequence[str]) -> str:
    return reduce(lambda left, right: f"{function}({left}, {right})", dict.fromkeys(parts))
