"""Criteria as a tree of frozen parts. ``parse`` makes it from JSON, ``write`` turns it back."""

from dataclasses import dataclass, field
from typing import Any, Literal

from evergrow.customers.criteria.windows import Span, Window
from evergrow.workspaces.models import Workspace

Kind = Literal["person", "account"]
ANY_EVENT = "*"


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison with a value: ``Test("is", ("Pro", "Business"))``, ``Test("before", (Relative(30, "days"),))``.

    ``unset`` says what becomes of what has no value: ``None`` is the comparison's own way (positive ones need a
    value, negative ones keep what has none), True keeps, False drops it.
    """

    op: str
    values: tuple[Any, ...] = ()
    unset: bool | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """A condition on a number: at_least, at_most, exactly, over, under, between."""

    op: str
    values: tuple[float, ...]

    def accepts(self, number: float) -> bool:
        return bool(BOUNDS[self.op](number, *self.values))


BOUNDS: dict[str, Any] = {
    "at_least": lambda number, limit: number >= limit,
    "at_most": lambda number, limit: number <= limit,
    "exactly": lambda number, limit: number == limit,
    "over": lambda number, limit: number > limit,
    "under": lambda number, limit: number < limit,
    "between": lambda number, low, high: low <= number <= high,
}
ONCE = Bounds("at_least", (1.0,))
NEVER = Bounds("exactly", (0.0,))


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on a property of an event."""

    property: str
    test: Test


@dataclass(frozen=True, slots=True)
class Doing:
    """An event with conditions on its properties; ``*`` is any event."""

    event: str
    where: tuple[Where, ...] = ()


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    part: "Node"


@dataclass(frozen=True, slots=True)
class Trait:
    trait: str
    test: Test


@dataclass(frozen=True, slots=True)
class Measure:
    """What is computed over events: sum, avg, min, max or unique of a property, or the number of different days."""

    op: str
    property: str = ""


@dataclass(frozen=True, slots=True)
class Did:
    """How often (or how much, with a measure) something was done in a window. Never: ``bounds`` is ``NEVER``."""

    doing: Doing
    bounds: Bounds = ONCE
    within: Window | None = None
    measure: Measure | None = None


@dataclass(frozen=True, slots=True)
class First:
    """The very first time fell into the window."""

    doing: Doing
    within: Window


@dataclass(frozen=True, slots=True)
class Stopped:
    """Not done for ``quiet``, though at least ``times`` times before, within ``before`` if that is given."""

    doing: Doing
    quiet: Span
    times: int = 1
    before: Span | None = None


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other, each at most ``gap`` after the one before. At the same moment any order will do."""

    steps: tuple[Doing, ...]
    gap: Span | None = None
    within: Window | None = None


@dataclass(frozen=True, slots=True)
class InSegment:
    """Member of a segment (or not), for at least ``since``. ``segment`` is the number behind ``ref``."""

    ref: int | str
    segment: int
    is_in: bool = True
    since: Span | None = None


@dataclass(frozen=True, slots=True)
class People:
    """The account has any, all, no or at least ``count`` people who meet ``who``; only those with a role, if given."""

    how: Literal["any", "all", "none", "at_least"]
    who: "Node"
    count: int = 1
    role: str = ""


@dataclass(frozen=True, slots=True)
class AtAccount:
    """The person is at an account that meets ``which``; with a role there, if given."""

    which: "Node"
    role: str = ""


Node = All | AnyOf | Not | Trait | Did | First | Stopped | Sequence | InSegment | People | AtAccount


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which people, or which accounts, of a workspace."""

    kind: Kind
    root: Node
    workspace: Workspace = field(compare=False)


EVERYONE = All()
