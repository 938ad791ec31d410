"""The types that operations take and give, with the limits of the stores behind them."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
)

Dated = TypeVar("Dated", bound=date)
ISO = re.compile(r"\d{4}-\d\d-\d\d")
NO_NUL = r"^[^\x00]*$"

Line = Annotated[str, StringConstraints(max_length=200, pattern=NO_NUL)]
"""One line of text. A NUL character cannot be stored."""

Text = Annotated[str, StringConstraints(max_length=20_000, pattern=NO_NUL)]
"""Several lines of text."""

Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""The number of an account or a person within the workspace, as it stands in addresses."""

RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""The id of any other row."""

Money = Annotated[Decimal, PlainSerializer(str, return_type=str)]
"""An amount in the workspace's currency as text, so that no cent is lost: ``"1234.50"``."""


def _within_calendar(day: Dated) -> Dated:
    if not 1970 <= day.year <= 2999:
        raise ValueError("The day must lie between 1970-01-01 and 2999-12-31.")
    return day


def _written_out(value: object) -> object:
    """Pydantic would also read numbers, as seconds since 1970; the document promises ISO 8601 alone."""
    if isinstance(value, str) and ISO.match(value):
        return value
    raise ValueError("Write it as ISO 8601 says: 2026-03-25, with the time 2026-03-25T12:00:00+08:00.")


Day = Annotated[date, BeforeValidator(_written_out), AfterValidator(_within_calendar)]
"""A day in the workspace's zone."""

Moment = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_within_calendar)]
"""A moment with its offset from UTC: ``2026-03-25T12:00:00+08:00``."""

Amount = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]
"""An amount to write, as a number or as text."""

Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""How many of something."""


class Input(BaseModel):
    """The body of a request. A name that the API does not know is refused, so that no typo is lost."""

    model_config = ConfigDict(extra="forbid")
