"""What managers do with money: state exchange rates."""

import re
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers.actions.commerce import refresh_commerce
from evergrow.customers.models import ExchangeRate
from evergrow.health.money.tasks import book_soon
from evergrow.lib import clock
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

LARGEST = Decimal(1_000_000)


class BadRate(ValidationError):
    """The currency or the rate cannot be used."""


@transaction.atomic
def set_rate(*, workspace: Workspace, currency: str, rate: Decimal | str, by: Member | None) -> ExchangeRate:
    """State what one unit of a currency is worth in the workspace's own; it holds for all days.

    Revenue of accounts follows at once, movements are restated by counter-entry soon after. Raises BadRate.
    """
    require(by, "manage")
    code = currency.strip().upper()
    if not re.fullmatch("[A-Z]{3}", code) or code == workspace.currency:
        raise BadRate(
            {"currency": _("Write the ISO 4217 code of another currency than the workspace's own, such as USD.")}
        )
    worth = _rate(rate)
    found, _made = ExchangeRate.objects.update_or_create(
        workspace=workspace, currency=code, defaults={"rate": worth, "set_at": clock.now()}
    )
    refresh_commerce(workspace)
    book_soon(workspace)
    audit.record(workspace, "exchange_rate.set", found, by=by, data={"rate": str(worth)})
    return found


@transaction.atomic
def forget_rate(*, rate: ExchangeRate, by: Member | None) -> None:
    """Leave a currency without a rate; its amounts are left out then, and the page says so."""
    require(by, "manage")
    audit.record(rate.workspace, "exchange_rate.forgotten", rate, by=by)
    workspace = rate.workspace
    rate.delete()
    refresh_commerce(workspace)
    book_soon(workspace)


def _rate(given: Decimal | str) -> Decimal:
    try:
        found = Decimal(str(given).strip())
        if not found.is_finite():
            raise InvalidOperation
        found = found.quantize(Decimal("0.00000001"))
    except InvalidOperation:
        raise BadRate({"rate": _("Write the rate as a number, such as 7.12.")}) from None
    if not 0 < found <= LARGEST:
        raise BadRate({"rate": _("The rate lies above 0 and at most at 1,000,000.")})
    return found
