"""Operations on answers to surveys behind a health score."""

from datetime import date, datetime

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from evergrow.customers.access import account_or_404
from evergrow.health.models import AccountHealth
from evergrow.health.surveys import queries
from evergrow.workspaces.api import ApiRequest, Number, token

router = Router(tags=["health"])


class SurveyAnswerOut(Schema):
    """``person`` is null where the answer names nobody."""

    person: int | None
    answer: float
    at: datetime


class SurveyAnswersOut(Schema):
    """What a measure makes of answers; ``value`` is null where they are fewer than ``least``."""

    measure: str
    event: str
    property: str
    scale: str
    days: int
    least: int
    as_of: date
    value: float | None
    answers: list[SurveyAnswerOut] = Field(description="Those that count, the latest first.")


@router.get(
    "/accounts/{number}/health/answers/{measure}",
    auth=token("view"),
    response=SurveyAnswersOut,
    summary="Answers behind a measure",
)
def answers(request: ApiRequest, number: Number, measure: str) -> dict[str, object]:
    """The latest answer of each person to the survey that a measure of the account's scorecard reads."""
    account = account_or_404(request.member, number)
    asked = next((each for each in queries.measures(account) if each.key == measure), None)
    if asked is None:
        raise Http404
    found = queries.behind(account, asked, AccountHealth.objects.get(account=account).as_of)
    return {
        **{name: getattr(found.question, name) for name in ("event", "scale", "days", "least")},
        "property": found.question.carrier,
        "measure": measure,
        "as_of": found.day,
        "value": found.value,
        "answers": [
            {"person": each.person and each.person.number, "answer": each.answer, "at": each.at}
            for each in found.answers
        ],
    }
