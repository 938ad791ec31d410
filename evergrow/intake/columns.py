"""What the columns of a file mean: guessed from their names and cells, corrected by the user, kept with the import."""

import tomllib
from collections.abc import Mapping as MappingABC
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from evergrow.intake.kinds import KINDS
from evergrow.intake.kinds.dates import order_of
from evergrow.intake.kinds.kind import Field, Kind
from evergrow.intake.kinds.problems import Problem, Unreadable
from evergrow.intake.kinds.values import Reading, fold

KEEP, LEAVE_OUT = "+", ""
REPORT_COLUMNS = ("evergrow_row", "evergrow_problem", "evergrow_问题")


@dataclass(frozen=True, slots=True)
class Mapping:
    """``columns`` maps each column of the file to a field's key, to KEEP (a trait or property) or to LEAVE_OUT.

    ``date_order`` is how days with the year last are read: dmy or mdy; ymd where there are none.
    """

    columns: dict[str, str] = field(default_factory=dict)
    date_order: str = "ymd"

    @classmethod
    def from_json(cls, kept: MappingABC[str, Any]) -> "Mapping":
        return cls(dict(kept.get("columns", {})), kept.get("date_order", "ymd"))

    def as_json(self) -> dict[str, Any]:
        return {"columns": self.columns, "date_order": self.date_order}

    def problems(self, kind: Kind) -> list[Problem]:
        """What has to be settled before the file can be read."""
        used = [key for key in self.columns.values() if key not in (KEEP, LEAVE_OUT)]
        found = [
            Problem(_("No column holds this. Choose the one that does."), {}, each.label)
            for each in kind.fields
            if each.is_required and each.key not in used
        ]
        for key in sorted({key for key in used if used.count(key) > 1}):
            found.append(Problem(_("Two columns hold this. Keep one of them."), {}, kind.field(key).label))
        if kind.one_of and not set(kind.one_of) & set(used):
            names = " / ".join(str(kind.field(key).label) for key in kind.one_of)
            found.append(Problem(_("Choose a column for at least one of: %(names)s."), {"names": names}))
        return found


def clean_mapping(kind: Kind, columns: Sequence[str], wanted: MappingABC[str, Any]) -> Mapping:
    """A mapping from outside, reduced to the columns of the file and the fields of the kind."""
    allowed = {each.key for each in kind.fields} | {LEAVE_OUT} | ({KEEP} if kind.keeps else set())
    chosen = wanted.get("columns", {})
    order = wanted.get("date_order", "ymd")
    return Mapping(
        {column: chosen[column] if chosen.get(column) in allowed else LEAVE_OUT for column in columns},
        order if order in ("ymd", "dmy", "mdy") else "ymd",
    )


def guess_mapping(kind: Kind, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Mapping:
    """The likely meaning of each column, from its name in either language, else from what its cells look like."""
    cells = {
        column: [row[place].strip() for row in rows if len(row) > place and row[place].strip()]
        for place, column in enumerate(columns)
    }
    ranked = sorted(
        (rank, place, each.key, column)
        for place, column in enumerate(columns)
        for each in kind.fields
        if (rank := name_rank(kind, column, each)) is not None
    )
    by_column: dict[str, str] = {}
    for _rank, _place, key, column in ranked:
        if column not in by_column and key not in by_column.values():
            by_column[column] = key
    _fill_by_cells(kind, columns, cells, by_column)
    rest = KEEP if kind.keeps else LEAVE_OUT
    chosen = {c: by_column.get(c, LEAVE_OUT if c in REPORT_COLUMNS or not cells[c] else rest) for c in columns}
    dated = [each.key for each in kind.fields if each.looks_like == "date"]
    order = order_of([cell for column, key in chosen.items() if key in dated for cell in cells[column]])
    return Mapping(chosen, order.rstrip("?"))


def name_rank(kind: Kind, column: str, each: Field) -> int | None:
    """How well a column's name fits a field: 0 is its label or key, then its aliases in order; None is not at all."""
    name = fold(column.rsplit(".", 1)[-1])
    names = [fold(each.key), *(_labels(each))]
    if name in names:
        return 0
    aliases = aliases_of(kind.key).get(each.key, [])
    if name in aliases:
        return 1 + aliases.index(name)
    return None


@cache
def aliases_of(kind: str) -> dict[str, list[str]]:
    """The folded names that columns carry for the fields of a kind, the best first."""
    known = tomllib.loads((Path(__file__).parent / "kinds" / "aliases.toml").read_text(encoding="utf-8"))
    named = known[kind] | (known["account_reference"] if kind != "accounts" else {})
    return {key: [fold(name) for name in names] for key, names in named.items()}


def guess_kind(columns: Sequence[str], file_name: str) -> str:
    """The kind whose fields the columns name best; the file's name decides between equals."""

    def score(kind: Kind) -> tuple[int, float]:
        mapping = guess_mapping(kind, columns, [])
        ranks = {key: name_rank(kind, column, kind.field(key)) for column, key in _named(kind, columns).items()}
        hit = any(word in file_name.casefold() for word in (kind.key, kind.key.rstrip("s"), str(kind.label).casefold()))
        settled = not mapping.problems(kind)
        return (2 * hit + settled, len(ranks) / max(len(columns), 1))

    return max(KINDS.values(), key=score).key


def _named(kind: Kind, columns: Sequence[str]) -> dict[str, str]:
    return {c: each.key for each in kind.fields for c in columns if name_rank(kind, c, each) is not None}


def _labels(each: Field) -> list[str]:
    found = []
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found.append(fold(str(each.label)))
    return found


def _fill_by_cells(kind: Kind, columns: Sequence[str], cells: dict[str, list[str]], by_column: dict[str, str]) -> None:
    """Give required fields that no name fits to a column whose cells can all be read as such a value."""
    reading = Reading(ZoneInfo("UTC"))
    for each in kind.fields:
        wanted = each.is_required or each.key in kind.one_of
        if not wanted or not each.looks_like or each.key in by_column.values():
            continue
        for column in columns:
            if column not in by_column and cells[column] and _all_read(each, cells[column], reading):
                by_column[column] = each.key
                break


def _all_read(each: Field, cells: list[str], reading: Reading) -> bool:
    try:
        for cell in cells:
            each.parse(cell, reading)
    except Unreadable:
        return False
    return True
