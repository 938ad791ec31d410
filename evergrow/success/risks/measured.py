"""What moved while a customer was being saved: health and revenue, from the beginning until the end or today.

It says what moved, not what caused it: nobody was held out.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from evergrow import warehouse
from evergrow.health.explanation import Explanation, explain
from evergrow.health.story import Saying, say_change
from evergrow.lib import clock
from evergrow.success.models import Rescue


@dataclass(frozen=True, slots=True)
class Measured:
    """``told`` is the change of health, split over its causes; None without a score, or on the first day.

    ``mrr`` is what the account pays now; ``is_known`` is false while the event store cannot be asked.
    """

    since: date
    until: date
    told: Explanation | None
    mrr_before: Decimal
    mrr: Decimal
    is_known: bool = True

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    @property
    def mrr_change(self) -> Decimal:
        return self.mrr - self.mrr_before

    @property
    def saying(self) -> Saying | None:
        return say_change(self.told) if self.told else None


def measured(rescue: Rescue) -> Measured:
    """Health and revenue of the account of a rescue, before and after."""
    zone = rescue.workspace.tz
    since = rescue.began_at.astimezone(zone).date()
    until = (rescue.ended_at or clock.now()).astimezone(zone).date()
    told, is_known = None, False
    with suppress(warehouse.StoreUnavailable, warehouse.BadQuery):
        told = explain(rescue.account, days=(until - since).days, until=until) if until > since else None
        is_known = True
    return Measured(since, until, told, rescue.mrr, rescue.account.mrr, is_known)
