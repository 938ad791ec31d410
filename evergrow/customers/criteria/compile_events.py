"""Conditions on what was done → SQL of a bitmap of people or accounts.

Whether something was done at all on whole days is read from the day bitmaps of ``activity``; how often, how much and in
which order from ``events``. People who were merged count as the one they belong to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from evergrow.customers.criteria import comparison
from evergrow.customers.criteria.bound import Bound
from evergrow.customers.criteria.comparison import Columns
from evergrow.customers.criteria.tree import (
    ANY_EVENT,
    Bounds,
    Did,
    Doing,
    First,
    Kind,
    Measure,
    Stopped,
    Where,
)
from evergrow.customers.criteria.tree import (
    Sequence as Steps,
)
from evergrow.customers.criteria.values import EPOCH
from evergrow.customers.criteria.windows import (
    FIRST_DAY,
    HOUR_MS,
    LAST_DAY,
    Days,
    Instants,
    Last,
    Now,
    Span,
    Stretch,
    number_of,
    resolve,
)

# Two arrays: people who turned out to be somebody else, and who they are
MERGES = """(
    SELECT (groupArray(from_person), groupArray(to_person))
    FROM (
        SELECT from_person, argMax(to_person, version) AS to_person
        FROM person_overrides
        WHERE workspace_id = {workspace:UInt32}
        GROUP BY from_person
    )
    WHERE from_person != to_person
)"""
WHO = {"person": "transform(person, merges.1, merges.2, person)", "account": "account"}
PEOPLE_OF = {"person": "people", "account": "accounts"}
EARLIEST, LATEST = number_of(FIRST_DAY), number_of(LAST_DAY)
HOURS = {"hours": 1, "days": 24, "weeks": 168}
COUNTED = {"unique", "days"}  # measures that are 0 where nothing was done; so is sum
ZERO = COUNTED | {"sum"}


@dataclass(slots=True)
class EventSql:
    """Makes bitmaps for subjects of one kind."""

    kind: Kind
    bound: Bound
    now: Now

    def did(self, node: Did) -> tuple[str, bool]:
        """A bitmap, and whether those *not* in it are meant (where never doing it is fine, too)."""
        stretch = resolve(node.within, self.now)
        measure, bounds = node.measure, node.bounds
        is_complement = (measure is None or measure.op in ZERO) and bounds.accepts(0)
        if measure is None and self._is_at_all(bounds, is_complement):
            return self._at_all(node.doing, stretch), is_complement
        value = "toFloat64(count())" if measure is None else self._measured(measure)
        meets = self._bounds("value", bounds)
        if is_complement:
            meets = f"NOT {meets}"
        return self._grouped(node.doing, stretch, value, meets), is_complement

    @staticmethod
    def _is_at_all(bounds: Bounds, is_complement: bool) -> bool:
        """Whether the question is only whether something was done at all; counts are whole numbers."""
        if is_complement:
            return not bounds.accepts(1)
        return bounds.accepts(1) and bounds.op in ("at_least", "over")

    def _at_all(self, doing: Doing, stretch: Stretch) -> str:
        if doing.where or isinstance(stretch, Instants):
            return self._grouped(doing, stretch, "1", "")
        where = self.when(doing, stretch)
        found = f"(SELECT groupBitmapMergeState({PEOPLE_OF[self.kind]}) FROM activity WHERE {where})"  # noqa: S608
        if self.kind == "account":
            return found
        return f"(WITH {MERGES} AS merges SELECT bitmapTransform({found}, merges.1, merges.2))"

    def first(self, node: First) -> str:
        """Done in the window and never before it."""
        stretch = resolve(node.within, self.now)
        inside = self._at_all(node.doing, stretch)
        if isinstance(stretch, Days):
            if stretch.first is None:
                return inside
            return f"bitmapAndnot({inside}, {self._at_all(node.doing, Days(None, stretch.first - 1))})"
        before = Instants(0, stretch.since - 1)
        return f"bitmapAndnot({inside}, {self._at_all(node.doing, before)})"

    def stopped(self, node: Stopped) -> str:
        """Often enough before the quiet days, and not in them."""
        earlier, quiet = stopped_days(node, self.now)
        if node.times == 1:
            done = self._at_all(node.doing, earlier)
        else:
            done = self._grouped(
                node.doing, earlier, "toFloat64(count())", self._bounds("value", Bounds("at_least", (node.times,)))
            )
        return f"bitmapAndnot({done}, {self._at_all(node.doing, quiet)})"

    def sequence(self, node: Steps) -> str:
        """Subjects whose events, in order, fill all steps: see ``evaluate.holds_sequence`` for the same in words."""
        stretch = resolve(node.within, self.now)
        steps = [self.matches(step) for step in node.steps]
        mask = " + ".join(f"if({match}, {1 << place}, 0)" for place, match in enumerate(steps))
        gap = "1" if node.gap is None else f"e.1 - acc[i] <= {self.bound.add('gap', 'Int64', milliseconds(node.gap))}"
        count = len(steps)
        fold = (
            f"arrayFold((acc, e) -> arrayMap(i -> if(bitTest(e.2, i) AND (i = 0 OR (acc[i] > -1 AND {gap})),"
            f" e.1, acc[i + 1]), range({count})), done, arrayResize([toInt64(-1)], {count}, toInt64(-1)))"
        )
        inner = (
            f"SELECT {WHO[self.kind]} AS subject,"  # noqa: S608
            f" arraySort(groupArray((toInt64(toUnixTimestamp64Milli(at)), toUInt16({mask})))) AS done"
            f" FROM events WHERE {self._in_time(stretch)} AND ({' OR '.join(dict.fromkeys(steps))})"
            f" AND {self.kind} != 0"
            f" GROUP BY subject HAVING length(done) >= {count}"
        )
        return self._subjects(inner, f" WHERE {fold}[{count}] > -1")

    def _grouped(self, doing: Doing, stretch: Stretch, value: str, meets: str) -> str:
        where = self.when(doing, stretch)
        more = "".join(f" AND {self._property(each)}" for each in doing.where)
        having = f" HAVING {meets}" if meets else ""
        inner = (
            f"SELECT {WHO[self.kind]} AS subject, {value} AS value FROM events"  # noqa: S608
            f" WHERE {where} AND {self.kind} != 0{more} GROUP BY subject{having}"
        )
        return self._subjects(inner)

    def _subjects(self, inner: str, where: str = "") -> str:
        merges = f"WITH {MERGES} AS merges " if self.kind == "person" else ""
        return f"({merges}SELECT groupBitmapState(subject) FROM ({inner}){where})"  # noqa: S608

    def _measured(self, measure: Measure) -> str:
        if measure.op == "days":
            return "toFloat64(uniqExact(day))"
        key = self.bound.add("property", "String", measure.property)
        if measure.op == "unique":
            return f"toFloat64(uniqExactIf(properties[{key}], mapContains(properties, {key})))"
        number = f"if(isFinite(toFloat64OrNull(properties[{key}])), toFloat64OrNull(properties[{key}]), NULL)"
        if measure.op == "sum":
            return f"ifNull(round(sum({number}), 6), 0)"
        return f"round(avg({number}), 6)" if measure.op == "avg" else f"{measure.op}({number})"

    def _bounds(self, value: str, bounds: Bounds) -> str:
        marks = [self.bound.add("limit", "Float64", float(limit)) for limit in bounds.values]
        if bounds.op == "between":
            return f"ifNull({value} BETWEEN {marks[0]} AND {marks[1]}, 0)"
        sign = {"at_least": ">=", "at_most": "<=", "exactly": "=", "over": ">", "under": "<"}[bounds.op]
        return f"ifNull({value} {sign} {marks[0]}, 0)"

    def when(self, doing: Doing, stretch: Stretch) -> str:
        if doing.event == ANY_EVENT:
            return self._in_time(stretch)
        return f"{self._in_time(stretch)} AND event = {self.bound.add('event', 'String', doing.event)}"

    def _in_time(self, stretch: Stretch) -> str:
        found = ["workspace_id = {workspace:UInt32}"]
        if isinstance(stretch, Instants):
            since = self.bound.add("since", "Int64", stretch.since)
            until = self.bound.add("until", "Int64", stretch.until)
            # The day narrows what is read; a zone is at most 14 hours ahead.
            first = self.bound.add("first", "Date", _date(stretch.since // 86_400_000 - 1))
            found.append(f"day >= {first} AND at >= fromUnixTimestamp64Milli({since})")
            found.append(f"at <= fromUnixTimestamp64Milli({until})")
            return " AND ".join(found)
        if stretch.first is not None:
            found.append(f"day >= {self.bound.add('first', 'Date', _date(stretch.first))}")
            if stretch.first > LATEST:
                found.append("0")
        if stretch.last is not None:
            found.append(f"day <= {self.bound.add('last', 'Date', _date(stretch.last))}")
            if stretch.last < EARLIEST:
                found.append("0")
        return " AND ".join(found)

    def matches(self, doing: Doing) -> str:
        """Whether an event is this doing; times are conditions of their own."""
        parts: Sequence[str] = [self._property(each) for each in doing.where]
        if doing.event != ANY_EVENT:
            parts = [f"event = {self.bound.add('event', 'String', doing.event)}", *parts]
        return f"({' AND '.join(parts or ['1'])})"

    def _property(self, where: Where) -> str:
        key, test = self.bound.add("property", "String", where.property), where.test
        number = f"toFloat64OrNull(properties[{key}])"
        columns = Columns(f"properties[{key}]", number, f"isFinite({number})")
        has = f"mapContains(properties, {key})"
        meets = f"({has} AND {comparison.sql(comparison.positive(test), columns, self.bound, self.now)})"
        if comparison.is_negative(test):
            meets = f"({has} AND NOT {meets})"
        return f"({meets} OR NOT {has})" if comparison.keeps_unset(test) else meets


def stopped_days(node: Stopped, now: Now) -> tuple[Days, Days]:
    """The days in which it was done, and the quiet ones that end today."""
    quiet = resolve(Last(node.quiet), now)
    if not isinstance(quiet, Days) or quiet.first is None:
        raise ValueError("Quiet days have a beginning.")
    end = quiet.first - 1
    if node.before is None:
        return Days(None, end), quiet
    then = Now(now.moment, EPOCH + timedelta(days=end), now.zone, now.calendar)
    earlier = resolve(Last(node.before), then)
    return Days(earlier[0], end), quiet


def milliseconds(span: Span) -> int:
    """A gap in milliseconds; a day is 24 hours here."""
    return span.n * HOURS[span.unit] * HOUR_MS


def _date(day: int) -> object:
    return EPOCH + timedelta(days=min(max(day, EARLIEST), LATEST))
