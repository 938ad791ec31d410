"""Consent, the requests of people, and the changes of many rows."""

from datetime import date, datetime
from typing import Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.customers import access
from evergrow.customers.bulk import running
from evergrow.customers.models import (
    BulkChange,
    Channel,
    ConsentRecord,
    Law,
    LegalBasis,
    PrivacyRequest,
    Purpose,
    RequestKind,
)
from evergrow.customers.privacy import consent, copies, requests
from evergrow.workspaces import audit
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, Moment, Number, Page, RowId, Window, page, token

router = Router(tags=["privacy"])


class PurposeOut(Schema):
    id: int
    key: str
    name: dict[str, str]
    basis: LegalBasis
    channels: list[str]
    valid_days: int | None
    version: int
    retired_at: datetime | None


class PrivacyStandingOut(Schema):
    """What holds now. ``state`` is empty where nothing was ever recorded."""

    purpose: str = Field(alias="purpose.key")
    channel: Channel
    state: str
    allows: bool
    expires_at: datetime | None


class PrivacyRecordOut(Schema):
    id: int
    purpose: str = Field(alias="purpose.key")
    channel: Channel
    state: str
    at: datetime
    source: str
    method: str
    text_version: int
    ip: str
    url: str


class ConsentRecordIn(Input):
    """What a person said. ``ip`` is kept as its network alone; the same ``token`` again changes nothing."""

    purpose: Line
    channel: Channel
    granted: bool
    at: Moment | None = None
    method: Line = ""
    text_version: int | None = Field(None, ge=0, le=2**31 - 1)
    ip: Line = ""
    url: Line = ""
    note: Line = ""
    token: Line = Field("", max_length=80)


class AskedIn(Input):
    kind: RequestKind
    law: Law | None = None
    received_on: Day | None = None
    how: Line = ""


class ConsentSaidIn(Input):
    """How it was verified, or why it is refused."""

    words: Line = Field(min_length=1)


class PrivacyRequestOut(Schema):
    id: int
    kind: RequestKind
    law: Law
    state: str
    person: int | None
    received_on: date
    due_on: date
    ended_at: datetime | None
    reason: str
    receipt: dict[str, Any]
    receipt_hash: str

    @staticmethod
    def resolve_person(asked: PrivacyRequest) -> int | None:
        """The person's number, until they are erased."""
        return asked.person.number if asked.person else None


class PrivacyChangeOut(Schema):
    id: int
    kind: str
    subject: str
    at: datetime
    count: int
    done: int
    state: str
    undo_until: datetime
    restored: int
    skipped: int


class UndoIn(Input):
    force: bool = Field(False, description="Put back rows as well that were changed again since.")


@router.get("/purposes", auth=token("view"), response=Page[PurposeOut], summary="Purposes")
def purposes(request: ApiRequest, window: Query[Window]) -> dict[str, Any]:
    return page(Purpose.objects.filter(workspace=request.workspace), window)


@router.get(
    "/people/{number}/consents", auth=token("view"), response=list[PrivacyStandingOut], summary="Consent of a person"
)
def standing(request: ApiRequest, number: Number) -> list[consent.Standing]:
    """What holds now for each purpose and channel. Ask this before you contact somebody: ``allows``."""
    return consent.consents(access.person_or_404(request.member, number))


@router.get(
    "/people/{number}/consent-records", auth=token("view"), response=Page[PrivacyRecordOut], summary="Consent records"
)
def records(request: ApiRequest, number: Number, window: Query[Window]) -> dict[str, Any]:
    """Every record with its proof."""
    person = access.person_or_404(request.member, number)
    return page(ConsentRecord.objects.filter(person=person).select_related("purpose"), window)


@router.post(
    "/people/{number}/consents", auth=token("work"), response={201: PrivacyRecordOut}, summary="Record a consent"
)
def record(request: ApiRequest, number: Number, said: ConsentRecordIn) -> Status[ConsentRecord]:
    person = access.person_or_404(request.member, number)
    made = consent.record_consent(person=person, by=request.member, source="api", **said.model_dump())
    return Status(201, made)


