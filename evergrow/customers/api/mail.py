"""The mails of the token's owner that wait to be sorted, and their own address."""

from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.customers import access as customers
from evergrow.customers.api.files import AttachmentOut
from evergrow.customers.mail import access, addresses, filing
from evergrow.customers.models import Mail
from evergrow.lib import bilingual
from evergrow.workspaces.api import ApiRequest, Input, Number, Page, RowId, Window, page, token

router = Router(tags=["mail"])


class MailParty(Schema):
    role: str = Field(description="from, to or cc.")
    name: str
    address: str


class MailOut(Schema):
    """A mail that names nobody of an account; ``quoted`` is the history below its words."""

    id: int
    subject: str
    direction: str = Field(description="in: from the customer; out: from us.")
    participants: list[MailParty]
    text: str
    quoted: str
    refused: list[str] = Field(description="Attachments that were not kept, and why.")
    sent_at: datetime
    files: list[AttachmentOut]

    @staticmethod
    def resolve_refused(mail: Mail) -> list[str]:
        return [bilingual.pick(each, get_language() or "en") for each in mail.refused]

    @staticmethod
    def resolve_files(mail: Mail) -> Any:
        return mail.attachments.select_related("file").order_by("pk")


class MailPlace(Input):
    account: Number


class MailAddressOut(Schema):
    """Where to send blind copies; empty where none was made yet."""

    address: str


@router.get("/mails", auth=token("work"), response=Page[MailOut], summary="Mails to be sorted")
def waiting(request: ApiRequest, window: Query[Window]) -> dict[str, Any]:
    """Those of whoever made the token; nobody else sees them."""
    return page(access.waiting(request.member), window, by="-pk")


@router.put("/mails/{id}/account", auth=token("work"), response={204: None}, summary="File a mail")
def file_mail(request: ApiRequest, id: RowId, place: MailPlace) -> Status[None]:
    """Make it an activity of an account."""
    mail = access.mail_or_404(request.member, id)
    filing.file(mail=mail, accounts=[customers.account_or_404(request.member, place.account)])
    return Status(204, None)


@router.delete("/mails/{id}", auth=token("work"), response={204: None}, summary="Drop a mail")
def drop_mail(request: ApiRequest, id: RowId) -> Status[None]:
    """Its words and files are gone; it does not come again."""
    filing.drop(mail=access.mail_or_404(request.member, id), by=request.member)
    return Status(204, None)


@router.get("/mail-address", auth=token("work"), response=MailAddressOut, summary="My mail address")
def address(request: ApiRequest) -> dict[str, str]:
    return {"address": addresses.shown(request.member)}


@router.post("/mail-address", auth=token("work"), response={201: MailAddressOut}, summary="Renew my mail address")
def renew(request: ApiRequest) -> Status[dict[str, str]]:
    """The one before is no longer answered."""
    addresses.renew(member=request.member)
    return Status(201, {"address": addresses.shown(request.member)})


@router.delete("/mail-address", auth=token("work"), response={204: None}, summary="Give my mail address up")
def retire(request: ApiRequest) -> Status[None]:
    """What is sent there is no longer taken in."""
    addresses.retire(member=request.member)
    return Status(204, None)
