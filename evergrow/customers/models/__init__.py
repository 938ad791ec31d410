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
from evergrow.customers.models.people import Affiliation, Identifier, Person, PersonMerge
from evergrow.customers.models.record import Note, SavedView, TeamRole, TeamSeat, TimelineEntry, Visit
from evergrow.customers.models.segments import Pace, Segment, SegmentVersion, SubjectKind

__all__ = [
    "Account",
    "AccountStatus",
    "Affiliation",
    "Counter",
    "Identifier",
    "Invoice",
    "InvoiceStatus",
    "Note",
    "Pace",
    "Person",
    "PersonMerge",
    "SavedView",
    "Segment",
    "SegmentVersion",
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
    "Visit",
]
