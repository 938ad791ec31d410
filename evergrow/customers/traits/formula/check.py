"""Types: which trait is what, whether a function can take it, and what the formula gives."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from evergrow.customers.criteria.values import DATE, EPOCH
from evergrow.customers.traits.formula.errors import FormulaError
from evergrow.customers.traits.formula.functions import AS_DAYS, FUNCTIONS, INTERNAL, Function
from evergrow.customers.traits.formula.parse import parse
from evergrow.customers.traits.formula.tree import Call, Node, Trait, Type, Value

WORDS: dict[str, str | Promise] = {
    "number": gettext_lazy("a number"),
    "text": gettext_lazy("a text"),
    "truth": gettext_lazy("yes or no"),
    "day": gettext_lazy("a date"),
    "moment": gettext_lazy("a moment"),
    "list": gettext_lazy("a list"),
}
COMPARED = frozenset(("=", "!=", "<", "<=", ">", ">="))
ALIKE = COMPARED | {"min", "max", "coalesce"}
OR = pgettext_lazy("between two types", " or ")
FROM_TRAIT: Mapping[str, Type] = {"date": "day"}


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that can be computed: its text, its checked tree, and the keys of the traits it needs."""

    text: str
    root: Node
    needs: tuple[str, ...]

    @property
    def type(self) -> Type:
        return self.root.type


def read(text: str, types: Mapping[str, str]) -> Formula:
    """Parse and check a formula over traits of these types (``TraitType`` by key). Raises FormulaError."""
    needed: dict[str, None] = {}
    root = _Checker(types, needed).check(parse(text))
    if root.type == "list":
        raise FormulaError(_("A formula cannot give a list."), root.place.start, root.place.end)
    return Formula(text, root, tuple(needed))


@dataclass(frozen=True, slots=True)
class _Checker:
    types: Mapping[str, str]
    needed: dict[str, None]

    def check(self, node: Node) -> Node:
        match node:
            case Value():
                return node
            case Trait():
                return self.trait(node)
            case Call(name="today" | "now"):
                if node.args:
                    raise _wrong(node, _("%(name)s takes nothing.") % {"name": node.name})
                return replace(node, type="day" if node.name == "today" else "moment")
            case Call():
                return self.call(node)

    def trait(self, node: Trait) -> Trait:
        if node.key not in self.types:
            sentence = _("There is no trait “%(key)s”. Texts stand in quotes.")
            raise _wrong(node, sentence % {"key": node.key})
        self.needed[node.key] = None
        kind = self.types[node.key]
        return replace(node, type=FROM_TRAIT.get(kind) or kind)  # type: ignore[arg-type]

    def call(self, node: Call) -> Call:
        known = FUNCTIONS.get(node.name)
        if known is None or (node.name in INTERNAL and node.name != "negate"):
            names = ", ".join(sorted(name for name in FUNCTIONS if name.isidentifier() and name not in INTERNAL))
            raise _wrong(node, _("There is no function “%(name)s”. There are: %(names)s, today, now.") % {
                "name": node.name, "names": names,
            })  # fmt: skip
        _count(node, known)
        args = [self.check(arg) for arg in node.args]
        if node.name in ("+", "-"):
            days = self._days(node, args)
            if days is not None:
                return days
        args = _alike(node, args)
        if node.name in AS_DAYS:
            args = [_as_day(arg) for arg in args]
        for place, arg in enumerate(args):
            _fits(node, arg, known.takes[min(place, len(known.takes) - 1)])
        name = "list_contains" if node.name == "contains" and args[0].type == "list" else node.name
        gives = args[1].type if known.gives == "second" else known.gives or args[0].type
        return replace(node, name=name, args=tuple(args), type=gives)  # type: ignore[arg-type]

    @staticmethod
    def _days(node: Call, args: list[Node]) -> Call | None:
        """A day plus or minus days, and the days between two days."""
        left, right = args
        if left.type == "day" and right.type == "number":
            if node.name == "-":
                right = Call("negate", (right,), right.place, "number")
            return replace(node, name="add_days", args=(left, right), type="day")
        if node.name == "-" and left.type == right.type == "day":
            return replace(node, name="days_between", args=(right, left), type="number")
        return None


def _count(node: Call, known: Function) -> None:
    given, most = len(node.args), len(known.takes)
    if known.needs <= given and (known.is_open or given <= most):
        return
    if known.is_open:
        said = _("%(name)s needs at least %(n)d values.") % {"name": node.name, "n": known.needs}
    elif known.needs == most:
        said = _("%(name)s needs %(n)d values, and has %(given)d.") % {"name": node.name, "n": most, "given": given}
    else:
        said = _("%(name)s needs %(n)d to %(most)d values.") % {"name": node.name, "n": known.needs, "most": most}
    raise _wrong(node, said)


def _alike(node: Call, args: list[Node]) -> list[Node]:
    """Bring values that are compared or chosen from to one type: a text that is a date, a moment's day."""
    group = args[1:] if node.name == "if" else args if node.name in ALIKE else []
    if not group:
        return args
    kinds = {arg.type for arg in group}
    if "day" in kinds:
        group = [_as_day(arg) for arg in group]
    odd = next((arg for arg in group if arg.type != group[0].type), None)
    if odd is not None:
        said = _("Here %(left)s meets %(right)s; both must be of one type.")
        raise _wrong(odd, said % {"left": WORDS[group[0].type], "right": WORDS[odd.type]})
    return [args[0], *group] if node.name == "if" else group


def _as_day(node: Node) -> Node:
    if node.type == "moment":
        return Call("day_of", (node,), node.place, "day")
    if isinstance(node, Value) and node.type == "text" and DATE.fullmatch(node.value):
        try:
            return Value(float((date.fromisoformat(node.value) - EPOCH).days), "day", node.place)
        except ValueError:
            raise _wrong(node, _("There is no such day.")) from None
    return node


def _fits(node: Call, arg: Node, takes: tuple[Type, ...]) -> None:
    if arg.type in takes:
        return
    wanted = str(OR).join(str(WORDS[kind]) for kind in takes)
    said = _("“%(name)s” takes %(wanted)s here, and this is %(is)s.") % {
        "name": "-" if node.name == "negate" else node.name,
        "wanted": wanted,
        "is": WORDS[arg.type],
    }
    if arg.type == "text" and "number" in takes:
        said += " " + _("number(…) reads a text as a number.")
    raise _wrong(arg, said)


def _wrong(node: Node, message: str) -> FormulaError:
    return FormulaError(message, node.place.start, node.place.end)
