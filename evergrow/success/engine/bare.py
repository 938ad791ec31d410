"""Reading and finding rows with as little work for each as the store allows."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, F, Func, TextField


class BareText(Func):
    """A date, a moment or JSON as the text that the store writes: to read it as such costs several times less."""

    output_field = TextField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        # An expression has no declared type, so that the driver hands over the text that is stored.
        return self.as_sql(compiler, connection, template="(%(expressions)s || '')", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s)::text", **context)


class BareFlag(BareText):
    """A boolean column without conversion: 0 or 1 on SQLite."""

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s + 0)", **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s", **context)


class Among(Func):
    """Whether a column's whole number is one of many: one parameter, however many they are."""

    output_field = BooleanField()

    def __init__(self, field: str, numbers: Sequence[int]) -> None:
        super().__init__(F(field))
        self.numbers = list(numbers)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        text, values = self.as_sql(
            compiler, connection, template="%(expressions)s IN (SELECT value FROM json_each(%%s))", **context
        )
        return text, [*values, repr(self.numbers)]

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        text, values = self.as_sql(compiler, connection, template="%(expressions)s = ANY(%%s)", **context)
        return text, [*values, self.numbers]
