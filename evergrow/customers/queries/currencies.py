"""Amounts in other currencies, in the workspace's own, by one constant rate each."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, Count, DecimalField, Expression, ExpressionWrapper, F, Q, Sum, Value, When

from evergrow.customers.models import ExchangeRate, Invoice, Subscription
from evergrow.workspaces.models import Workspace

FIELD = DecimalField(max_digits=28, decimal_places=8)


def rates(workspace: Workspace) -> dict[str, Decimal]:
    """What one unit of each other currency is worth in the workspace's own."""
    found = ExchangeRate.objects.filter(workspace=workspace).exclude(currency=workspace.currency)
    return dict(found.order_by("currency").values_list("currency", "rate"))


def in_own(workspace: Workspace, field: str = "mrr") -> Expression:
    """A field with an amount in the currency that ``currency`` beside it names, in the workspace's own.

    0 where there is no rate: such rows are counted by ``without_rate`` and said on the page.
    """
    known = rates(workspace)
    return Case(
        When(currency__in=["", workspace.currency], then=F(field)),
        *(
            When(currency=code, then=ExpressionWrapper(F(field) * Value(rate, FIELD), FIELD))
            for code, rate in known.items()
        ),
        default=Value(Decimal(0)),
        output_field=FIELD,
    )


@dataclass(frozen=True, slots=True)
class Unrated:
    """Rows in a currency without a rate: how many, and how much in that currency."""

    currency: str
    rows: int
    amount: Decimal


def without_rate(
    workspace: Workspace, model: type[Subscription] | type[Invoice], only: Q | None = None
) -> list[Unrated]:
    """The rows that are left out because their currency has no rate; ``only`` narrows them."""
    field = "mrr" if model is Subscription else "amount"
    known = ["", workspace.currency, *rates(workspace)]
    rows = model.objects.filter(only or Q(), workspace=workspace).exclude(currency__in=known)
    found = rows.values("currency").annotate(rows=Count("pk"), sum=Sum(field)).order_by("currency")
    return [Unrated(row["currency"], row["rows"], row["sum"] or Decimal(0)) for row in found]
