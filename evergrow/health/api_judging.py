"""Operations on what makes a score: scorecards and their drafts, scores set by hand, entered values."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.customers import access
from evergrow.customers.access import account_or_404
from evergrow.health import actions, portfolio_change, queries
from evergrow.health.entries.actions import Observed, bring_in
from evergrow.health.models import Override, Scorecard, ScorecardVersion, VersionState
from evergrow.health.overrides import actions as overriding
from evergrow.health.overrides.queries import visible
from evergrow.workspaces.access import may
from evergrow.workspaces.api import ApiRequest, Number, Page, Window, page, token
from evergrow.workspaces.api.types import Day, Line, RowId
from evergrow.workspaces.errors import Refused

router = Router(tags=["health"])


class CardOut(Schema):
    """A scorecard: ``version`` is the number of the one that counts, null before the first; ``draft`` the open one."""

    key: str
    name: dict[str, str]
    is_default: bool
    product: str | None = Field(description="The code of the product whose line it judges, if it does.")
    version: int | None
    draft: int | None
    definition: dict[str, Any] | None = Field(description="Of the version that counts.")


class ScorecardDraftIn(Schema):
    """A whole definition, in the form that docs/health.md describes, and what it changes."""

    definition: dict[str, Any]
    note: Line = ""


class ScoreVersionOut(Schema):
    number: int
    state: VersionState
    definition: dict[str, Any]
    note: str
    published_at: datetime | None


class OverrideIn(Schema):
    """``target``: "" for the whole score, or a group's key; ``until``: the last day it counts."""

    value: float = Field(ge=0, le=100)
    reason: Line = Field(min_length=1)
    until: Day
    target: Line = ""
    mode: Literal["hold", "yield"] = "hold"


class OverrideOut(Schema):
    id: int
    account: int = Field(alias="account.number")
    target: str
    value: float
    reason: str
    mode: str
    until: date
    state: str
    starts_on: date | None
    ended_on: date | None
    end_reason: str
    asked_by: str
    decided_by: str

    @staticmethod
    def resolve_asked_by(override: Override) -> str:
        return str(override.asked_by or "")

    @staticmethod
    def resolve_decided_by(override: Override) -> str:
        return str(override.decided_by or "")


class OverrideAnswerIn(Schema):
    answer: Line = ""


class ValueIn(Schema):
    """A value of an account, observed on a day; ``key`` as in the measure's ``ask.entry``."""

    account: Number
    key: Line = Field(pattern=r"^[-a-zA-Z0-9_]+$", max_length=60)
    value: float
    on: Day
    note: Line = ""


class EnteredValuesIn(Schema):
    values: list[ValueIn] = Field(max_length=10_000)


class ValuesOut(Schema):
    values: int


class ChangeDays(Schema):
    """Without days: the last 30."""

    since: Day | None = None
    until: Day | None = None


class CauseOut(Schema):
    """Points of the mean that one cause did; ``measure`` is the name of the measure that it is about, if any."""

    kind: str
    measure: dict[str, str] | None = Field(alias="name")
    points: float
    accounts: int


class ScoreChangeOut(Schema):
    """``then`` plus all effects is ``now``."""

    since: date
    until: date
    then: float | None
    now: float | None
    both: int
    arrived: int
    left: int
    effects: list[CauseOut]


@contextmanager
def _refused() -> Iterator[None]:
    """A definition that cannot be used is told as 422, a draft that is not there as 404."""
    try:
        yield
    except actions.BadDefinition as error:
        raise Refused(str(error)) from error
    except (actions.NoDraft, Scorecard.DoesNotExist):
        raise Http404 from None


@router.get("/scorecards", auth=token("view"), response=list[CardOut], summary="Scorecards")
def scorecards(request: ApiRequest) -> list[dict[str, Any]]:
    """The default card and all others in use; drafts are numbered for those who may manage."""
    actions.ensure_scorecard(workspace=request.workspace)
    rows = Scorecard.objects.filter(workspace=request.workspace, archived_at=None).order_by("-is_default", "pk")
    shows_draft = may(request.member, "manage")
    return [
        _card(card, shows_draft=shows_draft) for card in rows.select_related("product").prefetch_related("versions")
    ]


