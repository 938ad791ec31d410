"""Questions to the relational store whose SQL is made once and asked again with other values.

Django makes the SQL of a query anew each time. That takes about a millisecond, several times as long as the store needs
to answer it, and a page with thirty cards waits for thirty of them. So a function that gives a query becomes one that
gives its rows::

    @prepared.rows
    def _tickets(member: Member, person: Person, now: datetime) -> QuerySet[Ticket]:
        seen = Ticket.objects.filter(access.visible(member, "account__"), person=person)
        return seen.filter(opened_at__lte=now).order_by("-opened_at")[:6]

    tickets = _tickets(request.member, person, clock.now())

The function is called once for each shape of its arguments (``arguments.py``), with stand-ins that are found again
among the parameters of the SQL. It must put its arguments into the query as they are, and let nothing else in that
differs from call to call. What would go wrong unseen is refused at the first call with ``NotPrepared``: an argument
that does not reach the SQL, a field of a row that is no key, a day read from the clock, a question asked on the way.
"""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db.models import QuerySet

from evergrow.workspaces.prepared import arguments
from evergrow.workspaces.prepared.arguments import NotPrepared, Word
from evergrow.workspaces.prepared.statements import Counted, Statement

__all__ = ["NotPrepared", "Word", "count", "first", "rows"]

Asked = ParamSpec("Asked")
Row = TypeVar("Row")


def rows(build: Callable[Asked, QuerySet[Any, Row]]) -> Callable[Asked, list[Row]]:
    """The rows of the query that ``build`` gives, as a list. Arguments are given by their places."""
    return _asking(build, Statement)


def first(build: Callable[Asked, QuerySet[Any, Row]]) -> Callable[Asked, Row | None]:
    """The first row of the query that ``build`` gives, in its own order, or None."""
    found = _asking(lambda *given: build(*given)[:1], Statement)  # type: ignore[call-arg]

    @wraps(build)
    def asked(*given: Asked.args, **_named: Asked.kwargs) -> Row | None:
        return next(iter(found(*given, **_named)), None)

    return asked


def count(build: Callable[Asked, QuerySet[Any, Any]]) -> Callable[Asked, int]:
    """How many rows the query has that ``build`` gives."""
    return _asking(build, Counted)


def _asking(build: Callable[..., QuerySet[Any, Any]], make: Callable[..., Any]) -> Callable[..., Any]:
    kept: dict[Hashable, Statement | Counted] = {}

    @wraps(build)
    def asked(*given: Any) -> Any:
        shape, values = arguments.read(given)
        statement = kept.get(shape)
        if statement is None:
            statement = kept[shape] = make(build, given)
        return statement.ask(values)

    return asked
