"""What this room holds about a person."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import (
    AccountMerge,
    Affiliation,
    BulkRow,
    Person,
    PrivacyRequest,
    SearchEntry,
    TimelineEntry,
)
from evergrow.customers.privacy import mentions, registry
from evergrow.customers.privacy.registry import Holder, Row, plain_row
from evergrow.customers.privacy.subject import Subject
from evergrow.customers.search import index
from evergrow.workspaces.models import AuditEntry


def _people(subject: Subject) -> Iterable[Row]:
    for person in Person.objects.filter(pk__in=subject.people).order_by("pk"):
        yield plain_row(person, ("merged_into",))


def _erase_people(subject: Subject) -> int:
    count = Person.objects.filter(pk__in=subject.people).count()
    Person.objects.filter(pk__in=subject.people).delete()
    return count


def _told(subject: Subject) -> "object":
    return TimelineEntry.objects.filter(person__in=subject.people)


def _erase_told(subject: Subject) -> int:
    """What only says that the person came or went is deleted; the rest loses its link, and the names in it."""
    told = TimelineEntry.objects.filter(person__in=subject.people)
    count = told.count()
    told.filter(kind__startswith="person.").delete()
    told.update(person=None)
    return count


def _audited(subject: Subject) -> Q:
    keys = [str(key) for key in subject.people]
    return Q(workspace_id=subject.workspace_id, target_kind="person", target_id__in=keys)


def _erase_audited(subject: Subject) -> int:
    """The trail keeps who did what when; the person's name and the values go."""
    mine = AuditEntry.objects.filter(_audited(subject)).exclude(target_name=mentions.ERASED)
    return mine.update(target_name=mentions.ERASED, data={})


def _changed(subject: Subject) -> Q:
    return Q(change__workspace_id=subject.workspace_id, change__subject="person", object_id__in=subject.people)


def _merges(subject: Subject) -> Iterable[AccountMerge]:
    found = AccountMerge.objects.filter(workspace_id=subject.workspace_id).exclude(changed=[], dropped=[])
    return found.order_by("pk").iterator(chunk_size=100)


def _held(merge: AccountMerge, subject: Subject) -> list[dict[str, Any]]:
    rows = [each for each in merge.dropped if isinstance(each, dict)]
    return [each for each in rows if each.get("fields", {}).get("person") in subject.people]


def _let_go(subject: Subject) -> int:
    """A place that a merge of accounts dropped is not made again, nor what it changed at one put back."""
    label, count = Affiliation._meta.label, 0
    mine = set(Affiliation.objects.filter(person__in=subject.people).values_list("pk", flat=True))
    for merge in _merges(subject):
        held = _held(merge, subject)
        changed = [each for each in merge.changed if not (each[0] == label and each[1] in mine)]
        if held or len(changed) < len(merge.changed):
            merge.changed, merge.dropped = changed, [each for each in merge.dropped if each not in held]
            merge.save(update_fields=["changed", "dropped"])
            count += len(held)
    return count


def _asked(subject: Subject) -> int:
    """Other requests of the person: that they were made stays, what was written about them goes."""
    mine = PrivacyRequest.objects.filter(person__in=subject.people).exclude(subject__has_key="people")
    return mine.update(how="", verified_how="", reason="")


def erase_found(subject: Subject) -> int:
    """The index reads again what the erasure changed, before it is over."""
    mine = SearchEntry.objects.filter(kind="person", object_id__in=subject.people)
    count = mine.delete()[0]
    index.refresh()
    return count


registry.add(
    Holder(
        "customers.Person",
        _("Profile and properties"),
        lambda subject: Person.objects.filter(pk__in=subject.people).count(),
        _people,
        _erase_people,
        position=100,
    ),
    Holder(
        "customers.TimelineEntry",
        _("Timeline"),
        lambda subject: TimelineEntry.objects.filter(person__in=subject.people).count(),
        lambda subject: map(plain_row, TimelineEntry.objects.filter(person__in=subject.people).order_by("at")),
        _erase_told,
    ),
    Holder(
        "workspaces.AuditEntry",
        _("Audit trail"),
        lambda subject: AuditEntry.objects.filter(_audited(subject)).count(),
        lambda subject: map(plain_row, AuditEntry.objects.filter(_audited(subject)).order_by("at")),
        _erase_audited,
        position=70,
    ),
    Holder(
        "customers.BulkRow",
        _("Values before bulk changes"),
        lambda subject: BulkRow.objects.filter(_changed(subject)).count(),
        lambda subject: map(plain_row, BulkRow.objects.filter(_changed(subject)).order_by("pk")),
        lambda subject: BulkRow.objects.filter(_changed(subject)).delete()[0],
    ),
    Holder(
        "customers.AccountMerge",
        _("Places kept for taking a merge of accounts back"),
        lambda subject: sum(len(_held(merge, subject)) for merge in _merges(subject)),
        lambda subject: (each["fields"] for merge in _merges(subject) for each in _held(merge, subject)),
        _let_go,
        position=55,
    ),
    Holder(
        "customers.PrivacyRequest",
        _("Privacy requests"),
        lambda subject: PrivacyRequest.objects.filter(person__in=subject.people).count(),
        lambda subject: (
            plain_row(row, ("subject", "numbers", "receipt", "job"))
            for row in PrivacyRequest.objects.filter(person__in=subject.people).order_by("pk")
        ),
        _asked,
        position=65,
    ),
    Holder(
        "mentions",
        _("Mentions in text"),
        mentions.count,
        lambda subject: (
            {"where": row._meta.label, "fields": ", ".join(sorted(values)), "row": row.pk}
            for row, values in mentions.changed(subject)
        ),
        mentions.erase,
        position=80,
    ),
)
registry.add(
    Holder(
        "customers.SearchEntry",
        _("Full-text index"),
        lambda subject: SearchEntry.objects.filter(kind="person", object_id__in=subject.people).count(),
        registry.nothing,
        erase_found,
        position=110,
    )
)
registry.rows("customers.Identifier", _("Identifiers"))
registry.rows("customers.Affiliation", _("Places at accounts"))
registry.rows("customers.PersonMerge", _("Merges"), "kept", "merged")
registry.rows("customers.ConsentRecord", _("Consent"), hidden=("token",))
registry.rows("customers.Unmasking", _("Who asked to see masked fields"))
registry.rows("customers.Trashed", _("Deletions waiting"))
registry.rows("customers.Visit", _("Visits"), act="clear", clear={"person": None})
registry.rows("customers.VisitGuest", _("Taking part in visits and meetings"))
registry.rows("customers.Point", _("Needs and issues"), act="clear", clear={"person": None})
registry.rows("customers.Ticket", _("Tickets"), act="clear", clear={"person": None, "subject": ""})

NUMBERS = _("Holds no personal data, only numbers and counts that name nobody.")
for name in (
    "changes",
    "property_kinds",
    "pipeline_minutes",
    "pipeline_quarters",
    "plan_violations",
    "health_snapshots",
    "health_backtest_rows",
    "risk_scores",
):
    registry.table(name, NUMBERS)
registry.table("seen_messages", _("Hashes of message ids stay, so that a message sent again is not counted again."))


def _later(model: str, label: object, *paths: str) -> None:
    """Register a model that a version of this room may not have yet."""
    if apps.all_models["customers"].get(model.lower()) is not None:
        registry.rows(f"customers.{model}", str(label), *paths)


_later("IdentityConflict", _("Conflicts of ids"), "person", "other")
