"""Mailboxes of the token's owner: connected, listed, tested, paused, removed."""

from datetime import date, datetime
from typing import Any

from ninja import Router, Schema, Status
from pydantic import Field, StrictBool

from evergrow.customers.mail import imap, mailboxes
from evergrow.customers.models import Mailbox, MailSecurity
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, RowId, token

router = Router(tags=["mail"])
Password = Field(description="Often an authorization code of the provider. It is never shown again.", max_length=500)


class MailboxOut(Schema):
    """A mailbox without its password. ``trouble`` is a code, ``problem`` the sentence with the way out.

    ``stopped_at``: it is left alone after repeated trouble; ``paused_at``: its member wanted that.
    """

    id: int
    host: str
    port: int
    security: MailSecurity
    user: str
    first_day: date
    keeps_unmatched: bool
    folders: list[str]
    trouble: str
    problem: str
    checked_at: datetime | None
    next_at: datetime
    paused_at: datetime | None
    stopped_at: datetime | None
    taken: int
    left_out: int

    @staticmethod
    def resolve_folders(mailbox: Mailbox) -> list[str]:
        return [folder.name for folder in mailbox.folders.all()]

    @staticmethod
    def resolve_problem(mailbox: Mailbox) -> str:
        return imap.sentence(mailbox.trouble, mailbox.said) if mailbox.trouble else ""


class MailboxPlace(Input):
    host: Line
    port: int = Field(993, ge=1, le=65_535)
    security: MailSecurity = MailSecurity.TLS
    user: Line
    password: str = Password


class MailboxInput(MailboxPlace):
    first_day: Day = Field(description="Mails since that day are read.")
    keeps_unmatched: StrictBool = Field(True, description="Keep mails without a contact, to be sorted.")


class MailboxChange(Input):
    """What is left out stays."""

    host: Line | None = None
    port: int | None = Field(None, ge=1, le=65_535)
    security: MailSecurity | None = None
    user: Line | None = None
    password: str | None = Field(None, max_length=500)
    first_day: Day | None = None
    keeps_unmatched: StrictBool | None = None


class MailFolders(Schema):
    """The folders that are read."""

    folders: list[str]


@router.get("/mailboxes", auth=token("work"), response=list[MailboxOut], summary="My mailboxes")
def list_mailboxes(request: ApiRequest) -> Any:
    """Those of whoever made the token; nobody else sees them."""
    return mailboxes.mailboxes(request.member)


@router.post("/mailboxes", auth=token("work"), response={201: MailboxOut}, summary="Connect a mailbox")
def connect_mailbox(request: ApiRequest, wish: MailboxInput) -> Status[Mailbox]:
    """It is kept once it lets itself be read; else 422 with what is in the way."""
    facts = wish.model_dump()
    made = mailboxes.connect(member=request.member, secret=facts.pop("password"), **facts)
    mailboxes.read_soon(mailbox=made)
    return Status(201, mailboxes.mailbox_or_404(request.member, made.pk))


@router.post("/mailboxes/trial", auth=token("work"), response=MailFolders, summary="Test a mailbox")
def try_mailbox(request: ApiRequest, wish: MailboxPlace) -> dict[str, Any]:
    """Whether it could be read; nothing is kept."""
    facts = wish.model_dump()
    return {"folders": mailboxes.attempt(member=request.member, secret=facts.pop("password"), **facts)}


@router.get("/mailboxes/{id}", auth=token("work"), response=MailboxOut, summary="A mailbox")
def read_mailbox(request: ApiRequest, id: RowId) -> Mailbox:
    return mailboxes.mailbox_or_404(request.member, id)


@router.patch("/mailboxes/{id}", auth=token("work"), response=MailboxOut, summary="Change a mailbox")
def change_mailbox(request: ApiRequest, id: RowId, wish: MailboxChange) -> Mailbox:
    """It is tested, and starts again where it was stopped."""
    facts = {name: value for name, value in wish.model_dump().items() if value is not None}
    mailbox = mailboxes.mailbox_or_404(request.member, id)
    mailboxes.change(mailbox=mailbox, secret=facts.pop("password", ""), **facts)
    return mailboxes.mailbox_or_404(request.member, id)


@router.delete("/mailboxes/{id}", auth=token("work"), response={204: None}, summary="Take a mailbox away")
def remove_mailbox(request: ApiRequest, id: RowId) -> Status[None]:
    """Its password is forgotten; what was filed stays."""
    mailboxes.remove(mailbox=mailboxes.mailbox_or_404(request.member, id))
    return Status(204, None)


@router.post("/mailboxes/{id}/trial", auth=token("work"), response=MailFolders, summary="Test a connected mailbox")
def try_known_mailbox(request: ApiRequest, id: RowId) -> dict[str, Any]:
    """Whether it can be read now, with the password that is kept; nothing changes."""
    return {"folders": mailboxes.attempt_again(mailbox=mailboxes.mailbox_or_404(request.member, id))}


@router.post("/mailboxes/{id}/reading", auth=token("work"), response=MailboxOut, summary="Read a mailbox now")
def read_now(request: ApiRequest, id: RowId) -> Mailbox:
    """Look for new mails in a moment; one that is paused or stopped stays so."""
    mailboxes.read_soon(mailbox=mailboxes.mailbox_or_404(request.member, id))
    return mailboxes.mailbox_or_404(request.member, id)


@router.put("/mailboxes/{id}/pause", auth=token("work"), response=MailboxOut, summary="Pause a mailbox")
def pause_mailbox(request: ApiRequest, id: RowId) -> Mailbox:
    """It is not read until it goes on."""
    mailboxes.pause(mailbox=mailboxes.mailbox_or_404(request.member, id))
    return mailboxes.mailbox_or_404(request.member, id)


@router.delete("/mailboxes/{id}/pause", auth=token("work"), response=MailboxOut, summary="Let a mailbox go on")
def resume_mailbox(request: ApiRequest, id: RowId) -> Mailbox:
    """It goes on where it was, once it lets itself be read; also one that trouble stopped."""
    mailboxes.resume(mailbox=mailboxes.mailbox_or_404(request.member, id))
    return mailboxes.mailbox_or_404(request.member, id)