def _card(card: Scorecard, *, shows_draft: bool) -> dict[str, Any]:
    states = {version.state: version for version in card.versions.all()}
    now, draft = states.get(VersionState.PUBLISHED), states.get(VersionState.DRAFT)
    return {
        "key": card.key,
        "name": card.name,
        "is_default": card.is_default,
        "product": card.product.code if card.product else None,
        "version": now.number if now else None,
        "draft": draft.number if draft and shows_draft else None,
        "definition": now.definition if now else None,
    }


@router.put(
    "/scorecards/{key}/draft", auth=token("manage"), response=ScoreVersionOut, summary="Write a scorecard's draft"
)
def write_draft(request: ApiRequest, key: str, facts: ScorecardDraftIn) -> ScorecardVersion:
    """Open a draft where there is none and put the definition into it; nothing changes until it is published."""
    with _refused():
        actions.start_draft(workspace=request.workspace, by=request.member, key=key)
        return actions.save_draft(
            workspace=request.workspace, definition=facts.definition, note=facts.note, by=request.member, key=key
        )


@router.post(
    "/scorecards/{key}/publication",
    auth=token("manage"),
    response=ScoreVersionOut,
    summary="Publish a scorecard's draft",
)
def publish(request: ApiRequest, key: str) -> ScorecardVersion:
    """Make the draft the version that counts, and compute scores anew."""
    with _refused():
        return actions.publish_draft(workspace=request.workspace, by=request.member, key=key)


@router.get("/health/overrides", auth=token("view"), response=Page[OverrideOut], summary="Scores set by hand")
def overrides(request: ApiRequest, window: Query[Window]) -> dict[str, Any]:
    """All that were ever asked for, the latest first."""
    return page(visible(request.member).order_by("-pk"), window)


@router.post(
    "/accounts/{number}/health/overrides",
    auth=token("work"),
    response={201: OverrideOut},
    summary="Ask to set a score by hand",
)
def ask_override(request: ApiRequest, number: Number, facts: OverrideIn) -> Status[Override]:
    """It counts once another member approves it."""
    account = account_or_404(request.member, number)
    return Status(201, overriding.ask(account=account, by=request.member, **facts.model_dump()))


@router.post(
    "/health/overrides/{id}/approval", auth=token("manage"), response=OverrideOut, summary="Approve a score set by hand"
)
def approve_override(request: ApiRequest, id: RowId, facts: OverrideAnswerIn) -> Override:
    """It counts from today on. Nobody approves what they asked for."""
    return overriding.approve(override=_override(request, id), answer=facts.answer, by=request.member)


@router.post("/health/overrides/{id}/end", auth=token("work"), response=OverrideOut, summary="End a score set by hand")
def end_override(request: ApiRequest, id: RowId) -> Override:
    """The computed score counts again from today on."""
    return overriding.lift(override=_override(request, id), by=request.member)


def _override(request: ApiRequest, id: int) -> Override:
    found = visible(request.member).filter(pk=id).first()
    if found is None:
        raise Http404
    return found


@router.post("/health/values", auth=token("work"), response={201: ValuesOut}, summary="Bring in values for health")
def values(request: ApiRequest, facts: EnteredValuesIn) -> Status[dict[str, int]]:
    """Write down what other programs observed of accounts, all or none."""
    numbers = {each.account for each in facts.values}
    accounts = {one.number: one for one in access.accounts(request.member).filter(number__in=numbers)}
    if numbers - accounts.keys():
        raise Refused(f"There is no account with the number {min(numbers - accounts.keys())}.")
    rows = [Observed(accounts[each.account], each.key, each.value, each.on, each.note) for each in facts.values]
    return Status(201, {"values": bring_in(values=rows, by=request.member)})


@router.get("/health/change", auth=token("view"), response=ScoreChangeOut, summary="Why the mean score moved")
def change(request: ApiRequest, days: Query[ChangeDays]) -> portfolio_change.PortfolioChange:
    """The change of the paying customers' mean score between two days, split into causes that add up to it."""
    accounts = queries.portfolio(request.member)
    until = days.until or request.workspace.today()
    since = days.since or until - timedelta(days=30)
    return portfolio_change.read(request.workspace, accounts, since, until)
