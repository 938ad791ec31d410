"""A filter of the account list that Home's numbers need: who paid on a day, the closed cohort behind retention."""

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy

from evergrow.customers import registry
from evergrow.customers.models import Subscription
from evergrow.customers.queries.revenue import live_on
from evergrow.customers.registry import Filter
from evergrow.workspaces.models import Member


def paid_on(member: Member, values: list[str]) -> Q:
    """Accounts with a live, paid subscription on one of the days (``2025-11-22``).

    Raises ValueError with a sentence where a value is no day.
    """
    found = Q()
    for value in values:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise ValueError(gettext("“%(value)s” is no day. Write it like 2025-11-22.") % {"value": value}) from None
        lines = Subscription.objects.filter(live_on(day), workspace_id=member.workspace_id, mrr__gt=0)
        found |= Q(pk__in=lines.values("account"))
    return found


registry.add(Filter("paid_on", gettext_lazy("Paid on"), paid_on, kind="text", position=64))
