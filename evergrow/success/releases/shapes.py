"""What the API takes and gives of versions of products."""

from datetime import date, datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from evergrow.success.releases import reading
from evergrow.success.releases.models import AgreedRole
from evergrow.success.releases.standing import Standing
from evergrow.workspaces.api import Day, Input, Line, Money, RowId, Text, Window

Words = dict[str, str]


class VersionAgreementOut(Schema):
    role: AgreedRole
    who: str
    agreed_on: date
    note: str
    by: int | None = Field(alias="by_id")
    at: datetime


class ProductVersionOut(Schema):
    """``accounts``, ``mrr`` and ``health`` (the mean of those with a score) are of accounts that the token sees."""

    id: int = Field(alias="version.pk")
    product: str = Field(alias="version.product.code")
    name: str = Field(alias="version.name")
    news: Words = Field(alias="version.news")
    standing: Standing
    owner: int | None = Field(alias="version.owner_id")
    product_manager: int | None = Field(alias="version.product_manager_id")
    product_manager_name: str = Field(alias="version.product_manager_name")
    product_owner: int | None = Field(alias="version.product_owner_id")
    product_owner_name: str = Field(alias="version.product_owner_name")
    beta_on: date | None = Field(alias="version.beta_on")
    released_on: date | None = Field(alias="version.released_on")
    announced_on: date | None = Field(alias="version.announced_on")
    last_order_on: date | None = Field(alias="version.last_order_on")
    sale_ends_on: date | None = Field(alias="version.sale_ends_on")
    support_ends_on: date | None = Field(alias="version.support_ends_on")
    fixes_end_on: date | None = Field(alias="version.fixes_end_on")
    retired_on: date | None = Field(alias="version.retired_on")
    used_by: dict[str, Any] | None = Field(alias="version.used_by")
    counted_at: datetime | None = Field(alias="version.counted_at")
    problem: str = Field(alias="version.problem", description="Why its criteria could not be asked.")
    accounts: int = Field(alias="users.accounts")
    mrr: Money = Field(alias="users.mrr")
    health: float | None = Field(alias="users.health")
    agreements: list[VersionAgreementOut]

    @staticmethod
    def resolve_agreements(row: reading.Row) -> list[Any]:
        return list(row.version.agreements.all())


class VersionNewsIn(Input):
    zh: Text = ""
    en: Text = ""


class ProductVersionIn(Input):
    """A version as it should be; ``product`` is a code. ``owner`` left out: whoever made the token.

    Product manager and product owner: a colleague or a name. Each date lies on or after those before it.
    """

    product: Line
    name: Line
    news: VersionNewsIn = VersionNewsIn()
    owner: RowId | None = None
    product_manager: RowId | None = None
    product_manager_name: Line = ""
    product_owner: RowId | None = None
    product_owner_name: Line = ""
    beta_on: Day | None = None
    released_on: Day | None = None
    announced_on: Day | None = None
    last_order_on: Day | None = None
    sale_ends_on: Day | None = None
    support_ends_on: Day | None = None
    fixes_end_on: Day | None = None
    retired_on: Day | None = None
    used_by: Any = Field(None, description="Criteria over accounts of who runs it; null: nothing says so.")


class ProductVersionWindow(Window):
    product: Line = Field("", description="The code of a product.")
    standing: Standing | None = None
    owner: RowId | None = None


class VersionAgreementIn(Input):
    """``who`` left out: the one who is named as such."""

    role: AgreedRole
    agreed_on: Day
    who: Line = ""
    note: Line = ""
