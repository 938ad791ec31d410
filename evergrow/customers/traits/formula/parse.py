"""Text → tree, by precedence climbing (Vaughan Pratt, “Top down operator precedence”, 1973).

revenue / coalesce(seats, 1)          traits by their key, odd keys in backticks: `plan name`
+ − × ÷ * / - = != < <= > >=          and, or, not; parentheses
if(mrr > 100, "large", "small")       texts in "…" or '…', true, false
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from evergrow.customers.traits.formula.errors import FormulaError
from evergrow.customers.traits.formula.tree import Call, Node, Place, Trait, Value

LONGEST = 2_000
DEEPEST = 60
TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>\d+(?:\.\d+)?|\.\d+)
    | (?P<name>[^\W\d][\w.]*)
    | `(?P<key>[^`]+)`
    | "(?P<double>[^"]*)" | '(?P<single>[^']*)' | “(?P<curly>[^”]*)”
    | (?P<sign>!=|<>|<=|>=|≠|≤|≥|[-+*/×÷−=<>(),（），])
    )""",
    re.VERBOSE,
)
SAME = {"×": "*", "÷": "/", "−": "-", "<>": "!=", "≠": "!=", "≤": "<=", "≥": ">=", "（": "(", "）": ")", "，": ","}
BINDS = {
    "or": 1,
    "and": 2,
    "=": 4,
    "!=": 4,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
}
NOT, MINUS = 3, 7


@dataclass(frozen=True, slots=True)
class Token:
    kind: str  # number, text, name, key, sign, end
    text: str
    place: Place


def parse(text: str) -> Node:
    """The tree of a formula. Raises FormulaError at the offending place."""
    if len(text) > LONGEST:
        raise FormulaError(_("A formula may have %(most)d letters at most.") % {"most": LONGEST}, LONGEST, len(text))
    reader = _Reader(tokens(text))
    node = reader.expression(0)
    if reader.next.kind != "end":
        raise _unexpected(reader.next)
    return node


def tokens(text: str) -> list[Token]:
    """The words of a formula, the end among them."""
    found, at = [], 0
    while text[at:].strip():
        match = TOKEN.match(text, at)
        if match is None:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            if text[start] in "\"'`“":
                raise FormulaError(_("This text has no end. Close it with the same mark."), start, len(text))
            raise FormulaError(_("“%(sign)s” means nothing here.") % {"sign": text[start]}, start, start + 1)
        kind = str(match.lastgroup)
        part = match.group(kind)
        start = at + len(match.group(0)) - len(match.group(0).lstrip())
        at = match.end()
        if kind == "sign":
            part = SAME.get(part, part)
        elif kind in ("double", "single", "curly"):
            kind = "text"
        found.append(Token(kind, part, Place(start, at)))
    return [*found, Token("end", "", Place(len(text), len(text)))]


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, words: list[Token]) -> None:
        self.words, self.at, self.depth = words, 0, 0

    @property
    def next(self) -> Token:
        return self.words[self.at]

    def take(self) -> Token:
        word = self.next
        self.at += 1
        return word

    def expression(self, least: int) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError(_("This formula is nested too deeply."), self.next.place.start, self.next.place.end)
        left = self.first()
        while (binds := BINDS.get(_operator(self.next), 0)) > least:
            word = self.take()
            right = self.expression(binds)
            left = Call(_operator(word), (left, right), Place(left.place.start, right.place.end))
        self.depth -= 1
        return left

    def first(self) -> Node:
        word = self.take()
        match word.kind:
            case "number":
                return Value(float(word.text), "number", word.place)
            case "text":
                return Value(word.text, "text", word.place)
            case "key":
                return Trait(word.text, word.place)
            case "name":
                return self.named(word)
        if word.text == "-":
            inner = self.expression(MINUS)
            return Call("negate", (inner,), Place(word.place.start, inner.place.end))
        if word.text == "(":
            inner = self.expression(0)
            self.expect(")")
            return inner
        raise _unexpected(word)

    def named(self, word: Token) -> Node:
        lower = word.text.lower()
        if lower == "not":
            inner = self.expression(NOT)
            return Call("not", (inner,), Place(word.place.start, inner.place.end))
        if lower in ("true", "false"):
            return Value(lower == "true", "truth", word.place)
        if lower in ("and", "or"):
            raise _unexpected(word)
        if self.next.text == "(" and self.next.kind == "sign":
            return self.call(word)
        return Trait(word.text, word.place)

    def call(self, word: Token) -> Node:
        self.take()
        args: list[Node] = []
        if not (self.next.kind == "sign" and self.next.text == ")"):
            args.append(self.expression(0))
            while self.next.kind == "sign" and self.next.text == ",":
                self.take()
                args.append(self.expression(0))
        end = self.expect(")")
        return Call(word.text.lower(), tuple(args), Place(word.place.start, end.place.end))

    def expect(self, sign: str) -> Token:
        word = self.take() if self.next.kind != "end" else self.next
        if word.kind != "sign" or word.text != sign:
            raise FormulaError(_("Here “%(sign)s” is missing.") % {"sign": sign}, word.place.start, word.place.end)
        return word


def _operator(word: Token) -> str:
    return word.text.lower() if word.kind in ("sign", "name") else ""


def _unexpected(word: Token) -> FormulaError:
    if word.kind == "end":
        return FormulaError(_("The formula ends too early."), word.place.start, word.place.end)
    sentence = _("“%(word)s” cannot stand here. Is an operator or a comma missing?")
    return FormulaError(sentence % {"word": word.text}, word.place.start, word.place.end)
