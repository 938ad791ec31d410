"""What tiers add to the account page: the card with what is next and what is due, and the tab with the whole story."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow.customers import registry
from evergrow.customers.models import Account, AccountTier, TierRequest
from evergrow.customers.registry import Panel
from evergrow.customers.tiers import distribution, ledger
from evergrow.customers.tiers import scheme as schemes
from evergrow.workspaces.access import GatedRequest, may


def card(request: GatedRequest, account: Account) -> dict[str, Any]:
    """The tier, why, what waits, and the entitlements with what is left of them."""
    scheme = schemes.of(request.workspace)
    standing = AccountTier.objects.filter(account=account).first()
    today = request.workspace.today()
    return {
        "scheme": scheme,
        "tier": scheme.by_key.get(account.tier),
        "standing": standing,
        "qualified_days": (today - standing.pending_since).days if standing and standing.pending_since else 0,
        "is_up": bool(standing and standing.pending and scheme.is_up(account.tier, standing.pending)),
        "asked": TierRequest.objects.filter(account=account, state=TierRequest.State.ASKED).first(),
        "exception": TierRequest.objects.filter(account=account, state=TierRequest.State.APPROVED).first(),
        "balances": ledger.balances(account),
        "rights": list(ledger.rights(account)),
        "is_review_due": bool(standing and standing.review_on and standing.review_on <= today),
        "may_work": may(request.member, "work"),
        "may_manage": may(request.member, "manage"),
    }


def tab(request: GatedRequest, account: Account) -> dict[str, Any]:
    """Every change with its evidence, the reviews, and the ledger."""
    lines = account.entitlement_uses.select_related("by__user", "reversal").order_by("-on", "-pk")[:200]
    named = {one.key: one.name for one in schemes.of(request.workspace).entitlements}
    return {
        **card(request, account),
        "changes": distribution.history(account)[:100],
        "reviews": account.tier_reviews.select_related("by__user").order_by("-on", "-pk")[:50],
        "requests": account.tier_requests.select_related("asked_by__user", "decided_by__user").order_by("-asked_at")[
            :30
        ],
        "lines": [(line, named.get(line.entitlement, line.entitlement)) for line in lines],
    }


registry.add(
    Panel("tier", "customers/tiers/panel.html", card, "rail", label=_("Tier"), position=20),
    Panel("tier_tab", "customers/tiers/tab.html", tab, "tab", label=_("Tier and entitlements"), position=65),
)
