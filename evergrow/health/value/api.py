"""Operations on lifetime value: what accounts are worth, and how it is reckoned."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import Http404
from ninja import Query, Router, Schema
from pydantic import Field

from evergrow.customers import access
from evergrow.customers.access import account_or_404
from evergrow.health.value import actions, portfolio, telling
from evergrow.health.value.models import AccountValue, GroupBy, Method, ValueSettings
from evergrow.workspaces.api import ApiRequest, Input, Line, Number, Page, Window, page, token

router = Router(tags=["lifetime value"])


class LifetimeValueOut(Schema):
    """The discounted margin within the horizon, in the workspace's currency, with the 95 % interval of that
    expectation (null where the data do not bound it). ``alive`` is the chance to still buy, or to stay to the end of
    the horizon; ``monthly`` the margin of a month, or the expected spend on a purchase."""

    account: int = Field(alias="account.number")
    method: Method
    value: float
    low: float | None
    high: float | None
    alive: float | None
    expected: float | None = Field(description="Purchases to come within the horizon.")
    monthly: float | None
    months: float | None = Field(description="Months looked ahead; fewer than the horizon where no tenure is longer.")
    as_of: date


class SettingsOut(Schema):
    method: Method
    margin: float = Field(description="Share of revenue, 0–1.")
    discount: float = Field(description="Share a year, 0–1.")
    horizon: int = Field(description="Months.")
    growth: float
    group_by: GroupBy
    event: str
    property: str
    computed_at: datetime | None
    learned: dict[str, Any]
    problem: str = ""

    @staticmethod
    def resolve_problem(settings: ValueSettings) -> str:
        return telling.problem(settings.learned)


class SettingsIn(Input):
    """What is left out stays as it is."""

    method: Method | None = None
    margin: Decimal | None = Field(None, gt=0, le=1, max_digits=5, decimal_places=4)
    discount: Decimal | None = Field(None, ge=0, lt=1, max_digits=5, decimal_places=4)
    horizon: int | None = Field(None, ge=1, le=120)
    growth: Decimal | None = Field(None, max_digits=12, decimal_places=2)
    group_by: GroupBy | None = None
    event: Line | None = None
    property: Line | None = None


class TotalOut(Schema):
    accounts: int
    total: float
    mean: float | None
    median: float | None
    top: float | None = Field(description="Share (0–1) of the value that the first tenth of the accounts holds.")
    as_of: date | None


@router.get("/value", auth=token("view"), response=Page[LifetimeValueOut], summary="Lifetime value of accounts")
def values(request: ApiRequest, window: Query[Window]) -> dict[str, Any]:
    """The accounts the token may see, in no order."""
    rows = AccountValue.objects.filter(
        workspace=request.workspace, account__in=access.accounts(request.member).values("pk")
    )
    return page(rows.select_related("account"), window)


@router.get("/value/total", auth=token("view"), response=TotalOut, summary="Lifetime value of all accounts")
def total(request: ApiRequest) -> portfolio.Portfolio:
    return portfolio.read(request.workspace, access.accounts(request.member))


@router.get("/value/settings", auth=token("view"), response=SettingsOut, summary="How lifetime value is reckoned")
def settings(request: ApiRequest) -> ValueSettings:
    return actions.settings_of(request.workspace)


@router.patch("/value/settings", auth=token("manage"), response=SettingsOut, summary="Change how value is reckoned")
def change(request: ApiRequest, wanted: SettingsIn) -> ValueSettings:
    """A computation is queued."""
    given = {name: found for name, found in wanted.model_dump(exclude_unset=True).items() if found is not None}
    return actions.change_settings(workspace=request.workspace, by=request.member, **given)


@router.get(
    "/accounts/{number}/value", auth=token("view"), response=LifetimeValueOut, summary="Lifetime value of an account"
)
def account_value(request: ApiRequest, number: Number) -> AccountValue:
    account = account_or_404(request.member, number)
    found = AccountValue.objects.select_related("account").filter(account=account).first()
    if found is None:
        raise Http404
    return found
