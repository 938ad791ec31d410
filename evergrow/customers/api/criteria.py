"""Criteria: what they say, how many meet them, what there is to choose from."""

from typing import Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from evergrow.customers import criteria
from evergrow.customers.criteria import catalogue
from evergrow.customers.queries.criteria_preview import preview as previewed
from evergrow.customers.queries.criteria_preview import suggested_values
from evergrow.workspaces.api import ApiRequest, Input, Line, token

router = Router(tags=["criteria"])
Kind = Literal["person", "account"]


class CriteriaIn(Input):
    """Criteria as the documentation describes them; an empty object is everyone."""

    kind: Kind = "account"
    criteria: dict[str, Any]


class CriteriaPreviewIn(CriteriaIn):
    limit: int = Field(20, ge=1, le=1000, description="How many numbers to give at most.")


class CheckedOut(Schema):
    """The criteria in their one form, as a sentence in the caller's language, and as text."""

    kind: Kind
    criteria: dict[str, Any]
    sentence: str
    text: str


class CriteriaPreviewOut(Schema):
    """How many of all that the token may see meet the criteria, and the numbers of some."""

    sentence: str
    size: int
    total: int
    numbers: list[int]


class TraitsIn(Input):
    kind: Kind = "account"


class CriteriaTraitOut(Schema):
    """A trait with the type its values read as and how many have it."""

    key: str
    label: str
    type: Literal["text", "number", "truth", "date", "moment", "list"]
    group: str
    subjects: int


class CriteriaValuesIn(TraitsIn):
    trait: Line


class CriteriaValueOut(Schema):
    value: str
    label: str


@router.post("/criteria/check", auth=token("view"), response=CheckedOut, summary="Check criteria")
def check(request: ApiRequest, asked: CriteriaIn) -> dict[str, Any]:
    """Say criteria back in words. What is wrong is answered with 422 and the path to the offending part."""
    parsed = criteria.parse(asked.criteria, asked.kind, request.workspace)
    return {
        "kind": parsed.kind,
        "criteria": criteria.as_data(parsed),
        "sentence": criteria.sentence(parsed),
        "text": criteria.to_yaml(parsed),
    }


@router.post("/criteria/preview", auth=token("view"), response=CriteriaPreviewOut, summary="Who meets criteria")
def preview(request: ApiRequest, asked: CriteriaPreviewIn) -> dict[str, Any]:
    """Count people or accounts, and name some, as far as the token may see them."""
    parsed = criteria.parse(asked.criteria, asked.kind, request.workspace)
    found = previewed(request.member, parsed, asked.limit)
    numbers = [row.number for row in found.rows]
    return {"sentence": found.sentence, "size": found.size, "total": found.total, "numbers": numbers}


@router.get("/criteria/traits", auth=token("view"), response=list[CriteriaTraitOut], summary="Traits to ask about")
def traits(request: ApiRequest, asked: Query[TraitsIn]) -> list[dict[str, Any]]:
    """Fields, scores, and custom traits that somebody has."""
    return [
        {
            "key": offered.info.key,
            "label": str(offered.info.label),
            "type": offered.info.type,
            "group": offered.group,
            "subjects": offered.subjects,
        }
        for offered in catalogue.traits(request.workspace, asked.kind)
    ]


@router.get("/criteria/values", auth=token("view"), response=list[CriteriaValueOut], summary="Values of a trait")
def values(request: ApiRequest, asked: Query[CriteriaValuesIn]) -> list[dict[str, str]]:
    """The most frequent values among those whom the token may see."""
    pairs = suggested_values(request.member, asked.kind, asked.trait)
    return [{"value": value, "label": label} for value, label in pairs]
