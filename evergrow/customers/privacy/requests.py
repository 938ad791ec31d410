"""What people ask for: written down with its legal due date, verified, and answered or refused with a reason."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from evergrow.customers.models import (
    OPEN_REQUESTS,
    Law,
    Person,
    PrivacyRequest,
    PrivacySettings,
    RequestKind,
    RequestState,
)
from evergrow.customers.privacy.subject import subject_of
from evergrow.lib import clock, workdays
from evergrow.workspaces import audit, jobs
from evergrow.workspaces.access import require
from evergrow.workspaces.calendar import days
from evergrow.workspaces.models import Member, Workspace

ERASE = "customers.erase_person"


class WrongState(ValidationError):
    """The request is not at the point where this can be done."""


class NeedsAnother(ValidationError):
    """A second administrator has to agree."""


def settings_of(workspace: Workspace) -> PrivacySettings:
    """The workspace's settings; the defaults where none were saved."""
    found = PrivacySettings.objects.filter(workspace=workspace).first()
    return found or PrivacySettings(workspace=workspace)


def due_on(workspace: Workspace, law: str, received: date) -> date:
    """When a request must be answered: GDPR Art. 12(3) by days, PIPL Art. 50 ("timely") by working days of China.

    Days that the workspace itself makes free put off nothing.
    """
    chosen = settings_of(workspace)
    if law == Law.GDPR:
        return received + timedelta(days=chosen.gdpr_days)
    return workdays.add(received, chosen.pipl_days, days.calendar("CN", workspace.calendar_days, with_own=False))


@transaction.atomic
def open_request(
    *, person: Person, kind: str, by: Member | None, law: str = "", received_on: date | None = None, how: str = ""
) -> PrivacyRequest:
    """Write down what a person asks for. Raises WrongState while one of the same kind is open, or ValidationError."""
    require(by, "work")
    workspace = person.workspace
    today = workspace.today()
    received = received_on or today
    if received > today:
        raise ValidationError({"received_on": _("The day lies ahead.")})
    law = Law(law or settings_of(workspace).law)
    try:
        with transaction.atomic():
            made = PrivacyRequest.objects.create(
                workspace=workspace,
                kind=RequestKind(kind),
                law=law,
                person=person.merged_into or person,
                received_on=received,
                due_on=due_on(workspace, law, received),
                how=how[:120],
                requested_by=by,
                requested_at=clock.now(),
            )
    except IntegrityError:
        raise WrongState({"kind": _("A request of this kind is open for this person already.")}) from None
    audit.record(workspace, "privacy.requested", made, by=by, data={"due_on": made.due_on.isoformat()})
    return made


def verify(*, request: PrivacyRequest, how: str, by: Member | None) -> None:
    """Say how it was made sure that the person themselves asks. Raises WrongState, ValidationError."""
    require(by, "administer")
    if not how.strip():
        raise ValidationError({"how": _("Say how you know that it is this person who asks.")})
    fields = {"state": RequestState.VERIFIED, "verified_by": by, "verified_at": clock.now(), "verified_how": how[:200]}
    _move(request, [RequestState.REQUESTED], by, "privacy.verified", **fields)


def approve(*, request: PrivacyRequest, by: Member | None) -> None:
    """Agree to an erasure as the second administrator. Raises WrongState, NeedsAnother."""
    require(by, "administer")
    if by is not None and by.pk == request.verified_by_id:
        raise NeedsAnother(_("You verified this request. Another administrator has to agree."))
    _move(request, [RequestState.VERIFIED], by, "privacy.approved", approved_by=by, approved_at=clock.now())


def refuse(*, request: PrivacyRequest, reason: str, by: Member | None) -> None:
    """Turn a request down; the reason is what the person is told. Raises WrongState, ValidationError."""
    require(by, "administer")
    if not reason.strip():
        raise ValidationError({"reason": _("Give the reason; the person has a right to know it.")})
    fields = {"state": RequestState.REFUSED, "reason": reason[:300], "ended_by": by, "ended_at": clock.now()}
    _move(request, [RequestState.REQUESTED, RequestState.VERIFIED], by, "privacy.refused", **fields)


def answered(*, request: PrivacyRequest, by: Member | None, reason: str = "") -> None:
    """Say that a request other than an erasure was answered. Raises WrongState."""
    require(by, "administer")
    if request.kind == RequestKind.ERASE:
        raise WrongState(_("An erasure is done by the job that erases."))
    fields = {"state": RequestState.DONE, "reason": reason[:300], "ended_by": by, "ended_at": clock.now()}
    _move(request, [RequestState.VERIFIED], by, "privacy.answered", **fields)


@transaction.atomic
def start_erasure(*, request: PrivacyRequest, by: Member | None) -> PrivacyRequest:
    """Put the erasure in the queue. Raises WrongState, and NeedsAnother where the workspace wants two people."""
    require(by, "administer")
    if request.kind != RequestKind.ERASE or request.person is None:
        raise WrongState(_("Only an open request for erasure can be carried out."))
    if settings_of(request.workspace).two_people and request.approved_by_id is None:
        raise NeedsAnother(_("Another administrator has to agree first."))
    subject = subject_of(request.person)
    fields = {"state": RequestState.RUNNING, "subject": {"people": subject.as_json()}, "numbers": subject.numbers}
    _move(request, [RequestState.VERIFIED], by, "privacy.started", ended_by=by, **fields)
    key = f"erase {request.pk}"
    request.job = jobs.enqueue(ERASE, request.workspace, by=by, args={"request": request.pk}, dedupe_key=key)
    request.save(update_fields=["job"])
    return request


def overdue(workspace: Workspace) -> int:
    """How many open requests are past their day."""
    mine = PrivacyRequest.objects.filter(workspace=workspace, state__in=OPEN_REQUESTS)
    return mine.filter(due_on__lt=workspace.today()).count()


@transaction.atomic
def _move(request: PrivacyRequest, states: list[Any], by: Member | None, verb: str, **fields: Any) -> None:
    if not PrivacyRequest.objects.filter(pk=request.pk, state__in=states).update(**fields):
        raise WrongState(_("Somebody else moved this request on. Reload the page."))
    request.refresh_from_db()
    audit.record(request.workspace, verb, request, by=by)


@transaction.atomic
def save_settings(*, workspace: Workspace, by: Member | None, **fields: Any) -> PrivacySettings:
    """Change how the workspace handles requests. Raises ValidationError per field."""
    require(by, "administer")
    kept, _made = PrivacySettings.objects.get_or_create(workspace=workspace)
    changes = {name: [getattr(kept, name), value] for name, value in fields.items() if getattr(kept, name) != value}
    for name in changes:
        setattr(kept, name, fields[name])
    kept.clean_fields(exclude=["workspace"])
    if changes:
        kept.save(update_fields=list(changes))
        audit.record(workspace, "privacy.settings", workspace, by=by, data=changes)
    return kept
