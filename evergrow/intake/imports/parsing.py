"""From rows of text to a chunk of values, each bad cell noted with its reason."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow.intake.columns import KEEP, Mapping
from evergrow.intake.kinds.accounts import tier_words
from evergrow.intake.kinds.kind import Chunk, Field, Kind
from evergrow.intake.kinds.problems import Problem, Unreadable
from evergrow.intake.kinds.values import Reading
from evergrow.intake.models import Import

BLANKS = {"", "null", "none", "nil", "n/a", "#n/a", "nan", "\\n", "-", "–", "—", "--"}
FORMULA_STARTS = ("'=", "'+", "'-", "'@", "'\t")
REMEMBERED = 50_000


class Cells(dict[str, Any]):
    """What the cells of one column mean. The same text is read once; a cell that cannot be read becomes a Problem."""

    def __init__(self, each: Field, reading: Reading) -> None:
        super().__init__()
        self.each, self.reading = each, reading
        self.has_problems = False

    def __missing__(self, cell: str) -> Any:
        value = self._read(cell)
        if len(self) < REMEMBERED:
            self[cell] = value
        return value

    def _read(self, cell: str) -> Any:
        bare = clean(cell)
        if bare is None:
            if not self.each.is_required:
                return None
            self.has_problems = True
            return Problem(_("It is blank. This field is needed."), {}, self.each.label)
        try:
            return self.each.parse(bare, self.reading)
        except Unreadable as error:
            self.has_problems = True
            return Problem(error.text, error.values, self.each.label)


def clean(cell: str) -> str | None:
    """The text of a cell without blanks around it and without the quote that keeps formulas quiet; None if blank."""
    bare = cell.replace("\x00", "").strip()
    if bare.casefold() in BLANKS:
        return None
    return bare[1:] if bare.startswith(FORMULA_STARTS) else bare


class Parser:
    """Reads the rows of one import."""

    def __init__(self, source: Import, kind: Kind) -> None:
        self.source, self.kind = source, kind
        mapping = Mapping.from_json(source.mapping)
        reading = Reading(source.workspace.tz, mapping.date_order, tier_words(source.workspace))
        columns = source.layout["columns"]
        self.places = {key: columns.index(column) for column, key in mapping.columns.items() if key not in (KEEP, "")}
        self.cells = {key: Cells(kind.field(key), reading) for key in self.places}
        self.kept = [(column, columns.index(column)) for column, key in mapping.columns.items() if key == KEEP]
        self.memory: dict[str, dict[str, Any]] = {}
        self.hashed = sorted([*self.places.values(), *(place for _column, place in self.kept)])

    def chunk(self, number: int, rows: Sequence[tuple[int, list[str]]]) -> Chunk:
        """A chunk from ``(row number, cells)``; rows that cannot be read are among its problems."""
        lines, raw = [line for line, _row in rows], [row for _line, row in rows]
        chunk = Chunk(self.source, number, lines, raw, {}, memory=self.memory)
        across = list(zip(*raw, strict=True))
        for key, place in self.places.items():
            cells = self.cells[key]
            values = [cells[cell] for cell in across[place]]
            if cells.has_problems:
                self._reject(chunk, values)
            chunk.values[key] = values
        if self.kept:
            chunk.kept = [self._kept(row) for row in raw]
        self._make_ids(chunk)
        return chunk

    def _reject(self, chunk: Chunk, values: list[Any]) -> None:
        for index, value in enumerate(values):
            if isinstance(value, Problem):
                chunk.reject(index, value)
                values[index] = None

    def _kept(self, row: list[str]) -> dict[str, str]:
        return {column: bare for column, place in self.kept if (bare := clean(row[place])) is not None}

    def _make_ids(self, chunk: Chunk) -> None:
        """A row without an id of its own gets one made from its cells, the same whenever the file comes again."""
        name = self.kind.id_from_row
        if not name:
            return
        ids = chunk.column(name)
        if None in ids:
            chunk.values[name] = [
                found if found is not None else self.id_of(row) for found, row in zip(ids, chunk.raw, strict=True)
            ]

    def id_of(self, row: Sequence[str]) -> str:
        cells = "\x1f".join(row[place].strip() for place in self.hashed)
        return "row-" + hashlib.blake2b(f"{self.kind.key}\x1f{cells}".encode(), digest_size=12).hexdigest()

    def refuse_repeats(self, chunk: Chunk, seen: dict[str, int]) -> None:
        """Reject rows whose id an earlier row of the file has; ``seen`` remembers the ids with their row numbers."""
        if not self.kind.id_fields:
            return
        columns = [chunk.column(key) for key in self.kind.id_fields]
        for index, line in enumerate(chunk.lines):
            own = next((column[index] for column in columns if column[index] is not None), None)
            if own is None or index in chunk.problems:
                continue
            first = seen.setdefault(own, line)
            if first != line:
                text = _("It has the same id as row %(line)s. Keep one of the two rows, or give each its own id.")
                chunk.reject(index, Problem(text, {"line": first}, self.kind.field(self.kind.id_fields[0]).label))
