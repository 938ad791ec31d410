"""The facts about customers, one topic a file."""

from evergrow.customers.models.accounts import Account, AccountStatus, Tier
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
from evergrow.customers.models.people import Affiliation, Identifier, Person, PersonMerge
from evergrow.customers.models.record import Note, SavedView, TeamRole, TeamSeat, TimelineEntry, Visit

__all__ = [
    "Account",
    "AccountStatus",
    "Affiliation",
    "Counter",
    "Duplicate",
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
    "TimelineEntry",
    "Touch",
    "Visit",
]
