"""Bodies take numbers and truth values only as what they are."""

from datetime import date
from typing import Annotated, Literal

import pytest
from ninja import Schema
from pydantic import Field, ValidationError

from evergrow.workspaces.api.strictness import tighten


class Inner(Schema):
    count: int = 0
    share: float = 0.5


class Body(Schema):
    is_draft: bool = False
    days: int = Field(1, ge=1)
    owner: int | None = None
    numbers: list[Annotated[int, Field(ge=1)]] = []
    points: dict[str, float] = {}
    rows: list[Inner] | None = None
    kind: Literal["a", "b"] = "a"
    on: date | None = None


tighten(Body, set())


def test_what_the_document_names_is_taken():
    said = {"is_draft": True, "days": 2, "owner": 3, "numbers": [1], "points": {"a": 1}, "on": "2026-03-01"}
    found = Body.model_validate(said | {"rows": [{"count": 1, "share": 1}]})
    assert found.on == date(2026, 3, 1)
    assert found.rows == [Inner(count=1, share=1.0)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"is_draft": 0},
        {"is_draft": "yes"},
        {"days": "2"},
        {"days": True},
        {"days": 0},
        {"owner": "3"},
        {"numbers": ["1"]},
        {"numbers": [0]},
        {"points": {"a": "1"}},
        {"rows": [{"count": "1"}]},
        {"rows": [{"share": False}]},
    ],
)
def test_what_only_looks_like_it_is_refused(wrong):
    with pytest.raises(ValidationError):
        Body.model_validate(wrong)
