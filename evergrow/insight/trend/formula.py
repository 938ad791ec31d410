"""Formulas over series: ``A / B``, ``(A + B) × 100``. A small parser of its own; nothing is evaluated but numbers.

Grammar, loosest first: ``sum = product (("+" | "−") product)*``, ``product = signed (("×" | "÷") signed)*``,
``signed = "−"? one``, ``one = number | letter | "(" sum ")"``. ``-``, ``*`` and ``/`` are read like their signs.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

LONGEST = 200
MOST_DEPTH = 20
PIECE = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<letter>[A-Za-z]+)|(?P<sign>.))", re.ASCII | re.DOTALL)
SAME = dict(zip("−–－×·＊÷／＋（）", "---***//+()", strict=True))

Value = float | None
Tree = Callable[[Mapping[str, Value]], Value]


class BadFormula(ValueError):
    """A formula that cannot be read; ``place`` counts characters from 0."""

    def __init__(self, place: int, sentence: str) -> None:
        super().__init__(sentence)
        self.place = place


@dataclass(frozen=True, slots=True)
class Reading:
    """A formula that was read: its letters in order of appearance, and what computes it.

    ``value`` gives None where a letter has no value, a divisor is 0, or the result is too large to be a number.
    """

    letters: tuple[str, ...]
    value: Tree


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str
    text: str
    place: int


def read(text: str, letters: str) -> Reading:
    """Read a formula over these letters (``"ABC"``). Raises BadFormula at the first character that does not fit."""
    if not text.strip():
        raise BadFormula(0, _("Write a formula, for example A / B."))
    if len(text) > LONGEST:
        raise BadFormula(LONGEST, _("A formula has at most %(most)s characters.") % {"most": LONGEST})
    reader = _Reader(_pieces(text), letters)
    tree = reader.sum(0)
    left = reader.next()
    if left.kind != "end":
        raise BadFormula(left.place, _("Here an operator is expected: + − × ÷."))
    if not reader.used:
        raise BadFormula(0, _("A formula needs at least one letter of a series."))
    return Reading(tuple(dict.fromkeys(reader.used)), lambda values: _known(tree(values)))


def _pieces(text: str) -> list[_Piece]:
    found, place = [], 0
    while place < len(text.rstrip()):
        match = PIECE.match(text, place)
        assert match is not None
        assert match.lastgroup is not None
        piece = match[match.lastgroup]
        found.append(_Piece(match.lastgroup, SAME.get(piece, piece), match.start(match.lastgroup)))
        place = match.end()
    return [*found, _Piece("end", "", len(text.rstrip()))]


class _Reader:
    """Goes through the pieces once, from left to right."""

    def __init__(self, pieces: list[_Piece], letters: str) -> None:
        self.pieces, self.letters, self.place = pieces, letters, 0
        self.used: list[str] = []

    def next(self) -> _Piece:
        return self.pieces[self.place]

    def take(self) -> _Piece:
        piece = self.next()
        self.place += piece.kind != "end"
        return piece

    def sum(self, depth: int) -> Tree:
        if depth > MOST_DEPTH:
            raise BadFormula(self.next().place, _("Too many brackets inside each other."))
        tree = self.product(depth)
        while self.next().text in ("+", "-"):
            tree = _joined(self.take().text, tree, self.product(depth))
        return tree

    def product(self, depth: int) -> Tree:
        tree = self.signed(depth)
        while self.next().text in ("*", "/"):
            tree = _joined(self.take().text, tree, self.signed(depth))
        return tree

    def signed(self, depth: int) -> Tree:
        if self.next().text != "-":
            return self.one(depth)
        self.take()
        tree = self.one(depth)
        return lambda values: None if (value := tree(values)) is None else -value

    def one(self, depth: int) -> Tree:
        piece = self.take()
        if piece.kind == "number":
            number = float(piece.text)
            return lambda _values: number
        if piece.kind == "letter":
            return self.letter(piece)
        if piece.text == "(":
            tree = self.sum(depth + 1)
            if (closing := self.take()).text != ")":
                raise BadFormula(closing.place, _("Here “)” is missing."))
            return tree
        if piece.kind == "end":
            raise BadFormula(piece.place, _("The formula ends too early: a letter or a number is missing."))
        raise BadFormula(
            piece.place, _("“%(sign)s” does not fit here: a letter or a number is expected.") % {"sign": piece.text}
        )

    def letter(self, piece: _Piece) -> Tree:
        name = piece.text.upper()
        if len(name) != 1 or name not in self.letters:
            known = ", ".join(self.letters)
            raise BadFormula(
                piece.place,
                _("There is no series “%(name)s”. There are: %(known)s.") % {"name": piece.text[:20], "known": known},
            )
        self.used.append(name)
        return lambda values: values[name]


def _joined(sign: str, left: Tree, right: Tree) -> Tree:
    def value(values: Mapping[str, Value]) -> Value:
        one, other = left(values), right(values)
        if one is None or other is None:
            return None
        if sign == "/":
            return None if other == 0 else one / other
        return one + other if sign == "+" else one - other if sign == "-" else one * other

    return value


def _known(value: Value) -> Value:
    return value if value is not None and math.isfinite(value) else None
