"""The SQL of a prepared question, and asking it."""

import copy
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, NoReturn

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from evergrow.workspaces.prepared import arguments
from evergrow.workspaces.prepared.arguments import NotPrepared, StandIns

A_DAY = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d.*)?)?")
Build = Callable[..., "QuerySet[Any, Any]"]


class Sql:
    """SQL with the places of its parameters. ``text`` is empty where nothing can be found, whatever the values."""

    def __init__(self, alias: str, text: str, params: Sequence[Any], stand_ins: StandIns) -> None:
        self.alias, self.text = alias, text
        stands = [_adapted(value, alias) for value in stand_ins.values]
        places = {_key(value): place for place, value in enumerate(stands)}
        self._template = list(params)
        found = [(at, places.get(_key(value)), type(value)) for at, value in enumerate(params)]
        self._slots = [(at, place, of) for at, place, of in found if place is not None]
        self._moments = [place for place, value in enumerate(stand_ins.values) if isinstance(value, date)]
        self._check(stand_ins)

    def _check(self, stand_ins: StandIns) -> None:
        used, fixed = {place for _, place, _ in self._slots}, {at for at, _, _ in self._slots}
        if not self.text and not stand_ins.is_of_nothing:
            raise NotPrepared("Nothing can ever be found, as for a number that its field cannot hold.")
        if self.text and any(used.isdisjoint(group) for group in stand_ins.groups):
            raise NotPrepared(
                "An argument does not reach the SQL as it is. Leave it out, or change it before the call."
            )
        if any(number in self.text for number in arguments.numbers(stand_ins.values)):
            raise NotPrepared("A number stands in the SQL itself, as a limit does. It must be the same in every call.")
        rest = [value for at, value in enumerate(self._template) if at not in fixed]
        if any(isinstance(each, date) or (isinstance(each, str) and A_DAY.fullmatch(each)) for each in rest):
            raise NotPrepared("A day or a moment stands in the question itself. Give it as an argument.")

    def fetch(self, values: Sequence[Any]) -> list[Any]:
        """The raw rows with these values."""
        if self._moments:
            values = list(values)
            for place in self._moments:
                values[place] = _adapted(values[place], self.alias)
        params = self._template.copy()
        for at, place, of in self._slots:
            value = values[place]
            params[at] = value if type(value) is of else of(value)
        with connections[self.alias].cursor() as cursor:
            cursor.execute(self.text, params)
            found: list[Any] = cursor.fetchall()
        return found


def _key(value: Any) -> tuple[type, Any]:
    """What a parameter is known by; for PostgreSQL numbers come in classes of their own that say how long they are."""
    return (int, int(value)) if isinstance(value, int) and not isinstance(value, bool) else (type(value), value)


def _adapted(value: Any, alias: str) -> Any:
    """A day or a moment as the store takes it."""
    if isinstance(value, datetime):
        return connections[alias].ops.adapt_datetimefield_value(value)
    return connections[alias].ops.adapt_datefield_value(value) if isinstance(value, date) else value


class Statement:
    """A question whose answer is rows."""

    def __init__(self, build: Build, given: Sequence[Any]) -> None:
        stand_ins = StandIns(given)
        with _silence():
            query: Any = build(*stand_ins.args)
        if query._known_related_objects or query._prefetch_related_lookups or query.query.select_for_update:
            raise NotPrepared("Begin a prepared question with Model.objects; it can neither prefetch nor lock rows.")
        self._iterable: Any = query._iterable_class
        self._model, self._fields = query.model, query._fields
        self._query, self._compiler = query.query, query.query.get_compiler(using=query.db)
        self._converters: dict[int, Any] | None = None
        try:
            text, params = self._compiler.as_sql()
        except EmptyResultSet:
            text, params = "", ()
        self._sql = Sql(query.db, text, params, stand_ins)

    def ask(self, values: Sequence[Any]) -> list[Any]:
        """The rows, as the query itself would give them."""
        found = self._sql.fetch(values) if self._sql.text else []
        return list(self._iterable(self._answered(found))) if found else []

    def _answered(self, found: list[Any]) -> Any:
        """The query as if it had just been asked; copies, since threads share the statement."""
        compiler, query = copy.copy(self._compiler), copy.copy(self._query)
        compiler.connection = connections[self._sql.alias]
        if compiler.has_extra_select:
            found = [row[: compiler.col_count] for row in found]
        compiler.execute_sql = lambda *_args, **_more: [found]
        compiler.get_converters = self._known_converters
        query.get_compiler = lambda *_args, **_more: compiler
        answered: Any = QuerySet(self._model, query, self._sql.alias)
        answered._fields = self._fields
        return answered

    def _known_converters(self, expressions: Any) -> dict[int, Any]:
        if self._converters is None:
            self._converters = type(self._compiler).get_converters(self._compiler, expressions)
        return self._converters


class Counted:
    """A question whose answer is a number."""

    def __init__(self, build: Build, given: Sequence[Any]) -> None:
        stand_ins = StandIns(given)
        with _silence():
            query = build(*stand_ins.args)
        text, params = "", ()
        try:
            with connections[query.db].execute_wrapper(_tell):
                query.count()
        except _Told as told:
            text, params = told.args
        self._sql = Sql(query.db, text, params, stand_ins)

    def ask(self, values: Sequence[Any]) -> int:
        """How many rows there are."""
        return int(self._sql.fetch(values)[0][0]) if self._sql.text else 0


class _Told(Exception):
    """Carries SQL and parameters out instead of asking them."""


def _tell(_execute: Any, sql: str, params: Any, _many: bool, _context: Any) -> NoReturn:
    raise _Told(sql, params)


def _forbid(_execute: Any, sql: str, _params: Any, _many: bool, _context: Any) -> NoReturn:
    raise NotPrepared(f"A prepared question asks the store while it is made. Ask before, and give the answer: {sql}")


@contextmanager
def _silence() -> Iterator[None]:
    with connections["default"].execute_wrapper(_forbid):
        yield
