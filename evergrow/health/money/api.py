"""Operations on recurring revenue: periods with their movements and retention, the accounts behind a number, rates."""

from datetime import date, datetime
from typing import Any

from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.customers import access
from evergrow.customers.models import Account, ExchangeRate
from evergrow.health.money import actions, parts, report
from evergrow.health.money.asked import Asked
from evergrow.health.money.groups import By
from evergrow.health.money.ledger import Span
from evergrow.health.money.models import Kind, Movement
from evergrow.health.money.parts import Part
from evergrow.health.money.periods import Interval
from evergrow.workspaces.api import ApiRequest, Input, Line, Money, Page, Window, page, token

router = Router(tags=["money"])


class MoneyQuery(Schema):
    """``group`` is one of the split's keys: a tier, a plan, the member's or the segment's id."""

    interval: Interval = Interval.MONTH
    period: Line = Field(
        "", description="`2026-03`, or the first month of a quarter; the latest complete one if empty."
    )
    by: By | None = None
    group: Line = ""

    def asked(self, part: Part = Part.END) -> Asked:
        return Asked(self.interval, self.period, self.by, self.group if self.by else "", part)


class BehindQuery(MoneyQuery):
    part: Part = Part.END
    limit: int = Field(100, ge=1, le=1000)
    offset: int = Field(0, ge=0, le=10_000_000)


class SpanOut(Schema):
    """Amounts in the workspace's currency; shares between 0 and 1, NRR may exceed 1; null without a cohort."""

    start: date
    end: date
    start_mrr: float
    new: float
    expansion: float
    contraction: float
    churn: float
    reactivation: float
    end_mrr: float
    arr: float
    arpa: float | None
    start_accounts: int
    end_accounts: int
    kept_accounts: int
    nrr: float | None
    grr: float | None
    logo_retention: float | None


class MoneyPeriodOut(SpanOut):
    key: str
    is_complete: bool


class MoneyGroupOut(SpanOut):
    key: str
    name: str


class MoneyOut(Schema):
    currency: str
    booked_at: datetime | None
    periods: list[MoneyPeriodOut]
    chosen: str
    groups: list[MoneyGroupOut]
    left_out: list[dict[str, Any]] = Field(description="Subscriptions in a currency without an exchange rate.")


class BehindOut(Schema):
    account: int
    name: str
    before: float
    after: float
    amount: float


class BehindPage(Schema):
    total: int
    items: list[BehindOut]


class MoneyMovementOut(Schema):
    id: int
    account: int = Field(alias="account.number")
    kind: Kind
    amount: Money
    effective_on: date
    booked_at: datetime
    reverses: int | None = Field(
        None, alias="reverses_id", description="The movement that this counter-entry takes back."
    )


class RateOut(Schema):
    currency: str
    rate: str
    set_at: datetime

    @staticmethod
    def resolve_rate(rate: ExchangeRate) -> str:
        return f"{rate.rate.normalize():f}"


class RateIn(Input):
    currency: str = Field(max_length=3, description="ISO 4217 code of another currency than the workspace's.")
    rate: str = Field(max_length=40, description="What one unit is worth in the workspace's currency, as text.")


@router.get("/money", auth=token("view"), response=MoneyOut, summary="Recurring revenue, movements and retention")
def money(request: ApiRequest, query: Query[MoneyQuery]) -> dict[str, Any]:
    """Of the accounts the token may see, period by period, and the chosen period by group."""
    found = _read(request, query.asked())
    return {
        "currency": request.workspace.currency,
        "booked_at": found.booked_at,
        "periods": [
            {"key": line.period.key, "is_complete": line.period.is_complete, **_span(line.span)} for line in found.lines
        ],
        "chosen": found.chosen.period.key,
        "groups": [{"key": one.group.key, "name": one.group.label, **_span(one.span)} for one in found.groups],
        "left_out": [{"currency": o.currency, "rows": o.rows, "amount": str(o.amount)} for o in found.left_out],
    }


@router.get("/money/accounts", auth=token("view"), response=BehindPage, summary="The accounts behind a number")
def accounts(request: ApiRequest, query: Query[BehindQuery]) -> dict[str, Any]:
    """The accounts of a part of the period, the largest amount first."""
    found = _read(request, query.asked(query.part))
    span = found.ledger.span(found.chosen.period.start, found.chosen.period.end)
    rows = parts.behind(found.ledger, span, query.part, found.only)
    shown = rows[query.offset : query.offset + query.limit]
    named = Account.objects.in_bulk([row.account for row in shown])
    return {
        "total": len(rows),
        "items": [
            {
                "account": named[row.account].number,
                "name": named[row.account].name,
                "before": row.before / 100,
                "after": row.after / 100,
                "amount": row.amount / 100,
            }
            for row in shown
            if row.account in named
        ],
    }


@router.get(
    "/money/movements", auth=token("view"), response=Page[MoneyMovementOut], summary="Movements as they were booked"
)
def movements(request: ApiRequest, window: Query[Window]) -> dict[str, Any]:
    """Every movement and counter-entry of the accounts the token may see."""
    seen = access.accounts(request.member)
    rows = Movement.objects.filter(workspace=request.workspace, account__in=seen.values("pk"))
    return page(rows.select_related("account"), window)


@router.get("/money/rates", auth=token("view"), response=list[RateOut], summary="Exchange rates")
def rates(request: ApiRequest) -> list[ExchangeRate]:
    return list(ExchangeRate.objects.filter(workspace=request.workspace).order_by("currency"))


@router.post("/money/rates", auth=token("manage"), response=RateOut, summary="State an exchange rate")
def state_rate(request: ApiRequest, wanted: RateIn) -> ExchangeRate:
    """It holds for all days; movements are restated by counter-entry."""
    return actions.set_rate(workspace=request.workspace, currency=wanted.currency, rate=wanted.rate, by=request.member)


@router.delete("/money/rates/{currency}", auth=token("manage"), response={204: None}, summary="Take a rate away")
def forget_rate(request: ApiRequest, currency: str) -> Status[None]:
    rate = ExchangeRate.objects.filter(workspace=request.workspace, currency=currency.upper()).first()
    if rate is None:
        raise Http404
    actions.forget_rate(rate=rate, by=request.member)
    return Status(204, None)


def _read(request: ApiRequest, asked: Asked) -> report.Report:
    try:
        return report.read(request.workspace, report.visible(request.member), asked)
    except report.NoSuchPeriod:
        raise Http404 from None


def _span(span: Span) -> dict[str, Any]:
    sums = {kind.value: span.sum_of(kind) / 100 for kind in Kind}
    return {
        "start": span.start,
        "end": span.end,
        "start_mrr": span.start_cents / 100,
        **sums,
        "end_mrr": span.end_cents / 100,
        "arr": span.end_cents * 12 / 100,
        "arpa": None if span.arpa_cents is None else span.arpa_cents / 100,
        "start_accounts": span.start_accounts,
        "end_accounts": span.end_accounts,
        "kept_accounts": span.kept_accounts,
        "nrr": span.nrr,
        "grr": span.grr,
        "logo_retention": span.logos,
    }
