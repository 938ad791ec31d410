"""A definition → one statement that gives ``subject, value`` for everybody who has a value.

1. Events in the window, of whom they belong to now (merged people as the one they became), are grouped by subject.
2. The result is joined with the subjects that exist, and with those that meet the criteria if there are any; who did
   nothing is 0 where the definition says so.
3. A formula reads the traits it needs from the mirror instead, one column a trait.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from evergrow.customers.criteria.bound import Bound, Statement
from evergrow.customers.criteria.compile import Compiler
from evergrow.customers.criteria.compile_events import MERGES, WHO, EventSql
from evergrow.customers.criteria.tree import EVERYONE, Doing
from evergrow.customers.criteria.values import EPOCH
from evergrow.customers.criteria.windows import HOUR_MS, Days, Instants, Last, Now, Stretch, number_of, resolve
from evergrow.customers.traits.computed.definition import Definition
from evergrow.customers.traits.formula import functions
from evergrow.customers.traits.formula import sql as formula_sql

# Of rows with the columns subject, value (text of the property) and number (as a number, or NULL)
VALUES = {
    "count": "toFloat64(count())",
    "active_days": "toFloat64(uniqExact(day))",
    "sum": "round(sum(number), 6)",
    "average": "round(avg(number), 6)",
    "min": "min(number)",
    "max": "max(number)",
    "first": "argMin({value}, (at, sequence, message_id))",
    "last": "argMax({value}, (at, sequence, message_id))",
    "unique": "toFloat64(uniqExact(value))",
}
DIGITS = 6  # sums of floats differ in the last bits from run to run, and would look like changes


def statement(definition: Definition, at: datetime) -> Statement:
    """The statement that computes everybody's value as of a moment."""
    return _Statement(definition, at).whole()


