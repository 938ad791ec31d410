"""What profiles add to the account page: the live tail."""

from typing import Any

from django.utils.translation import gettext_lazy

from evergrow.customers import registry
from evergrow.customers.models import Account
from evergrow.customers.profiles import stream
from evergrow.customers.profiles.whose import whose
from evergrow.customers.registry import Panel
from evergrow.workspaces.access import GatedRequest


def events_tab(request: GatedRequest, account: Account) -> dict[str, Any]:
    return stream.tab(request, whose(request.member, account))


registry.add(
    Panel("events_tab", "customers/profiles/events_tab.html", events_tab, "tab", gettext_lazy("Events"), position=25),
)
