"""A formula as a tree. Every part knows its place in the text and, once checked, the type of its value."""

from dataclasses import dataclass
from typing import Any, Literal

# ``day`` is days since 1970, ``moment`` seconds since 1970; ``list`` holds texts
Type = Literal["number", "text", "truth", "day", "moment", "list"]


@dataclass(frozen=True, slots=True)
class Place:
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Value:
    """A number, a text, true or false, as it stands in the formula."""

    value: Any
    type: Type
    place: Place


@dataclass(frozen=True, slots=True)
class Trait:
    """A trait by its key."""

    key: str
    place: Place
    type: Type = "text"


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; operators are functions named by their sign."""

    name: str
    args: tuple["Node", ...]
    place: Place
    type: Type = "number"


Node = Value | Trait | Call
