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
from evergrow.customers.models.duplicates import Duplicate
from evergrow.customers.models.identity import (
    IdentifierKind,
    IdentityConflict,
    IdentityFact,
    Reattribution,
    RefusedId,
)
from evergrow.customers.models.people import Affiliation, Identifier, Person, PersonMerge
from evergrow.customers.models.record import Note, SavedView, TeamRole, TeamSeat, TimelineEntry, Visit
from evergrow.customers.models.traits import (
    ComputedState,
    ComputedTrait,
    ComputedTraitVersion,
    Precedence,
    Schedule,
    SubjectKind,
    TraitDefinition,
    TraitType,
    UntoldHistory,
)

__all__ = [
    "Account",
    "AccountStatus",
    "Affiliation",
    "ComputedState",
    "ComputedTrait",
    "ComputedTraitVersion",
    "Counter",
    "Duplicate",
    "Identifier",
    "IdentifierKind",
    "IdentityConflict",
    "IdentityFact",
    "Invoice",
    "InvoiceStatus",
    "Note",
    "Person",
    "PersonMerge",
    "Precedence",
    "Reattribution",
    "RefusedId",
    "SavedView",
    "Schedule",
    "SubjectKind",
    "Subscription",
    "SubscriptionStatus",
    "TeamRole",
    "TeamSeat",
    "Ticket",
    "TicketPriority",
    "Tier",
    "TimelineEntry",
    "Touch",
    "TraitChange",
    "TraitDefinition",
    "TraitType",
    "UntoldHistory",
    "Visit",
]
