"""Members' own secret addresses: made, changed, found again when a mail comes.

The secret part is an HMAC of member and serial under the instance's key, so that it can be shown again to its member;
the store keeps a hash alone.
"""

import base64
import hashlib
import hmac
import re

from django.conf import settings
from django.db import transaction

from evergrow.customers.models import MailAddress
from evergrow.lib import clock, tokens
from evergrow.workspaces import audit
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Member

SIZE = 24
LOCAL = re.compile(rf"[a-z2-7]{{{SIZE}}}")


def shown(member: Member) -> str:
    """The member's address as it is now; empty where there is none, or the instance's key changed since."""
    row = member.mail_addresses.filter(retired_at=None).first()
    if row is None or tokens.digest(_token(member, row.serial)) != row.token_hash:
        return ""
    return f"{_token(member, row.serial)}@{settings.MAIL_DOMAIN}"


@transaction.atomic
def renew(*, member: Member) -> MailAddress:
    """Give the member an address; one they have is no longer answered."""
    require(member, "work")
    Member.objects.select_for_update(of=("self",)).get(pk=member.pk)
    last = member.mail_addresses.order_by("-serial").first()
    member.mail_addresses.filter(retired_at=None).update(retired_at=clock.now())
    serial = last.serial + 1 if last else 1
    made = MailAddress.objects.create(
        member=member, serial=serial, token_hash=tokens.digest(_token(member, serial)), created_at=clock.now()
    )
    audit.record(member.workspace, "mail.address_renewed", member.workspace, by=member)
    return made


@transaction.atomic
def retire(*, member: Member) -> None:
    """Give the address up: it is no longer answered. What came by it stays."""
    require(member, "work")
    if member.mail_addresses.filter(retired_at=None).update(retired_at=clock.now()):
        audit.record(member.workspace, "mail.address_removed", member.workspace, by=member)


def find(address: str) -> MailAddress | None:
    """Whose address it is; None for an unknown or a retired one, and where the member left or may not work here."""
    local, _at, domain = address.strip().lower().rpartition("@")
    if domain != settings.MAIL_DOMAIN.lower() or not LOCAL.fullmatch(local):
        return None
    found = MailAddress.objects.select_related("member__workspace", "member__user")
    row = found.filter(token_hash=tokens.digest(local), retired_at=None, member__user__is_active=True).first()
    return row if row is not None and may(row.member, "work") else None


def is_secret(address: str) -> bool:
    """Whether it looks like one of ours, and must therefore never be shown in a mail's head."""
    local, _at, domain = address.rpartition("@")
    return domain == settings.MAIL_DOMAIN.lower() and bool(LOCAL.fullmatch(local))


def _token(member: Member, serial: int) -> str:
    said = f"mail:{member.pk}:{serial}".encode()
    secret = hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).digest()
    return base64.b32encode(secret[:15]).decode().lower()