@router.get("/privacy-requests", auth=token("administer"), response=Page[PrivacyRequestOut], summary="Privacy requests")
def asked(request: ApiRequest, window: Query[Window]) -> dict[str, Any]:
    return page(PrivacyRequest.objects.filter(workspace=request.workspace).select_related("person"), window)


@router.get("/privacy-requests/{id}", auth=token("administer"), response=PrivacyRequestOut, summary="A privacy request")
def one(request: ApiRequest, id: RowId) -> PrivacyRequest:
    """With its receipt, once it is done."""
    return _request(request, id)


@router.post(
    "/people/{number}/privacy-requests",
    auth=token("work"),
    response={201: PrivacyRequestOut},
    summary="Write down a privacy request",
)
def ask(request: ApiRequest, number: Number, said: AskedIn) -> Status[PrivacyRequest]:
    person = access.person_or_404(request.member, number)
    facts = said.model_dump()
    made = requests.open_request(person=person, by=request.member, **{**facts, "law": facts["law"] or ""})
    return Status(201, made)


@router.put(
    "/privacy-requests/{id}/verification",
    auth=token("administer"),
    response=PrivacyRequestOut,
    summary="Verify a privacy request",
)
def verify(request: ApiRequest, id: RowId, said: ConsentSaidIn) -> PrivacyRequest:
    found = _request(request, id)
    requests.verify(request=found, how=said.words, by=request.member)
    return found


@router.put(
    "/privacy-requests/{id}/refusal",
    auth=token("administer"),
    response=PrivacyRequestOut,
    summary="Refuse a privacy request",
)
def refuse(request: ApiRequest, id: RowId, said: ConsentSaidIn) -> PrivacyRequest:
    found = _request(request, id)
    requests.refuse(request=found, reason=said.words, by=request.member)
    return found


@router.put(
    "/privacy-requests/{id}/erasure",
    auth=token("administer"),
    response={202: PrivacyRequestOut},
    summary="Erase a person everywhere",
)
def erase(request: ApiRequest, id: RowId) -> Status[PrivacyRequest]:
    """Only for a verified request for erasure. It runs as a job; the request's receipt says what was erased."""
    return Status(202, requests.start_erasure(request=_request(request, id), by=request.member))


@router.get(
    "/people/{number}/copy",
    auth=token("administer"),
    summary="Copy of a person's data",
    openapi_extra={
        "responses": {
            200: {
                "description": "ZIP",
                "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
            }
        }
    },
)
def copy(request: ApiRequest, number: Number) -> FileResponse:
    """Everything that is held about a person: data.json, index.html, and a CSV file for each place."""
    person = access.person_or_404(request.member, number)
    audit.record(request.workspace, "privacy.exported", person, by=request.member)
    return FileResponse(copies.copy_of(person), content_type="application/zip")


@router.get("/bulk-changes", auth=token("manage"), response=Page[PrivacyChangeOut], summary="Changes of many rows")
def changes(request: ApiRequest, window: Query[Window]) -> dict[str, Any]:
    return page(BulkChange.objects.filter(workspace=request.workspace), window)


@router.put(
    "/bulk-changes/{id}/undoing",
    auth=token("manage"),
    response={202: PrivacyChangeOut},
    summary="Take back a change of many rows",
)
def take_back(request: ApiRequest, id: RowId, wish: UndoIn) -> Status[BulkChange]:
    """Rows that were changed again since are passed over."""
    found = get_object_or_404(BulkChange, pk=id, workspace=request.workspace)
    return Status(202, running.start_undo(change=found, by=request.member, force=wish.force))


def _request(request: ApiRequest, pk: int) -> PrivacyRequest:
    return get_object_or_404(PrivacyRequest, pk=pk, workspace=request.workspace)
