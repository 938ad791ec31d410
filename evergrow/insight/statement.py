"""A piece of SQL with its bound values: built from constant text, shown as it runs, remembered while the data stays."""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from evergrow import warehouse
from evergrow.insight.memory import Memory, Rows

memory = Memory(settings.ANSWERS_MIB * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class Statement:
    """``name`` says what it finds; ``sql`` holds ``{value:Type}`` marks for ``params`` and no value of its own.

    ``shortcut`` finds the same rows sooner, or gives None where the SQL is to be asked.
    """

    name: str
    sql: str
    params: Mapping[str, Any]
    shortcut: Callable[[], Rows | None] | None = field(default=None, compare=False, repr=False)

    def rows(self) -> Rows:
        """Ask the store, now."""
        found = self.shortcut() if self.shortcut else None
        return warehouse.rows(self.sql, **self.params) if found is None else found


@dataclass(slots=True)
class Bound:
    """Collects values under fresh names while SQL is put together.

    ``bound.add("plan", "String", "Pro")`` gives ``{plan0:String}``.
    """

    params: dict[str, Any] = field(default_factory=dict)

    def add(self, prefix: str, kind: str, value: Any) -> str:
        """Bind a value and give the mark that stands for it."""
        name = f"{prefix}{sum(known.rstrip('0123456789') == prefix for known in self.params)}"
        self.params[name] = value
        return f"{{{name}:{kind}}}"

    def statement(self, name: str, sql: str) -> Statement:
        """The finished statement, with just the values its text mentions."""
        used = set(re.findall(r"\{(\w+):", sql))
        return Statement(name, sql, {key: value for key, value in self.params.items() if key in used})


def run(statement: Statement, version: str) -> Rows:
    """The rows of a statement: remembered ones while ``version`` (``warehouse.version``) is the same.

    Right after a change nothing is remembered: a rollup may show it a moment later than the version does.
    """
    key = (int(statement.params.get("workspace", 0)), fingerprint(statement, version))
    rows = memory.get(key)
    if rows is None:
        rows = statement.rows()
        if getattr(version, "is_settled", True):
            memory.put(key, rows)
    return rows


@dataclass(slots=True)
class Run:
    """Asks the statements of one question on one version of the data, and keeps them to be shown."""

    version: str
    asked: list[Statement] = field(default_factory=list)

    def rows(self, statement: Statement) -> list[tuple[Any, ...]]:
        self.asked.append(statement)
        return run(statement, self.version)


def fingerprint(statement: Statement, version: str) -> str:
    """One key for the text, every bound value and the version of the data."""
    told = json.dumps([version, statement.sql, sorted(statement.params.items())], default=str)
    return hashlib.sha256(told.encode()).hexdigest()
