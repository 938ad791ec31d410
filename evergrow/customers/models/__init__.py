"""The facts about customers, one topic a file."""

from evergrow.customers.models.accounts import Account, AccountStatus, Tier
from evergrow.customers.models.changes import TraitChange
from evergrow.customers.models.commerce import (
    Invoice,
    InvoiceStatus,
    Subscription,
    SubscriptionStatus,
    Ticket,
    TicketPriority,
    Touch,
)
from evergrow.customers.models.counters import Counter
from evergrow.customers.models.icp import AccountFit, IdealProfile
from evergrow.customers.models.people import Affiliation, Identifier, Person, PersonMerge
from evergrow.customers.models.record import Note, SavedView, TeamRole, TeamSeat, TimelineEntry, Visit
from evergrow.customers.models.tiers import (
    AccountTier,
    Edition,
    EditionState,
    EntitlementUse,
    TierBasis,
    TierChange,
    TierRequest,
    TierReview,
    TierScheme,
    WrittenOnce,
)

__all__ = [
    "Account",
    "AccountFit",
    "AccountStatus",
    "AccountTier",
    "Affiliation",
    "Counter",
    "Edition",
    "EditionState",
    "EntitlementUse",
    "IdealProfile",
    "Identifier",
    "Invoice",
    "InvoiceStatus",
    "Note",
    "Person",
    "PersonMerge",
    "SavedView",
    "Subscription",
    "SubscriptionStatus",
    "TeamRole",
    "TeamSeat",
    "Ticket",
    "TicketPriority",
    "Tier",
    "TierBasis",
    "TierChange",
    "TierRequest",
    "TierReview",
    "TierScheme",
    "TimelineEntry",
    "Touch",
    "TraitChange",
    "Visit",
    "WrittenOnce",
]
