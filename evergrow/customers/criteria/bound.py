"""A piece of SQL with its bound values, and what collects them while SQL is put together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL with ``{value:Type}`` marks for ``params`` and no value of its own."""

    text: str
    params: Mapping[str, Any]


@dataclass(slots=True)
class Bound:
    """Collects values under fresh names: ``bound.add("days", "UInt16", 30)`` gives ``{days0:UInt16}``.

    The same value again gets the same name, so that equal parts of a statement stay equal and are computed once.
    """

    params: dict[str, Any] = field(default_factory=dict)
    _names: dict[tuple[str, str], str] = field(default_factory=dict)

    def add(self, prefix: str, kind: str, value: Any) -> str:
        """Bind a value and give the mark that stands for it."""
        key = (kind, repr(value))
        if key not in self._names:
            self._names[key] = f"{prefix}{len(self._names)}"
            self.params[self._names[key]] = value
        return f"{{{self._names[key]}:{kind}}}"
