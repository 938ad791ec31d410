"""The first rows of a draft as they would be read, with what is wrong marked."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext

from evergrow.intake import files
from evergrow.intake.columns import KEEP, Mapping
from evergrow.intake.imports.parsing import Parser
from evergrow.intake.kinds import KINDS
from evergrow.intake.kinds.kind import Chunk, Field, Kind
from evergrow.intake.models import Import
from evergrow.intake.words import Words

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Cell:
    """``shape`` is day, moment, text or number; ``raw`` is how it stands in the file."""

    value: Any
    raw: str
    shape: str = "text"
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    line: int
    cells: list[Cell]
    problems: list[str]


@dataclass(frozen=True, slots=True)
class Preview:
    """``heads`` are field label, column name and shape, in the order of the cells; ``settled`` whether all needed
    fields have a column, which is what the rows need to be shown."""

    heads: list[tuple[Words, str, str]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    bad: int = 0
    reasons: list[tuple[str, int]] = field(default_factory=list)

    @property
    def good(self) -> int:
        return len(self.rows) - self.bad


def preview(source: Import, count: int = SHOWN) -> Preview:
    """How the first ``count`` rows that are not blank would be read. Writes nothing."""
    kind, mapping = KINDS[source.kind], Mapping.from_json(source.mapping)
    if mapping.problems(kind):
        return Preview()
    numbered = enumerate(files.read(source.path, files.Layout(**source.layout)), 2)
    rows = list(islice(((line, row) for line, row in numbered if any(row)), count))
    if not rows:
        return Preview()
    parser = Parser(source, kind)
    chunk = parser.chunk(0, rows)
    parser.refuse_repeats(chunk, {})
    kind.check(chunk)
    places = source.layout["columns"]
    chosen = [(key, column) for column, key in mapping.columns.items() if key]
    reasons = Counter(str(problem) for problems in chunk.problems.values() for problem in problems)
    return Preview(
        heads=[
            (column, column, "text")
            if key == KEEP
            else (kind.field(key).label, column, shape_of_column(chunk.values[key]))
            for key, column in chosen
        ],
        rows=[
            _row(kind, chunk, index, [(key, column, places.index(column)) for key, column in chosen])
            for index in range(len(chunk))
        ],
        bad=len(chunk.problems),
        reasons=reasons.most_common(5),
    )


def _row(kind: Kind, chunk: Chunk, index: int, chosen: list[tuple[str, str, int]]) -> Row:
    problems = chunk.problems.get(index, [])
    by_label = {str(problem.field): str(problem) for problem in problems if problem.field}
    cells = []
    for key, _column, place in chosen:
        raw = chunk.raw[index][place]
        value = raw if key == KEEP else in_words(kind.field(key), chunk.values[key][index])
        problem = "" if key == KEEP else by_label.get(str(kind.field(key).label), "")
        cells.append(Cell(raw if problem else value, raw, shape_of(value), problem))
    return Row(chunk.lines[index], cells, [str(problem) for problem in problems])


def in_words(each: Field, value: Any) -> Any:
    """A choice or a yes or no as the reader knows it; any other value as it is."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    return each.shown.get(value, value) if isinstance(value, str) else value


def shape_of_column(values: list[Any]) -> str:
    return next((shape_of(value) for value in values if value is not None), "text")


def shape_of(value: Any) -> str:
    """Which filter shows a value."""
    if isinstance(value, datetime):
        return "moment"
    if isinstance(value, date):
        return "day"
    if isinstance(value, str | Promise | bool) or value is None:
        return "text"
    return "number"
