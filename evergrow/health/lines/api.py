"""Operations on how accounts stand with each product line."""

from datetime import date

from ninja import Router, Schema
from pydantic import Field

from evergrow.customers.access import account_or_404
from evergrow.health.lines.models import ProductLineHealth
from evergrow.health.models import HealthBand
from evergrow.workspaces.api import ApiRequest, Number, token

router = Router(tags=["health"])


class LineMeasureOut(Schema):
    """A measure of the line's card; null where nothing was observed."""

    key: str
    value: float | None
    points: float | None
    weight: float | None


class ProductLineOut(Schema):
    """A product that the account uses and that has a scorecard of its own; ``version`` is that card's."""

    product: str = Field(alias="product.code")
    name: dict[str, str] = Field(alias="product.names")
    score: float | None
    band: HealthBand
    coverage: float
    version: int
    as_of: date
    measures: list[LineMeasureOut]


@router.get(
    "/accounts/{number}/health/lines",
    auth=token("view"),
    response=list[ProductLineOut],
    summary="Health by product line",
)
def lines(request: ApiRequest, number: Number) -> list[ProductLineHealth]:
    """The lines of an account as of the latest computation."""
    account = account_or_404(request.member, number)
    return list(ProductLineHealth.objects.filter(account=account).select_related("product").order_by("product__number"))
