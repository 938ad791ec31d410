"""A scheme in sentences, for its reader."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from evergrow.customers import criteria
from evergrow.customers.tiers.scheme import Scheme, TierRule, Wait
from evergrow.workspaces.models import Workspace


def rule(workspace: Workspace, tier: TierRule) -> str:
    """What brings an account into a tier."""
    if tier.is_rest:
        return _("all accounts that no rule above claims")
    if tier.criteria is None:
        return _("no rule: only people put accounts here, and only people take them out")
    try:
        return criteria.sentence(criteria.parse(dict(tier.criteria), "account", workspace), workspace)
    except criteria.CriteriaError as error:
        return _("This rule cannot be used any more: %(why)s") % {"why": error}


def wait(found: Wait) -> str:
    """When a move takes effect."""
    if found.at_review:
        return _("on the next review date")
    if not found.days:
        return _("at once")
    sentence = ngettext("after %(count)d day in a row", "after %(count)d days in a row", found.days)
    return sentence % {"count": found.days}


def waits(scheme: Scheme) -> dict[str, str]:
    """Both directions and the review dates."""
    days = _(", ").join(
        _("%(month)d/%(day)d") % {"month": month, "day": scheme.reviews.day} for month in scheme.reviews.months
    )
    return {"up": wait(scheme.up), "down": wait(scheme.down), "reviews": days}