@dataclass(slots=True)
class _Statement:
    definition: Definition
    at: datetime

    def __post_init__(self) -> None:
        self.now = Now.of(self.definition.workspace, self.at)
        self.bound = Bound({"workspace": self.definition.workspace.pk})
        self.events = EventSql(self.definition.kind, self.bound, self.now)

    now: Now = None  # type: ignore[assignment]
    bound: Bound = None  # type: ignore[assignment]
    events: EventSql = None  # type: ignore[assignment]

    def whole(self) -> Statement:
        chosen = self._chosen()
        if self.definition.formula:
            inner = self._formula()
        elif self.definition.measure and self.definition.measure.key == "most_frequent":
            inner = self._most_frequent()
        else:
            inner = f"SELECT subject, {self._value()} AS value FROM ({self._rows()}) GROUP BY subject"  # noqa: S608
        merges = f"WITH {MERGES} AS merges " if self.definition.kind == "person" else ""
        value, join = ("ifNull(done.value, 0)", "LEFT") if self.definition.is_zero else ("done.value", "INNER")
        text = (
            f"{merges}SELECT everyone.subject AS subject, {value} AS value"  # noqa: S608
            f" FROM (SELECT arrayJoin(bitmapToArray({chosen})) AS subject) AS everyone"
            f" {join} JOIN ({inner}) AS done ON done.subject = everyone.subject"
            f" WHERE isNotNull(value){self._finite('value')} ORDER BY subject"
        )
        return Statement(text, self.bound.params)

    def _finite(self, value: str) -> str:
        return f" AND isFinite({value})" if self.definition.type == "number" else ""

    def _chosen(self) -> str:
        """The bitmap of those the trait is for."""
        only = self.definition.only
        compiler = Compiler(self.definition.workspace, self.now, self.bound)
        return compiler.whole(only.root if only else EVERYONE, self.definition.kind)

    # Events

    def _rows(self) -> str:
        """One row per event that counts."""
        definition, key = self.definition, self.definition.measure.key  # type: ignore[union-attr]
        stretch = resolve(definition.within, self.now)
        doing = definition.doing
        if key == "share":
            where = self._where(definition.among, stretch)
            extra = f", ({self._matches(doing)}) AS meets"
        elif key == "change":
            before = self._before()
            where = f"({self._where(doing, stretch)} OR {self._where(doing, before)})"
            extra = f", ({self.events._in_time(stretch)}) AS meets"
        else:
            where, extra = self._where(doing, stretch), ""
        return self._select(where, extra)

    def _select(self, where: str, extra: str = "") -> str:
        who, kind = WHO[self.definition.kind], self.definition.kind
        has = ""
        if self.definition.of:
            mark = self.bound.add("property", "String", self.definition.of)
            value = f"properties[{mark}]"
            number = f"toFloat64OrNull({value})"
            extra += f", {value} AS value, if(isFinite({number}), {number}, NULL) AS number"
            has = f" AND mapContains(properties, {mark})"
            if self.definition.as_number:
                has += f" AND isFinite({number})"
        else:
            extra += ", toNullable(1.) AS number"
        return (
            f"SELECT {who} AS subject, at, day, sequence, message_id{extra}"  # noqa: S608
            f" FROM events WHERE {where} AND {kind} != 0{has}"
        )

    def _where(self, doing: Doing, stretch: Stretch) -> str:
        parts = [self.events.when(doing, stretch), *(self.events._property(each) for each in doing.where)]
        return f"({' AND '.join(parts)})"

    def _matches(self, doing: Doing) -> str:
        return self.events.matches(doing)

    def _value(self) -> str:
        key = self.definition.measure.key  # type: ignore[union-attr]
        today = self.bound.add("today", "Int32", number_of(self.now.today))
        match key:
            case "days_since_last":
                return f"toFloat64({today} - toInt32(max(day)))"
            case "days_since_first":
                return f"toFloat64({today} - toInt32(min(day)))"
            case "share":
                return f"round(countIf(meets) / count(), {DIGITS})"
            case "change":
                now, before = "sumIf(number, meets)", "sumIf(number, NOT meets)"
                return f"round(100 * (ifNull({now}, 0) - {before}) / nullIf({before}, 0), {DIGITS})"
            case "slope":
                return self._slope()
        return VALUES[key].replace("{value}", "number" if self.definition.as_number else "value")

    def _slope(self) -> str:
        """Least squares of daily values y over the days x = 0 … n − 1: (Σxy − x̄Σy) ÷ (n(n² − 1)/12)."""
        stretch = resolve(self.definition.within, self.now)
        if not isinstance(stretch, Days) or stretch.first is None or stretch.last is None:
            raise ValueError("A slope needs days with a beginning and an end.")
        n = stretch.last - stretch.first + 1
        first = self.bound.add("slope", "Float64", float(stretch.first))
        mean, spread = (
            self.bound.add("slope", "Float64", (n - 1) / 2),
            self.bound.add("slope", "Float64", n * (n * n - 1) / 12),
        )
        return f"round(sum((toFloat64(toInt32(day)) - {first} - {mean}) * number) / nullIf({spread}, 0), {DIGITS})"

    def _before(self) -> Stretch:
        """The window of the same length that ends where this one begins."""
        within = self.definition.within
        if not isinstance(within, Last):
            raise ValueError("A change needs a window that ends now.")
        stretch = resolve(within, self.now)
        if isinstance(stretch, Instants):
            return Instants(stretch.since - within.span.n * HOUR_MS, stretch.since - 1)
        end = (stretch.first or 0) - 1
        then = Now(self.now.moment, EPOCH + timedelta(days=end), self.now.zone, self.now.calendar)
        earlier = resolve(within, then)
        return Days(earlier[0], end)

    def _most_frequent(self) -> str:
        """Of values that came equally often the one that came last, then the greater one."""
        value = "number" if self.definition.as_number else "value"
        return (
            "SELECT subject, argMax(value, (times, latest, value)) AS value"  # noqa: S608
            f" FROM (SELECT subject, {value} AS value, count() AS times, max(at) AS latest FROM ({self._rows()})"
            " GROUP BY subject, value) GROUP BY subject"
        )

    # Traits

    def _formula(self) -> str:
        formula = self.definition.formula
        if formula is None:
            raise ValueError("There is no formula.")
        now = functions.Now(self.now.moment, self.now.zone)
        columns: dict[str, str] = {}
        selected, keys = [], ["created_at"]
        for place, (key, kind) in enumerate(formula_sql.types_of(formula).items()):
            mark = self.bound.add("key", "String", key)
            selected.append(f", anyIf({formula_sql.reading(kind, self.bound, now)}, trait = {mark}) AS t{place}")
            columns[key] = f"t{place}"
            keys.append(key)
        value = formula_sql.expression(formula, columns, self.bound, now)
        wanted = self.bound.add("keys", "Array(String)", keys)
        source = (
            f"SELECT subject{''.join(selected)} FROM traits FINAL"  # noqa: S608
            f" WHERE workspace_id = {{workspace:UInt32}} AND kind = '{self.definition.kind}' AND trait IN {wanted}"
            " GROUP BY subject"
        )
        return f"SELECT subject, {value} AS value FROM ({source})"  # noqa: S608
