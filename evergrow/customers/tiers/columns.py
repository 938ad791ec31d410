"""What tiers add to the account list: who waits for a move, and since when each account stands where it does."""

from collections.abc import Sequence

from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers import registry
from evergrow.customers.models import Account
from evergrow.customers.registry import Column, Filter, View
from evergrow.customers.tiers import scheme as schemes
from evergrow.workspaces.models import Member, Workspace

STANDING = ("tier_standing",)
WAYS = [
    ("up", pgettext_lazy("waiting move", "up")),
    ("down", pgettext_lazy("waiting move", "down")),
    ("held", pgettext_lazy("waiting move", "held up by missing data")),
    ("exception", pgettext_lazy("waiting move", "an exception runs")),
]


def _moving(member: Member, values: Sequence[str]) -> Q:
    found = Q(pk__in=[])
    tiers = schemes.of(member.workspace).tiers
    for place, tier in enumerate(tiers):
        above, below = [t.key for t in tiers[:place]], [t.key for t in tiers[place + 1 :]]
        if "up" in values:
            found |= Q(tier=tier.key, tier_standing__pending__in=above)
        if "down" in values:
            found |= Q(tier=tier.key, tier_standing__pending__in=below)
    if "held" in values:
        found |= Q(tier_standing__isnull=False) & ~Q(tier_standing__held_by=[])
    if "exception" in values:
        found |= Q(tier_standing__basis="manual")
    return found


def _pending(account: Account) -> str:
    standing = getattr(account, "tier_standing", None)
    return schemes.of(account.workspace).name(standing.pending) if standing and standing.pending else ""


def _pending_rank(workspace: Workspace) -> Case:
    rank = schemes.of(workspace).rank
    places = [When(tier_standing__pending=key, then=Value(place)) for key, place in rank.items()]
    return Case(*places, default=None, output_field=IntegerField(null=True))


registry.add(
    Column(
        "tier_move",
        _("Tier move waiting"),
        "customers/cells/plain.html",
        _pending,
        _pending_rank,
        is_default=False,
        select_related=STANDING,
        position=11,
    ),
    Filter("tier_move", _("Tier move waiting"), _moving, lambda _workspace: list(WAYS), position=11),
    View(
        "tier_moves",
        _("Tier moves waiting"),
        "tier_move=up&tier_move=down&columns=name,tier,tier_move,mrr",
        position=95,
    ),
)
