"""What a kind of file declares: its fields, and how a chunk of its rows is checked and written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from evergrow.customers.traits import Learner
from evergrow.intake.kinds.problems import Problem
from evergrow.intake.kinds.values import Parser
from evergrow.intake.models import Import
from evergrow.intake.words import Words
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Field:
    """A fact a column can hold; aliases.toml lists the names that columns carry for it.

    ``looks_like`` helps the guess where the name says nothing: date, moment, money, email, number or "".
    ``shown`` are the words for the values of a choice.
    """

    key: str
    label: Words
    parse: Parser
    is_required: bool = False
    looks_like: Literal["", "date", "money", "email", "number"] = ""
    hint: Words = ""
    shown: Mapping[str, Words] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """How many rows of a chunk made something new, changed something, or changed nothing."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0


@dataclass(slots=True)
class Chunk:
    """Some rows of a file as columns of values; ``lines`` are their row numbers in the file.

    A blank cell is ``None``: it leaves what is there. ``kept`` holds the columns the user keeps without a field.
    ``memory`` is shared by the chunks of a run: what they looked up and found.
    """

    source: Import
    number: int
    lines: list[int]
    raw: list[list[str]]
    values: dict[str, list[Any]]
    kept: list[dict[str, str]] = field(default_factory=list)
    problems: dict[int, list[Problem]] = field(default_factory=dict)
    memory: dict[str, dict[str, Any]] = field(default_factory=dict)
    known_learner: Learner | None = None

    @property
    def learner(self) -> Learner:
        """Takes what the rows say of people and accounts; to be saved at the end of the chunk."""
        if self.known_learner is None:
            self.known_learner = Learner(self.workspace)
        return self.known_learner

    @property
    def said_at(self) -> datetime:
        """When the file's values count as said: once for the whole import, also when it goes on later."""
        return self.source.started_at or self.source.created_at

    @property
    def workspace(self) -> Workspace:
        return self.source.workspace

    def __len__(self) -> int:
        return len(self.lines)

    def column(self, key: str) -> list[Any]:
        """The values of a field; blanks where no column holds it."""
        return self.values.get(key) or [None] * len(self)

    def reject(self, index: int, problem: Problem) -> None:
        self.problems.setdefault(index, []).append(problem)

    def good(self) -> "Chunk":
        """The chunk without the rows that have problems."""
        if not self.problems:
            return self
        keep = [index for index in range(len(self)) if index not in self.problems]
        return Chunk(
            source=self.source,
            number=self.number,
            lines=[self.lines[index] for index in keep],
            raw=[self.raw[index] for index in keep],
            values={key: [column[index] for index in keep] for key, column in self.values.items()},
            kept=[self.kept[index] for index in keep] if self.kept else [],
            memory=self.memory,
        )


def nothing(*_: Any) -> None:
    """For kinds that have nothing to check or to finish."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file.

    ``check(chunk)`` looks up what rows refer to and rejects those that cannot be written; ``prepare(chunk)`` makes,
    in a transaction of its own, what must be there before; ``write(chunk)`` writes the good rows, set by set, in the
    transaction of the checkpoint; ``finish(source)`` runs once after the last chunk and after an undo.

    The first filled one of ``id_fields`` is what two rows of one file must not share. ``id_from_row`` names the field
    that is made from the row's cells where it is blank. ``one_of`` names fields of which at least one must have a
    column. ``keeps`` says where a column without a field can be kept.
    """

    key: str
    label: Words
    about: Words
    icon: str
    fields: tuple[Field, ...]
    write: Callable[[Chunk], Tally]
    example: tuple[tuple[str, ...], ...]
    check: Callable[[Chunk], None] = nothing
    prepare: Callable[[Chunk], None] = nothing
    finish: Callable[[Import], None] = nothing
    id_fields: tuple[str, ...] = ("external_id",)
    id_from_row: str = ""
    one_of: tuple[str, ...] = ()
    keeps: Words = ""
    rows_per_chunk: int = 5_000

    def field(self, key: str) -> Field:
        return next(found for found in self.fields if found.key == key)
