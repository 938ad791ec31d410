"""The facts about customers, one topic a file."""

from evergrow.customers.models.accounts import Account, AccountStatus, Tier
from evergrow.customers.models.bulk import BulkChange, BulkKind, BulkRow, BulkState, Trashed
from evergrow.customers.models.commerce import (
    Invoice,
    InvoiceStatus,
    Subscription,
    SubscriptionStatus,
    Ticket,
    TicketPriority,
    Touch,
)
from evergrow.customers.models.consent import Channel, ConsentRecord, ConsentState, LegalBasis, Purpose, PurposeText
from evergrow.customers.models.counters import Counter
from evergrow.customers.models.people import Affiliation, Identifier, Person, PersonMerge
from evergrow.customers.models.privacy import (
    OPEN_REQUESTS,
    ErasedId,
    Kept,
    Law,
    MaskRule,
    PrivacyRequest,
    PrivacySettings,
    ProcessingActivity,
    RequestKind,
    RequestState,
    RetentionRule,
    Unmasking,
)
from evergrow.customers.models.record import Note, SavedView, TeamRole, TeamSeat, TimelineEntry, Visit

__all__ = [
    "OPEN_REQUESTS",
    "Account",
    "AccountStatus",
    "Affiliation",
    "BulkChange",
    "BulkKind",
    "BulkRow",
    "BulkState",
    "Channel",
    "ConsentRecord",
    "ConsentState",
    "Counter",
    "ErasedId",
    "Identifier",
    "Invoice",
    "InvoiceStatus",
    "Kept",
    "Law",
    "LegalBasis",
    "MaskRule",
    "Note",
    "Person",
    "PersonMerge",
    "PrivacyRequest",
    "PrivacySettings",
    "ProcessingActivity",
    "Purpose",
    "PurposeText",
    "RequestKind",
    "RequestState",
    "RetentionRule",
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
    "Trashed",
    "Unmasking",
    "Visit",
]
