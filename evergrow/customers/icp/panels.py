"""What the ideal profile adds to the account page."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow.customers import registry
from evergrow.customers.icp import profile as profiles
from evergrow.customers.models import Account, AccountFit
from evergrow.customers.registry import Panel
from evergrow.workspaces.access import GatedRequest


def card(request: GatedRequest, account: Account) -> dict[str, Any] | None:
    """The fit with each criterion's answer; nothing where no profile was published."""
    state = AccountFit.objects.filter(account=account).select_related("profile").first()
    if state is None:
        return None
    profile = profiles.read(state.profile.definition, state.profile)
    return {
        "state": state,
        "profile": profile,
        "result": profiles.fit(profile, state.met),
        "lines": [(part, state.met.get(part.key)) for part in profile.criteria],
    }


registry.add(Panel("fit", "customers/icp/panel.html", card, "rail", label=_("Ideal profile"), position=55))
